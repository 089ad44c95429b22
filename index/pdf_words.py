"""The words of a PDF's page and where they stand, by PDFium."""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import pi
from typing import Any

__all__ = ["HYPHEN", "Word", "is_scan", "page_words"]

HYPHEN = "\u2010"
"""Stands at the end of a word that a line's end divides, where the PDF says so."""

_DIVIDES = ("\x02", "\ufffe", "\u00ad")
_BULLETS = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "‣", "\uf06f": "◦", "\uf02d": "–", "\u00a0": " ", "\u2028": " "})
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})
_BOLD = re.compile(r"bold|black|heavy|semibd|cmbx|-bd\b|,bd\b", re.IGNORECASE)
_MONO = re.compile(r"mono|courier|cmtt|consol|typewriter|menlo", re.IGNORECASE)
_FIXED_PITCH = 1
_MOST_CHARACTERS = 200_000
_MOST_OBJECTS = 200
_SCAN_SHARE = 0.7
_GAP, _SPACE = 0.22, 0.14
"""A gap between characters that is wider than this share of their height divides words; the second where PDFium sees a space."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box, in points from the lower left; the height of the box is that of the font."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    bold: bool = False
    mono: bool = False

    @property
    def height(self) -> float:
        """Of the font, in points."""
        return self.top - self.bottom

    @property
    def middle(self) -> float:
        """Half way between bottom and top."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class _Character:
    text: str
    left: float
    right: float
    bottom: float
    top: float
    turns: int
    number: int


def page_words(page: Any) -> list[list[Word]]:
    """The words of a page in the order of the file, upright ones first; each other direction of writing is a list of its own."""
    text = page.get_textpage()
    try:
        characters = list(_characters(text))
        directions = [turns for turns, _ in Counter(one.turns for one in characters if one.text.strip()).most_common()]
        return [[_turned(word, turns) for word in _words(text, characters, turns)] for turns in directions]
    finally:
        text.close()


def _characters(text: Any) -> Iterator[_Character]:
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    for number in range(min(text.count_chars(), _MOST_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(text.raw, number)
        raw.FPDFText_GetLooseCharBox(text.raw, number, box)
        turns = round(raw.FPDFText_GetCharAngle(text.raw, number) / (pi / 2)) % 4
        generated = raw.FPDFText_IsGenerated(text.raw, number) == 1
        shown = "" if generated and code in (10, 13, 32) else chr(code) if code else ""
        yield _Character(shown, box.left, box.right, box.bottom, box.top, turns, number)


def _words(text: Any, characters: list[_Character], turns: int) -> Iterator[Word]:
    """Runs of characters with no gap between them, of those that are written in one direction."""
    run: list[_Character] = []
    share = _GAP
    for one in characters:
        if not one.text:
            share = _SPACE
        if one.turns != turns or not one.text:
            continue
        if run and (one.text.isspace() or _parts(run[-1], one, turns, share)):
            yield _word(text, run)
            run = []
        share = _GAP
        if not one.text.isspace():
            run.append(one)
    if run:
        yield _word(text, run)


def _parts(last: _Character, one: _Character, turns: int, share: float) -> bool:
    if turns % 2:
        size = max(last.right - last.left, 1.0)
        gap = max(one.bottom - last.top, last.bottom - one.top)
        return abs(one.left - last.left) > size / 2 or gap > share * size
    size = max(last.top - last.bottom, 1.0)
    gap = one.left - last.right if turns == 0 else last.left - one.right
    return abs((one.top + one.bottom) - (last.top + last.bottom)) > size or gap > share * size or gap < -3 * size


def _word(text: Any, run: list[_Character]) -> Word:
    shown = "".join(HYPHEN if one.text in _DIVIDES else one.text for one in run).translate(_BULLETS).translate(_LIGATURES)
    return Word(
        "".join(shown.split("\x00")),
        min(one.left for one in run),
        max(one.right for one in run),
        min(one.bottom for one in run),
        max(one.top for one in run),
        *_style(text, run[0].number),
    )


def _style(text: Any, number: int) -> tuple[bool, bool]:
    """Whether a character is bold, and whether its font has one width for all, as code is set."""
    from pypdfium2 import raw

    name, flags = ctypes.create_string_buffer(200), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text.raw, number, name, 200, flags)
    font = name.value.decode("utf-8", "replace")
    bold = bool(_BOLD.search(font)) or raw.FPDFText_GetFontWeight(text.raw, number) >= 600
    return bold, bool(flags.value & _FIXED_PITCH) or bool(_MONO.search(font))


def _turned(word: Word, turns: int) -> Word:
    """The word as it stands when the page is turned so that it is upright."""
    left, right, bottom, top = word.left, word.right, word.bottom, word.top
    if turns == 1:
        return replace(word, left=-top, right=-bottom, bottom=left, top=right)
    if turns == 2:
        return replace(word, left=-right, right=-left, bottom=-top, top=-bottom)
    return replace(word, left=bottom, right=top, bottom=-right, top=-left) if turns == 3 else word


def is_scan(page: Any) -> bool:
    """Whether a picture covers most of a page, so that its text was recognised."""
    from itertools import islice

    from pypdfium2 import raw

    width, height = page.get_size()
    for found in islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2), _MOST_OBJECTS):
        left, bottom, right, top = found.get_bounds()
        if (right - left) * (top - bottom) > _SCAN_SHARE * width * height:
            return True
    return False

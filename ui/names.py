"""Names and titles as a person can trust them: what would hide or turn characters around is shown as a sign."""

import re
from html import escape
from unicodedata import category

__all__ = ["UPLOADED", "readable", "readable_html", "shortened", "source_name", "visible"]

UPLOADED = "uploaded:"
"""Before the names of uploaded files, whose folder is not kept: the same name again replaces the document."""

_TURNING = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
"""Marks that change the direction of writing, or that are nowhere to be seen."""
_DECEIVING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")
"""Of those, what no text needs; marks that some languages are written with stay in texts, and lines and tabs too."""
_LONGEST = 160


def visible(text: str) -> str:
    """The text in one line, with a visible sign for each control character and each mark that turns the writing around."""
    return "".join(_sign(character) for character in text)


def readable(text: str) -> str:
    """A text of several lines with a sign for each character that turns the writing around or that only machines see."""
    return _DECEIVING.sub(lambda found: _sign(found[0]), text)


def readable_html(text: str) -> str:
    """The text as HTML, to the letter: each such character stays, with a sign before it, and turns nothing but itself around."""
    return _DECEIVING.sub(lambda found: f'<bdi class="sign" data-sign="{_sign(found[0])}">{found[0]}</bdi>', escape(text))


def shortened(text: str, most: int = _LONGEST) -> str:
    """The text, its middle left out where it has more than `most` characters; its end is kept, since a name's ending is there."""
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end - 1]}…{text[-end:]}"


def source_name(source: str) -> str:
    """A source as a person would call it: of an uploaded file, its name alone."""
    return source.removeprefix(UPLOADED)


def _sign(character: str) -> str:
    is_tag = "\U000e0000" <= character <= "\U000e007f"
    if is_tag or character in _TURNING or category(character) in ("Cc", "Cs", "Zl", "Zp"):
        return f"⟨U+{ord(character):04X}⟩"
    return character

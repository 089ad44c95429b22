"""Regions of pages become text: lines joined to paragraphs, divided words made whole, headings marked."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from index.formats.table import table_lines
from index.pdf_layout import Region
from index.pdf_lines import Line
from index.pdf_words import HYPHEN

__all__ = ["Paragraph", "body_height", "paragraphs_of", "write_page"]

_LIST_ITEM = re.compile(r"\s*(?:[•‣▪◦●○■–-]|\(?\d{1,3}[.)]|\(?[a-z][.)]|\[\d{1,3}\])\s+\S")
_DIVIDED = re.compile(rf"[^\W\d_][-{HYPHEN}]$")
_ENDS_SENTENCE = re.compile(r"[.!?:][\"”’)]?$")
_WIDE_SCRIPT = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_SHORT, _RATHER_SHORT = 0.6, 0.85
_HEADING_CHARACTERS = 120
_WORD = 60
"""Characters of the longest word that is made whole."""
_HEADING_LINES = 3
_LARGER = 1.12


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, or the lines of a table or of code; `height` in points, of its font."""

    lines: tuple[str, ...]
    height: float = 0.0
    bold: bool = False
    table: bool = False
    code: bool = False


def body_height(pages: Sequence[Sequence[Line]]) -> float:
    """The height of the font that most characters have, in points."""
    heights = Counter[float]()
    for lines in pages:
        for line in lines:
            heights[round(line.height, 1)] += len(line.text)
    return heights.most_common(1)[0][0] if heights else 0.0


def paragraphs_of(regions: Sequence[Region]) -> Iterator[Paragraph]:
    """The paragraphs and tables of a page in order."""
    for region in regions:
        if region.rows:
            yield Paragraph(tuple(table_lines(region.rows, header=False)), table=True)
        elif region.code:
            yield Paragraph(tuple(_code(region.lines)), code=True)
        elif region.lines:
            yield from _prose(region.lines)


def _code(lines: Sequence[Line]) -> Iterator[str]:
    """Lines as they stand, spaces in the measure of the font."""
    left = min(line.left for line in lines)
    for line in lines:
        width = max((line.right - line.left) / max(len(line.text), 1), 1.0)
        shown = ""
        for word in line.words:
            shown = shown.ljust(max(round((word.left - left) / width), len(shown) + bool(shown))) + word.text
        yield shown.replace(HYPHEN, "-")


def _prose(lines: Sequence[Line]) -> Iterator[Paragraph]:
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    pitches = [above.middle - below.middle for above, below in zip(lines, lines[1:], strict=False)]
    usual = median(pitches) if pitches else 0.0
    group = [lines[0]]
    for number, line in enumerate(lines[1:], start=1):
        after = lines[number + 1] if number + 1 < len(lines) else None
        if _begins(group, line, after, left=left, right=right, pitch=pitches[number - 1], usual=usual):
            yield _paragraph(group)
            group = []
        group.append(line)
    yield _paragraph(group)


def _begins(group: list[Line], line: Line, after: Line | None, *, left: float, right: float, pitch: float, usual: float) -> bool:
    """Whether a line begins a paragraph: by a list marker, space above, another font, an indent, or a line above that ends early."""
    last, height = group[-1], line.height
    if _LIST_ITEM.match(line.text) or pitch > max(1.35 * usual, 1.1 * height) or pitch < 0:
        return True
    if abs(last.height - height) > 0.12 * height or (last.bold != line.bold and (len(group) == 1 or all(one.bold for one in group))):
        return True
    if _LIST_ITEM.match(group[0].text):
        return line.left < group[0].left + 0.3 * height and line.left < last.left - 0.3 * height
    centred = abs((last.left + last.right) - (line.left + line.right)) < 0.4 * height and abs(last.left - line.left) > 0.8 * height
    if centred and last.right < right - height:
        return True
    if after and line.left - last.left > 0.6 * height and abs(after.left - last.left) < 0.3 * height:
        return True
    return _ends_early(last, line, left, right)


def _ends_early(last: Line, line: Line, left: float, right: float) -> bool:
    """Whether the first word of `line` had room in the line above, by a margin that grows with what speaks against an end there."""
    width = right - left
    share = (last.right - left) / width if width else 1.0
    if share < _SHORT or (share < _RATHER_SHORT and _ENDS_SENTENCE.search(last.text)):
        return True
    room = right - last.right - (line.words[0].right - line.words[0].left) - 0.3 * line.height
    return room > 0.07 * width and line.text[:1].isupper() and not last.text.endswith(",")


def _paragraph(lines: Sequence[Line]) -> Paragraph:
    return Paragraph(tuple(line.text for line in lines), median(line.height for line in lines), all(line.bold for line in lines))


def write_page(paragraphs: Sequence[Paragraph], body: float, levels: Sequence[float], known: Counter[str]) -> str:
    """The text of a page; `levels` are the heights of headings, largest first, and `known` the words of the document."""
    parts = []
    for paragraph in paragraphs:
        if paragraph.table:
            parts.append("\n".join(paragraph.lines))
            continue
        if paragraph.code:
            parts.append("\n".join(["```", *paragraph.lines, "```"] if levels else paragraph.lines))
            continue
        text = _joined(paragraph.lines, known)
        if levels and is_heading(paragraph, body):
            level = next((number for number, height in enumerate(levels, start=1) if paragraph.height >= height - 0.2), len(levels))
            text = f"{'#' * level} {text}"
        elif levels and text.startswith("#"):
            text = "\\" + text
        parts.append(text)
    return "\n\n".join(part for part in parts if part)


def is_heading(paragraph: Paragraph, body: float) -> bool:
    """Whether a paragraph is short and set larger than the text, or bold."""
    text = " ".join(paragraph.lines)
    if (
        paragraph.table
        or paragraph.code
        or len(text) > _HEADING_CHARACTERS
        or len(paragraph.lines) > _HEADING_LINES
        or not any(map(str.isalpha, text))
    ):
        return False
    if paragraph.height < 0.9 * body or _LIST_ITEM.match(text) and text[0] in "•‣▪◦●○■–-" or len(text) < 3:
        return False
    return (paragraph.height > _LARGER * body or paragraph.bold) and not text.endswith((".", ",", ";"))


def _joined(lines: Sequence[str], known: Counter[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        if _DIVIDED.search(text[-2:]) and line[:1].islower():
            text = _made_whole(text, line, known)
        elif _WIDE_SCRIPT.match(text[-1:]) and _WIDE_SCRIPT.match(line):
            text += line
        else:
            text = f"{text} {line}"
    return text.replace(HYPHEN, "-")


def _made_whole(text: str, line: str, known: Counter[str]) -> str:
    """A divided word without its hyphen, unless the document has it with one elsewhere, and not without."""
    head = re.split(r"[\s(“\"]", text[-_WORD:])[-1][:-1].lower()
    tail = re.split(r"[^\w’'-]", line[:_WORD])[0].lower()
    with_hyphen, without = known[f"{head}-{tail}"], known[head + tail]
    return f"{text[:-1]}-{line}" if with_hyphen > without else text[:-1] + line

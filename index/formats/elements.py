"""What the elements of a page show: their words, what is hidden, and the grid of a table."""

import re
from collections.abc import Iterator
from typing import Any

__all__ = [
    "BLOCKS",
    "HEADINGS",
    "LOOSE_BRACKET",
    "SKIPPED",
    "drop_note_signs",
    "grid_of",
    "is_hidden",
    "is_layout",
    "is_note_sign",
    "spaces_only",
    "tag_of",
    "words_of",
]

SKIPPED = frozenset(
    "script style noscript template svg math button select option input textarea iframe object audio video canvas nav graphic img".split()
)
BLOCKS = frozenset(
    "address article aside blockquote body caption cell center dd details div dl dt fieldset figcaption figure footer form header "
    "hgroup hr html item legend li main p quote row search section summary table tbody td tfoot th thead tr title".split()
)
"""Every other element runs inside a line: those of inline XBRL in the filings of companies, for one."""
_CELLS = frozenset({"td", "th", "cell"})
_NOT_CONTENT = re.compile(r"\b(?:pagenum|page-?number|mw-editsection|noprint|sr-only|screen-reader-text|visually-hidden|mw-jump-link)\b")
_NOTE_SIGN = re.compile(r"\[?(?:\d{1,3}|[a-z]|note \d+|citation needed)\]?")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
LOOSE_BRACKET = re.compile(r"(?<=\() (?=\w)|(?<=\w) (?=\))")
_LAYOUT_CELL = 400
"""A cell with more characters than this, in a table without header cells, is a part of the page's layout."""
HEADINGS = {f"h{level}": level for level in range(1, 7)}


def tag_of(element: Any) -> str:
    """The name of an element in small letters; "" for a comment."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def spaces_only(text: str | None) -> str:
    r"""Line ends in the source are spaces; `\\n` is kept for the breaks that are shown."""
    return re.sub(r"\s+", " ", text).replace("\u00ad", "").replace("\u200b", "") if text else ""


def words_of(element: Any) -> str:
    """The words that an element shows, on one line."""
    return LOOSE_BRACKET.sub("", " ".join("".join(_shown_text(element)).split()))


def _shown_text(element: Any) -> Iterator[str]:
    tag = tag_of(element)
    if not tag or tag in SKIPPED or is_hidden(element):
        return
    if tag == "sup" and is_note_sign(element):
        return
    block = tag in BLOCKS or tag in ("br", "lb")
    yield " " if block else ""
    yield spaces_only(element.text)
    for child in element:
        yield from _shown_text(child)
        yield spaces_only(child.tail)
    yield " " if block else ""


def is_note_sign(element: Any) -> bool:
    """Whether a raised element only calls a note."""
    return element.find(".//a") is not None and bool(_NOTE_SIGN.fullmatch("".join(element.itertext()).strip()))


def drop_note_signs(root: Any) -> None:
    """Take the signs of notes, and what a class names as not content, out of a tree."""
    for element in [found for found in root.iter() if isinstance(found.tag, str)]:
        sign = tag_of(element) == "sup" and is_note_sign(element)
        if (sign or _NOT_CONTENT.search(element.get("class") or "")) and element.getparent() is not None:
            element.drop_tree()


def is_hidden(element: Any) -> bool:
    """Whether an element is not shown, or not of the text."""
    if element.get("hidden") is not None or _HIDDEN_STYLE.search(element.get("style") or ""):
        return True
    return bool(_NOT_CONTENT.search(element.get("class") or ""))


def is_layout(table: Any) -> bool:
    """Whether a table only places parts of a page: it holds others or long texts, or has one column."""
    cells = [cell for cell in table.iter() if tag_of(cell) in _CELLS]
    if any(True for inner in table.iter() if inner is not table and tag_of(inner) in ("table", *HEADINGS)):
        return True
    if any(tag_of(cell) == "th" or cell.get("role") == "head" for cell in cells):
        return False
    rows = sum(tag_of(row) in ("tr", "row") for row in table.iter())
    return len(cells) <= rows or any(len(words_of(cell)) > _LAYOUT_CELL for cell in cells)


def grid_of(table: Any) -> tuple[list[list[str]], bool]:
    """Rows of words, a cell that spans rows said again in each; and whether the first row is a header."""
    rows: list[list[str]] = []
    waiting: dict[int, tuple[int, str]] = {}
    header = False
    for row in (row for row in table.iter() if tag_of(row) in ("tr", "row")):
        cells = [cell for cell in row if tag_of(cell) in _CELLS]
        if not rows:
            named = sum(bool(words_of(cell)) for cell in cells)
            header = named > 1 and all(tag_of(cell) == "th" or cell.get("role") == "head" or not words_of(cell) for cell in cells)
        rows.append(_row(cells, waiting))
    return rows, header


def _row(cells: list[Any], waiting: dict[int, tuple[int, str]]) -> list[str]:
    """One row, its places filled by cells of rows above that reach down; `waiting` is brought up to date."""
    row: list[str] = []
    for cell in cells:
        _fill(row, waiting)
        words = words_of(cell)
        if (down := _span(cell, "rowspan")) > 1:
            waiting[len(row)] = (down - 1, words)
        row.extend([words, *[""] * (_span(cell, "colspan") - 1)])
    _fill(row, waiting)
    return row


def _fill(row: list[str], waiting: dict[int, tuple[int, str]]) -> None:
    while len(row) in waiting:
        left, words = waiting.pop(len(row))
        if left > 1:
            waiting[len(row)] = (left - 1, words)
        row.append(words)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or "1"
    return min(int(value), 100) if value.isdigit() and int(value) else 1

"""What a text is made of: headings, paragraphs, list items, table rows and code, each with its span.

Converters bring every format to one of two forms: Markdown without inline markup, whose headings
begin with `#`, or plain text, whose headings are recognised by how they stand. Both are read here,
line by line, and nothing is changed: a block is a span of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from index.inline import inline_bullets, inline_labels

__all__ = ["Block", "parse_blocks"]

BlockKind = Literal["heading", "paragraph", "item", "row", "code"]

_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")
_ITEM = re.compile(r"(\s*)(?:[-*+•‣▪◦·●–]|\(?(?P<number>\d{1,3})[.)]|\(?(?P<letter>[a-z])[.)]|\(?[A-Z]\))\s+(?=\S)")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_BYLINE = re.compile(r"[Bb]y [A-Z]")
_ENDS_LIKE_PROSE = re.compile(r"[.,;:!…\"”’)]$")

_HEADING_CHARACTERS = 90
_HEADING_WORDS = 14
_LABEL_CHARACTERS = 60
_SOFT_WRAPPED = 120
"""A line of plain text longer than this many characters is a paragraph of its own: nobody breaks lines by hand so late."""
_GUESSED_LEVEL = 2
_LABEL_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Block:
    """One block: `text[start:end]`, without the white space around it.

    `content` is where its words begin, behind a list marker or the `#` of a heading. `level` is a
    heading's depth from 1, or the indentation of a list item in characters. `lines` is how many
    lines it has.
    """

    kind: BlockKind
    start: int
    end: int
    content: int
    level: int = 0
    lines: int = 1


def parse_blocks(text: str, *, markdown: bool, start: int = 0, end: int | None = None) -> list[Block]:
    """The blocks of `text[start:end]` in reading order; offsets are into `text`."""
    lines = list(_lines(text, start, len(text) if end is None else end))
    blocks = list(_blocks(text, lines, markdown))
    if markdown:
        return blocks
    blocks = [part for block in blocks for part in _below_its_number(text, block)]
    return [part for block in _with_guessed_headings(text, blocks) for part in _split_at_labels(text, block)]


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 1


def _blocks(text: str, lines: list[tuple[int, int]], markdown: bool) -> Iterator[Block]:
    position = 0
    while position < len(lines):
        start, stop = lines[position]
        line = text[start:stop]
        count = 1
        if line.strip():
            count = _block_lines(text, lines, position, markdown)
            yield _make(text, start, lines[position + count - 1][1], line, count, markdown)
        position += count


def _block_lines(text: str, lines: list[tuple[int, int]], position: int, markdown: bool) -> int:
    """How many lines the block that begins at `position` has."""
    first = text[slice(*lines[position])]
    if markdown and (fence := _FENCE.match(first)):
        return _fenced_lines(text, lines, position, fence[1])
    if _ROW.match(first) or (markdown and _HEADING.match(first)):
        return 1
    if not markdown and not _ITEM.match(first) and len(first) > _SOFT_WRAPPED:
        return 1
    count = 1
    for number in range(position + 1, len(lines)):
        line = text[slice(*lines[number])]
        if not line.strip() or _starts_block(line, markdown, in_list=bool(_ITEM.match(first))):
            break
        count += 1
    return count


def _fenced_lines(text: str, lines: list[tuple[int, int]], position: int, opening: str) -> int:
    """Lines of a fenced block, both fences counted; one that is never closed runs to the end."""
    for number in range(position + 1, len(lines)):
        closing = _FENCE.match(text[slice(*lines[number])])
        if closing and closing[1].startswith(opening):
            return number + 1 - position
    return len(lines) - position


def _starts_block(line: str, markdown: bool, *, in_list: bool) -> bool:
    """Whether a line ends the block above it.

    A wrapped line may begin with a number by chance, so a list directly under prose begins with 1 or a.
    """
    if item := _ITEM.match(line):
        return in_list or ((item["number"] or "1") == "1" and (item["letter"] or "a") == "a")
    if _ROW.match(line):
        return True
    if markdown:
        return bool(_HEADING.match(line) or _FENCE.match(line))
    return len(line) > _SOFT_WRAPPED


def _make(text: str, start: int, end: int, first: str, lines: int, markdown: bool) -> Block:
    end = start + len(text[start:end].rstrip())
    if markdown and (fence := _FENCE.match(first)):
        return Block("code", start, end, start + fence.end(), lines=lines)
    if markdown and (heading := _HEADING.match(first)):
        return Block("heading", start, end, start + heading.end(), level=len(heading[1]))
    item = _ITEM.match(first)
    if item and not inline_bullets(text, start + item.end(), end):
        return Block("item", start + len(item[1]), end, start + item.end(), level=len(item[1].expandtabs(4)), lines=lines)
    start += len(first) - len(first.lstrip())
    return Block("row" if _ROW.match(first) else "paragraph", start, end, start, lines=lines)


def _below_its_number(text: str, block: Block) -> Iterator[Block]:
    """A numbered label right above a line that begins anew is a heading, as contracts have them: "2. Rent" above what is agreed."""
    label, _, rest = text[block.start : block.end].partition("\n")
    label = label.rstrip()
    is_label = len(label) <= _LABEL_CHARACTERS and label[-1:].isalnum() and text[block.content : block.content + 1].isupper()
    if block.kind == "item" and label[0].isdigit() and is_label and (rest[:1].isupper() or rest[:1].isdigit()):
        yield Block("heading", block.start, block.start + len(label), block.start, level=_GUESSED_LEVEL)
        yield Block("paragraph", block.end - len(rest), block.end, block.end - len(rest), lines=block.lines - 1)
    else:
        yield block


def _with_guessed_headings(text: str, blocks: list[Block]) -> list[Block]:
    """Plain text: a short line that stands alone above prose is a heading."""
    around = zip([None, *blocks], blocks, [*blocks[1:], None], strict=False)
    return [
        Block("heading", block.start, block.end, block.start, level=_GUESSED_LEVEL)
        if _looks_like_heading(text, before, block, after)
        else block
        for before, block, after in around
    ]


def _looks_like_heading(text: str, before: Block | None, block: Block, after: Block | None) -> bool:
    if block.lines > 1 or after is None or after.kind not in ("paragraph", "item"):
        return False
    numbered = block.kind == "item" and text[block.start].isdigit() and after.kind != "item" and (before is None or before.kind != "item")
    if block.kind != "paragraph" and not numbered:
        return False
    line = text[block.start : block.end]
    short = len(line) <= _HEADING_CHARACTERS and len(line.split()) <= _HEADING_WORDS
    named = line[0].isupper() or line[0].isdigit()
    return short and named and not _BYLINE.match(line) and not _ENDS_LIKE_PROSE.search(line) and after.end - after.start > len(line)


def _split_at_labels(text: str, block: Block) -> Iterator[Block]:
    """A section label that runs inside a line of plain text is a heading below the guessed ones."""
    if block.kind not in ("paragraph", "item"):
        yield block
        return
    position, kind = block.start, block.kind
    for start, end in inline_labels(text, block.start, block.end):
        if block.kind == "item" and start <= block.content:
            continue
        if part := _trimmed(text, position, start):
            yield replace(block, kind=kind, start=part[0], end=part[1], content=max(part[0], block.content))
        yield Block("heading", start, end, start, level=_LABEL_LEVEL)
        position, kind = end, "paragraph"
    if part := _trimmed(text, position, block.end):
        yield replace(block, kind=kind, start=part[0], end=part[1], content=max(part[0], block.content))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    part = text[start:end]
    return (start + len(part) - len(part.lstrip()), start + len(part.rstrip())) if part.strip() else None

"""What a text is made of: headings, paragraphs, list items, table rows and code, each with its span.

Converters bring every format to one of two forms: Markdown without inline markup, whose headings
begin with `#`, or plain text, whose headings are recognised by how they stand. Both are read here,
line by line, and nothing is changed: a block is a span of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["Block", "parse_blocks"]

BlockKind = Literal["heading", "paragraph", "item", "row", "code"]

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"(\s*)(?:[-*+•‣▪◦·●–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+(?=\S)")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
_ENDS_LIKE_PROSE = re.compile(r"[.,;:!…\"”’)]$")

_HEADING_CHARACTERS = 90
_HEADING_WORDS = 14
_SOFT_WRAPPED = 200
"""A line of plain text longer than this many characters is a paragraph of its own."""


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
    return blocks if markdown else _with_guessed_headings(text, blocks, start)


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
            block = _make(text, start, lines[position + count - 1][1], line, count, markdown)
            if block:
                yield block
        position += count


def _block_lines(text: str, lines: list[tuple[int, int]], position: int, markdown: bool) -> int:
    """How many lines the block that begins at `position` has."""
    first = text[slice(*lines[position])]
    if markdown and _FENCE.match(first):
        for count, line in enumerate(lines[position + 1 :], start=2):
            if _FENCE.match(text[slice(*line)]):
                return count
        return len(lines) - position
    if _ROW.match(first) or (markdown and _HEADING.match(first)):
        return 1
    if not markdown and not _ITEM.match(first) and len(first) > _SOFT_WRAPPED:
        return 1
    count = 1
    for start, stop in lines[position + 1 :]:
        line = text[start:stop]
        if not line.strip() or _starts_block(line, markdown):
            break
        count += 1
    return count


def _starts_block(line: str, markdown: bool) -> bool:
    if _ITEM.match(line) or _ROW.match(line):
        return True
    if markdown:
        return bool(_HEADING.match(line) or _FENCE.match(line))
    return len(line) > _SOFT_WRAPPED


def _make(text: str, start: int, end: int, first: str, lines: int, markdown: bool) -> Block | None:
    end = start + len(text[start:end].rstrip())
    if markdown and (fence := _FENCE.match(first)):
        return Block("code", start, end, start + fence.end(), lines=lines)
    if markdown and (heading := _HEADING.match(first)):
        return Block("heading", start, end, start + heading.start(2), level=len(heading[1])) if heading[2] else None
    if item := _ITEM.match(first):
        return Block("item", start + len(item[1]), end, start + item.end(), level=len(item[1]), lines=lines)
    start += len(first) - len(first.lstrip())
    return Block("row" if _ROW.match(first) else "paragraph", start, end, start, lines=lines)


def _with_guessed_headings(text: str, blocks: list[Block], start: int) -> list[Block]:
    """Plain text: a short line that stands alone above prose is a heading of level 2."""
    followers: list[Block | None] = [*blocks[1:], None]
    return [
        Block("heading", block.start, block.end, block.content, level=2)
        if _looks_like_heading(text, block, follower, start)
        else block
        for block, follower in zip(blocks, followers, strict=True)
    ]


def _looks_like_heading(text: str, block: Block, follower: Block | None, start: int) -> bool:
    if block.kind != "paragraph" or block.lines > 1 or follower is None or follower.kind not in ("paragraph", "item"):
        return False
    line = text[block.start : block.end]
    gap_before = text[start : block.start].rstrip(" \t")
    alone = not gap_before or gap_before.endswith("\n\n") or gap_before.endswith("\n")
    short = len(line) <= _HEADING_CHARACTERS and len(line.split()) <= _HEADING_WORDS
    named = line[0].isupper() or line[0].isdigit()
    if not (alone and short and named) or _ENDS_LIKE_PROSE.search(line):
        return False
    return follower.end - follower.start > len(line)

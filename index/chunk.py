"""A document's blocks are packed into chunks that follow its sections and lists.

Rules, in this order: a chunk never crosses a removed span, and a section only where it holds the next
one whole too; a list stays with the sentence that introduces it, and both whole where they fit; then
paragraphs; then sentences; only a sentence longer than a chunk is cut, at white space. A heading
stays with its section. A chunk of several sections has the headings that they share.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from index.inline import inline_bullets
from index.records import Chunk, Document
from index.sentences import sentence_spans
from index.structure import Block, parse_blocks

__all__ = ["BYLINE_LEAD", "CountTokens", "chunk_document", "kept_blocks", "searched_context"]

CountTokens = Callable[[Sequence[str]], list[int]]
"""Token counts of texts by the embedding model's own tokenizer."""

BYLINE_LEAD = "The author, who wrote this article"
"""What a byline is searched by: it names the author and seldom has the word."""

_CHARACTERS_PER_TOKEN = 8
"""A token never stands for more than this many characters when sizes are taken: a tokenizer makes
one unknown token of a very long word, and a megabyte of them would look small."""

_ENDS_SENTENCE = re.compile(r"[.!?…。！？][\"”’)]*$")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is not divided: a sentence, a list item, a row; or, where that is too long for a chunk, a part of it.

    Pieces of one `group` want to stay together. `lead` is the span of the sentence that introduces
    the piece's list. `glued`: never parted from the heading before.
    """

    start: int
    end: int
    group: int
    lead: Span | None = None
    glued: bool = False
    tokens: int = 0


def chunk_document(document: Document, count_tokens: CountTokens, *, max_tokens: int) -> list[Chunk]:
    """The chunks of a document in reading order, at most `max_tokens` tokens each beside a heading.

    Every character outside removed spans and white space is in exactly one chunk, and
    `document.text[chunk.start:chunk.end] == chunk.text`.
    """
    packs = [
        packed for section in _sections(document) for packed in _pack(_pieces(document.text, section, count_tokens, max_tokens), max_tokens)
    ]
    return [_chunk(document, packed) for packed in _small_sections_joined(document, packs, max_tokens)]


def _chunk(document: Document, packed: Sequence[_Piece]) -> Chunk:
    start, end = packed[0].start, packed[-1].end
    path, last = document.headings_at(start), document.headings_at(packed[-1].start)
    return Chunk(
        document_id=document.id,
        start=start,
        end=end,
        text=document.text[start:end],
        heading_path=tuple(one for one, other in zip(path, last, strict=False) if one == other) if path != last else path,
        lead=_lead(document, packed),
    )


def _small_sections_joined(document: Document, packs: list[list[_Piece]], max_tokens: int) -> list[list[_Piece]]:
    """A section shares a chunk with the next under the same heading, or its first own, while they fit: a few words are hard to find."""
    joined: list[list[_Piece]] = []
    for packed in packs:
        before = joined[-1] if joined else None
        if before and _belong_together(document, before, packed) and sum(piece.tokens for piece in (*before, *packed)) <= max_tokens:
            before.extend(packed)
        else:
            joined.append(list(packed))
    return joined


def _belong_together(document: Document, before: Sequence[_Piece], after: Sequence[_Piece]) -> bool:
    one, other = document.headings_at(before[-1].start), document.headings_at(after[0].start)
    next_to = one != other and (other[:-1] == one or other[:-1] == one[:-1])
    byline = document.byline is not None and before[0].start <= document.byline[0] < after[-1].end
    return next_to and not byline and not _removed_between(document, before[-1].end, after[0].start)


def _lead(document: Document, packed: Sequence[_Piece]) -> str:
    """The sentence before the chunk that introduces its list; of a byline, what it says without saying so."""
    first = packed[0]
    if document.byline and any(piece.start == document.byline[0] for piece in packed):
        return BYLINE_LEAD
    return document.text[slice(*first.lead)] if first.lead and first.lead[0] < first.start else ""


def searched_context(title: str, heading_path: tuple[str, ...], lead: str) -> str:
    """What is searched beside a chunk's own words: title, headings and the sentence above a list."""
    parts = [title, *(heading for heading in heading_path if heading != title), lead]
    return " > ".join(part for part in parts if part)


def _sections(document: Document) -> Iterator[list[Block]]:
    """Blocks that may share a chunk: one section, with no removed span between them; the byline ends one."""
    section: list[Block] = []
    for block in kept_blocks(document):
        if section and _parts(document, section, block):
            yield section
            section = []
        section.append(block)
    if section:
        yield section


def _parts(document: Document, section: list[Block], block: Block) -> bool:
    last, byline = section[-1], document.byline[0] if document.byline else -1
    if all(other.kind == "heading" for other in section):
        return _removed_between(document, last.end, block.start)
    return block.kind == "heading" or byline in (last.start, block.start) or _removed_between(document, last.end, block.start)


def _removed_between(document: Document, start: int, end: int) -> bool:
    return document.text[start:end].strip() != ""


def kept_blocks(document: Document, start: int = 0, end: int | None = None) -> Iterator[Block]:
    """The blocks of `document.text[start:end]` less the removed spans; one that is cut keeps its kind on both sides."""
    for block in parse_blocks(document.text, markdown=document.markup == "markdown", start=start, end=end):
        for first, last in _outside(document, block.start, block.end):
            part = document.text[first:last]
            if part.strip():
                begin, stop = last - len(part.lstrip()), first + len(part.rstrip())
                yield replace(block, start=begin, end=stop, content=max(begin, min(block.content, stop)))


def _outside(document: Document, start: int, end: int) -> Iterator[Span]:
    """What of `start`–`end` lies outside the removed spans."""
    for gap in document.removed[bisect_right(document.removed, start, key=lambda gap: gap.end) :]:
        if gap.start >= end:
            break
        yield start, max(start, gap.start)
        start = gap.end
    yield start, max(start, end)


def _pieces(text: str, section: list[Block], count_tokens: CountTokens, max_tokens: int) -> list[_Piece]:
    drafts: list[_Piece] = []
    for position, block in enumerate(section):
        before = section[position - 1] if position else None
        if block.kind in ("item", "row"):
            drafts.append(_listed(text, section, position, drafts))
        elif block.kind == "heading":
            drafts.append(_Piece(block.start, block.end, _next_group(drafts), glued=before is not None))
        else:
            drafts.extend(_prose(text, block, _next_group(drafts), glued=before is not None and before.kind == "heading"))
    return _sized(text, drafts, count_tokens, max_tokens)


def _next_group(drafts: list[_Piece]) -> int:
    return drafts[-1].group + 1 if drafts else 0


def _listed(text: str, section: list[Block], position: int, drafts: list[_Piece]) -> _Piece:
    """The piece of a list item or table row, in the group of its list, which its lead joins.

    A row's lead is the table's first row. An item's is what stands directly above the list, unless
    that is a whole sentence; for a nested list that is the item which it hangs under.
    """
    block = section[position]
    if position == 0:
        return _Piece(block.start, block.end, 0)
    before, last = section[position - 1], drafts[-1]
    if before.kind == "heading":
        return _Piece(block.start, block.end, last.group + 1, glued=True)
    if before.kind == block.kind:
        lead = (last.lead or (last.start, last.end)) if block.kind == "row" else _lead_in_list(section, position, drafts)
        return _Piece(block.start, block.end, last.group, lead)
    if block.kind == "row" or not _introduces(text, last):
        return _Piece(block.start, block.end, last.group + 1)
    drafts[-1] = replace(last, group=last.group + 1)
    return _Piece(block.start, block.end, last.group + 1, (last.start, last.end))


def _lead_in_list(section: list[Block], position: int, drafts: list[_Piece]) -> Span | None:
    """The item above that is less indented, or else the lead of the one above that is as much."""
    level = section[position].level
    back = 1
    while section[position - back].level > level and back < position and section[position - back - 1].kind == "item":
        back += 1
    above, piece = section[position - back], drafts[-back]
    return (piece.start, piece.end) if above.level < level else piece.lead


def _introduces(text: str, piece: _Piece) -> bool:
    return not _ENDS_SENTENCE.search(text[piece.start : piece.end])


def _prose(text: str, block: Block, group: int, *, glued: bool) -> Iterator[_Piece]:
    """Sentences that touch, so that nothing between them is lost; those behind inline bullets are a list."""
    bullets = set(inline_bullets(text, block.start, block.end))
    last: _Piece | None = None
    for start, end in _touching(text, block):
        listed = start in bullets
        if not last:
            piece = _Piece(start, end, group, glued=glued)
        elif listed and last.start in bullets and not text[last.start : last.end].endswith(":"):
            piece = _Piece(start, end, last.group, last.lead)
        elif listed and _introduces(text, last):
            last = replace(last, group=last.group + 1)
            piece = _Piece(start, end, last.group, (last.start, last.end))
        else:
            piece = _Piece(start, end, last.group + (listed or last.start in bullets))
        if last:
            yield last
        last = piece
    if last:
        yield last


def _touching(text: str, block: Block) -> list[Span]:
    starts = [start for start, _ in sentence_spans(text, block.start, block.end, keep_bullets=True)][1:]
    edges = [block.start, *starts, block.end]
    return [(start, start + len(text[start:end].rstrip())) for start, end in zip(edges, edges[1:], strict=False) if text[start:end].strip()]


def _sized(text: str, drafts: list[_Piece], count_tokens: CountTokens, max_tokens: int) -> list[_Piece]:
    sizes = _sizes([text[draft.start : draft.end] for draft in drafts], count_tokens)
    pieces: list[_Piece] = []
    for draft, size in zip(drafts, sizes, strict=True):
        sized = replace(draft, tokens=size)
        pieces.extend([sized] if size <= max_tokens else _cut(text, sized, count_tokens, max_tokens))
    return pieces


def _sizes(texts: Sequence[str], count_tokens: CountTokens) -> list[int]:
    return [max(count, len(text) // _CHARACTERS_PER_TOKEN) for count, text in zip(count_tokens(texts), texts, strict=True)]


def _cut(text: str, piece: _Piece, count_tokens: CountTokens, max_tokens: int) -> Iterator[_Piece]:
    """A sentence too long for a chunk, in halves at white space until each half fits."""
    start, end = piece.start, piece.end
    if piece.tokens <= max_tokens or end - start < 2:
        yield piece
        return
    middle = (start + end) // 2
    space = text.rfind(" ", start + 1, middle)
    middle = space if space > start + (end - start) // 4 else middle
    first, second = text[start:middle].rstrip(), text[middle:end].lstrip()
    for part, begin in ((first, start), (second, end - len(second))):
        half = replace(
            piece, start=begin, end=begin + len(part), tokens=_sizes([part], count_tokens)[0], glued=piece.glued and begin == start
        )
        yield from _cut(text, half, count_tokens, max_tokens)


def _pack(pieces: list[_Piece], max_tokens: int) -> Iterator[list[_Piece]]:
    """Greedy: a group (a paragraph, or a list with its lead) moves to the next chunk whole if it fits there."""
    packed: list[_Piece] = []
    used = 0
    for part in _parts_of_groups(pieces, max_tokens):
        size = sum(piece.tokens for piece in part)
        if packed and used + size > max_tokens and not part[0].glued:
            yield packed
            packed, used = [], 0
        packed = [*packed, *part]
        used += size
    if packed:
        yield packed


def _parts_of_groups(pieces: list[_Piece], max_tokens: int) -> Iterator[list[_Piece]]:
    """A group whole where it fits a chunk, or else its pieces."""
    for _, group in groupby(pieces, key=lambda piece: piece.group):
        part = list(group)
        yield from [part] if sum(piece.tokens for piece in part) <= max_tokens else [[piece] for piece in part]

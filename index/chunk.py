"""A document's blocks are packed into chunks that follow its sections and lists.

Rules, in this order: a chunk never crosses a section or a removed span; a list stays with the
sentence that introduces it, and both whole where they fit; then paragraphs; then sentences; only
a sentence longer than a chunk is cut, at white space. A heading opens the chunk of its section.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.records import Chunk, Document
from index.sentences import sentence_spans
from index.structure import Block, parse_blocks

__all__ = ["CountTokens", "chunk_document", "searched_context"]

CountTokens = Callable[[Sequence[str]], list[int]]
"""Token counts of texts by the embedding model's own tokenizer."""

_CHARACTERS_PER_TOKEN = 8
"""A token never stands for more than this many characters when sizes are taken: a tokenizer makes
one unknown token of a very long word, and a megabyte of them would look small."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is not divided: a sentence, a list item, a row. `glued`: belongs with the piece before."""

    start: int
    end: int
    tokens: int
    group: int
    lead: tuple[int, int] | None = None
    glued: bool = False


def chunk_document(document: Document, count_tokens: CountTokens, *, max_tokens: int) -> list[Chunk]:
    """The chunks of a document in reading order, at most `max_tokens` tokens each beside a heading.

    Every character outside removed spans and white space is in exactly one chunk, and
    `document.text[chunk.start:chunk.end] == chunk.text`.
    """
    chunks = []
    for section in _sections(document):
        pieces = _pieces(document.text, section, count_tokens, max_tokens)
        for packed in _pack(pieces, max_tokens):
            start, end = packed[0].start, packed[-1].end
            lead = packed[0].lead
            chunks.append(
                Chunk(
                    document_id=document.id,
                    start=start,
                    end=end,
                    text=document.text[start:end],
                    heading_path=document.headings_at(start),
                    lead=document.text[slice(*lead)] if lead and lead[0] < start else "",
                )
            )
    return chunks


def searched_context(title: str, heading_path: tuple[str, ...], lead: str) -> str:
    """What is searched beside a chunk's own words: title, headings and the sentence above a list."""
    parts = [title, *(heading for heading in heading_path if heading != title), lead]
    return " > ".join(part for part in parts if part)


def _sections(document: Document) -> Iterator[list[Block]]:
    """Blocks that may share a chunk: one section, with no removed span between them."""
    section: list[Block] = []
    for block in _kept_blocks(document):
        new_section = block.kind == "heading" and any(other.kind != "heading" for other in section)
        over_gap = section and any(section[-1].end <= gap.start < block.start for gap in document.removed)
        byline = document.byline is not None and document.byline[0] in (block.start, section[-1].start if section else -1)
        if section and (new_section or over_gap or byline):
            yield section
            section = []
        section.append(block)
    if section:
        yield section


def _kept_blocks(document: Document) -> Iterator[Block]:
    blocks = parse_blocks(document.text, markdown=document.media_type != "text/plain")
    for block in blocks:
        inside = [gap for gap in document.removed if block.start <= gap.start < block.end]
        if not inside:
            yield block
            continue
        position = block.start
        for start, end in [*((gap.start, gap.end) for gap in inside), (block.end, block.end)]:
            rest = document.text[position:start]
            if rest.strip():
                begin = position + len(rest) - len(rest.lstrip())
                stop = begin + len(rest.strip())
                yield Block(block.kind, begin, stop, max(begin, min(block.content, stop)), block.level, block.lines)
            position = end


def _pieces(text: str, section: list[Block], count_tokens: CountTokens, max_tokens: int) -> list[_Piece]:
    drafts: list[tuple[int, int, int, tuple[int, int] | None, bool]] = []
    lead: tuple[int, int] | None = None
    group, after_heading = 0, False
    for block in section:
        item = block.kind in ("item", "row")
        spans = [(block.start, block.end)] if item or block.kind == "heading" else _sentences(text, block)
        if block.kind == "heading":
            lead = None
        elif not item:
            lead = spans[-1] if text[block.start : block.end].endswith(":") else None
        for position, (start, end) in enumerate(spans):
            drafts.append((start, end, group, lead if item else None, after_heading and position == 0))
        after_heading = block.kind == "heading"
        group += 0 if item and lead is None and _next_is_item(section, block) else 1
    return _sized(text, drafts, count_tokens, max_tokens)


def _next_is_item(section: list[Block], block: Block) -> bool:
    at = section.index(block) + 1
    return at < len(section) and section[at].kind == block.kind


def _sentences(text: str, block: Block) -> list[tuple[int, int]]:
    """Sentence spans stretched to touch, so that nothing between them is lost."""
    starts = [start for start, _ in sentence_spans(text, block.start, block.end, keep_bullets=True)][1:]
    edges = [block.start, *starts, block.end]
    return [
        (start, start + len(text[start:end].rstrip())) for start, end in zip(edges, edges[1:], strict=False) if text[start:end].strip()
    ]


def _sized(
    text: str, drafts: list[tuple[int, int, int, tuple[int, int] | None, bool]], count_tokens: CountTokens, max_tokens: int
) -> list[_Piece]:
    sizes = count_tokens([text[start:end] for start, end, *_ in drafts])
    pieces = []
    for (start, end, group, lead, glued), size in zip(drafts, sizes, strict=True):
        size = max(size, (end - start) // _CHARACTERS_PER_TOKEN)
        if size <= max_tokens:
            pieces.append(_Piece(start, end, size, group, lead, glued))
        else:
            pieces.extend(_cut(text, start, end, group, lead, count_tokens, max_tokens))
    return pieces


def _cut(
    text: str, start: int, end: int, group: int, lead: tuple[int, int] | None, count_tokens: CountTokens, max_tokens: int
) -> Iterator[_Piece]:
    """A sentence too long for a chunk, in halves at white space until each half fits."""
    size = max(*count_tokens([text[start:end]]), (end - start) // _CHARACTERS_PER_TOKEN)
    if size <= max_tokens or end - start < 2:
        yield _Piece(start, end, size, group, lead)
        return
    middle = (start + end) // 2
    space = text.rfind(" ", start + 1, middle)
    middle = space if space > start + (end - start) // 4 else middle
    for begin, stop in ((start, middle), (middle, end)):
        part = text[begin:stop]
        begin += len(part) - len(part.lstrip())
        stop = begin + len(part.strip())
        if begin < stop:
            yield from _cut(text, begin, stop, group, lead, count_tokens, max_tokens)


def _pack(pieces: list[_Piece], max_tokens: int) -> Iterator[list[_Piece]]:
    """Greedy: a group (a paragraph, or a list with its lead) moves to the next chunk whole if it fits there."""
    packed: list[_Piece] = []
    used = 0
    for unit in _units(pieces):
        for part in [unit] if sum(piece.tokens for piece in unit) <= max_tokens else [[piece] for piece in unit]:
            size = sum(piece.tokens for piece in part)
            only_heading = bool(packed) and part[0].glued
            if packed and used + size > max_tokens and not only_heading:
                yield packed
                packed, used = [], 0
            packed = [*packed, *part]
            used += size
    if packed:
        yield packed


def _units(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Pieces that want to stay together: those of one group, and a list with its leading sentence."""
    units: list[list[_Piece]] = []
    for piece in pieces:
        previous = units[-1] if units else None
        if previous and (previous[-1].group == piece.group or (piece.lead and previous[-1].lead == piece.lead)):
            previous.append(piece)
        elif previous and piece.lead and previous[-1].start <= piece.lead[0] <= previous[-1].end:
            lead = previous.pop()
            units.append([lead, piece])
            if not previous:
                units.remove(previous)
        else:
            units.append([piece])
    return units

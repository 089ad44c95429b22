"""What in a text is not its content: captions, teasers, labels, repeats, and the byline.

Nothing is deleted. A span that is found here stays in the document, is left out of what is
searched and cited, and is counted in the health report.
"""

import re
from collections.abc import Iterator
from hashlib import sha256

from index.records import Removed
from index.structure import Block

__all__ = ["find_byline", "find_removed"]

_CREDIT = re.compile(
    r"(?:courtesy (?:of|:)|photo(?:graph)?s? (?:by|courtesy)|image (?:by|credit)|(?:photo |image |picture )?credits?:(?!\s*\d)|"
    r"getty images|(?:ap|reuters|afp) photo|illustration by|(?:photo|image|illustration): ?[^\W\d_]+(?: [^\W\d_]+){1,3}(?: ?/.*)?$)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:related (?:content|articles?|stories|posts?|reading)|read (?:more|next|also)|see also|more (?:stories|from \w+)|"
    r"you (?:may|might) also like|recommended (?:for you|reading)|advertisement|sponsored(?: content)?|"
    r"share this(?: article| story)?|sign up for our newsletter)\s*:?",
    re.IGNORECASE,
)
_ALT_TEXT = re.compile(r"\b(?:is|are) (?:seen|pictured|shown)\b|\bin the (?:back|fore)ground\b", re.IGNORECASE)
_BYLINE = re.compile(
    r"(?:[Bb]y [A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}\b.{0,80}|"
    r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3},.{3,160}\b(?:shares|writes|explains|reflects|discusses|reports|describes)\b.{0,80})"
)
_TEASER_CHARACTERS = 400
_CAPTION_LINES = 3
"""Lines above a credit that may describe its picture: more of them are prose with a credit at its end."""
_REPEAT_CHARACTERS = 120
"""Something shorter may stand twice for a reason: a refrain, a table row, a "yes"."""


def find_removed(text: str, blocks: list[Block]) -> tuple[list[Removed], list[Block]]:
    """The spans that are not content, in order, and the blocks that remain.

    - caption: lines that end in a picture's credit ("Courtesy of …"), or above it describe a picture;
    - label and teaser: "Related content" and the short lines directly under it;
    - repeat: a section with all below it, or a long paragraph, that stands before under the same
      headings, to the letter but for spaces.
    """
    lines = _line_spans(text, blocks)
    removed: dict[int, Removed] = {}
    for group in _groups(text, lines):
        _mark_captions(text, group, removed)
        _mark_teasers(text, group, removed)
    kept = _without(text, blocks, removed)
    repeats = _repeats(text, kept)
    for unit in repeats:
        for start, end in _runs(text, unit):
            removed[start] = Removed(start=start, end=end, reason="repeat")
    repeated = {block.start for unit in repeats for block in unit}
    return sorted(removed.values(), key=lambda span: span.start), [block for block in kept if block.start not in repeated]


def find_byline(text: str, blocks: list[Block]) -> tuple[int, int] | None:
    """The span of the line that names the author, if it is among the first six blocks."""
    for block in blocks[:6]:
        line = text[block.start : block.end]
        if block.kind in ("paragraph", "heading") and len(line) <= 300 and _BYLINE.fullmatch(line.strip()):
            return block.start, block.end
    return None


def _line_spans(text: str, blocks: list[Block]) -> list[tuple[int, int]]:
    spans = []
    for block in blocks:
        if block.kind == "code":
            continue
        start = block.start
        for line in text[block.start : block.end].split("\n"):
            spans.append((start, start + len(line)))
            start += len(line) + 1
    return spans


def _groups(text: str, lines: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Lines with no blank line between them."""
    groups: list[list[tuple[int, int]]] = []
    for line in lines:
        if groups and text[groups[-1][-1][1] : line[0]].count("\n") <= 1:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _mark_captions(text: str, group: list[tuple[int, int]], removed: dict[int, Removed]) -> None:
    for position, (start, end) in enumerate(group):
        if end - start <= 120 and _CREDIT.match(text[start:end].strip()):
            above = group[:position]
            short = len(above) <= _CAPTION_LINES and all(stop - begin <= _TEASER_CHARACTERS for begin, stop in above)
            for begin, stop in group[: position + 1] if short else [(start, end)]:
                removed[begin] = Removed(start=begin, end=stop, reason="caption")
    if len(group) == 1 and len(_ALT_TEXT.findall(text[slice(*group[0])])) > 1:
        start, end = group[0]
        removed[start] = Removed(start=start, end=end, reason="caption")


def _mark_teasers(text: str, group: list[tuple[int, int]], removed: dict[int, Removed]) -> None:
    for position, (start, end) in enumerate(group):
        if not _LABEL.fullmatch(text[start:end].strip()):
            continue
        removed[start] = Removed(start=start, end=end, reason="label")
        under = group[position + 1 :]
        if under and under[-1][1] - under[0][0] <= _TEASER_CHARACTERS:
            removed[under[0][0]] = Removed(start=under[0][0], end=under[-1][1], reason="teaser")
        return


def _without(text: str, blocks: list[Block], removed: dict[int, Removed]) -> list[Block]:
    """The blocks with the removed lines cut off their ends; a block of nothing else is dropped."""
    kept = []
    for block in blocks:
        inside = [span for span in removed.values() if block.start <= span.start < block.end]
        if not inside:
            kept.append(block)
            continue
        first = min(span.start for span in inside)
        head = text[block.start : first].rstrip()
        if head:
            kept.append(Block(block.kind, block.start, block.start + len(head), block.content, block.level, block.lines))
            continue
        last = max(span.end for span in inside)
        tail = text[last : block.end]
        if tail.strip():
            start = last + len(tail) - len(tail.lstrip())
            kept.append(Block(block.kind, start, block.end, start, block.level, block.lines))
    return kept


def _repeats(text: str, blocks: list[Block]) -> list[list[Block]]:
    """Sections and long paragraphs seen before under the same headings.

    A section goes whole or keeps its heading: two postings of the same place may share a paragraph.
    """
    seen: set[tuple[tuple[str, ...], bytes]] = set()
    repeats: list[list[Block]] = []
    path: list[Block] = []
    position = 0
    while position < len(blocks):
        block = blocks[position]
        unit = _with_all_below(blocks, position) if block.kind == "heading" else [block]
        if block.kind == "heading":
            path = [above for above in path if above.level < block.level]
        words = " ".join(" ".join(text[part.start : part.end] for part in unit).split())
        key = (tuple(text[above.content : above.end] for above in path), sha256(words.encode()).digest())
        long = len(words) >= _REPEAT_CHARACTERS and block.kind in ("heading", "paragraph")
        if long and key in seen:
            repeats.append(unit)
            position += len(unit)
            continue
        seen.add(key)
        path += [block] if block.kind == "heading" else []
        position += 1
    return repeats


def _with_all_below(blocks: list[Block], position: int) -> list[Block]:
    """A heading's block and those of its section, deeper headings included."""
    level = blocks[position].level
    stop = position + 1
    while stop < len(blocks) and not (blocks[stop].kind == "heading" and blocks[stop].level <= level):
        stop += 1
    return blocks[position:stop]


def _runs(text: str, unit: list[Block]) -> Iterator[tuple[int, int]]:
    """The spans of a unit's blocks, joined where nothing else was removed between them."""
    start, end = unit[0].start, unit[0].end
    for block in unit[1:]:
        if text[end : block.start].strip():
            yield start, end
            start = block.start
        end = block.end
    yield start, end

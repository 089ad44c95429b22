"""What in a text is not its content: captions, teasers, labels, repeats, and the byline.

Nothing is deleted. A span that is found here stays in the document, is left out of what is
searched and cited, and is counted in the health report.
"""

import re
from hashlib import sha256

from index.records import Removed
from index.structure import Block

__all__ = ["find_byline", "find_removed"]

_CREDIT = re.compile(
    r"(?:courtesy (?:of|:)|photo(?:graph)?s?(?: by| courtesy|:| credit)|image(?: by| credit|:)|credits?:|getty images|"
    r"(?:ap|reuters|afp) photo|illustration(?: by|:))",
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
    r"(?:by [A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}\b.{0,80}|"
    r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3},.{3,160}\b(?:shares|writes|explains|reflects|discusses|reports|describes)\b.{0,80})"
)
_TEASER_CHARACTERS = 400
_REPEAT_CHARACTERS = 120
"""A shorter block may stand twice for a reason: a refrain, a table row, a "yes"."""


def find_removed(text: str, blocks: list[Block]) -> tuple[list[Removed], list[Block]]:
    """The spans that are not content, in order, and the blocks that remain.

    - caption: lines that end in a picture's credit ("Courtesy of …"), or above it describe a picture;
    - label and teaser: "Related content" and the short lines directly under it;
    - repeat: a long block that stands in the same document before, to the letter but for spaces.
    """
    lines = _line_spans(text, blocks)
    removed: dict[int, Removed] = {}
    for group in _groups(text, lines):
        _mark_captions(text, group, removed)
        _mark_teasers(text, group, removed)
    kept = _without(text, blocks, removed)
    repeats = _repeats(text, kept)
    for block in repeats:
        removed[block.start] = Removed(start=block.start, end=block.end, reason="repeat")
    return sorted(removed.values(), key=lambda span: span.start), [block for block in kept if block not in repeats]


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
            short = all(stop - begin <= _TEASER_CHARACTERS for begin, stop in group[: position + 1])
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


def _repeats(text: str, blocks: list[Block]) -> list[Block]:
    """Long paragraphs seen before, each with the heading that stood above nothing else."""
    seen: set[bytes] = set()
    repeats = []
    for above, block in zip([None, *blocks], blocks, strict=False):
        if block.kind != "paragraph" or block.end - block.start < _REPEAT_CHARACTERS:
            continue
        digest = sha256(" ".join(text[block.start : block.end].split()).encode()).digest()
        if digest in seen:
            repeats.extend([above, block] if above and above.kind == "heading" else [block])
        seen.add(digest)
    return repeats

"""A citation as a link: short, self-contained, and strict to read, since it comes back from the browser."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from rag import Answer, Citation, Passage
from rag.read import probability

__all__ = ["MARK", "Reference", "passage_references"]

MARK = "#cite="
_PARTS = r"([0-9]{1,3})\.([0-9a-f]{16})\.([0-9]{1,9})\.([0-9]{1,9})\.([0-9a-f]{12})\.([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,3})"
_READER = r"(?:\.([0-9]{1,3}))?"
_REFERENCE = re.compile(_PARTS + _READER)
_HEADINGS = re.compile(r"(?:\s*#{1,6} .*(?:\n|$))*\s*")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a citation's words stand, and how the passage around them was found.

    `sha` is the beginning of the file's sha256 as it was cited. Ranks count from 1, 0 means that
    the list did not hold the passage; `similarity` is in percent, 0–100. `reader` is how sure the reader
    is that the passage answers, in percent, 0–100, or None where it was not read.
    """

    number: int
    document_id: str
    start: int
    end: int
    sha: str
    dense_rank: int = 0
    lexical_rank: int = 0
    similarity: int = 0
    reader: int | None = None

    @classmethod
    def of(cls, citation: Citation, passages: Iterable[Passage]) -> Self:
        """The reference of an answer's citation, with the ranks of the passage that holds it."""
        holding = (p for p in passages if p.document_id == citation.document_id and p.start <= citation.start < p.end)
        found = _found(next(holding, None))
        return cls(citation.number, citation.document_id, citation.start, citation.end, citation.sha256[:12], *found)

    @classmethod
    def read(cls, text: object) -> Self | None:
        """The reference that `text` spells, or None: whatever the browser sends is either well formed or nothing."""
        parts = _REFERENCE.fullmatch(text.removeprefix(MARK)) if isinstance(text, str) else None
        if parts is None:
            return None
        number, document_id, start, end, sha, *found = parts.groups()
        ranks = [int(part) for part in found if part is not None]
        return cls(int(number), document_id, int(start), int(end), sha, *ranks)

    def __str__(self) -> str:
        """The link's text without the leading `#cite=`."""
        read = () if self.reader is None else (self.reader,)
        found = (self.dense_rank, self.lexical_rank, self.similarity, *read)
        return ".".join(map(str, (self.number, self.document_id, self.start, self.end, self.sha, *found)))


def passage_references(answer: Answer, shas: dict[str, str], *, count: int) -> list[Reference]:
    """References to the nearest passages of a refusal; `shas` gives each document's sha256. Leading headings are left out."""
    references = []
    for number, passage in enumerate(answer.passages[:count], start=1):
        headings = _HEADINGS.match(passage.text)
        start = passage.start + (headings.end() if headings and headings.end() < len(passage.text) else 0)
        sha = shas[passage.document_id][:12]
        references.append(Reference(number, passage.document_id, start, passage.end, sha, *_found(passage)))
    return references


def _found(passage: Passage | None) -> tuple[int, int, int, int | None]:
    if passage is None:
        return 0, 0, 0, None
    reader = None if passage.reader_score is None else round(100 * probability(passage.reader_score))
    return passage.dense_rank or 0, passage.lexical_rank or 0, min(max(round(100 * passage.similarity), 0), 100), reader

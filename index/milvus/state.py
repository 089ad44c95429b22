"""What a process knows of the library at one generation: which version of each document is to be seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from index.records import Chunk, DocumentSummary

__all__ = ["ChunkRow", "Seen", "State"]


class Seen(NamedTuple):
    """A document's row: the version that is to be seen, how many chunks it has, when it came (nanoseconds), its file's hash and stamp."""

    version: str
    chunks: int
    added: int
    sha256: str
    stamp: str


class ChunkRow(NamedTuple):
    """A chunk with its fingerprints, and when its document came."""

    chunk: Chunk
    searched: str
    wording: str
    added: int


@dataclass(frozen=True, slots=True)
class State:
    """One generation. What is remembered of it besides dies with it; other threads may add to that at any time."""

    generation: str
    settings: Mapping[str, str]
    documents: Mapping[str, Seen]
    summaries: list[DocumentSummary] = field(default_factory=list)
    frequencies: dict[str, int] = field(default_factory=dict)
    chunks: dict[int, ChunkRow] = field(default_factory=dict)
    copies: dict[str, list[ChunkRow]] = field(default_factory=dict)
    vocabulary: dict[str, None] = field(default_factory=dict)
    unseen: dict[str, None] = field(default_factory=dict)
    """Versions that were met and are not to be seen: being written, or left behind."""

    def sees(self, document_id: str, version: str) -> bool:
        """Whether this version of a document is the one to be seen."""
        seen = self.documents.get(document_id)
        return seen is not None and seen.version == version

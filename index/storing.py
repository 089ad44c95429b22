"""What a library needs of the place that holds it: a folder (`index.local`) or a Milvus server (`index.milvus`).

A document becomes visible, is replaced and vanishes whole, whatever happens meanwhile. Each change raises the generation.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from index.embed import Vectors
from index.records import Chunk, Document, DocumentSummary, FileReport

__all__ = ["Copies", "Known", "LibraryStore", "Place", "Reports", "Words", "Writer"]

Place = tuple[str, int, int]
"""A span of a document: its id, start, end."""


class Known(NamedTuple):
    """What is known of a document's file: the hash of its bytes, and its stamp (see `index.stamp`)."""

    sha256: str
    stamp: str


class Words(Protocol):
    """What counts as a word, and how rare it is in the whole library."""

    def terms(self, text: str) -> list[str]:
        """The stemmed words of a text as they are indexed, each once, in order."""

    def frequency(self, term: str) -> int:
        """In how many chunks a stemmed word stands, counting title and headings."""


class Copies(Protocol):
    """Copies of uploaded files, named by the SHA-256 of their bytes."""

    def keep(self, data: bytes) -> None:
        """Keep a copy of these bytes, unless there is one; raises StorageError."""

    def read(self, sha256: str) -> bytes | None:
        """The copy of this name, or None; who asks compares the hash."""

    def keep_only(self, hashes: Iterable[str]) -> None:
        """Remove the copies of all other names."""


class Reports(Protocol):
    """What was reported of documents, and which of them say the same."""

    def report(self, document_id: str) -> FileReport | None:
        """What was reported when this document was added, or None."""

    def shared(self, document_id: str) -> list[tuple[str, int]]:
        """The documents that came before this one and hold chunks of it too, with how many, most first."""


class Writer(Reports, Protocol):
    """The writing side, for one thread at a time. Each call can be repeated: the second time changes nothing."""

    def settings(self) -> dict[str, str]:
        """All settings that the library was made with."""

    def set_settings(self, values: Mapping[str, str]) -> None:
        """Set these settings at once; the first ones say with what model the library is made."""

    def known_files(self) -> dict[str, Known]:
        """What is known of each document's file, by document id."""

    def set_stamps(self, stamps: Mapping[str, str]) -> None:
        """Remember that these files, by document id, were read as they are now; no document changes by it."""

    def summaries(self) -> list[DocumentSummary]:
        """One row a document, ordered by source."""

    def document(self, document_id: str) -> Document | None:
        """The document with this id, or None."""

    def document_vectors(self, document_id: str, dimension: int) -> list[tuple[Chunk, Vectors]]:
        """The chunks of one document with their vectors, in reading order."""

    def put(self, document: Document, report: FileReport, chunks: Sequence[Chunk], vectors: Iterable[Vectors], *, stamp: str = "") -> None:
        """Add a document with its chunks and one vector for each, or replace the one with the same id; what is read sees all or nothing."""

    def remove(self, document_id: str) -> None:
        """Remove a document and its chunks; an unknown id changes nothing."""


class LibraryStore(Reports, Protocol):
    """An open store. Safe to use from several threads.

    `address` names it in messages. `folder` is on this machine, for what is kept beside a library: conversations, feedback, measurements.

    Everything may raise LibraryDamaged, for what is not as it was written, StorageError, and LibraryAway where a server does not answer.
    """

    address: str
    folder: Path

    @property
    def copies(self) -> Copies:
        """The copies of uploaded files."""

    def close(self) -> None:
        """Give back what is open."""

    def ping(self) -> None:
        """Nothing, if the store can be asked now; raises LibraryAway."""

    def settings(self) -> dict[str, str]:
        """All settings that the library was made with; none where nothing was added yet."""

    def facts(self) -> dict[str, str | int]:
        """Everything is read and verified; settings, counts and the state of the indexes, for people."""

    def summaries(self) -> list[DocumentSummary]:
        """One row a document, ordered by source."""

    def document(self, document_id: str) -> Document | None:
        """The document with this id, or None."""

    def with_hash(self, sha256: str) -> list[str]:
        """The documents whose file has this hash, ordered by source."""

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these ids; those that are gone are not in the result."""

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of these chunks, each of shape (dimension,)."""

    def same_words(self, ids: Sequence[int]) -> dict[int, list[Place]]:
        """Where else the words of these chunks stand, in the order in which they came; only chunks with copies are in the result."""

    def other_sources(self, document_id: str, start: int, end: int, *, among: Collection[str] | None = None) -> tuple[str, ...]:
        """The other documents' sources, with `among` of these alone, in which the chunks that hold this span stand too."""

    def chunk_count(self) -> int:
        """How many chunks the library holds."""

    def words(self) -> Words:
        """The words of the whole library."""

    def search_vectors(self, vector: Vectors, k: int, documents: frozenset[str] | None = None) -> list[tuple[int, float]]:
        """The `k` nearest chunks, with `documents` of these alone: (chunk id, cosine), best first, ties by id.

        Of chunks that are searched by the same words one is found, the first of those that may be.
        """

    def search_words(self, text: str, k: int, documents: frozenset[str] | None = None) -> list[tuple[int, float]]:
        """The `k` best chunks by words in the same way: (chunk id, BM25 score); how rare a word is counts in the whole library."""

    def holds_word(self, term: str, documents: frozenset[str] | None = None) -> bool:
        """Whether a stemmed word stands in any chunk, counting title and headings."""

    def similar_words(self, term: str, distance: int, documents: frozenset[str] | None = None) -> list[int]:
        """Chunks that hold a word within `distance` edits of a stemmed word."""

    def writing(self) -> AbstractContextManager[Writer]:
        """To add and remove; what was written is searched at the end, also after an error. Raises LibraryBusy."""

    def rebuilding(self, settings: Mapping[str, str]) -> AbstractContextManager[Writer]:
        """To put every document again with these settings; until the end, and after an error, the library stays as it was."""

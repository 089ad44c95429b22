"""A library in a folder: `library.sqlite` is the truth, the indexes of vectors and of words are derived from it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from threading import RLock

from index.embed import Vectors
from index.errors import StorageError
from index.lexical import LexicalIndex
from index.lock import writing
from index.originals import FolderCopies
from index.records import Chunk, Document, DocumentSummary, FileReport
from index.store import Store
from index.storing import Place
from index.upkeep import DerivedIndexes
from index.vectors import VectorIndex

__all__ = ["LocalStore"]

_COMPARED = 2
"""Chunks, for each that is wanted, that are compared exactly where the index of vectors is not exact."""
_KEPT = 4_096
"""Vectors that are kept in memory after they were read and verified; 1.5 kB each at 384 dimensions."""
_WAIT_FOR_WRITER = 1.0
"""Seconds: long enough for a reader that brings an index up to date, too short for one that adds documents."""


class LocalStore:
    """A `LibraryStore` on this machine; one of all threads and processes writes at a time.

    Writing has its own connection, so that readers see whole documents only, and search meanwhile.
    """

    def __init__(self, folder: Path, dimension: Callable[[], int]) -> None:
        """Open what is in `folder`, or make it; `dimension` is asked where nothing was stored yet."""
        self.folder = folder
        self.address = str(folder)
        self.copies = FolderCopies(folder / "originals")
        self._new_dimension = dimension
        self._reading = RLock()
        self._one_writer = RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{folder} cannot be made ({error.strerror}). Choose another folder with --library.") from error
        self.store = Store(folder / "library.sqlite")
        self._derived = DerivedIndexes(folder, self.store, self._dimension)
        self._document = lru_cache(maxsize=64)(lambda document_id, generation: self.store.document(document_id))
        self._standing_for = lru_cache(maxsize=8)(lambda documents, generation: self.store.standing_for(documents))
        # a search in lists compares the vectors that are wanted again when the lists are fused
        self._known_vectors = lru_cache(maxsize=1)(lambda generation: dict[int, Vectors]())
        self._counted = lru_cache(maxsize=1)(lambda generation: self.store.chunk_count())

    def close(self) -> None:
        """Give the files back."""
        with self._reading:
            self.store.close()

    def ping(self) -> None:
        """Nothing: a file can always be asked."""

    # reading

    def settings(self) -> dict[str, str]:
        """See `LibraryStore`, like all below."""
        with self._reading:
            return self.store.settings()

    def summaries(self) -> list[DocumentSummary]:
        """One row a document, ordered by source."""
        with self._reading:
            return self.store.summaries()

    def document(self, document_id: str) -> Document | None:
        """The document with this id, or None."""
        with self._reading:
            return self._document(document_id, self.store.generation())

    def with_hash(self, sha256: str) -> list[str]:
        """The documents whose file has this hash, ordered by source."""
        with self._reading:
            return self.store.with_hash(sha256)

    def report(self, document_id: str) -> FileReport | None:
        """What was reported when this document was added, or None."""
        with self._reading:
            return self.store.report(document_id)

    def shared(self, document_id: str) -> list[tuple[str, int]]:
        """The documents that came before this one and hold chunks of it too, with how many, most first."""
        with self._reading:
            return self.store.shared(document_id)

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these ids; those that are gone are not in the result."""
        with self._reading:
            return self.store.chunks(ids)

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of these chunks, each of shape (dimension,)."""
        with self._reading:
            exact = self._derived.vectors.vectors(ids) if self._derived.generation == self.store.generation() else None
            if exact is not None:
                return dict(zip(ids, exact, strict=True))
            known = self._known_vectors(self.store.generation())
            if len(known) > _KEPT:
                known.clear()
            known.update(self.store.vectors([number for number in ids if number not in known], self._dimension()))
            return {number: known[number] for number in ids if number in known}

    def same_words(self, ids: Sequence[int]) -> dict[int, list[Place]]:
        """Where else the words of these chunks stand."""
        with self._reading:
            return self.store.copies(ids)

    def other_sources(self, document_id: str, start: int, end: int, *, among: Collection[str] | None = None) -> tuple[str, ...]:
        """The other documents' sources in which the chunks that hold this span stand too."""
        with self._reading:
            copies = self.store.copies(self.store.numbers_at(document_id, start, end))
            found = dict.fromkeys(place[0] for places in copies.values() for place in places if place[0] != document_id)
            return tuple(self.store.sources([number for number in found if among is None or number in among]).values())

    def chunk_count(self) -> int:
        """How many chunks the library holds; counted once a generation, since SQLite reads a row's place for each."""
        with self._reading:
            return self._counted(self.store.generation())

    def facts(self) -> dict[str, str | int]:
        """Settings, counts and the state of the derived indexes, after everything was read."""
        with self._reading:
            self.store.check()
            vectors, _ = self._current()
            return {
                **self.store.settings(),
                "documents": len(self.store.known_files()),
                "chunks": self.store.chunk_count(),
                "copies": self.store.chunk_count() - self.store.searched_count(),
                "vectors": len(vectors),
                "search": f"{vectors.lists:,} lists, exact among the found" if vectors.lists else "exact",
                "indexes": "up to date" if self._derived.generation == self.store.generation() else "behind: a writer is at work",
            }

    # searching

    def words(self) -> LexicalIndex:
        """The current index of words."""
        return self._current()[1]

    def search_vectors(self, vector: Vectors, k: int, documents: frozenset[str] | None = None) -> list[tuple[int, float]]:
        """The `k` nearest chunks. In a large library a near one may be missed (`index.vectors`); cosines are exact."""
        own = self._own(documents)
        return _renamed(self._near(vector, k, None if own is None else [*own]), own)

    def search_words(self, text: str, k: int, documents: frozenset[str] | None = None) -> list[tuple[int, float]]:
        """The `k` best chunks by words."""
        own = self._own(documents)
        return _renamed(self.words().search(text, k, among=None if own is None else [*own]), own)

    def holds_word(self, term: str, documents: frozenset[str] | None = None) -> bool:
        """Whether a stemmed word stands in any chunk."""
        own = self._own(documents)
        return self.words().holds(term, among=None if own is None else [*own])

    def similar_words(self, term: str, distance: int, documents: frozenset[str] | None = None) -> list[int]:
        """Chunks that hold a word within `distance` edits of a stemmed word."""
        own = self._own(documents)
        found = self.words().similar(term, distance, among=None if own is None else [*own])
        return found if own is None else sorted(own[number] for number in found)

    # writing

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """A connection for the one writer; at the end, also after an error, the indexes follow what was stored."""
        with self._one_writer, writing(self.folder, wait=_WAIT_FOR_WRITER), closing(Store(self.folder / "library.sqlite")) as store:
            try:
                yield store
            finally:
                with self._reading:
                    self._derived.catch_up()

    @contextmanager
    def rebuilding(self, settings: Mapping[str, str]) -> Iterator[Store]:
        """One transaction over all documents, after which the indexes are built anew."""
        with self.writing() as store:
            with store.transaction():
                yield store
                store.set_settings(settings)
            with self._reading:
                self._derived.discard()

    # inside

    def _dimension(self) -> int:
        """As stored, so that a library is opened without loading its model."""
        stored = self.store.settings().get("dimension")
        return int(stored) if stored else self._new_dimension()

    def _current(self) -> tuple[VectorIndex, LexicalIndex]:
        """The derived indexes at the library's generation."""
        with self._reading:
            if self._derived.generation != self.store.generation():
                self._derived.refresh()
            return self._derived.vectors, self._derived.lexical

    def _near(self, vector: Vectors, k: int, among: Sequence[int] | None) -> list[tuple[int, float]]:
        vectors, _ = self._current()
        if not vectors.lists:
            return vectors.search(vector, k, among=among)
        near = vectors.search(vector, _COMPARED * k, among=among)
        exact = [(number, float(stored @ vector)) for number, stored in self.vectors([number for number, _ in near]).items()]
        return sorted(exact, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _own(self, documents: frozenset[str] | None) -> Mapping[int, int] | None:
        """Of the chunks of these documents: the chunk by which it is found in the indexes → the first of theirs that says the same.

        Of passages that say the same, one stands for all in the indexes. It may belong to a document that was not chosen: what is
        found then is the copy in a chosen one.
        """
        if documents is None:
            return None
        with self._reading:
            return self._standing_for(documents, self.store.generation())


def _renamed(hits: list[tuple[int, float]], own: Mapping[int, int] | None) -> list[tuple[int, float]]:
    return hits if own is None else sorted(((own[number], score) for number, score in hits), key=lambda hit: (-hit[1], hit[0]))

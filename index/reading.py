"""The reading side of a library: documents, chunks and the two searches, each of one whole state."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from index.chunk_table import Place
from index.embed import Embedder, Vectors
from index.errors import ModelMismatch, NotFound, StorageError
from index.health import with_copies
from index.lexical import LexicalIndex
from index.naming import find_document, find_documents
from index.records import Chunk, Document, DocumentSummary
from index.scope import Scope
from index.store import Store
from index.upkeep import DerivedIndexes
from index.vectors import VectorIndex

__all__ = ["Reading"]

_COMPARED = 2
"""Chunks, for each that is wanted, that are compared exactly where the index of vectors is not exact."""


class Reading:
    """What can be asked of a library. Safe to use from several threads; see `Library`."""

    def __init__(self, folder: Path, embedder: Embedder, *, other_model: bool) -> None:
        self.folder = folder
        self._embedder = embedder
        self._reading = RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{folder} cannot be made ({error.strerror}). Choose another folder with --library.") from error
        self._store = Store(folder / "library.sqlite")
        if not other_model:
            self._check_model()
        self._derived = DerivedIndexes(folder, self._store, self._dimension)
        self._document = lru_cache(maxsize=64)(lambda document_id, generation: self._store.document(document_id))
        self._standing_for = lru_cache(maxsize=8)(lambda documents, generation: self._store.standing_for(documents))

    def __enter__(self) -> Self:
        """The library itself; it is closed at the end of the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """Close the library."""
        self.close()

    def close(self) -> None:
        """Give the files back."""
        with self._reading:
            self._store.close()

    @property
    def embedder(self) -> Embedder:
        """The model, loaded once, which another library may share."""
        return self._embedder

    # reading

    def documents(self) -> list[DocumentSummary]:
        """All documents, ordered by source."""
        with self._reading:
            return self._store.summaries()

    def find(self, name: str) -> DocumentSummary:
        """The one document with this id, source, path or file name.

        Raises:
            NotFound: none, or more than one.
        """
        return find_document(name, self.documents(), self.folder)

    def within(self, names: Iterable[str]) -> Scope:
        """The documents that go by these names, to be searched without the others.

        A name is as for `find`, or names several: a folder all documents below it, and a pattern with `*`.

        Raises:
            NotFound: no document, or without a pattern more than one, goes by a name; or there are no names.
        """
        found = find_documents(names, self.documents(), self.folder)
        if not found:
            raise NotFound("No documents were chosen to be asked. Choose some, or leave the choice out to ask all.")
        return Scope(self, [document.id for document in found])

    def document(self, document_id: str) -> Document:
        """The document with this id.

        Raises:
            NotFound: it is not, or no longer, in the library.
        """
        with self._reading:
            document = self._document(document_id, self._store.generation())
        if document is None:
            raise NotFound(f"Document {document_id} is not, or no longer, in {self.folder}. `citewell list` shows what is there.")
        return document

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these ids; those that are gone are not in the result."""
        with self._reading:
            return self._store.chunks(ids)

    def chunk_vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of these chunks, each of shape (dimension,)."""
        with self._reading:
            return self._store.vectors(ids, self._dimension())

    def also_in(self, ids: Sequence[int]) -> dict[int, list[Place]]:
        """Where else the words of these chunks stand: (document id, start, end), in the order in which they were added.

        Copies that are searched by the same words are found once, by the first of them. Chunks without copies are not in the result.
        """
        with self._reading:
            return self._store.copies(ids)

    def other_sources(self, document_id: str, start: int, end: int, *, among: Collection[str] | None = None) -> tuple[str, ...]:
        """The other documents' sources in which the chunks that hold this span stand too, in the order in which they were added.

        With `among`, of the documents with these ids alone.
        """
        with self._reading:
            copies = self._store.copies(self._store.numbers_at(document_id, start, end))
            found = dict.fromkeys(place[0] for places in copies.values() for place in places if place[0] != document_id)
            return tuple(self._store.sources([number for number in found if among is None or number in among]).values())

    def standing_for(self, documents: frozenset[str]) -> Mapping[int, int]:
        """Of the chunks of these documents: the chunk by which it is found in the indexes → the first of theirs that says the same."""
        with self._reading:
            return self._standing_for(documents, self._store.generation())

    def with_hash(self, sha256: str) -> list[str]:
        """The ids of the documents whose file has this hash, ordered by source."""
        with self._reading:
            return self._store.with_hash(sha256)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts by the library's model, shape (texts, dimension)."""
        return self._embedder.embed(texts)

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """Of each text one unit vector a token with a letter or digit by the library's model, shape (tokens, width)."""
        return self._embedder.embed_tokens(texts)

    def search_vectors(self, vector: Vectors, k: int, *, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The `k` nearest chunks, with `among` of these alone: (chunk id, cosine), best first.

        In a large library a near one may be missed (`index.vectors`); cosines are exact.
        """
        vectors, _ = self._current()
        if not vectors.lists:
            return vectors.search(vector, k, among=among)
        near = vectors.search(vector, _COMPARED * k, among=among)
        exact = [(number, float(stored @ vector)) for number, stored in self.chunk_vectors([number for number, _ in near]).items()]
        return sorted(exact, key=lambda hit: (-hit[1], hit[0]))[:k]

    def search_words(self, text: str, k: int, *, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The `k` best chunks by words, with `among` of these alone: (chunk id, BM25 score), best first."""
        return self.lexical().search(text, k, among=among)

    def holds_word(self, term: str, *, among: Sequence[int] | None = None) -> bool:
        """Whether a stemmed word stands in any chunk, with `among` in any of these, counting title and headings."""
        return self.lexical().holds(term, among=among)

    def similar_words(self, term: str, distance: int, *, among: Sequence[int] | None = None) -> list[int]:
        """Chunks, with `among` of these alone, that hold a word within `distance` edits of a stemmed word."""
        return self.lexical().similar(term, distance, among=among)

    def lexical(self) -> LexicalIndex:
        """The current index of words."""
        return self._current()[1]

    def chunk_count(self) -> int:
        """How many chunks the library holds."""
        with self._reading:
            return self._store.chunk_count()

    def facts(self) -> dict[str, str | int]:
        """What `doctor` shows: settings, counts and the state of the derived indexes."""
        with self._reading:
            self._store.check()
            vectors, _ = self._current()
            return {
                "folder": str(self.folder),
                **self._store.settings(),
                "engine": self._embedder.engine,
                "documents": len(self._store.known_files()),
                "chunks": self._store.chunk_count(),
                "copies": self._store.chunk_count() - self._store.searched_count(),
                "vectors": len(vectors),
                "search": f"{vectors.lists:,} lists, exact among the found" if vectors.lists else "exact",
                "indexes": "up to date" if self._derived.generation == self._store.generation() else "behind: a writer is at work",
            }

    def health(self) -> list[DocumentSummary]:
        """All documents, ordered by source, each also with the warning that it is a near-duplicate of one that came before."""
        with self._reading:
            return [summary.model_copy(update={"report": with_copies(self._store, summary.report)}) for summary in self._store.summaries()]

    def setting(self, name: str) -> str | None:
        """A stored setting, or None."""
        with self._reading:
            return self._store.settings().get(name)

    # inside

    def _dimension(self) -> int:
        """As stored, so that a library is opened without loading its model."""
        stored = self._store.settings().get("dimension")
        return int(stored) if stored else self._embedder.dimension

    def _check_model(self) -> None:
        with self._reading:
            settings = self._store.settings()
        stored = settings.get("model")
        if stored is None or stored == self._embedder.name:
            return
        raise ModelMismatch(
            f"{self.folder} was embedded with '{stored}' ({settings.get('dimension')} dimensions), "
            f"the configured model is '{self._embedder.name}'. Use CITEWELL_MODEL={stored}, or embed it again with: "
            f"citewell rebuild --library '{self.folder}' --model '{self._embedder.name}'"
        )

    def _current(self) -> tuple[VectorIndex, LexicalIndex]:
        """The derived indexes at the library's generation; another process may have moved it to another model."""
        with self._reading:
            if self._derived.generation != self._store.generation():
                self._check_model()
                self._derived.refresh()
            return self._derived.vectors, self._derived.lexical

"""The reading side of a library: documents, chunks and the two searches, each of one whole state."""

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from index.embed import Embedder, Vectors
from index.errors import ModelMismatch, NotFound
from index.health import with_copies
from index.local import LocalStore
from index.naming import find_document, find_documents
from index.records import Chunk, Document, DocumentSummary
from index.scope import Scope
from index.storing import LibraryStore, Place, Words

__all__ = ["Reading"]


class Reading:
    """What can be asked of a library. Safe to use from several threads; see `Library`."""

    def __init__(self, place: str | os.PathLike[str] | LibraryStore, embedder: Embedder, *, other_model: bool) -> None:
        self._embedder = embedder
        if isinstance(place, (str, os.PathLike)):
            place = LocalStore(Path(place), lambda: embedder.dimension)
        self._store: LibraryStore = place
        if not other_model:
            self._check_model()

    def __enter__(self) -> Self:
        """The library itself; it is closed at the end of the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """Close the library."""
        self.close()

    def close(self) -> None:
        """Give back what is open."""
        self._store.close()

    @property
    def address(self) -> str:
        """Where the library is, for people and for `--library`."""
        return self._store.address

    @property
    def folder(self) -> Path:
        """The folder on this machine for what is kept beside the library; a local library is in it too."""
        return self._store.folder

    @property
    def embedder(self) -> Embedder:
        """The model, loaded once, which another library may share."""
        return self._embedder

    def ping(self) -> None:
        """Nothing, if the library can be asked now; raises LibraryAway."""
        self._store.ping()

    # reading

    def documents(self) -> list[DocumentSummary]:
        """All documents, ordered by source."""
        return self._store.summaries()

    def find(self, name: str) -> DocumentSummary:
        """The one document with this id, source, path or file name.

        Raises:
            NotFound: none, or more than one.
        """
        return find_document(name, self.documents(), self.address)

    def within(self, names: Iterable[str]) -> Scope:
        """The documents that go by these names, to be searched without the others.

        A name is as for `find`, or names several: a folder all documents below it, and a pattern with `*`.

        Raises:
            NotFound: no document, or without a pattern more than one, goes by a name; or there are no names.
        """
        found = find_documents(names, self.documents(), self.address)
        if not found:
            raise NotFound("No documents were chosen to be asked. Choose some, or leave the choice out to ask all.")
        return Scope(self, [document.id for document in found])

    def document(self, document_id: str) -> Document:
        """The document with this id.

        Raises:
            NotFound: it is not, or no longer, in the library.
        """
        document = self._store.document(document_id)
        if document is None:
            raise NotFound(f"Document {document_id} is not, or no longer, in {self.address}. `citewell list` shows what is there.")
        return document

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these ids; those that are gone are not in the result."""
        return self._store.chunks(ids)

    def chunk_vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of these chunks, each of shape (dimension,)."""
        return self._store.vectors(ids)

    def also_in(self, ids: Sequence[int]) -> dict[int, list[Place]]:
        """Where else the words of these chunks stand: (document id, start, end), in the order in which they were added.

        Copies that are searched by the same words are found once, by the first of them. Chunks without copies are not in the result.
        """
        return self._store.same_words(ids)

    def other_sources(self, document_id: str, start: int, end: int, *, among: Collection[str] | None = None) -> tuple[str, ...]:
        """The other documents' sources in which the chunks that hold this span stand too, in the order in which they were added.

        With `among`, of the documents with these ids alone.
        """
        return self._store.other_sources(document_id, start, end, among=among)

    def with_hash(self, sha256: str) -> list[str]:
        """The ids of the documents whose file has this hash, ordered by source."""
        return self._store.with_hash(sha256)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts by the library's model, shape (texts, dimension)."""
        return self._embedder.embed(texts)

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """Of each text one unit vector a token with a letter or digit by the library's model, shape (tokens, width)."""
        return self._embedder.embed_tokens(texts)

    def search_vectors(self, vector: Vectors, k: int, *, documents: frozenset[str] | None = None) -> list[tuple[int, float]]:
        """The `k` nearest chunks, with `documents` of these alone: (chunk id, cosine), best first."""
        return self._current().search_vectors(vector, k, documents)

    def search_words(self, text: str, k: int, *, documents: frozenset[str] | None = None) -> list[tuple[int, float]]:
        """The `k` best chunks by words, with `documents` of these alone: (chunk id, BM25 score), best first."""
        return self._current().search_words(text, k, documents)

    def holds_word(self, term: str, *, documents: frozenset[str] | None = None) -> bool:
        """Whether a stemmed word stands in any chunk, with `documents` of these alone, counting title and headings."""
        return self._current().holds_word(term, documents)

    def similar_words(self, term: str, distance: int, *, documents: frozenset[str] | None = None) -> list[int]:
        """Chunks, with `documents` of these alone, that hold a word within `distance` edits of a stemmed word."""
        return self._current().similar_words(term, distance, documents)

    def lexical(self) -> Words:
        """The words of the library, and how rare each is."""
        return self._current().words()

    def chunk_count(self) -> int:
        """How many chunks the library holds."""
        return self._store.chunk_count()

    def facts(self) -> dict[str, str | int]:
        """What `doctor` shows: settings, counts and the state of the indexes, after everything was read and verified."""
        return {"folder": str(self.folder), **self._store.facts(), "engine": self._embedder.engine}

    def health(self) -> list[DocumentSummary]:
        """All documents, ordered by source, each also with the warning that it is a near-duplicate of one that came before."""
        return [summary.model_copy(update={"report": with_copies(self._store, summary.report)}) for summary in self._store.summaries()]

    def setting(self, name: str) -> str | None:
        """A stored setting, or None."""
        return self._store.settings().get(name)

    # inside

    def _check_model(self) -> None:
        settings = self._store.settings()
        stored = settings.get("model")
        if stored is None or stored == self._embedder.name:
            return
        raise ModelMismatch(
            f"{self.address} was embedded with '{stored}' ({settings.get('dimension')} dimensions), "
            f"the configured model is '{self._embedder.name}'. Use CITEWELL_MODEL={stored}, or embed it again with: "
            f"citewell rebuild --library '{self.address}' --model '{self._embedder.name}'"
        )

    def _current(self) -> LibraryStore:
        """The store, to be searched; another process may have moved it to another model."""
        self._check_model()
        return self._store

"""A part of a library: chosen documents, searched as if there were no others."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from index.embed import Vectors
from index.errors import NotFound
from index.records import Chunk, Document
from index.storing import Place, Words

if TYPE_CHECKING:
    from index.reading import Reading

__all__ = ["Scope", "Searchable"]


class Searchable(Protocol):
    """What a question is asked of: a `Library`, or the `Scope` of some of its documents. The methods are those of `Reading`."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts, shape (texts, dimension)."""

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """Unit vectors of each text's tokens, each of shape (tokens, width)."""

    def search_vectors(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` nearest chunks: (chunk id, cosine), best first."""

    def search_words(self, text: str, k: int) -> list[tuple[int, float]]:
        """The `k` best chunks by words: (chunk id, BM25 score), best first."""

    def lexical(self) -> Words:
        """The words of the whole library: how rare a word is does not depend on what is chosen."""

    def chunk_count(self) -> int:
        """How many chunks the whole library holds."""

    def holds_word(self, term: str) -> bool:
        """Whether a stemmed word stands in what is asked."""

    def similar_words(self, term: str, distance: int) -> list[int]:
        """Chunks that hold a word within `distance` edits of a stemmed word."""

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these ids."""

    def chunk_vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of these chunks, each of shape (dimension,)."""

    def also_in(self, ids: Sequence[int]) -> dict[int, list[Place]]:
        """Where else the words of these chunks stand."""

    def other_sources(self, document_id: str, start: int, end: int) -> tuple[str, ...]:
        """The other documents' sources in which the words of this span stand too."""

    def document(self, document_id: str) -> Document:
        """The document with this id; raises NotFound."""


class Scope:
    """Some documents of a library. Nothing of the others is found, named or read through it."""

    def __init__(self, library: "Reading", documents: Sequence[str]) -> None:
        """Choose from an open library the documents with these ids."""
        self.documents = tuple(documents)
        self._library = library
        self._chosen = frozenset(documents)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts by the library's model, shape (texts, dimension)."""
        return self._library.embed(texts)

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """Unit vectors of each text's tokens by the library's model, each of shape (tokens, width)."""
        return self._library.embed_tokens(texts)

    def search_vectors(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` nearest chunks of the chosen documents: (chunk id, cosine), best first."""
        return self._library.search_vectors(vector, k, documents=self._chosen)

    def search_words(self, text: str, k: int) -> list[tuple[int, float]]:
        """The `k` best chunks of the chosen documents by words: (chunk id, BM25 score), best first."""
        return self._library.search_words(text, k, documents=self._chosen)

    def lexical(self) -> Words:
        """The words of the whole library: how rare a word is does not depend on what is chosen."""
        return self._library.lexical()

    def chunk_count(self) -> int:
        """How many chunks the whole library holds, for the same reason."""
        return self._library.chunk_count()

    def holds_word(self, term: str) -> bool:
        """Whether a stemmed word stands in a chosen document, counting title and headings."""
        return self._library.holds_word(term, documents=self._chosen)

    def similar_words(self, term: str, distance: int) -> list[int]:
        """Chunks of the chosen documents that hold a word within `distance` edits of a stemmed word."""
        return self._library.similar_words(term, distance, documents=self._chosen)

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """Those of the chunks with these ids that are of a chosen document."""
        return {number: chunk for number, chunk in self._library.chunks(ids).items() if chunk.document_id in self._chosen}

    def chunk_vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of these chunks, each of shape (dimension,)."""
        return self._library.chunk_vectors(ids)

    def also_in(self, ids: Sequence[int]) -> dict[int, list[Place]]:
        """Where else in the chosen documents the words of these chunks stand."""
        places = self._library.also_in(ids)
        chosen = {number: [place for place in others if place[0] in self._chosen] for number, others in places.items()}
        return {number: others for number, others in chosen.items() if others}

    def other_sources(self, document_id: str, start: int, end: int) -> tuple[str, ...]:
        """The other chosen documents' sources in which the words of this span stand too."""
        return self._library.other_sources(document_id, start, end, among=self._chosen)

    def document(self, document_id: str) -> Document:
        """The chosen document with this id.

        Raises:
            NotFound: it was not chosen, or is no longer in the library.
        """
        if document_id not in self._chosen:
            raise NotFound(f"Document {document_id} is not among those that are asked.")
        return self._library.document(document_id)

"""A library on a Milvus server: its words and both searches, on top of what is there."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

import numpy as np

from index.embed import Vectors
from index.milvus.engine import MOST_ROWS, Row, listed
from index.milvus.reading import MilvusReading
from index.milvus.state import State
from index.milvus.words import analyzed, decoded, encoded, matching
from index.milvus.writer import rebuilding, writing
from index.storing import Writer

__all__ = ["MilvusStore"]

_RARE = 100
"""A word in no more chunks than these is counted one by one, among those that are to be seen."""
_MARGIN = 16
"""Chunks asked for beyond those that are wanted: some may repeat others."""
_SIMILAR = 20
_PLACED = ("id", "document_id", "version", "searched", "ordinal", "added")


class MilvusStore(MilvusReading):
    """A `LibraryStore` on a server; its methods are told there. Any number of processes may read and write at the same time."""

    # words

    def words(self) -> "MilvusStore":
        """The words of the whole library."""
        return self

    def terms(self, text: str) -> list[str]:
        """The stemmed words of a text as they are indexed, each once, in order."""
        return list(dict.fromkeys(analyzed(text)))

    def frequency(self, term: str) -> int:
        """In how many chunks a stemmed word stands, counting title and headings."""
        state = self.state()
        if term not in state.frequencies:
            found = len(self._holding(state, [term], None, _RARE + 1))
            state.frequencies[term] = found if found <= _RARE else self._count(state, term)
        return state.frequencies[term]

    def holds_word(self, term: str, documents: frozenset[str] | None = None) -> bool:
        """Whether a stemmed word stands in any chunk, counting title and headings."""
        state = self.state()
        return self.frequency(term) > 0 if documents is None else bool(self._holding(state, [term], documents, 1))

    def similar_words(self, term: str, distance: int, documents: frozenset[str] | None = None) -> list[int]:
        """Chunks that hold a word within `distance` edits of a stemmed word."""
        from rapidfuzz.distance import OSA

        state = self.state()
        if not state.vocabulary and state.settings:
            state.vocabulary.update((decoded(row["id"]), None) for row in self.engine.rows(self.tables.words, 'id != ""', ["id"]))
        near = [(OSA.distance(term, word, score_cutoff=distance), word) for word in list(state.vocabulary)]
        words = [word for edits, word in sorted(near) if edits <= distance][:_SIMILAR]
        rows = self._holding(state, words, documents, 16 * _SIMILAR) if words else []
        first = sorted(rows, key=lambda row: (row["added"], row["ordinal"], row["id"]))[:_SIMILAR]
        return sorted(row["id"] for row in first)

    # searching

    def search_vectors(self, vector: Vectors, k: int, documents: frozenset[str] | None = None) -> list[tuple[int, float]]:
        """The `k` nearest chunks: (chunk id, cosine), best first, ties by id."""
        return self._search("vector", np.asarray(vector, dtype=np.float32).tolist(), k, documents)

    def search_words(self, text: str, k: int, documents: frozenset[str] | None = None) -> list[tuple[int, float]]:
        """The `k` best chunks by words: (chunk id, BM25 score), best first, ties by id."""
        terms = self.terms(text)
        return self._search("weights", " ".join(map(encoded, terms)), k, documents) if terms else []

    # verifying

    def facts(self) -> dict[str, str | int]:
        """Everything is read and verified; settings and counts."""
        self._verify()
        state = self.state()
        hidden = {"rebuilding": "", **state.settings}
        return {
            "library": self.address,
            **{name: value for name, value in hidden.items() if value},
            "documents": len(state.documents),
            "chunks": self.chunk_count(),
            "copies": self.chunk_count() - self._distinct_count(state),
            "indexes": f"kept by the server: {self.index} for vectors, BM25 for words",
        }

    # writing

    def writing(self) -> AbstractContextManager[Writer]:
        """To add and remove."""
        return writing(self)

    def rebuilding(self, settings: Mapping[str, str]) -> AbstractContextManager[Writer]:
        """To put every document again with these settings."""
        return rebuilding(self, settings)

    # inside

    def _among(self, state: State, documents: frozenset[str] | None) -> str | None:
        """The filter for the chunks of chosen documents, "" for all; None where there is nothing to be found."""
        if not state.documents:
            return None
        if documents is None:
            return f"version not in {listed(list(state.unseen))}" if state.unseen else ""
        versions = sorted(state.documents[number].version for number in documents if number in state.documents)
        return f"version in {listed(versions)}" if versions else None

    def _holding(self, state: State, terms: Sequence[str], documents: frozenset[str] | None, limit: int) -> list[Row]:
        """At most so many of the chunks that hold any of these words."""
        while (which := self._among(state, documents)) is not None:
            rows = self.engine.some(self.chunk_table(state), _both(which, matching(terms)), _PLACED, limit)
            if not _note_unseen(state, rows):
                return rows
        return []

    def _count(self, state: State, term: str) -> int:
        return self.engine.count(self.chunk_table(state), _both(self._among(state, None) or "", matching([term])))

    def _search(self, field: str, query: object, k: int, documents: frozenset[str] | None) -> list[tuple[int, float]]:
        state, limit = self.state(), k + _MARGIN
        while (which := self._among(state, documents)) is not None:
            limit = min(limit, MOST_ROWS)
            found = self.engine.search(self.chunk_table(state), field, query, limit, which, _PLACED)
            if any(not state.sees(row["document_id"], row["version"]) for row, _ in found):
                state = self.state(fresh=True)  # perhaps they are to be seen by now
                if _note_unseen(state, [row for row, _ in found]):
                    continue
            hits = _each_once(found)
            if len(hits) >= k or len(found) < limit or limit == MOST_ROWS:
                return hits[:k]
            limit *= 2
        return []

    def _distinct_count(self, state: State) -> int:
        rows = self.chunk_rows("id != 0", ["document_id", "version", "searched"])
        return len({row["searched"] for row in rows if state.sees(row["document_id"], row["version"])})

    def _verify(self) -> None:
        """Compare every chunk with its document's text, and count them."""
        state = self.state(fresh=True)
        self.summaries()
        for number, seen in state.documents.items():
            document = self._read_document(seen.version)
            rows = list(self.chunk_rows(f'version == "{seen.version}"', ("id", "version", "ordinal", "total", "record")))
            chunks = [self.read_chunk(row) for row in rows]
            wrong = document is None or any(document.text[chunk.start : chunk.end] != chunk.text for chunk in chunks)
            if wrong or sorted(row["ordinal"] for row in rows) != list(range(rows[0]["total"] if rows else seen.chunks)):
                if self.state(fresh=True).documents.get(number) == seen:
                    raise self.damaged(f"the chunks of document {number} are not those of its text")


def _note_unseen(state: State, rows: Sequence[Row]) -> bool:
    """Whether some of these rows are not to be seen; their versions are left out from now on."""
    unseen = [row["version"] for row in rows if not state.sees(row["document_id"], row["version"])]
    state.unseen.update(dict.fromkeys(unseen))
    return bool(unseen)


def _both(*filters: str) -> str:
    return " and ".join(part for part in filters if part)


def _each_once(found: Sequence[tuple[Row, float]]) -> list[tuple[int, float]]:
    """Of hits that are searched by the same words the first that came, with the best score; best first, ties by id."""
    best: dict[str, tuple[tuple[int, str, int, int], float]] = {}
    for row, score in found:
        place = (row["added"], row["document_id"], row["ordinal"], row["id"])
        before = best.get(row["searched"])
        best[row["searched"]] = (min(place, before[0]), max(score, before[1])) if before else (place, score)
    return sorted(((place[-1], score) for place, score in best.values()), key=lambda hit: (-hit[1], hit[0]))

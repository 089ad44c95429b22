"""The chunks in a library's SQLite file: what is searched, what says the same, and what came and went.

Chunks carry the generation in which they came; removed chunks are logged with the generation in which
they went, so that a derived index can catch up from any generation. Of chunks that are searched by the
same words, the one with the lowest id stands for all of them in the derived indexes; when it goes, the
next one comes in its place, in the same transaction.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from index.database import Database
from index.embed import Vectors
from index.records import Chunk
from index.rows import CHUNK_COLUMNS, Altered, chunk_row, read_chunk, read_vector
from index.storing import Place

__all__ = ["ChunkTable"]

Found = TypeVar("Found")

_FIRST = "NOT EXISTS (SELECT 1 FROM chunks AS earlier WHERE earlier.searched = chunks.searched AND earlier.id < chunks.id)"
_NEXT = """
UPDATE chunks SET generation = :generation WHERE id IN (
    SELECT min(chunks.id) FROM chunks JOIN (SELECT searched, min(id) AS first FROM chunks WHERE document_id = :document GROUP BY searched)
        AS going ON going.searched = chunks.searched
    WHERE document_id != :document GROUP BY chunks.searched HAVING min(chunks.id) > min(going.first))
"""
"""The chunks that stand for others from now on are new to the derived indexes."""


class ChunkTable:
    """The part of `Store` that is about chunks."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these ids; those that are gone are not in the result."""
        with self._database.explained():
            return self._all_there(ids, {row[0]: read_chunk(row) for row in self._rows_of(ids)})

    def vectors(self, ids: Sequence[int], dimension: int) -> dict[int, Vectors]:
        """The stored vectors of these chunks, each of shape (dimension,)."""
        with self._database.explained():
            return self._all_there(ids, {row[0]: read_vector(row, dimension) for row in self._rows_of(ids)})

    def document_vectors(self, document_id: str, dimension: int) -> list[tuple[Chunk, Vectors]]:
        """The chunks of one document with their vectors, in reading order."""
        with self._database.explained():
            rows = self._database.rows(f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE document_id = ? ORDER BY id", [document_id])
            return [(read_chunk(row), read_vector(row, dimension)) for row in rows]

    def numbers_at(self, document_id: str, start: int, end: int) -> list[int]:
        """The ids of the chunks of a document that hold the whole of this span."""
        query = 'SELECT id FROM chunks WHERE document_id = ? AND start <= ? AND "end" >= ? ORDER BY id'
        return [row[0] for row in self._database.rows(query, [document_id, start, end])]

    def chunk_count(self) -> int:
        """How many chunks the library holds."""
        return self._number("SELECT count(*) FROM chunks")

    def searched_count(self) -> int:
        """How many of them the derived indexes hold: of those that are searched by the same words, one."""
        return self._number("SELECT count(DISTINCT searched) FROM chunks")

    def removed_since(self, generation: int) -> list[int]:
        """Ids of the chunks that went after this generation."""
        rows = self._database.rows("SELECT id FROM removed_chunks WHERE generation > ? ORDER BY id", [generation])
        return [row[0] for row in rows]

    def added_since(self, generation: int, dimension: int) -> Iterator[tuple[Chunk, str, Vectors]]:
        """What is new to a derived index after this generation: chunks with their document's title and their vector, by id."""
        rows = self._database.rows(
            f"SELECT {CHUNK_COLUMNS}, documents.title FROM chunks JOIN documents ON documents.id = document_id "
            f"WHERE generation > ? AND {_FIRST} ORDER BY chunks.id",
            [generation],
        )
        with self._database.explained():
            for *row, title in rows:
                yield read_chunk(row), title, read_vector(row, dimension)

    def copies(self, ids: Sequence[int]) -> dict[int, list[Place]]:
        """Where else the words of these chunks stand, in the order in which they came; only chunks with copies are in the result."""
        marks = _marks(ids)
        rows = self._database.rows(
            " UNION ".join(
                'SELECT one.id, other.id, other.document_id, other.start, other."end" FROM chunks AS one '
                f"JOIN chunks AS other ON other.{print_} = one.{print_} AND other.id != one.id WHERE one.id IN ({marks})"
                for print_ in ("searched", "wording")
            )
            + " ORDER BY 1, 2",
            [*ids, *ids],
        )
        found: dict[int, list[Place]] = {}
        for number, _, *place in rows:
            found.setdefault(number, []).append(tuple(place))
        return found

    def standing_for(self, documents: Iterable[str]) -> dict[int, int]:
        """Of the chunks of these documents: the chunk that stands for it in the derived indexes → the first that is theirs."""
        rows = self._database.rows(
            "SELECT (SELECT min(id) FROM chunks AS others WHERE others.searched = own.searched), min(own.id) FROM chunks AS own "
            "WHERE own.document_id IN (SELECT value FROM json_each(?)) GROUP BY own.searched ORDER BY 1",
            [json.dumps(sorted(documents))],
        )
        return dict(rows)

    def shared(self, document_id: str) -> list[tuple[str, int]]:
        """The documents that came before this one and hold chunks of it too, with how many, most first."""
        rows = self._database.rows(
            "SELECT document_id, count(DISTINCT number) FROM ("
            + " UNION ".join(
                "SELECT one.id AS number, other.document_id FROM chunks AS one JOIN chunks AS other "
                f"ON other.{print_} = one.{print_} AND other.document_id != one.document_id AND other.id < one.id WHERE one.document_id = ?"
                for print_ in ("searched", "wording")
            )
            + ") GROUP BY document_id ORDER BY 2 DESC, 1",
            [document_id, document_id],
        )
        return list(rows)

    # inside

    def _insert_chunks(self, chunks: Sequence[Chunk], title: str, vectors: Iterable[Vectors], generation: int) -> None:
        """One vector a chunk; both are taken one by one, so that they need not be in memory together."""
        first = 1 + self._last_number()
        self._database.write_many(
            f"INSERT INTO chunks VALUES ({_marks(range(12))})",
            (
                (*chunk_row(number, chunk, title, vector), generation)
                for number, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True), start=first)
            ),
        )

    def _delete_chunks(self, document_id: str, generation: int) -> None:
        self._database.write(_NEXT, {"document": document_id, "generation": generation})
        self._database.write("INSERT INTO removed_chunks SELECT id, ? FROM chunks WHERE document_id = ?", (generation, document_id))
        self._database.write("DELETE FROM chunks WHERE document_id = ?", [document_id])

    def _check_chunks(self, document_id: str, text: str, count: int) -> None:
        """Compare all chunks of a document with its text."""
        rows = self._database.rows(f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE document_id = ?", [document_id])
        found = [read_chunk(row) for row in rows]
        if len(found) != count or any(text[chunk.start : chunk.end] != chunk.text for chunk in found):
            raise Altered(f"the chunks of document {document_id} are not those of its text")

    def _last_number(self) -> int:
        """The highest id that any chunk has had."""
        return self._number("SELECT max(coalesce((SELECT max(id) FROM chunks), 0), coalesce((SELECT max(id) FROM removed_chunks), 0))")

    def _all_there(self, ids: Sequence[int], found: dict[int, Found]) -> dict[int, Found]:
        """What was found, if the others were removed or never there: a chunk does not vanish."""
        missing = set(ids) - found.keys()
        if missing:
            last = self._last_number()
            gone = self._database.rows(f"SELECT id FROM removed_chunks WHERE id IN ({_marks(sorted(missing))})", sorted(missing))
            missing.difference_update(row[0] for row in gone)
            if lost := sorted(number for number in missing if 0 < number <= last):
                raise Altered(f"chunk {lost[0]} cannot be found")
        return found

    def _rows_of(self, ids: Sequence[int]) -> Iterator[Any]:
        return self._database.rows(f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE id IN ({_marks(ids)})", ids)

    def _number(self, query: str) -> int:
        return sum(int(row[0]) for row in self._database.rows(query))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))

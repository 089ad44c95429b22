"""The truth of a library: one SQLite file with documents, chunks, vectors and settings.

Every document is added, replaced or removed in one transaction, which also raises the library's
generation by one. Chunks carry the generation in which they came; removed chunks are logged with
the generation in which they went, so that a derived index can catch up from any generation.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from index.embed import Vectors
from index.errors import LibraryDamaged, StorageError
from index.records import Chunk, Document, DocumentSummary, FileReport

__all__ = ["Store"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, source TEXT UNIQUE NOT NULL, sha256 TEXT NOT NULL, title TEXT NOT NULL, media_type TEXT NOT NULL,
    added_at TEXT NOT NULL, record TEXT NOT NULL, report TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, heading_path TEXT NOT NULL, lead TEXT NOT NULL,
    vector BLOB NOT NULL, generation INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_document ON chunks(document_id);
CREATE INDEX IF NOT EXISTS chunks_generation ON chunks(generation);
CREATE TABLE IF NOT EXISTS removed_chunks (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS removed_generation ON removed_chunks(generation);
"""
_CHUNK_COLUMNS = 'id, document_id, start, "end", text, heading_path, lead'


class Store:
    """One open connection to `library.sqlite`; to be used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._explained():
            self._connection = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA foreign_keys=ON")
            self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the connection; further use is an error."""
        self._connection.close()

    def check(self) -> None:
        """Read the whole file and verify its structure.

        Raises:
            LibraryDamaged: SQLite finds a fault.
        """
        with self._explained():
            found = [row[0] for row in self._connection.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"]:
            raise self._damaged("; ".join(found))

    # settings

    def settings(self) -> dict[str, str]:
        """All settings that the library was made with."""
        with self._explained():
            return dict(self._connection.execute("SELECT name, value FROM settings"))

    def set_settings(self, values: dict[str, str]) -> None:
        """Set these settings in one transaction."""
        with self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", values.items())

    def generation(self) -> int:
        """How many changes the library has seen."""
        with self._explained():
            row = self._connection.execute("SELECT value FROM settings WHERE name = 'generation'").fetchone()
        return int(row[0]) if row else 0

    # documents

    def put(self, document: Document, report: FileReport, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Add a document with its chunks, or replace the one with the same id, in one transaction."""
        if len(chunks) != len(vectors):
            raise ValueError(f"{len(chunks)} chunks and {len(vectors)} vectors")
        with self._transaction():
            generation = self._next_generation()
            self._delete(document.id, generation)
            self._connection.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    document.id,
                    document.source,
                    document.sha256,
                    document.title,
                    document.media_type,
                    datetime.now(UTC).isoformat(timespec="seconds"),
                    document.model_dump_json(),
                    report.model_dump_json(),
                ),
            )
            self._connection.executemany(
                'INSERT INTO chunks (document_id, start, "end", text, heading_path, lead, vector, generation) VALUES (?,?,?,?,?,?,?,?)',
                (
                    (document.id, c.start, c.end, c.text, json.dumps(c.heading_path), c.lead, vector.tobytes(), generation)
                    for c, vector in zip(chunks, vectors, strict=True)
                ),
            )

    def remove(self, document_id: str) -> None:
        """Remove a document and its chunks in one transaction; an unknown id changes nothing."""
        with self._transaction():
            self._delete(document_id, self._next_generation())

    def document(self, document_id: str) -> Document | None:
        """The document with this id, or None."""
        with self._explained():
            row = self._connection.execute("SELECT record FROM documents WHERE id = ?", (document_id,)).fetchone()
        return Document.model_validate_json(row[0]) if row else None

    def fingerprints(self) -> dict[str, str]:
        """The sha256 of each document's file, by document id."""
        with self._explained():
            return dict(self._connection.execute("SELECT id, sha256 FROM documents"))

    def summaries(self) -> list[DocumentSummary]:
        """One row a document, ordered by source."""
        with self._explained():
            rows = self._connection.execute(
                "SELECT id, title, source, media_type, added_at, report FROM documents ORDER BY source, id"
            ).fetchall()
        return [
            DocumentSummary(id=i, title=t, source=s, media_type=m, added_at=a, report=FileReport.model_validate_json(r))
            for i, t, s, m, a, r in rows
        ]

    # chunks

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these ids; those that are gone are not in the result."""
        marks = ",".join("?" * len(ids))
        with self._explained():
            rows = self._connection.execute(f"SELECT {_CHUNK_COLUMNS} FROM chunks WHERE id IN ({marks})", tuple(ids)).fetchall()
        return {row[0]: _chunk(row) for row in rows}

    def vectors(self, ids: Sequence[int], dimension: int) -> dict[int, Vectors]:
        """The stored vectors of these chunks, each of shape (dimension,)."""
        marks = ",".join("?" * len(ids))
        with self._explained():
            rows = self._connection.execute(f"SELECT id, vector FROM chunks WHERE id IN ({marks})", tuple(ids)).fetchall()
        return {i: self._vector(blob, dimension) for i, blob in rows}

    def document_vectors(self, document_id: str, dimension: int) -> list[tuple[Chunk, Vectors]]:
        """The chunks of one document with their vectors, in reading order."""
        with self._explained():
            rows = self._connection.execute(
                f"SELECT {_CHUNK_COLUMNS}, vector FROM chunks WHERE document_id = ? ORDER BY id", (document_id,)
            ).fetchall()
        return [(_chunk(row[:7]), self._vector(row[7], dimension)) for row in rows]

    def chunk_count(self) -> int:
        """How many chunks the library holds."""
        with self._explained():
            return int(self._connection.execute("SELECT count(*) FROM chunks").fetchone()[0])

    def removed_since(self, generation: int) -> list[int]:
        """Ids of the chunks that went after this generation."""
        with self._explained():
            rows = self._connection.execute("SELECT id FROM removed_chunks WHERE generation > ? ORDER BY id", (generation,))
            return [row[0] for row in rows]

    def added_since(self, generation: int, dimension: int) -> Iterator[tuple[Chunk, str, Vectors]]:
        """Chunks that came after this generation, each with its document's title and its vector, by id."""
        columns = ", ".join(f"chunks.{name.strip()}" for name in _CHUNK_COLUMNS.split(","))
        with self._explained():
            rows = self._connection.execute(
                f"SELECT {columns}, documents.title, vector FROM chunks JOIN documents ON documents.id = document_id "
                "WHERE generation > ? ORDER BY chunks.id",
                (generation,),
            )
            for row in rows:
                yield _chunk(row[:7]), row[7], self._vector(row[8], dimension)

    # inside

    def _delete(self, document_id: str, generation: int) -> None:
        self._connection.execute(
            "INSERT INTO removed_chunks SELECT id, ? FROM chunks WHERE document_id = ?", (generation, document_id)
        )
        self._connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def _next_generation(self) -> int:
        generation = self.generation() + 1
        self._connection.execute("INSERT OR REPLACE INTO settings VALUES ('generation', ?)", (str(generation),))
        return generation

    def _vector(self, blob: bytes, dimension: int) -> Vectors:
        if len(blob) != 4 * dimension:
            raise self._damaged(f"a vector of {len(blob)} bytes where {4 * dimension} belong")
        return np.frombuffer(blob, dtype=np.float32)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside sees one state of the library."""
        with self._explained():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """SQLite's errors in words that say what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"{self._path}: {error}. Check that the disk has space left and that the folder is yours to write."
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, finding: str) -> LibraryDamaged:
        return LibraryDamaged(
            f"{self._path} is damaged ({finding}). Restore it from a backup, or move the folder away and add the documents again."
        )


def _chunk(row: tuple[int, str, int, int, str, str, str]) -> Chunk:
    number, document_id, start, end, text, heading_path, lead = row
    return Chunk(
        id=number, document_id=document_id, start=start, end=end, text=text, heading_path=tuple(json.loads(heading_path)), lead=lead
    )

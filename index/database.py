"""One SQLite file: opened with its tables, read in snapshots, written in transactions, its errors in words."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import LibraryDamaged, StorageError
from index.rows import Altered
from index.upgrade import is_of_before, upgrade

__all__ = ["Database"]

_LIBRARY = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, source TEXT UNIQUE NOT NULL, sha256 TEXT NOT NULL, title TEXT NOT NULL, media_type TEXT NOT NULL,
    added_at TEXT NOT NULL, report TEXT NOT NULL, record_checksum BLOB NOT NULL, checksum BLOB NOT NULL,
    record TEXT NOT NULL, stamp TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, heading_path TEXT NOT NULL, lead TEXT NOT NULL,
    vector BLOB NOT NULL, searched BLOB NOT NULL, wording BLOB, checksum BLOB NOT NULL, generation INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_document ON chunks(document_id);
CREATE INDEX IF NOT EXISTS chunks_generation ON chunks(generation);
CREATE INDEX IF NOT EXISTS chunks_searched ON chunks(searched);
CREATE INDEX IF NOT EXISTS chunks_wording ON chunks(wording) WHERE wording IS NOT NULL;
CREATE TABLE IF NOT EXISTS removed_chunks (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS removed_generation ON removed_chunks(generation);
"""
_PAGE = 16_384
"""Bytes of a page of a new file: of a passage with its vector, one fits into SQLite's usual 4,096, and nearly half of each stays empty."""
_ADVICE = "Restore it from a backup, or move the folder away and add the documents again."


class Database:
    """One open connection; to be used by one thread at a time.

    Args:
        path: the file, or None for a database in memory.
        schema: its tables; those of a library if nothing else is said.
        advice: what a person can do when it is damaged.

    Raises:
        LibraryDamaged: the file cannot be trusted.
        StorageError: it cannot be read or written.
    """

    def __init__(self, path: Path | None, schema: str = _LIBRARY, *, advice: str = _ADVICE) -> None:
        self._path = path
        self._advice = advice
        with self.explained():
            self._connection = _connect(path)
            self._connection.execute("PRAGMA foreign_keys=ON")
            if _writable(path):
                self._connection.execute(f"PRAGMA page_size={_PAGE}")  # of a file that is there already, nothing changes
                self._connection.execute("PRAGMA journal_mode=WAL")
                self._connection.execute("PRAGMA synchronous=FULL")
                if is_of_before(self._connection):
                    upgrade(self._connection, schema)
                self._connection.executescript(schema)
            elif is_of_before(self._connection):
                raise StorageError(f"{path} is of an earlier version of Citewell. Open it once where it can be written: citewell doctor")

    def close(self) -> None:
        """Close the connection; further use is an error."""
        self._connection.close()

    def rows(self, query: str, values: Iterable[object] = ()) -> Iterator[Any]:
        """The rows of a query, one by one."""
        with self.explained():
            # not `yield from`, which closes a cursor that was left half read, perhaps after its connection
            for row in self._connection.execute(query, tuple(values)):  # noqa: UP028
                yield row

    def write(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> None:
        """One change; to be used inside `transaction`."""
        with self.explained():
            self._connection.execute(statement, values)

    def write_many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """The same change with each of these rows; to be used inside `transaction`."""
        with self.explained():
            self._connection.executemany(statement, rows)

    def check(self) -> None:
        """Read the whole file and verify its structure.

        Raises:
            LibraryDamaged: SQLite finds a fault.
        """
        found = [row[0] for row in self.rows("PRAGMA integrity_check(3)")]
        if found != ["ok"]:
            raise self.damaged("; ".join(found))

    def damaged(self, finding: str) -> LibraryDamaged:
        """The error that says what was found and what to do."""
        return LibraryDamaged(f"{self._path} is damaged ({finding}). {self._advice}")

    def copy_to(self, other: "Database") -> None:
        """Make another database the same as this one."""
        with self.explained():
            self._connection.backup(other._connection)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside sees one state of the library."""
        with self.explained():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside comes to be at once or not at all; one inside another is part of it."""
        with self.explained():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def explained(self) -> Iterator[None]:
        """The errors of SQLite and of rows that were altered, in words that say what to do."""
        try:
            yield
        except Altered as error:
            raise self.damaged(str(error)) from error
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR:
                # a table or column that is not there, or text that is no text: the statements are ours, so it is the file
                raise self.damaged(str(error)) from error
            raise StorageError(
                f"{self._path}: {error}. Check that the disk has space left and that the folder is yours to write."
            ) from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter where SQLite's own message quotes broken text
            raise self.damaged(str(error)) from error


def _connect(path: Path | None) -> sqlite3.Connection:
    """A connection to the file; where its folder cannot be written, one that takes it as it is."""
    if path is None:
        return sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    if _writable(path):
        return sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
    immutable = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    uri = f"{path.absolute().as_uri()}?mode=ro{immutable}"
    return sqlite3.connect(uri, uri=True, timeout=30, check_same_thread=False, isolation_level=None)


def _writable(path: Path | None) -> bool:
    return path is None or os.access(path.parent, os.W_OK)

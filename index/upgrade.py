"""A library from before rows had checksums gets them, once, when it is first opened where it can be written."""

import json
import sqlite3

import numpy as np

from index.records import Chunk
from index.rows import checksum, chunk_row, settings_sum, with_sum

__all__ = ["is_of_before", "upgrade"]

_DROPPED = ("chunks_document", "chunks_generation")


def is_of_before(connection: sqlite3.Connection) -> bool:
    """Whether the file holds a library without checksums."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(documents)")}
    return bool(columns) and "checksum" not in columns


def upgrade(connection: sqlite3.Connection, schema: str) -> None:
    """Move every row into the tables of `schema`, in one transaction: all of it or, after a crash, nothing."""
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if is_of_before(connection):  # no other process was quicker
            _move(connection, schema)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("PRAGMA foreign_keys=ON")


def _move(connection: sqlite3.Connection, schema: str) -> None:
    for name in _DROPPED:
        connection.execute(f"DROP INDEX {name}")
    for table in ("documents", "chunks"):
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for statement in filter(str.strip, schema.split(";")):
        connection.execute(statement)
    for *facts, record, report in connection.execute(
        "SELECT id, source, sha256, title, media_type, added_at, record, report FROM old_documents"
    ):
        row = with_sum((*facts, report, checksum([record])))
        connection.execute(f"INSERT INTO documents VALUES ({','.join('?' * 11)})", (*row, record, ""))
    for row in connection.execute(
        'SELECT c.id, document_id, start, "end", text, heading_path, lead, vector, generation, title '
        "FROM old_chunks c JOIN old_documents d ON d.id = document_id"
    ):
        number, document_id, start, end, text, headings, lead, blob, generation, title = row
        chunk = Chunk(document_id=document_id, start=start, end=end, text=text, heading_path=tuple(json.loads(headings)), lead=lead)
        values = (*chunk_row(number, chunk, title, np.frombuffer(blob, dtype=np.float32)), generation)
        connection.execute(f"INSERT INTO chunks VALUES ({','.join('?' * 12)})", values)
    for table in ("old_chunks", "old_documents"):
        connection.execute(f"DROP TABLE {table}")
    settings = dict(connection.execute("SELECT name, value FROM settings"))
    connection.execute("INSERT INTO settings VALUES ('checksum', ?)", [settings_sum(settings)])

"""How chunks and documents are rows in SQLite, each with a checksum: a bit that flips on the disk is noticed when it is read."""

import json
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from index.embed import Vectors
from index.records import Chunk
from index.wording import searched_print, wording_print

__all__ = ["CHUNK_COLUMNS", "Altered", "checksum", "chunk_row", "read_chunk", "read_vector", "settings_sum", "with_sum", "without_sum"]

CHUNK_COLUMNS = 'chunks.id, document_id, start, "end", text, heading_path, lead, vector, searched, wording, chunks.checksum'
"""In the order of `chunk_row`. The generation is not under the checksum: it changes while the chunk stays."""


class Altered(ValueError):
    """A row that is not as it was written; the message names it."""


def checksum(values: Iterable[object]) -> bytes:
    """16 bytes over the values of a row and their types."""
    parts: list[bytes] = []
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        parts += (f"{type(value).__name__} {len(data)} ".encode(), data)
    return blake2b(b"".join(parts), digest_size=16).digest()


def with_sum(values: Sequence[object]) -> tuple[object, ...]:
    """The values of a row and their checksum."""
    return *values, checksum(values)


def without_sum(row: Sequence[Any], name: str) -> tuple[Any, ...]:
    """The values of a row that ends with its checksum.

    Raises:
        Altered: they are not what was written.
    """
    *values, found = row
    if checksum(values) != found:
        raise Altered(f"{name} is not what was written")
    return tuple(values)


def settings_sum(settings: dict[str, str]) -> str:
    """The checksum over all other settings, in hexadecimal."""
    return checksum(value for item in sorted(settings.items()) for value in item).hex()


def chunk_row(number: int, chunk: Chunk, title: str, vector: Vectors) -> tuple[object, ...]:
    """The values of `CHUNK_COLUMNS` for a chunk of a document of this title; `number` becomes its id."""
    headings = json.dumps(chunk.heading_path)
    prints = searched_print(title, chunk), wording_print(chunk.text)
    blob = np.ascontiguousarray(vector, dtype=np.float32).tobytes()
    return with_sum((number, chunk.document_id, chunk.start, chunk.end, chunk.text, headings, chunk.lead, blob, *prints))


def read_chunk(row: Sequence[Any]) -> Chunk:
    """The chunk in a row of `CHUNK_COLUMNS`.

    Raises:
        Altered: it is not what was written.
    """
    number, document_id, start, end, text, headings, lead, *_ = without_sum(row, f"chunk {row[0]}")
    return Chunk(id=number, document_id=document_id, start=start, end=end, text=text, heading_path=tuple(json.loads(headings)), lead=lead)


def read_vector(row: Sequence[Any], dimension: int) -> Vectors:
    """The vector in a row of `CHUNK_COLUMNS`, of shape (dimension,).

    Raises:
        Altered: it is not what was written, or of another length.
    """
    blob = without_sum(row, f"chunk {row[0]}")[7]
    if len(blob) != 4 * dimension:
        raise Altered(f"a vector of {len(blob)} bytes where {4 * dimension} belong")
    return np.frombuffer(blob, dtype=np.float32)

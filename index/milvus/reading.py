"""What is there of a library on a Milvus server: documents and chunks, of the versions that are to be seen."""

import time
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import RLock

import numpy as np
from pydantic import ValidationError

from index.address import MilvusAddress
from index.embed import Vectors
from index.errors import LibraryDamaged, StorageError
from index.milvus.engine import MOST_ROWS, Engine, Row, listed
from index.milvus.parts import EngineCopies, Parts
from index.milvus.state import ChunkRow, Seen, State
from index.milvus.tables import Tables
from index.records import Chunk, Document, DocumentSummary, FileReport
from index.storing import Place

__all__ = ["MilvusReading", "vector_of"]

_FRESH_SECONDS = 0.2
"""So long the generation is taken to be as it was: what another process adds is seen that much later at most."""
_REMEMBERED = 20_000
"""Chunks of which the text is kept in memory."""
_CHUNK = ("id", "document_id", "version", "searched", "wording", "added", "record")


class MilvusReading:
    """The part of `MilvusStore` that reads without searching; its methods are told in `LibraryStore`."""

    def __init__(
        self,
        address: MilvusAddress,
        folder: Path,
        *,
        token: str = "",
        index: str = "AUTOINDEX",
        seconds: float = 10.0,
        fresh_seconds: float = _FRESH_SECONDS,
    ) -> None:
        """Connect to a server.

        Args:
            address: the server and the library's name there.
            folder: on this machine, for what is kept beside the library.
            token: `user:password` or a key, where the server asks for one.
            index: the type of the index of vectors, for a library that is made.
            seconds: the longest time for one call.
            fresh_seconds: how old what is known of the library may be.

        Raises:
            LibraryAway: the server does not answer.
        """
        self.address = address.text
        self.folder = folder
        self.engine = Engine(address, token=token, seconds=seconds)
        self.tables = Tables.of(address.name)
        self.name = address.name
        self.index = index
        self.parts = Parts(self.engine, self.tables.parts)
        self.copies = EngineCopies(lambda: self.parts, lambda: bool(self.state().settings))
        self._fresh_seconds = fresh_seconds
        self._lock = RLock()
        self._state: State | None = None
        self._checked = 0.0
        self._document = lru_cache(maxsize=64)(self._read_document)
        folder.mkdir(parents=True, exist_ok=True)
        self.state()

    def close(self) -> None:
        """Give the connection back."""
        self.engine.close()

    def ping(self) -> None:
        """Nothing, if the server answers."""
        self.engine.ping()

    # what is there

    def state(self, *, fresh: bool = False) -> State:
        """What is known of the library; with `fresh`, as it is now."""
        with self._lock:
            now = time.monotonic()
            if self._state is not None and not fresh and now - self._checked < self._fresh_seconds:
                return self._state
            settings = self._read_settings()
            if self._state is None or settings != self._state.settings:
                self._state = State(settings.get("generation", ""), settings, self._read_seen() if settings else {})
            self._checked = now
            return self._state

    def settings(self) -> dict[str, str]:
        """All settings that the library was made with."""
        return dict(self.state().settings)

    def summaries(self) -> list[DocumentSummary]:
        """One row a document, ordered by source."""
        state = self.state()
        if len(state.summaries) != len(state.documents):
            found = [self._summary(row) for row in self._rows(self.tables.documents, 'id != ""', ["id", "version", "facts"])]
            state.summaries[:] = sorted(found, key=lambda summary: (summary.source, summary.id))
        return list(state.summaries)

    def document(self, document_id: str) -> Document | None:
        """The document with this id, or None."""
        for fresh in (False, True):
            seen = self.state(fresh=fresh).documents.get(document_id)
            if seen is None:
                return None
            if (document := self._document(seen.version)) is not None:
                return document
        raise self.damaged(f"the text of document {document_id} is not there")

    def with_hash(self, sha256: str) -> list[str]:
        """The documents whose file has this hash, ordered by source."""
        known = self.state().documents
        return [summary.id for summary in self.summaries() if summary.id in known and known[summary.id].sha256 == sha256]

    def report(self, document_id: str) -> FileReport | None:
        """What was reported when this document was added, or None."""
        if document_id not in self.state().documents:
            return None
        rows = self._rows(self.tables.documents, f'id == "{document_id}"', ["id", "version", "facts"])
        return next((self._summary(row).report for row in rows), None)

    def shared(self, document_id: str) -> list[tuple[str, int]]:
        """The documents that came before this one and hold chunks of it too, with how many, most first."""
        state = self.state()
        seen = state.documents.get(document_id)
        if seen is None:
            return []
        own = [self._chunk_row(row) for row in self.chunk_rows(f'version == "{seen.version}"', _CHUNK)]
        found: dict[str, set[int]] = {}
        for row, others in zip(own, self._copies_of(own), strict=True):
            for other in others:
                if other.chunk.document_id != document_id and other.added < seen.added:
                    found.setdefault(other.chunk.document_id, set()).add(row.chunk.id)
        return sorted(((number, len(chunks)) for number, chunks in found.items()), key=lambda pair: (-pair[1], pair[0]))

    # chunks

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these ids; those that are gone are not in the result."""
        return {number: row.chunk for number, row in self._chunk_rows_of(ids).items()}

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of these chunks, each of shape (dimension,)."""
        state = self.state()
        rows = self.chunk_rows(f"id in {listed(list(ids))}", ["id", "document_id", "version", "vector"]) if ids else ()
        return {row["id"]: vector_of(row) for row in rows if state.sees(row["document_id"], row["version"])}

    def same_words(self, ids: Sequence[int]) -> dict[int, list[Place]]:
        """Where else the words of these chunks stand, in the order in which they came."""
        rows = list(self._chunk_rows_of(ids).values())
        places = {row.chunk.id: [_place(other) for other in others] for row, others in zip(rows, self._copies_of(rows), strict=True)}
        return {number: others for number, others in places.items() if others}

    def other_sources(self, document_id: str, start: int, end: int, *, among: Collection[str] | None = None) -> tuple[str, ...]:
        """The other documents' sources in which the chunks that hold this span stand too."""
        state = self.state()
        if document_id not in state.documents:
            return ()
        rows = [row for row in list(state.chunks.values()) if _holds(row, document_id, start, end)]
        if not rows:
            version = state.documents[document_id].version
            rows = [
                self._chunk_row(row) for row in self.chunk_rows(f'version == "{version}" and start <= {start} and end >= {end}', _CHUNK)
            ]
        others = (other.chunk.document_id for found in self._copies_of(rows) for other in found)
        found = [number for number in dict.fromkeys(others) if number != document_id and (among is None or number in among)]
        sources = {summary.id: summary.source for summary in self.summaries()} if found else {}
        return tuple(sources[number] for number in found if number in sources)

    def chunk_count(self) -> int:
        """How many chunks the library holds."""
        return sum(seen.chunks for seen in self.state().documents.values())

    # for the writing side too

    def damaged(self, finding: str) -> LibraryDamaged:
        """The error that says what was found and what to do."""
        return LibraryDamaged(f"{self.address} is damaged ({finding}). Add the documents again, or restore the server from a backup.")

    def chunk_table(self, state: State) -> str:
        """The collection of the chunks."""
        return state.settings.get("collection", f"{self.name}_chunks")

    def chunk_rows(self, which: str, fields: Sequence[str]) -> Iterator[Row]:
        """The chunks for which a filter holds, also of versions that are not to be seen."""
        state = self.state()
        page = 2_000 if {"vector", "record"}.intersection(fields) else MOST_ROWS
        yield from self.engine.rows(self.chunk_table(state), which, list(fields), page=page) if state.settings else ()

    def read_chunk(self, row: Row) -> Chunk:
        """The chunk in a row; its id is not in its record."""
        record = row["record"] or self.parts.get(row["version"], f"chunk {row['id']}") or ""
        try:
            return Chunk.model_validate_json(record).model_copy(update={"id": row["id"]})
        except ValidationError as error:
            raise self.damaged(f"chunk {row['id']} cannot be read") from error

    # inside

    def _read_settings(self) -> dict[str, str]:
        try:
            return {row["name"]: row["value"] for row in self.engine.rows(self.tables.settings, 'name != ""', ["name", "value"])}
        except StorageError:
            if self.engine.has(self.tables.settings):
                raise
            return {}

    def _read_seen(self) -> dict[str, Seen]:
        fields = ("version", "chunks", "added", "sha256", "stamp")
        rows = self.engine.rows(self.tables.documents, 'id != ""', ["id", *fields])
        return {row["id"]: Seen(*(row[name] for name in fields)) for row in rows}

    def _rows(self, table: str, which: str, fields: Sequence[str]) -> Iterator[Row]:
        yield from self.engine.rows(table, which, fields, page=500) if self.state().settings else ()

    def _summary(self, row: Row) -> DocumentSummary:
        facts = row["facts"] or self.parts.get(row["version"], "facts") or ""
        try:
            return DocumentSummary.model_validate_json(facts)
        except ValidationError as error:
            raise self.damaged(f"what is told of document {row['id']} cannot be read") from error

    def _read_document(self, version: str) -> Document | None:
        text = self.parts.get(version, "document")
        try:
            return None if text is None else Document.model_validate_json(text)
        except ValidationError as error:
            raise self.damaged("the text of a document cannot be read") from error

    def _chunk_row(self, row: Row) -> ChunkRow:
        return ChunkRow(self.read_chunk(row), row["searched"], row["wording"], row["added"])

    def _chunk_rows_of(self, ids: Sequence[int]) -> dict[int, ChunkRow]:
        state = self.state()
        missing = [number for number in ids if number not in state.chunks]
        if missing:
            if len(state.chunks) > _REMEMBERED:
                state.chunks.clear()
            rows = self.chunk_rows(f"id in {listed(missing)}", _CHUNK)
            new = {row["id"]: self._chunk_row(row) for row in rows if state.sees(row["document_id"], row["version"])}
            state.chunks.update(new)
        return {number: row for number in ids if (row := state.chunks.get(number)) is not None}

    def _copies_of(self, rows: Sequence[ChunkRow]) -> list[list[ChunkRow]]:
        """For each chunk those that say the same, in the order in which they came."""
        state = self.state()
        prints = {print_ for row in rows for print_ in _prints(row)}
        missing = sorted(prints - state.copies.keys())
        for start in range(0, len(missing), 200):
            wanted = missing[start : start + 200]
            which = " or ".join(
                f"{kind} in {listed([p.split()[1] for p in wanted if p.startswith(kind)])}" for kind in ("searched", "wording")
            )
            found: dict[str, list[ChunkRow]] = {print_: [] for print_ in wanted}
            for raw in self.chunk_rows(which, _CHUNK):
                if state.sees(raw["document_id"], raw["version"]):
                    row = self._chunk_row(raw)
                    for print_ in _prints(row):
                        if print_ in found:
                            found[print_].append(row)
            state.copies.update(found)
        return [
            _in_order(other for print_ in _prints(row) for other in state.copies[print_] if other.chunk.id != row.chunk.id) for row in rows
        ]


def vector_of(row: Row) -> Vectors:
    """The vector in a row, of shape (dimension,)."""
    return np.asarray(row["vector"], dtype=np.float32)


def _prints(row: ChunkRow) -> Iterator[str]:
    yield f"searched {row.searched}"
    if row.wording:
        yield f"wording {row.wording}"


def _in_order(rows: Iterator[ChunkRow]) -> list[ChunkRow]:
    once = {row.chunk.id: row for row in rows}
    return sorted(once.values(), key=lambda row: (row.added, row.chunk.document_id, row.chunk.start))


def _place(row: ChunkRow) -> Place:
    return row.chunk.document_id, row.chunk.start, row.chunk.end


def _holds(row: ChunkRow, document_id: str, start: int, end: int) -> bool:
    return row.chunk.document_id == document_id and row.chunk.start <= start < end <= row.chunk.end

"""The writing side of a library on a Milvus server.

Nothing there is a transaction. A document's chunks and text are written first, under a version of their own that nobody sees; its row,
written last, makes them visible and those of before invisible at once; then those are removed. Whatever a killed process has left is
never seen, and removed when it is a day old.
"""

import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING
from uuid import uuid4

from index.embed import Vectors
from index.errors import CitewellError, LibraryBusy
from index.milvus.engine import Row, listed
from index.milvus.tables import LONGEST, chunk_table
from index.milvus.words import searched_words
from index.records import Chunk, Document, DocumentSummary, FileReport
from index.storing import Known
from index.wording import searched_print, wording_print

if TYPE_CHECKING:
    from index.milvus.store import MilvusStore

__all__ = ["LEFT_BEHIND_SECONDS", "MilvusWriter", "rebuilding", "writing"]

LEFT_BEHIND_SECONDS = 24 * 3600
"""What has no row and is that old belongs to no document that another process is just writing."""
_BATCH = 256
_MOST_TOKENS = 1024
"""A longer chunk may not fit into a field."""


@contextmanager
def writing(store: "MilvusStore") -> Iterator["MilvusWriter"]:
    """A writer, after which what was left behind is cleaned up."""
    writer = MilvusWriter(store)
    yield writer
    writer.clean()


@contextmanager
def rebuilding(store: "MilvusStore", settings: Mapping[str, str]) -> Iterator["MilvusWriter"]:
    """A writer into a new collection of chunks, which takes the place of the other when all is there."""
    before = store.chunk_table(store.state(fresh=True))
    table = f"{store.name}_chunks_{uuid4().hex[:8]}"
    writer = MilvusWriter(store, into=table)
    writer.make_chunks(table, settings)
    writer.set_settings({"rebuilding": f"by {socket.gethostname()} since {datetime.now(UTC).isoformat(timespec='seconds')}"})
    try:
        yield writer
        writer.set_settings({**settings, "collection": table, "rebuilding": ""})
    except BaseException:
        with suppress(CitewellError):
            writer.set_settings({"rebuilding": ""})
            store.engine.drop(table)
        raise
    writer.tell_rebuilt()
    for name in store.engine.tables():  # also what a rebuilding that was killed has left
        if name == before or (name.startswith(f"{store.name}_chunks_") and name != table):
            store.engine.drop(name)


class MilvusWriter:
    """A `Writer`; see there."""

    def __init__(self, store: "MilvusStore", *, into: str = "") -> None:
        """Write to a store; `into` the collection of chunks of a rebuilding."""
        self._store = store
        self._into = into
        self._rebuilt: list[tuple[DocumentSummary, str]] = []
        self._words: set[str] | None = None

    # what is there, as the store tells it

    def settings(self) -> dict[str, str]:
        """All settings that the library was made with."""
        return dict(self._store.state(fresh=True).settings)

    def summaries(self) -> list[DocumentSummary]:
        """One row a document, ordered by source."""
        return self._store.summaries()

    def document(self, document_id: str) -> Document | None:
        """The document with this id, or None."""
        return self._store.document(document_id)

    def report(self, document_id: str) -> FileReport | None:
        """What was reported when this document was added, or None."""
        return self._store.report(document_id)

    def shared(self, document_id: str) -> list[tuple[str, int]]:
        """The documents that came before this one and hold chunks of it too, with how many, most first."""
        return [] if self._into else self._store.shared(document_id)

    def known_files(self) -> dict[str, Known]:
        """What is known of each document's file, by document id."""
        state = self._store.state(fresh=True)
        later = self._later_stamps() if state.settings else {}
        return {number: Known(seen.sha256, later.get((number, seen.sha256), seen.stamp)) for number, seen in state.documents.items()}

    def document_vectors(self, document_id: str, dimension: int) -> list[tuple[Chunk, Vectors]]:
        """The chunks of one document with their vectors, in reading order."""
        from index.milvus.reading import vector_of

        seen = self._store.state().documents.get(document_id)
        if seen is None:
            return []
        rows = self._store.chunk_rows(f'version == "{seen.version}"', ("id", "version", "ordinal", "record", "vector"))
        return [(self._store.read_chunk(row), vector_of(row)) for row in sorted(rows, key=lambda row: int(row["ordinal"]))]

    # changes

    def set_settings(self, values: Mapping[str, str]) -> None:
        """Set these settings; the first ones make the collections."""
        if "dimension" in values and not self._into:
            if int(values["chunk_tokens"]) > _MOST_TOKENS:
                raise CitewellError(
                    f"{self._store.address}: a library on Milvus takes chunks of at most {_MOST_TOKENS:,} tokens; "
                    f"CITEWELL_CHUNK_TOKENS is {int(values['chunk_tokens']):,}. Choose fewer."
                )
            self.make_chunks(f"{self._store.name}_chunks", values)
            for table, (schema, indexes) in self._store.tables.schemas().items():
                self._store.engine.create(table, schema, indexes)
        self._write_settings(values)

    def make_chunks(self, table: str, settings: Mapping[str, str]) -> None:
        """Make a collection for the chunks of a library with these settings."""
        schema, indexes = chunk_table(int(settings["dimension"]), self._store.index)
        self._store.engine.create(table, schema, indexes)

    def set_stamps(self, stamps: Mapping[str, str]) -> None:
        """Remember that these files were read as they are now.

        Not in a document's row, which another process may replace meanwhile: a row of before must not come back.
        """
        known = self._store.state().documents
        for number, stamp in stamps.items():
            if number in known:
                self._store.parts.put("stamps", number, f"{known[number].sha256} {stamp}")

    def put(self, document: Document, report: FileReport, chunks: Sequence[Chunk], vectors: Iterable[Vectors], *, stamp: str = "") -> None:
        """Add a document, or replace the one with the same id."""
        state = self._store.state(fresh=True)
        before = state.documents.get(document.id)
        if self._into:
            if before is not None:
                self._put_chunks(document, before.version, before.added, chunks, vectors, self._into)
                self._rebuilt.append((self._summary(document, report), before.version))
            return
        if state.settings.get("rebuilding"):
            raise LibraryBusy(
                f"{self._store.address} is being embedded again {state.settings['rebuilding']}. Try again when it is done; "
                "if that was interrupted, do it again with: citewell rebuild"
            )
        version, added, table = uuid4().hex, time.time_ns(), self._store.chunk_table(state)
        try:
            self._put_chunks(document, version, added, chunks, vectors, table)
            self._store.parts.put(version, "document", document.model_dump_json())
            row = self._row(self._summary(document, report), version, len(chunks), added, document.sha256, stamp)
        except BaseException:
            with suppress(CitewellError):
                self._discard([version], table)
            raise
        self._store.engine.write(self._store.tables.documents, [row])
        self._changed()
        if before is not None:
            self._store.copies.released.add(before.sha256)
            self._discard([before.version], table)

    def remove(self, document_id: str) -> None:
        """Remove a document and its chunks; an unknown id changes nothing."""
        state = self._store.state(fresh=True)
        seen = state.documents.get(document_id)
        if seen is None:
            return
        self._store.engine.delete(self._store.tables.documents, f'id == "{document_id}"')
        self._changed()
        self._store.copies.released.add(seen.sha256)
        self._discard([seen.version], self._store.chunk_table(state))

    def tell_rebuilt(self) -> None:
        """Write what is to be told of the documents that were put again, unless another process has changed them."""
        state = self._store.state(fresh=True)
        rows = [
            self._row(summary, version, summary.report.chunks, seen.added, seen.sha256, seen.stamp)
            for summary, version in self._rebuilt
            if (seen := state.documents.get(summary.id)) is not None and seen.version == version
        ]
        self._store.engine.write(self._store.tables.documents, rows)
        self._changed()

    def clean(self, *, older_than: float = LEFT_BEHIND_SECONDS) -> None:
        """Remove what belongs to no document and is `older_than` seconds old, where there is more than is to be seen."""
        state = self._store.state(fresh=True)
        table = self._store.chunk_table(state)
        if not state.settings or self._store.engine.count(table, "id != 0") == self._store.chunk_count():
            return
        seen, before = {known.version for known in state.documents.values()}, time.time_ns() - int(older_than * 1e9)
        rows = self._store.engine.rows(table, f"added < {before}", ["version"])
        self._discard(sorted({row["version"] for row in rows} - seen), table)

    # inside

    def _put_chunks(
        self, document: Document, version: str, added: int, chunks: Sequence[Chunk], vectors: Iterable[Vectors], table: str
    ) -> None:
        rows: list[Row] = []
        for ordinal, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True)):
            rows.append(self._chunk_row(document, version, added, chunk, vector, ordinal, len(chunks)))
            if len(rows) == _BATCH:
                self._write_chunks(rows, table)
                rows.clear()
        self._write_chunks(rows, table)

    def _write_chunks(self, rows: Sequence[Row], table: str) -> None:
        words = sorted({word for row in rows for word in row["words"].split()} - self._known_words())
        self._store.engine.write(self._store.tables.words, [{"id": word, "unused": [0.0, 0.0]} for word in words])
        self._known_words().update(words)
        self._store.engine.write(table, rows)

    def _chunk_row(self, document: Document, version: str, added: int, chunk: Chunk, vector: Vectors, ordinal: int, count: int) -> Row:
        number = _chunk_id(version, ordinal)
        wording = wording_print(chunk.text)
        record = chunk.model_copy(update={"id": 0}).model_dump_json()
        return {
            "id": number,
            "document_id": document.id,
            "version": version,
            "ordinal": ordinal,
            "total": count,
            "added": added,
            "start": chunk.start,
            "end": chunk.end,
            "searched": searched_print(document.title, chunk).hex(),
            "wording": wording.hex() if wording else "",
            "record": self._or_in_parts(version, f"chunk {number}", record),
            "words": searched_words(chunk, document.title),
            "vector": vector.tolist(),
        }

    def _row(self, summary: DocumentSummary, version: str, chunks: int, added: int, sha256: str, stamp: str) -> Row:
        return {
            "id": summary.id,
            "version": version,
            "sha256": sha256,
            "stamp": stamp,
            "facts": self._or_in_parts(version, "facts", summary.model_dump_json()),
            "chunks": chunks,
            "added": added,
            "unused": [0.0, 0.0],
        }

    def _summary(self, document: Document, report: FileReport) -> DocumentSummary:
        return DocumentSummary(
            id=document.id,
            title=document.title,
            source=document.source,
            media_type=document.media_type,
            added_at=datetime.now(UTC).isoformat(timespec="seconds"),
            report=report,
        )

    def _or_in_parts(self, version: str, name: str, text: str) -> str:
        """The text, if a field takes it; otherwise it is put among the parts, and the field stays empty."""
        if len(text.encode()) <= LONGEST:
            return text
        self._store.parts.put(version, name, text)
        return ""

    def _later_stamps(self) -> dict[tuple[str, str], str]:
        rows = self._store.engine.rows(self._store.tables.parts, 'owner == "stamps"', ["name", "content"])
        found = ((row["name"], *row["content"].partition(" ")) for row in rows)
        return {(name, sha256): stamp for name, sha256, _, stamp in found}

    def _known_words(self) -> set[str]:
        if self._words is None:
            self._words = {row["id"] for row in self._store.engine.rows(self._store.tables.words, 'id != ""', ["id"])}
        return self._words

    def _discard(self, versions: Sequence[str], table: str) -> None:
        if versions:
            self._store.engine.delete(table, f"version in {listed(versions)}")
            self._store.parts.remove(versions)

    def _changed(self) -> None:
        """Another generation, which all other processes will notice."""
        self._write_settings({})

    def _write_settings(self, values: Mapping[str, str]) -> None:
        rows = [{"name": name, "value": value, "unused": [0.0, 0.0]} for name, value in values.items()]
        generation = {"name": "generation", "value": str(time.time_ns()), "unused": [0.0, 0.0]}
        self._store.engine.write(self._store.tables.settings, [*rows, generation])
        self._store.state(fresh=True)


def _chunk_id(version: str, ordinal: int) -> int:
    """63 bits, the same for the same chunk however often it is written."""
    return int.from_bytes(blake2b(f"{version} {ordinal}".encode(), digest_size=8).digest()) >> 1

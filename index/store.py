"""The truth of a library: one SQLite file with documents, chunks, vectors and settings.

Every document is added, replaced or removed in one transaction, which also raises the library's
generation by one. Every row is checked when it is read: what is not as it was written is an error.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from index.chunk_table import ChunkTable
from index.embed import Vectors
from index.errors import LibraryDamaged
from index.records import Chunk, Document, DocumentSummary, FileReport, Record
from index.rows import Altered, checksum, settings_sum, with_sum, without_sum
from index.storing import Known

__all__ = ["Store"]

Stored = TypeVar("Stored", bound=Record)
_FACTS = "id, source, sha256, title, media_type, added_at, report, record_checksum, checksum"
"""Columns of a document's row beside its text; the last is the checksum of those before."""


class Store(ChunkTable):
    """The records of a library by one open connection; to be used by one thread at a time. See `Database` for errors."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._verified: dict[str, str] = {}

    def close(self) -> None:
        """Close the connection; further use is an error."""
        self._database.close()

    def check(self) -> None:
        """Read everything and verify it; raises LibraryDamaged."""
        self._database.check()
        with self._database.explained():
            for summary in self.summaries():
                document = self.document(summary.id)
                if document is None:
                    raise Altered(f"the text of {summary.source} is not there")
                self._check_chunks(summary.id, document.text, summary.report.chunks)
            if self.chunk_count() != sum(summary.report.chunks for summary in self.summaries()):
                raise Altered("chunks without a document")

    def damaged(self, finding: str) -> LibraryDamaged:
        """The error that says what was found and what to do."""
        return self._database.damaged(finding)

    def snapshot(self) -> AbstractContextManager[None]:
        """Everything read inside sees one state of the library."""
        return self._database.snapshot()

    def transaction(self) -> AbstractContextManager[None]:
        """All that is written inside comes to be at once or not at all."""
        return self._database.transaction()

    # settings

    def settings(self) -> dict[str, str]:
        """All settings that the library was made with."""
        stored = dict(self._database.rows("SELECT name, value FROM settings"))
        found = dict(stored)
        stated = found.pop("checksum", None)
        if stored and stored == self._verified:  # they are asked for some seventy times a question
            return found
        if stated != (settings_sum(found) if found or self._number("SELECT EXISTS (SELECT 1 FROM documents)") else None):
            raise self._database.damaged("the settings are not what was written")
        self._verified = stored
        return found

    def set_settings(self, values: Mapping[str, str]) -> None:
        """Set these settings in one transaction."""
        with self.transaction():
            settings = {**self.settings(), **values}
            rows = {**values, "checksum": settings_sum(settings)}
            self._database.write_many("INSERT OR REPLACE INTO settings VALUES (?, ?)", rows.items())

    def generation(self) -> int:
        """How many changes the library has seen."""
        return int(self.settings().get("generation", 0))

    # documents

    def put(self, document: Document, report: FileReport, chunks: Sequence[Chunk], vectors: Iterable[Vectors], *, stamp: str = "") -> None:
        """Add a document with its chunks and one vector for each, or replace the one with the same id, in one transaction."""
        with self.transaction():
            generation = self._next_generation()
            self._delete(document.id, generation)
            self._insert(document, report, stamp)
            self._insert_chunks(chunks, document.title, vectors, generation)

    def remove(self, document_id: str) -> None:
        """Remove a document and its chunks in one transaction; an unknown id changes nothing."""
        with self.transaction():
            self._delete(document_id, self._next_generation())

    def document(self, document_id: str) -> Document | None:
        """The document with this id, or None."""
        with self._database.explained():
            for *facts, record in self._database.rows(f"SELECT {_FACTS}, record FROM documents WHERE id = ?", [document_id]):
                row = without_sum(facts, f"document {document_id}")
                if row[0] != document_id or checksum([record]) != row[-1]:
                    raise Altered(f"the text of {row[1]} is not what was written")
                return self._record(Document, record)
            # a bit may have flipped in SQLite's index of the ids
            for _ in self._database.rows("SELECT 1 FROM documents NOT INDEXED WHERE id = ?", [document_id]):
                raise Altered(f"document {document_id} cannot be found by its id")
        return None

    def known_files(self) -> dict[str, Known]:
        """What is known of each document's file, by document id."""
        return {number: Known(*facts) for number, *facts in self._database.rows("SELECT id, sha256, stamp FROM documents")}

    def set_stamps(self, stamps: Mapping[str, str]) -> None:
        """Remember that these files, by document id, were read as they are now; no document changes by it."""
        with self.transaction():
            self._database.write_many("UPDATE documents SET stamp = ? WHERE id = ?", ((stamp, number) for number, stamp in stamps.items()))

    def report(self, document_id: str) -> FileReport | None:
        """What was reported when this document was added, or None."""
        found = self._summaries("WHERE id = ?", [document_id])
        return found[0].report if found else None

    def summaries(self) -> list[DocumentSummary]:
        """One row a document, ordered by source."""
        return self._summaries("ORDER BY source, id", [])

    def with_hash(self, sha256: str) -> list[str]:
        """The documents whose file has this hash, ordered by source."""
        return [row[0] for row in self._database.rows("SELECT id FROM documents WHERE sha256 = ? ORDER BY source", [sha256])]

    def sources(self, ids: Sequence[str]) -> dict[str, str]:
        """The sources of these documents, by id."""
        return {number: found[0].source for number in ids if (found := self._summaries("WHERE id = ?", [number]))}

    # inside

    def _summaries(self, which: str, values: Sequence[object]) -> list[DocumentSummary]:
        with self._database.explained():
            return [self._summary(row) for row in self._database.rows(f"SELECT {_FACTS} FROM documents {which}", values)]

    def _summary(self, row: Sequence[Any]) -> DocumentSummary:
        number, source, _, title, media_type, added_at, report, _ = without_sum(row, f"document {row[1]}")
        return DocumentSummary(
            id=number, title=title, source=source, media_type=media_type, added_at=added_at, report=self._record(FileReport, report)
        )

    def _insert(self, document: Document, report: FileReport, stamp: str) -> None:
        record, added_at = document.model_dump_json(), datetime.now(UTC).isoformat(timespec="seconds")
        facts = (document.id, document.source, document.sha256, document.title, document.media_type, added_at, report.model_dump_json())
        row = (*with_sum((*facts, checksum([record]))), record, stamp)
        self._database.write("INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?)", row)

    def _delete(self, document_id: str, generation: int) -> None:
        self._delete_chunks(document_id, generation)
        self._database.write("DELETE FROM documents WHERE id = ?", [document_id])

    def _next_generation(self) -> int:
        generation = self.generation() + 1
        self.set_settings({"generation": str(generation)})
        return generation

    def _record(self, kind: type[Stored], json_text: str) -> Stored:
        try:
            return kind.model_validate_json(json_text)
        except ValidationError as error:
            raise self._database.damaged(f"a stored {kind.__name__} that cannot be read") from error

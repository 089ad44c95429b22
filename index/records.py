"""The records that pass from a file to a searchable library.

All offsets are in code points of `Document.text`, half open: `text[start:end]`.
"""

from bisect import bisect_right
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["AddReport", "Chunk", "Document", "DocumentSummary", "FileReport", "Page", "Record", "Removed", "Section", "SyncReport"]


class Record(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Page(Record):
    """One page of a paged document: its number as printed in a viewer (from 1), and its span."""

    number: int = Field(ge=1)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Section(Record):
    """The span under one heading, with the headings that lead to it, outermost first."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    heading_path: tuple[str, ...]


class Removed(Record):
    """A span that stays in the text but is never searched or cited, and the reason."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    reason: Literal["caption", "label", "teaser", "repeat"]


class Document(Record):
    """One source file: its text, which citations point into, and what is known about it.

    `id` is stable for a source: a changed file keeps its id. `sha256` is of the file's bytes.
    `markup` is how the text shows its structure: Markdown without inline markup, or only by how it stands.
    `sections` and `removed` are in reading order and do not overlap among themselves.
    `byline` is the span of the line that names the author, if the text has one.
    """

    id: str
    title: str
    source: str
    media_type: str
    sha256: str
    text: str
    markup: Literal["plain", "markdown"] = "markdown"
    author: str = ""
    date: str = ""
    language: str = ""
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()
    removed: tuple[Removed, ...] = ()
    byline: tuple[int, int] | None = None
    metadata: dict[str, str] = {}

    @model_validator(mode="after")
    def _spans_lie_inside(self) -> "Document":
        spans = [(s.start, s.end) for part in (self.pages, self.sections, self.removed) for s in part]
        for start, end in spans:
            if not 0 <= start <= end <= len(self.text):
                raise ValueError(f"span {start}–{end} outside the text of {len(self.text)} characters")
        return self

    def page_at(self, offset: int) -> int | None:
        """The number of the page that holds `offset`, or None for a document without pages."""
        found = bisect_right(self.pages, offset, key=lambda page: page.start) - 1
        return self.pages[found].number if found >= 0 else None

    def section_at(self, offset: int) -> Section | None:
        """The section that holds `offset`, or None before the first heading."""
        found = bisect_right(self.sections, offset, key=lambda section: section.start) - 1
        return self.sections[found] if found >= 0 else None

    def headings_at(self, offset: int) -> tuple[str, ...]:
        """The headings that lead to `offset`, outermost first; empty before the first heading."""
        section = self.section_at(offset)
        return section.heading_path if section else ()


class Chunk(Record):
    """A stored contiguous slice of a document: `document.text[start:end] == text`.

    `lead` is the sentence that introduces the list which this chunk continues from an earlier
    one, of a byline what it tells (who the author is), and empty otherwise. Title, heading path and lead are searched but never quoted.
    """

    id: int = 0
    document_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    heading_path: tuple[str, ...] = ()
    lead: str = ""

    @model_validator(mode="after")
    def _length_is_span(self) -> "Chunk":
        if self.end - self.start != len(self.text):
            raise ValueError(f"span {self.start}–{self.end} holds {self.end - self.start} characters, text {len(self.text)}")
        return self


class FileReport(Record):
    """What became of one file: counts, what was left out of the search, and warnings in words.

    `date` is the document's own, as it states it, or "" where it states none.
    """

    source: str
    status: Literal["added", "replaced", "unchanged", "skipped"]
    document_id: str = ""
    title: str = ""
    date: str = ""
    pages: int = 0
    words: int = 0
    chunks: int = 0
    removed: dict[str, int] = {}
    warnings: tuple[str, ...] = ()


class DocumentSummary(Record):
    """One row of a library's table of documents; `added_at` is an ISO 8601 time in UTC."""

    id: str
    title: str
    source: str
    media_type: str
    added_at: str
    report: FileReport


class AddReport(Record):
    """What became of every file of one `add`, in the order in which they were read."""

    files: tuple[FileReport, ...] = ()

    def count(self, status: str) -> int:
        """How many files ended with this status."""
        return sum(file.status == status for file in self.files)

    @property
    def skipped(self) -> tuple[FileReport, ...]:
        """The files that could not be added; each says why in its warnings."""
        return tuple(file for file in self.files if file.status == "skipped")


class SyncReport(Record):
    """What became of a folder: of each file in it, and the documents that were removed, or kept, since their files are gone."""

    added: AddReport
    removed: tuple[DocumentSummary, ...] = ()
    kept: tuple[DocumentSummary, ...] = ()

"""What is done to a file away from the library: it is read, cut and embedded, here or on other machines.

`Ingest` decides which files are new, and puts away what comes of them. In between stand `Workers`: `Here`, which does all in
this process when it is asked for, or others, which work ahead (`index.spread`).
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from index.chunk import chunk_document, searched_context
from index.documents import read_parts
from index.embed import Embedder, Vectors
from index.errors import UnreadableFile
from index.health import file_report
from index.parsed import Limits
from index.records import Chunk, Document, FileReport

__all__ = ["BATCH", "FileData", "Here", "Prepared", "Preparer", "Step", "Workers", "searched_text"]

BATCH = 256
"""Chunks embedded and stored at once: what a long file takes of memory beside its text, and a step of its progress."""


@dataclass(frozen=True, slots=True)
class FileData:
    """The bytes of a file, with the path that names it in messages, its source and its stamp (`index.stamp`).

    `embedded` are the texts of it whose vectors are known from before.
    """

    data: bytes
    path: Path
    source: str
    stamp: str = ""
    embedded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next of a file: the report of one that is settled, a file to prepare, or neither where it only begins.

    `done` files came before it, all of them of `total`. It is the part of its file or archive that begins at `share` and takes
    `width` of it (0–1).
    """

    done: int
    source: str
    share: float = 0.0
    width: float = 1.0
    report: FileReport | None = None
    file: FileData | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its chunks and a report of it as if it were new; or, without a document, a report that says why there is none.

    `vectors` belong to the chunks at `rows`, shape (rows, dimension). The other chunks are not embedded yet, or were before.
    """

    report: FileReport
    document: Document | None = None
    chunks: Sequence[Chunk] = ()
    rows: Sequence[int] = ()
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))


@dataclass(frozen=True, slots=True)
class Preparer:
    """How files become documents and vectors; it can be sent to another process, where the model is loaded anew."""

    embedder: Embedder
    chunk_tokens: int
    limits: Limits

    def prepare(self, file: FileData, *, embed: int = 0) -> Prepared:
        """Read and cut a file; the first `embed` of its texts whose vectors are not known are embedded too."""
        try:
            document, warnings = read_parts(file.data, file.path, source=file.source, limits=self.limits)
        except UnreadableFile as error:
            return Prepared(FileReport(source=file.source, status="skipped", warnings=(str(error),)))
        prepared = self.cut(document, warnings)
        new: dict[str, int] = {}
        for row, chunk in enumerate(prepared.chunks):
            text = searched_text(document.title, chunk)
            if len(new) < embed and text not in file.embedded:
                new.setdefault(text, row)
        if not new:
            return prepared
        return Prepared(prepared.report, document, prepared.chunks, tuple(new.values()), self.embedder.embed(list(new)))

    def cut(self, document: Document, warnings: Sequence[str]) -> Prepared:
        """The chunks of a document, and the report of it."""
        chunks = chunk_document(document, self.embedder.count_tokens, max_tokens=self.chunk_tokens)
        return Prepared(file_report(document, chunks, warnings, replaced=False), document, chunks)


class Workers(Protocol):
    """Who prepares and embeds. What comes back is in the order of what was given, however far ahead it is made."""

    def prepare(self, steps: Iterator[Step]) -> Generator[tuple[Step, Prepared | None], None, None]:
        """Each step, with what its file became if it has one. Closing the iterator gives up what is still to come."""

    def embed(self, batches: Iterator[Sequence[str]]) -> Iterator[Vectors]:
        """The vectors of the texts of each batch, shape (texts, dimension); a batch may be empty."""


@dataclass(frozen=True, slots=True)
class Here:
    """This process, one thing at a time, when it is asked for."""

    preparer: Preparer

    def prepare(self, steps: Iterator[Step]) -> Generator[tuple[Step, Prepared | None], None, None]:
        """See `Workers`; texts are embedded when they are stored."""
        return ((step, self.preparer.prepare(step.file) if step.file else None) for step in steps)

    def embed(self, batches: Iterator[Sequence[str]]) -> Iterator[Vectors]:
        """See `Workers`."""
        return (self.preparer.embedder.embed(texts) if texts else np.zeros((0, 0), np.float32) for texts in batches)


def searched_text(title: str, chunk: Chunk) -> str:
    """What is embedded of a chunk: its context and its words."""
    return f"{searched_context(title, chunk.heading_path, chunk.lead)}\n{chunk.text}"

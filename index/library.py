"""A library: one folder with the documents of a person, ready to be searched.

`library.sqlite` is the truth. The indexes of vectors and of words are derived from it: missing,
damaged or behind, they are brought up to date here and nothing is asked of the user.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from index.chunk import chunk_document, searched_context
from index.discover import find_files
from index.documents import document_id, read_document
from index.embed import Embedder, Vectors
from index.errors import LibraryBusy, ModelMismatch, NotFound, StorageError, UnreadableFile
from index.lexical import LexicalIndex
from index.lock import writing
from index.records import AddReport, Chunk, Document, DocumentSummary, FileReport
from index.store import Store
from index.vectors import VectorIndex

__all__ = ["AddProgress", "Library"]

_SCHEMA_VERSION = "1"


@dataclass(frozen=True, slots=True)
class AddProgress:
    """How far an `add` has come: files done of all, chunks so far, and the file now at hand."""

    done: int
    total: int
    chunks: int
    source: str


ProgressCallback = Callable[[AddProgress], None]


class Library:
    """An open library. Safe to search from several threads; one process writes at a time."""

    def __init__(self, folder: Path, embedder: Embedder, *, chunk_tokens: int = 160, max_file_bytes: int = 200_000_000) -> None:
        """Open the library in `folder`, or make an empty one there.

        Raises:
            ModelMismatch: it was embedded with another model than `embedder`.
            LibraryDamaged: its SQLite file cannot be trusted.
            StorageError: the folder cannot be made or written.
        """
        self.folder = folder
        self._embedder = embedder
        self._chunk_tokens = chunk_tokens
        self._max_file_bytes = max_file_bytes
        self._mutex = RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{folder} cannot be made ({error.strerror}). Choose another folder with --library.") from error
        self._store = Store(folder / "library.sqlite")
        self._check_model()
        self._vectors: VectorIndex | None = None
        self._lexical: LexicalIndex | None = None
        self._generation = -1
        self._document = lru_cache(maxsize=64)(self._store.document)

    def __enter__(self) -> Self:
        """The library itself; it is closed at the end of the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """Close the library."""
        self.close()

    def close(self) -> None:
        """Give the files back."""
        with self._mutex:
            self._store.close()

    # writing

    def add(self, paths: Iterable[str | os.PathLike[str]], *, progress: ProgressCallback | None = None) -> AddReport:
        """Add files, folders and globs; a file that was there before is replaced if it changed.

        Raises:
            NotFound: a path that does not exist; nothing is added then.
            LibraryBusy: another process is writing.
        """
        files = find_files(paths)
        return self._add([(file, str(file)) for file in files], progress)

    def add_folder_as(self, folder: Path, prefix: str, *, progress: ProgressCallback | None = None) -> AddReport:
        """Add the files of a folder with `prefix` in place of the folder's own path in their sources."""
        files = find_files([folder])
        return self._add([(file, prefix + file.relative_to(folder).as_posix()) for file in files], progress)

    def remove(self, name: str) -> DocumentSummary:
        """Remove one document, named by id, source, or file name if that is unique.

        Raises:
            NotFound: no document, or more than one, goes by this name.
        """
        summary = self.find(name)
        with self._writing():
            self._store.remove(summary.id)
            self._catch_up()
        return summary

    def rebuild(self, *, progress: ProgressCallback | None = None) -> int:
        """Cut and embed every stored document again, and build the derived indexes; returns the number of chunks.

        This is also how a library moves to another embedding model.
        """
        with self._writing():
            summaries = self._store.summaries()
            chunks = 0
            for done, summary in enumerate(summaries):
                document = self._store.document(summary.id)
                if document is None:
                    continue
                if progress:
                    progress(AddProgress(done, len(summaries), chunks, summary.source))
                chunks += self._put(document, summary.report.warnings, reuse=False).chunks
            self._store.set_settings(self._own_settings())
            self._generation, self._vectors, self._lexical = -1, None, None
            (self.folder / "vectors.json").unlink(missing_ok=True)
            (self.folder / "lexical.json").unlink(missing_ok=True)
            self._catch_up()
            return chunks

    # reading

    def documents(self) -> list[DocumentSummary]:
        """All documents, ordered by source."""
        with self._mutex:
            return self._store.summaries()

    def find(self, name: str) -> DocumentSummary:
        """The one document with this id, source, path or file name.

        Raises:
            NotFound: none, or more than one.
        """
        found = [d for d in self.documents() if name in (d.id, d.source) or d.source == os.path.abspath(name)]
        found = found or [d for d in self.documents() if Path(d.source).name == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(f"'{name}' could be {' or '.join(d.source for d in found)}. Give the whole path or the id.")
        raise NotFound(f"No document '{name}' in {self.folder}. `citewell list` shows what is there.")

    def document(self, document_id: str) -> Document:
        """The document with this id.

        Raises:
            NotFound: it is not, or no longer, in the library.
        """
        with self._mutex:
            self._refresh()
            document = self._document(document_id)
        if document is None:
            raise NotFound(f"Document {document_id} is not, or no longer, in {self.folder}.")
        return document

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these ids; those that are gone are not in the result."""
        with self._mutex:
            return self._store.chunks(ids)

    def chunk_vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of these chunks, each of shape (dimension,)."""
        with self._mutex:
            return self._store.vectors(ids, self._dimension())

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts by the library's model, shape (texts, dimension)."""
        return self._embedder.embed(texts)

    def search_vectors(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` nearest chunks: (chunk id, cosine), best first."""
        with self._mutex:
            self._refresh()
            assert self._vectors is not None
            return self._vectors.search(vector, k)

    def search_words(self, text: str, k: int) -> list[tuple[int, float]]:
        """The `k` best chunks by words: (chunk id, BM25 score), best first."""
        return self.lexical().search(text, k)

    def lexical(self) -> LexicalIndex:
        """The current index of words."""
        with self._mutex:
            self._refresh()
            assert self._lexical is not None
            return self._lexical

    def chunk_count(self) -> int:
        """How many chunks the library holds."""
        with self._mutex:
            return self._store.chunk_count()

    def facts(self) -> dict[str, str | int]:
        """What `doctor` shows: settings, counts and the state of the derived indexes."""
        with self._mutex:
            self._store.check()
            self._refresh()
            return {
                "folder": str(self.folder),
                **self._store.settings(),
                "documents": len(self._store.fingerprints()),
                "chunks": self._store.chunk_count(),
                "vectors": len(self._vectors or ()),
                "indexes": "up to date" if self._generation == self._store.generation() else "behind: a writer is at work",
            }

    def setting(self, name: str) -> str | None:
        """A stored setting, or None."""
        with self._mutex:
            return self._store.settings().get(name)

    def set_setting(self, name: str, value: str) -> None:
        """Store a setting."""
        with self._mutex:
            self._store.set_settings({name: value})

    # inside

    def _own_settings(self) -> dict[str, str]:
        return {
            "schema": _SCHEMA_VERSION,
            "model": self._embedder.name,
            "dimension": str(self._embedder.dimension),
            "chunk_tokens": str(self._chunk_tokens),
        }

    def _dimension(self) -> int:
        """As stored, so that a library is opened without loading its model."""
        stored = self._store.settings().get("dimension")
        return int(stored) if stored else self._embedder.dimension

    def _check_model(self) -> None:
        settings = self._store.settings()
        stored = settings.get("model")
        if stored is None or stored == self._embedder.name:
            return
        raise ModelMismatch(
            f"{self.folder} was embedded with '{stored}' ({settings.get('dimension')} dimensions), "
            f"the configured model is '{self._embedder.name}'. Use CITEWELL_MODEL={stored}, or embed it again with: "
            f"citewell rebuild --library '{self.folder}' --model '{self._embedder.name}'"
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with writing(self.folder), self._mutex:
            yield

    def _add(self, files: list[tuple[Path, str]], progress: ProgressCallback | None) -> AddReport:
        reports: list[FileReport] = []
        with self._writing():
            if "model" not in self._store.settings():
                self._store.set_settings(self._own_settings())
            known = self._store.fingerprints()
            chunks = 0
            try:
                for done, (file, source) in enumerate(files):
                    if progress:
                        progress(AddProgress(done, len(files), chunks, source))
                    report = self._add_file(file, source, known)
                    chunks += report.chunks
                    reports.append(report)
            finally:
                self._catch_up()
            if progress:
                progress(AddProgress(len(files), len(files), chunks, ""))
        return AddReport(files=tuple(reports))

    def _add_file(self, file: Path, source: str, known: dict[str, str]) -> FileReport:
        number = document_id(source)
        if number in known and file.is_file() and known[number] == _file_sha256(file):
            stored = next(d for d in self._store.summaries() if d.id == number)
            return stored.report.model_copy(update={"status": "unchanged"})
        try:
            document, warnings = read_document(file, source=source, max_bytes=self._max_file_bytes)
        except UnreadableFile as error:
            return FileReport(source=source, status="skipped", warnings=(str(error),))
        return self._put(document, warnings, reuse=number in known)

    def _put(self, document: Document, warnings: tuple[str, ...], *, reuse: bool) -> FileReport:
        chunks = chunk_document(document, self._embedder.count_tokens, max_tokens=self._chunk_tokens)
        removed: dict[str, int] = {}
        for span in document.removed:
            removed[span.reason] = removed.get(span.reason, 0) + 1
        report = FileReport(
            source=document.source,
            status="replaced" if reuse else "added",
            document_id=document.id,
            title=document.title,
            pages=len(document.pages),
            words=len(document.text.split()),
            chunks=len(chunks),
            removed=removed,
            warnings=warnings,
        )
        self._store.put(document, report, chunks, self._embed_chunks(document, chunks, reuse=reuse))
        return report

    def _embed_chunks(self, document: Document, chunks: list[Chunk], *, reuse: bool) -> Vectors:
        """Vectors of title, headings and text; those of an earlier version's unchanged chunks are taken over."""
        import numpy as np

        texts = [_searched_text(document.title, chunk) for chunk in chunks]
        known: dict[str, Vectors] = {}
        old = self._store.document(document.id) if reuse else None
        if old is not None:
            known = {_searched_text(old.title, c): v for c, v in self._store.document_vectors(old.id, self._embedder.dimension)}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(missing, self._embedder.embed(missing), strict=True))
        return np.stack([known[text] for text in texts])

    def _refresh(self) -> None:
        """Bring the indexes to the library's generation, unless a writer is at work and there is something to search."""
        if self._vectors is not None and self._generation == self._store.generation():
            return
        try:
            with writing(self.folder):
                self._catch_up()
        except (LibraryBusy, StorageError):
            if self._vectors is None:
                self._build_in_memory()

    def _catch_up(self) -> None:
        """Update the derived indexes from SQLite, in memory and on disk; the write lock is held."""
        dimension = self._dimension()
        with ExitStack() as stack:
            stack.enter_context(self._store.snapshot())
            generation = self._store.generation()
            vectors, at = VectorIndex.read(self.folder, dimension) or (VectorIndex(dimension), -1)
            if at != generation:
                added = ((chunk.id, vector) for chunk, _, vector in self._store.added_since(at, dimension))
                vectors.update(self._store.removed_since(at) if at >= 0 else [], added)
                vectors.write(self.folder, generation)
            lexical, at = LexicalIndex.read(self.folder) or (LexicalIndex.create(self.folder), -1)
            if at != generation:
                changed = ((chunk, title) for chunk, title, _ in self._store.added_since(at, dimension))
                lexical.update(self._store.removed_since(at) if at >= 0 else [], changed, generation)
        self._vectors, self._lexical, self._generation = vectors, lexical, generation
        self._document.cache_clear()

    def _build_in_memory(self) -> None:
        """Indexes of this process alone, where the folder cannot be written now."""
        dimension = self._dimension()
        with self._store.snapshot():
            generation = self._store.generation()
            vectors, lexical = VectorIndex(dimension), LexicalIndex.in_memory()
            vectors.update([], ((chunk.id, vector) for chunk, _, vector in self._store.added_since(-1, dimension)))
            lexical.update([], ((chunk, title) for chunk, title, _ in self._store.added_since(-1, dimension)), generation)
        self._vectors, self._lexical, self._generation = vectors, lexical, generation


def _searched_text(title: str, chunk: Chunk) -> str:
    return f"{searched_context(title, chunk.heading_path, chunk.lead)}\n{chunk.text}"


def _file_sha256(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()

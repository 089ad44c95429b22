"""A library: one folder with the documents of a person, ready to be searched.

`library.sqlite` is the truth. The indexes of vectors and of words are derived from it: missing,
damaged or behind, they are brought up to date and nothing is asked of the user.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock

from index.discover import find_files
from index.embed import Embedder
from index.ingest import AddProgress, Ingest, ProgressCallback
from index.lock import writing
from index.originals import Originals
from index.parsed import Limits
from index.reading import Reading
from index.records import AddReport, DocumentSummary
from index.store import Store

__all__ = ["AddProgress", "Library", "ProgressCallback"]

_SCHEMA_VERSION = "2"
_WAIT_FOR_WRITER = 1.0
"""Seconds: long enough for a reader that brings an index up to date, too short for one that adds documents."""


class Library(Reading):
    """An open library. Safe to use from several threads; one of all threads and processes writes at a time.

    Writing has its own connection, so that readers see whole documents only, and search meanwhile.
    """

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        *,
        chunk_tokens: int = 160,
        max_file_bytes: int = 200_000_000,
        limits: Limits | None = None,
        other_model: bool = False,
    ) -> None:
        """Open the library in `folder`, or make an empty one there.

        Args:
            folder: the library's own folder; one that cannot be written can still be searched.
            embedder: the model that the library was or will be embedded with.
            chunk_tokens: longest chunk, in the model's tokens, beside title and headings.
            max_file_bytes: largest file that is read.
            limits: how much work one file may make; the defaults of `Limits` for want of others.
            other_model: open a library of another model than `embedder`, to `rebuild` it.

        Raises:
            ModelMismatch: it was embedded with another model than `embedder`.
            LibraryDamaged: its SQLite file cannot be trusted.
            StorageError: the folder cannot be made or written.
        """
        super().__init__(folder, embedder, other_model=other_model)
        self._chunk_tokens = chunk_tokens
        self._max_file_bytes = max_file_bytes
        self._limits = limits or Limits()
        self._originals = Originals(folder / "originals", max_bytes=max_file_bytes, limits=self._limits)
        self._one_writer = RLock()

    @property
    def max_file_bytes(self) -> int:
        """The largest file that is read, in bytes."""
        return self._max_file_bytes

    # writing

    def add(self, paths: Iterable[str | os.PathLike[str]], *, progress: ProgressCallback | None = None) -> AddReport:
        """Add files, folders and globs; a file that was there before is replaced if it changed.

        Where `progress` raises `Cancelled`, the file at hand stays as it was before, and it and the rest are reported as skipped.

        Raises:
            NotFound: a path that does not exist; nothing is added then.
            LibraryBusy: another process is writing.
        """
        files = find_files(paths)
        return self._add([(file, str(file)) for file in files], progress)

    def add_folder_as(
        self, folder: Path, prefix: str, *, keep_originals: bool = False, progress: ProgressCallback | None = None
    ) -> AddReport:
        """Add the files of a folder with `prefix` in place of the folder's own path in their sources.

        With `keep_originals`, the library keeps a copy of each, for a folder that does not last.
        """
        files = find_files([folder])
        return self._add([(file, prefix + file.relative_to(folder).as_posix()) for file in files], progress, keep=keep_originals)

    def original(self, document_id: str) -> bytes:
        """The very bytes that a document was read from.

        Raises:
            NotFound: no such document, or its file has changed or gone, was read from the web, or was uploaded and not kept.
        """
        return self._originals.read(self.document(document_id))

    def remove(self, name: str) -> DocumentSummary:
        """Remove one document, named by id, source, or file name if that is unique.

        Raises:
            NotFound: no document, or more than one, goes by this name.
        """
        summary = self.find(name)
        with self._writing() as store:
            store.remove(summary.id)
            self._discard_originals(store)
        return summary

    def rebuild(self, *, progress: ProgressCallback | None = None) -> int:
        """Cut and embed every stored document again, and build the derived indexes; returns the number of chunks.

        This is also how a library moves to another embedding model. Until it is done, and if it is
        interrupted, the library stays as it was.
        """
        with self._writing() as store:
            with store.transaction():
                chunks = self._ingest(store).put_again(progress or _silent)
                store.set_settings(self._own_settings())
            with self._reading:
                self._derived.discard()
        return chunks

    def set_setting(self, name: str, value: str) -> None:
        """Store a setting."""
        with self._writing() as store:
            store.set_settings({name: value})

    # inside

    def _own_settings(self) -> dict[str, str]:
        return {
            "schema": _SCHEMA_VERSION,
            "model": self._embedder.name,
            "dimension": str(self._embedder.dimension),
            "chunk_tokens": str(self._chunk_tokens),
        }

    @contextmanager
    def _writing(self) -> Iterator[Store]:
        """A connection for the one writer; at the end, also after an error, the indexes follow what was stored."""
        with self._one_writer, writing(self.folder, wait=_WAIT_FOR_WRITER), closing(Store(self.folder / "library.sqlite")) as store:
            try:
                yield store
            finally:
                with self._reading:
                    self._derived.catch_up()

    def _ingest(self, store: Store, *, keep: bool = False) -> Ingest:
        keeping = self._originals.keep if keep else None
        return Ingest(store, self._embedder, self._chunk_tokens, self._max_file_bytes, self._limits, keeping)

    def _discard_originals(self, store: Store) -> None:
        self._originals.keep_only(known.sha256 for known in store.known_files().values())

    def _add(self, files: list[tuple[Path, str]], progress: ProgressCallback | None, *, keep: bool = False) -> AddReport:
        with self._writing() as store:
            self._check_model()
            if "model" not in store.settings():
                store.set_settings(self._own_settings())
            reports = self._ingest(store, keep=keep).add_files(files, progress or _silent)
            self._discard_originals(store)
            return AddReport(files=tuple(reports))


def _silent(progress: AddProgress) -> None:
    """Takes the progress where nobody wants to see it."""

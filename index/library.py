"""A library: the documents of a person, ready to be searched, wherever they are held (`index.storing`)."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from index.discover import find_files
from index.embed import Embedder
from index.originals import Originals
from index.parsed import Limits
from index.progress import AddProgress, ProgressCallback
from index.reading import Reading
from index.records import AddReport, DocumentSummary
from index.storing import LibraryStore, Writer

if TYPE_CHECKING:
    from index.ingest import Ingest
    from index.prepare import Preparer, Workers

__all__ = ["Library"]

_SCHEMA_VERSION = "2"


class Library(Reading):
    """An open library. Safe to use from several threads. Readers see whole documents only, and search while another writes."""

    def __init__(
        self,
        place: str | os.PathLike[str] | LibraryStore,
        embedder: Embedder,
        *,
        chunk_tokens: int = 160,
        max_file_bytes: int = 200_000_000,
        limits: Limits | None = None,
        other_model: bool = False,
    ) -> None:
        """Open the library in a folder, or make an empty one there; or the one in a store.

        Args:
            place: the library's own folder, of which one that cannot be written can still be searched; or an open store
                (`index.address` opens one by its address).
            embedder: the model that the library was or will be embedded with.
            chunk_tokens: longest chunk, in the model's tokens, beside title and headings.
            max_file_bytes: largest file that is read.
            limits: how much work one file may make; the defaults of `Limits` for want of others.
            other_model: open a library of another model than `embedder`, to `rebuild` it.

        Raises:
            ModelMismatch: it was embedded with another model than `embedder`.
            LibraryDamaged: what is stored cannot be trusted.
            StorageError: the folder cannot be made or written.
            LibraryAway: the store is on a server that does not answer.
        """
        super().__init__(place, embedder, other_model=other_model)
        self._chunk_tokens = chunk_tokens
        self._max_file_bytes = max_file_bytes
        self._limits = limits or Limits()
        self._originals = Originals(self._store.copies, max_bytes=max_file_bytes, limits=self._limits)

    @property
    def max_file_bytes(self) -> int:
        """The largest file that is read, in bytes."""
        return self._max_file_bytes

    @property
    def preparer(self) -> "Preparer":
        """How files become documents and vectors here."""
        from index.prepare import Preparer  # reads files, with libraries that a question can do without

        return Preparer(self._embedder, self._chunk_tokens, self._limits)

    # writing

    def add(
        self, paths: Iterable[str | os.PathLike[str]], *, progress: ProgressCallback | None = None, workers: "Workers | None" = None
    ) -> AddReport:
        """Add files, folders and globs; a file that was there before is replaced if it changed.

        `workers`, made for this library's `preparer`, read and embed in place of this process; the library becomes the same.

        Where `progress` raises `Cancelled`, the file at hand stays as it was before, and it and the rest are reported as skipped.

        Raises:
            NotFound: a path that does not exist; nothing is added then.
            LibraryBusy: another process is writing.
        """
        files = find_files(paths)
        return self._add([(file, str(file)) for file in files], progress, workers=workers)

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
        with self._store.writing() as store:
            store.remove(summary.id)
            self._discard_originals(store)
        return summary

    def rebuild(self, *, progress: ProgressCallback | None = None) -> int:
        """Cut and embed every stored document again, and build the derived indexes; returns the number of chunks.

        This is also how a library moves to another embedding model. Until it is done, and if it is
        interrupted, the library stays as it was.
        """
        with self._store.rebuilding(self._own_settings()) as store:
            return self._ingest(store).put_again(progress or _silent)

    def set_setting(self, name: str, value: str) -> None:
        """Store a setting."""
        with self._store.writing() as store:
            store.set_settings({name: value})

    # inside

    def _own_settings(self) -> dict[str, str]:
        return {
            "schema": _SCHEMA_VERSION,
            "model": self._embedder.name,
            "dimension": str(self._embedder.dimension),
            "chunk_tokens": str(self._chunk_tokens),
        }

    def _ingest(self, store: Writer, *, keep: bool = False, workers: "Workers | None" = None) -> "Ingest":
        from index.ingest import Ingest

        keeping = self._store.copies.keep if keep else None
        return Ingest(store, self.preparer, self._max_file_bytes, keeping, workers)

    def _discard_originals(self, store: Writer) -> None:
        self._store.copies.keep_only(known.sha256 for known in store.known_files().values())

    def _add(
        self, files: list[tuple[Path, str]], progress: ProgressCallback | None, *, keep: bool = False, workers: "Workers | None" = None
    ) -> AddReport:
        with self._store.writing() as store:
            self._check_model()
            if "model" not in store.settings():
                store.set_settings(self._own_settings())
            reports = self._ingest(store, keep=keep, workers=workers).add_files(files, progress or _silent)
            self._discard_originals(store)
            return AddReport(files=tuple(reports))


def _silent(progress: AddProgress) -> None:
    """Takes the progress where nobody wants to see it."""

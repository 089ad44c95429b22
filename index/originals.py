"""The bytes that a document was read from: its file as long as that is unchanged, or the copy that was kept of an upload."""

import os
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from index.discover import read_bytes
from index.errors import NotFound, StorageError, UnreadableFile
from index.formats.archive import IN_ARCHIVE, read_member
from index.parsed import Limits
from index.records import Document
from index.storing import Copies

__all__ = ["SHIPPED", "FolderCopies", "Originals", "shipped_folder"]

SHIPPED = "citewell:corpus/"
"""Before the names of the documents that ship with Citewell, in place of their folder."""


def shipped_folder() -> Path:
    """Where the documents are that ship with Citewell."""
    return Path(str(files("index") / "corpus"))


class FolderCopies:
    """Copies of uploaded files in one folder, named by the SHA-256 of their bytes; see `index.storing.Copies`."""

    def __init__(self, folder: Path) -> None:
        """Keep copies in `folder`, which is made with the first."""
        self._folder = folder

    def keep(self, data: bytes) -> None:
        """Keep a copy of these bytes, unless there is one.

        Raises:
            StorageError: it cannot be written.
        """
        path = self._folder / sha256(data).hexdigest()
        if path.exists():
            return
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(exist_ok=True)
            part.write_bytes(data)
            os.replace(part, path)
        except OSError as error:
            raise StorageError(
                f"{path}: the uploaded file cannot be kept ({error.strerror or error}). Free some space on the disk."
            ) from error

    def read(self, sha256: str) -> bytes | None:
        """The copy of this name, or None; a pipe or a device in its place is never opened."""
        path = self._folder / sha256
        with suppress(OSError):
            return path.read_bytes() if path.is_file() else None
        return None

    def keep_only(self, hashes: Iterable[str]) -> None:
        """Remove the copies of what no document has been read from."""
        if self._folder.is_dir():
            wanted = set(hashes)
            for path in list(self._folder.iterdir()):
                if path.name not in wanted and path.is_file():
                    path.unlink(missing_ok=True)


class Originals:
    """The originals of a library's documents: the copies that were kept, and the files where they lie."""

    def __init__(self, copies: Copies, *, max_bytes: int, limits: Limits) -> None:
        """Look among `copies`, and read files of at most `max_bytes`."""
        self._copies = copies
        self._max_bytes = max_bytes
        self._limits = limits

    def read(self, document: Document) -> bytes:
        """The very bytes that a document was read from.

        Raises:
            NotFound: there are none to be had, and why.
        """
        for find in (self._kept, self._on_disk):
            data = find(document)
            if data is not None and sha256(data).hexdigest() == document.sha256:
                return data
        raise NotFound(f"{document.source}: {_reason(document.source)}")

    def _kept(self, document: Document) -> bytes | None:
        return self._copies.read(document.sha256)

    def _on_disk(self, document: Document) -> bytes | None:
        source = document.source
        path = shipped_folder() / source.removeprefix(SHIPPED) if source.startswith(SHIPPED) else Path(source)
        if not path.is_absolute():
            return None
        archive, inside, name = source.partition(IN_ARCHIVE)
        if not inside or path.is_file():
            return _bytes(path, self._max_bytes)
        packed = _bytes(Path(archive), self._max_bytes)
        with suppress(UnreadableFile):
            return read_member(packed, Path(archive), name, max_bytes=self._max_bytes, limits=self._limits) if packed else None
        return None


def _bytes(path: Path, max_bytes: int) -> bytes | None:
    """A file's bytes, or None; a pipe or a device in its place is never opened."""
    with suppress(UnreadableFile):
        return read_bytes(path, max_bytes) if path.is_file() else None
    return None


def _reason(source: str) -> str:
    if source.startswith(("http://", "https://")):
        return "it was read from the web. Open it there."
    if Path(source).is_absolute() or source.startswith(SHIPPED):
        return "the file has changed or gone since it was read. Add it again to read it as it is now."
    return "the uploaded file was not kept. Upload it again to open it from here."

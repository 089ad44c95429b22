"""From what a person names (files, folders, globs) to the files that are meant, and their bytes."""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.errors import NotFound, UnreadableFile

__all__ = ["find_files", "read_bytes"]

_GLOB_SIGNS = frozenset("*?[")


def find_files(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """The files in the order named, folders walked in name order, each file once, as absolute paths.

    Hidden files and folders inside a named folder are left alone.

    Raises:
        NotFound: a path that does not exist, or a glob that matches nothing.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in _expand(os.path.expanduser(os.fspath(path))):
            found.setdefault(Path(os.path.abspath(file)))
    return list(found)


def _expand(path: str) -> Iterator[Path]:
    if os.path.isdir(path):
        yield from _walk(Path(path))
    elif os.path.exists(path):
        yield Path(path)
    elif _GLOB_SIGNS & set(path):
        matches = sorted(glob.glob(path, recursive=True))
        if not matches:
            raise NotFound(f"{path}: no file matches this pattern.")
        for match in matches:
            yield from _walk(Path(match)) if os.path.isdir(match) else [Path(match)]
    else:
        raise NotFound(f"{path}: no such file or folder. Nothing was added.")


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root) / name for name in sorted(files) if not name.startswith("."))


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """The bytes of a file.

    Raises:
        UnreadableFile: it is not there, larger than `max_bytes`, or not yours to read.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise UnreadableFile(
                f"{path}: {size:,} bytes is more than the limit of {max_bytes:,}. Split it, or raise CITEWELL_MAX_FILE_BYTES."
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror or error}). Check that it exists and is yours to read.") from error

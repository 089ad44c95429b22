"""From what a person names (files, folders, globs) to the files that are meant."""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.errors import NotFound

__all__ = ["find_files"]

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

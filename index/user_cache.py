"""Small things that are made once on a machine and kept in the user's cache folder.

A file there begins with the hash of its content: one that is lost, cut off or altered is made anew.
"""

import logging
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

__all__ = ["made_once"]

_log = logging.getLogger("citewell.model")


def made_once(name: str, make: Callable[[], bytes]) -> bytes:
    """What is kept under `name`, which says all that it was made from; made now where nothing is, or nothing whole."""
    file = _folder() / name
    kept = _read(file)
    if kept is None:
        kept = make()
        _write(file, kept)
    return kept


def _folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("citewell", appauthor=False) / "models"


def _read(file: Path) -> bytes | None:
    try:
        digest, _, content = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if digest == _digest(content) else None


def _write(file: Path, content: bytes) -> None:
    """Keep it whole or not at all; where the folder cannot be written, the next process makes it again."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("wb", dir=file.parent, delete=False) as temporary:
            temporary.write(_digest(content) + b"\n" + content)
        os.replace(temporary.name, file)
    except OSError:
        _log.debug("%s could not be kept in %s.", file.name, file.parent)


def _digest(content: bytes) -> bytes:
    return sha256(content).hexdigest().encode()

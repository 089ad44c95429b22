"""One writer at a time, and everyone can see who."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from index.errors import LibraryBusy, StorageError

__all__ = ["writing"]


@contextmanager
def writing(folder: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the library's write lock; the operating system frees it if the process dies.

    Args:
        folder: the library.
        wait: how long to wait for another writer, in seconds.

    Raises:
        LibraryBusy: another process holds it; the message names it.
        StorageError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    holder = folder / "writer.json"
    lock = FileLock(folder / "writer.lock", timeout=wait)
    try:
        lock.acquire()
    except Timeout:
        raise LibraryBusy(f"{folder} is being written by {_describe(holder)}. Try again when it is done.") from None
    except OSError as error:
        raise StorageError(f"{folder} cannot be written ({error.strerror}). Choose a library in a folder that is yours.") from error
    try:
        _sign(holder)
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _sign(holder: Path) -> None:
    facts = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        holder.write_text(json.dumps(facts))
    except OSError as error:
        raise StorageError(f"{holder} cannot be written ({error.strerror}). Check that the disk has space left.") from error


def _describe(holder: Path) -> str:
    try:
        facts = json.loads(holder.read_text())
        return f"process {facts['pid']} on {facts['host']} since {facts['since']}"
    except (OSError, ValueError, KeyError):
        return "another process"

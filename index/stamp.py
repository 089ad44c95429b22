"""A hint whether a file changed since it was read, without reading it again."""

import os
import time
from pathlib import Path

__all__ = ["file_stamp"]

_SETTLED = 2_000_000_000
"""Nanoseconds: a file that changed this short a time ago may change again within one tick of the disk's clock."""


def file_stamp(path: Path) -> str:
    """Size, times and number of a file in one word; empty where that cannot vouch for its content.

    Two equal stamps mean that the file is as it was: every write sets the time of change (`ctime`), which
    no program can set back. Where the stamps differ, or there is none because the file was written moments
    ago, its bytes are hashed instead, so that a file which was only touched or moved back counts as unchanged.
    """
    try:
        facts = os.stat(path)
    except OSError:  # which reading the file will explain
        return ""
    if max(facts.st_mtime_ns, facts.st_ctime_ns) > time.time_ns() - _SETTLED:
        return ""
    return f"{facts.st_size}:{facts.st_mtime_ns}:{facts.st_ctime_ns}:{facts.st_ino}"

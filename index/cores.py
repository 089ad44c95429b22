"""The cores of the processor that this process may use.

A small network runs faster as one batch on each core, side by side, than as one batch on all of them, whose threads wait for each
other at every layer.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

__all__ = ["core_count", "run_on_cores"]

T = TypeVar("T")
R = TypeVar("R")


def core_count() -> int:
    """As many as there are, or as OMP_NUM_THREADS says, which torch heeds too."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_on_cores(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """The work done on each item, in the items' order; as many at once as there are cores, the first items first.

    All callers of a process share its cores. The work may not itself call this.
    """
    if len(items) < 2 or core_count() == 1:
        return [work(item) for item in items]
    return list(_pool().map(work, items))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(core_count(), "citewell-core")

"""Files are prepared ahead by several workers, and come back in their order: the library becomes the same as with one.

What is under way is bounded, in number and in bytes. A worker that is lost has its work done by another; only the one process that
asks writes to the library, so that nothing is lost and nothing is there twice.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, Protocol, TypeVar

import numpy as np

from index.embed import Vectors
from index.errors import ClusterError
from index.prepare import FileData, Prepared, Step
from index.records import FileReport

__all__ = ["Cluster", "Spread", "WorkerLost"]

_AT_ONCE = 3
"""Calls that a worker has at a time: one that it works on, and two so that it never waits for the next."""
_AHEAD = 8
"""Steps or batches under way for each worker, so that one long file does not leave the others without work."""
_MOST_BYTES = 256 * 2**20
"""Of all files under way; one file may be larger."""
_LOSSES = 3
"""Workers that may be lost over one file before it is left out."""
_PATIENCE = 120.0
"""Seconds in which, of workers that are all starting, one must be ready."""

Item = TypeVar("Item")
Call = Any
"""What a cluster knows a call by."""
Work = Literal["prepare", "embed"]


class WorkerLost(Exception):
    """A worker ended before its call did; with `gone` it will never come back."""

    def __init__(self, *, gone: bool) -> None:
        """See above."""
        super().__init__()
        self.gone = gone


class Cluster(Protocol):
    """Workers that are numbered from 0, each with a `Preparer`. Each does one call after another, in the order given."""

    size: int

    def start(self, worker: int) -> Call:
        """A call that ends when the worker is ready to prepare and embed."""

    def call(self, worker: int, work: Work, given: FileData | Sequence[str]) -> Call:
        """A call of `Preparer.prepare`, embedding the first texts too, or of `Embedder.embed`."""

    def wait(self, calls: Sequence[Call], seconds: float) -> Sequence[Call]:
        """Those calls that have ended, in the order given: at least one, unless none ends in time."""

    def result(self, call: Call) -> Any:
        """What a call that has ended gave; raises WorkerLost, ClusterError, or what it raised."""


@dataclass(eq=False, slots=True)
class _Task:
    """A piece of work on its way to be done."""

    work: Work
    given: Any
    losses: int = 0
    done: bool = False
    result: Any = None


@dataclass(slots=True)
class _Queue:
    """Tasks that no worker has yet; what the writer waits for inside a file comes before files."""

    embed: deque[_Task] = field(default_factory=deque)
    prepare: deque[_Task] = field(default_factory=deque)

    def of(self, task: _Task) -> deque[_Task]:
        return self.embed if task.work == "embed" else self.prepare

    def next(self) -> _Task | None:
        queue = self.embed or self.prepare
        return queue.popleft() if queue else None


class Spread:
    """`Workers` on a cluster; to be used by one thread."""

    def __init__(self, cluster: Cluster) -> None:
        """Start all workers of the cluster."""
        self._cluster = cluster
        self._starting = {cluster.start(worker): worker for worker in range(cluster.size)}
        self._busy: dict[int, dict[Call, _Task]] = {}
        self._queue = _Queue()

    @property
    def ready(self) -> int:
        """How many workers are ready now."""
        return len(self._busy)

    def gather(self, count: int = 1) -> None:
        """Wait until so many workers are ready.

        Raises:
            ClusterError: none is in time, or one is not as it must be.
        """
        while len(self._busy) < count:
            self._go_on()

    def prepare(self, steps: Iterator[Step]) -> Generator[tuple[Step, Prepared | None], None, None]:
        """See `Workers`."""
        return self._in_order(steps, lambda step: _Task("prepare", step.file) if step.file else None)

    def embed(self, batches: Iterator[Sequence[str]]) -> Iterator[Vectors]:
        """See `Workers`."""
        for _, vectors in self._in_order(batches, lambda texts: _Task("embed", list(texts)) if texts else None):
            yield np.zeros((0, 0), np.float32) if vectors is None else vectors

    # inside

    def _in_order(self, items: Iterator[Item], task_of: Callable[[Item], _Task | None]) -> Generator[tuple[Item, Any], None, None]:
        """Each item with the result of its task; some are taken ahead and worked on meanwhile."""
        window: deque[tuple[Item, _Task | None]] = deque()
        try:
            while True:
                while self._has_room(window):
                    taken = [(item, task_of(item)) for item in islice(items, 1)]
                    if not taken:
                        break
                    window += taken
                    self._submit(taken[0][1])
                if not window:
                    return
                item, task = window.popleft()
                while task and not task.done:
                    self._go_on()
                yield item, task.result if task else None
        finally:
            for _, task in window:
                if task and task in (queue := self._queue.of(task)):
                    queue.remove(task)

    def _has_room(self, window: deque[tuple[Item, _Task | None]]) -> bool:
        size = sum(len(task.given.data) for _, task in window if task and task.work == "prepare")
        return len(window) < _AHEAD * max(1, len(self._busy)) and (not window or size < _MOST_BYTES)

    def _submit(self, task: _Task | None) -> None:
        if task:
            self._queue.of(task).append(task)
            self._go_on(seconds=0)

    def _go_on(self, seconds: float = _PATIENCE) -> None:
        """Give out what is to be done, and take what is done; waits so long for something to end."""
        self._give_out()
        calls = [*self._starting, *(call for calls in self._busy.values() for call in calls)]
        if not calls:
            if self._busy:
                return
            raise ClusterError("All workers of the Ray cluster are gone. What was added before is kept; start more, and add again.")
        ended = self._cluster.wait(calls, seconds)
        for call in ended:
            self._take(call)
        if not ended and seconds and not self._busy:
            raise ClusterError(
                f"No worker of the Ray cluster was ready in {seconds:.0f} seconds: other work may have its cores, or it has none. "
                "What was added before is kept; free some (`ray status` shows them), and add again."
            )
        self._give_out()

    def _give_out(self) -> None:
        while free := [worker for worker, calls in self._busy.items() if len(calls) < _AT_ONCE]:
            task = self._queue.next()
            if task is None:
                return
            worker = min(free, key=lambda worker: len(self._busy[worker]))
            self._busy[worker][self._cluster.call(worker, task.work, task.given)] = task

    def _take(self, call: Call) -> None:
        """A call has ended; one of a worker that was lost meanwhile is of no interest any more."""
        worker = self._starting.get(call, next((worker for worker, calls in self._busy.items() if call in calls), None))
        if worker is None:
            return
        try:
            result = self._cluster.result(call)
        except WorkerLost as lost:
            self._lose(call, worker, lost.gone)
            return
        if self._starting.pop(call, None) is not None:
            self._busy[worker] = {}
        else:
            task = self._busy[worker].pop(call)
            task.result, task.done = result, True

    def _lose(self, call: Call, worker: int, gone: bool) -> None:
        """Another does what the worker had; the oldest task, which it worked on, may be what ended it."""
        self._starting.pop(call, None)
        tasks = list(self._busy.pop(worker, {}).values())
        for task in tasks[:1]:
            task.losses += 1
            if task.losses == _LOSSES:
                self._give_up(tasks.pop(0))
        for task in reversed(tasks):
            self._queue.of(task).appendleft(task)
        if not gone:
            self._starting[self._cluster.start(worker)] = worker

    def _give_up(self, task: _Task) -> None:
        if task.work == "embed":
            raise ClusterError(f"{_LOSSES} workers of the Ray cluster ended while they embedded a text. What was added before is kept.")
        source = task.given.source
        why = f"{source}: {_LOSSES} workers of the Ray cluster ended while they read it, perhaps for want of memory. Add it without --ray."
        task.result, task.done = Prepared(FileReport(source=source, status="skipped", warnings=(why,))), True

"""Work on the library that takes a while: one at a time, with progress that can be asked for, and a way to stop it.

A job goes on when its page is closed; whoever has its token can ask how far it is.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any
from weakref import WeakSet

from index import AddProgress
from index.errors import Cancelled, CitewellError, LibraryBusy
from index.progress import ProgressCallback
from ui.markup import count_of
from ui.names import shortened, source_name, visible

__all__ = ["Jobs", "Work", "failure", "stop_all"]

_TOKEN = re.compile(r"[0-9a-f]{32}")
_MOST_KEPT = 200
_MOST_AT_A_TIME = 50
_LOOK_AGAIN_SECONDS = 0.5
_BROKEN = "Citewell met an error, which the terminal that it runs in shows. The table says what is in the library now."
_log = logging.getLogger(__name__)
_all_jobs: "WeakSet[Jobs]" = WeakSet()


@dataclass(frozen=True, slots=True)
class Work:
    """What a job does: `run` is given the progress callback and returns what is then said, as HTML.

    `cancelled` is said where it was stopped before it began. `sizes` are the bytes of each source, which its share of the
    work goes by; without them, all sources count alike. `unit` is what its steps are counted in. `end` tidies up, whatever happened.
    """

    heading: str
    run: Callable[[ProgressCallback], str]
    cancelled: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    unit: str = "file"
    end: Callable[[], None] = lambda: None


class Job:
    """One piece of work: what it waits for, how far it is, and what came of it."""

    def __init__(self, user: str, work: Work) -> None:
        self.user = user
        self.stopped = Event()
        self.finished = Event()
        self.thread: Thread | None = None
        self._work = work
        self._waits_for = ""
        self._step = AddProgress(0, 1, 0, "")
        self._began = monotonic()
        self._bytes_done = 0
        self._said = ""

    def wait_for(self, what: str) -> None:
        """Say what the job waits for; "" when it goes on."""
        self._waits_for, self._began = what, monotonic()

    def show(self, step: AddProgress) -> None:
        """Take note of how far the work is; raises Cancelled where the person has stopped it."""
        if self.stopped.is_set():
            raise Cancelled("stopped")
        self._waits_for = ""
        if step.done != self._step.done:
            self._bytes_done += self._work.sizes.get(self._step.source, 0)
        self._step = step

    def end(self, said: str) -> None:
        """Keep what is said of the finished work."""
        self._work.end()
        self._said = said
        self.finished.set()

    def facts(self) -> dict[str, Any]:
        """How far it is, for the page: its state, the share that is done (0–1), and lines of plain text; at the end, HTML."""
        if self.finished.is_set():
            return {"state": "done", "html": self._said}
        step, heading = self._step, self._work.heading
        if self.stopped.is_set():
            return {"state": "stopping", "heading": heading, "share": self._share(step), "line": "Stopping …", "name": ""}
        if self._waits_for:
            return {"state": "waiting", "heading": heading, "share": 0, "line": self._waits_for, "name": ""}
        name = shortened(visible(source_name(step.source)))
        return {"state": "working", "heading": heading, "share": self._share(step), "line": self._line(step), "name": name}

    def _share(self, step: AddProgress) -> float:
        whole = sum(self._work.sizes.values())
        if not whole:
            return min(1.0, (step.done + step.share) / max(step.total, 1))
        return min(1.0, (self._bytes_done + step.share * self._work.sizes.get(step.source, 0)) / whole)

    def _line(self, step: AddProgress) -> str:
        seconds, share = monotonic() - self._began, self._share(step)
        parts = [f"{step.done:,} of {count_of(step.total, self._work.unit)}"]
        if step.chunks and seconds > 1:
            parts.append(f"{count_of(step.chunks, 'chunk')}, {step.chunks / seconds:,.0f} a second")
        if share > 0.01 and seconds > 1:
            parts.append(f"{_time_left(seconds * (1 - share) / share)} left")
        return " · ".join(parts)


class Jobs:
    """The jobs of one library. They are worked off one at a time, each in a thread of its own."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._changing = Lock()
        self._turn = Lock()
        _all_jobs.add(self)

    def begin(self, token: object, user: str, work: Work) -> bool:
        """Begin the work under a token that the browser has made up; false where that is none, or taken, or too much is going on."""
        job = Job(user, work)
        with self._changing:
            finished = [name for name, other in self._jobs.items() if other.finished.is_set()]
            too_many = len(self._jobs) - len(finished) >= _MOST_AT_A_TIME
            if too_many or not isinstance(token, str) or not _TOKEN.fullmatch(token) or token in self._jobs:
                work.end()
                return False
            self._jobs[token] = job
            for old in finished[:-_MOST_KEPT]:
                del self._jobs[old]
        job.thread = Thread(target=self._work_off, args=(job, work), name="citewell-job")
        job.thread.start()
        return True

    def facts(self, token: object) -> dict[str, Any]:
        """How far a job is, or that there is none of this token."""
        job = self._jobs.get(token) if isinstance(token, str) else None
        return job.facts() if job else {"state": "unknown"}

    def cancel(self, token: object, user: str) -> None:
        """Stop a job of this person at its next step; one of another person, or none, is left alone."""
        if job := self._of(token, user):
            job.stopped.set()

    def dismiss(self, token: object, user: str) -> None:
        """Forget a finished job of this person."""
        if (job := self._of(token, user)) and job.finished.is_set():
            with self._changing:
                self._jobs.pop(str(token), None)

    def stop(self) -> None:
        """Stop all jobs, and wait until each has come to its next step."""
        jobs = list(self._jobs.values())
        for job in jobs:
            job.stopped.set()
        for job in jobs:
            if job.thread:
                job.thread.join()

    def _of(self, token: object, user: str) -> Job | None:
        job = self._jobs.get(token) if isinstance(token, str) else None
        return job if job and job.user == user else None

    def _work_off(self, job: Job, work: Work) -> None:
        said = failure(_BROKEN)
        try:
            job.wait_for("Waiting until other work on the library is done.")
            while not self._turn.acquire(timeout=_LOOK_AGAIN_SECONDS):
                if job.stopped.is_set():
                    said = work.cancelled
                    return
            try:
                said = self._when_free(job, work)
            finally:
                self._turn.release()
        except Cancelled:
            said = work.cancelled
        except CitewellError as error:
            said = failure(str(error))
        except Exception:
            _log.exception("Work on the library broke off")
        finally:
            job.end(said)

    def _when_free(self, job: Job, work: Work) -> str:
        """Runs the work as soon as no other process writes to the library."""
        job.wait_for("")
        while not job.stopped.is_set():
            try:
                return work.run(job.show)
            except LibraryBusy as error:
                job.wait_for(f"Waiting for another program: {error}")
                job.stopped.wait(_LOOK_AGAIN_SECONDS)
        return work.cancelled


def failure(text: str) -> str:
    """A message that something did not work, as HTML."""
    return f'<p class="skipped">{escape(visible(text))}</p>'


def stop_all() -> None:
    """Stop the jobs of all libraries, before the program ends."""
    for jobs in list(_all_jobs):
        jobs.stop()


def _time_left(seconds: float) -> str:
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

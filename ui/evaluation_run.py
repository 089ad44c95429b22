"""A run of gold questions in a thread of its own, one at a time: the chat goes on, and the page may be left."""

import shlex
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock, Thread, main_thread
from time import monotonic
from typing import Literal

from rich.console import Console

from eval import feedback
from eval.command import manifest_of, measure, opened
from eval.gold import GoldError, askable, load_gold
from eval.run import documents_by_id
from eval.runs import default_runs, new_run_name, unfinished
from eval.subjects import GoldSubject, load_subject
from index.errors import CitewellError
from rag import Assistant
from rag.config import AnswerSettings

__all__ = ["Busy", "Order", "Runner", "State", "feedback_file", "gold_order", "read_gold"]

_QUIET = Console(quiet=True)
_RATE_OVER = 10
"""The rate is that of the last so many questions, since short and long ones come mixed."""
_BROKE = (
    "The run broke off for a reason that was not foreseen, which the terminal that Citewell runs in shows. Its results so far are kept."
)


class Busy(CitewellError):
    """A run is being asked already."""


class _Stopped(Exception):
    """Raised between two questions to end a run."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to ask: of the open library, or with `apart` of the shipped documents in a library of their own."""

    name: str
    subject: GoldSubject
    apart: bool
    command: str
    sample: int | None = None
    resume: bool = False
    user: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How far the run is, or how it ended.

    `rate` is in questions a second, 0 while it is not known; `run` is the name of the run's folder, `message` why it failed.
    """

    phase: Literal["idle", "preparing", "asking", "stopping", "done", "stopped", "failed"] = "idle"
    name: str = ""
    user: str = ""
    done: int = 0
    total: int = 0
    rate: float = 0.0
    run: str = ""
    message: str = ""

    @property
    def running(self) -> bool:
        """Whether a run is going on."""
        return self.phase in ("preparing", "asking", "stopping")


def feedback_file(assistant: Assistant) -> Path:
    """Where the library keeps the questions that were answered badly, in the gold format; it may not be there."""
    return feedback.feedback_file(assistant.library.folder)


def read_gold(path: Path) -> GoldSubject:
    """The questions of an uploaded gold file, under its name.

    Raises:
        GoldError: it is malformed; the message names line and field, and not where the file lies on the server.
    """
    try:
        return GoldSubject(path.name, load_gold(path), None)
    except GoldError as error:
        raise GoldError(str(error).replace(str(path), path.name)) from error


def gold_order(kind: str, upload: Path | None, assistant: Assistant, *, sample: int | None, resume: bool, user: str) -> Order:
    """The order for what was chosen on the page: questions that are "shipped", "uploaded", or the library's own "feedback".

    Raises:
        GoldError: no such file, or a malformed one.
    """
    words = ["citewell", "eval"]
    if kind == "shipped":
        name, subject = "shipped questions", load_subject(None, None)
        assert isinstance(subject, GoldSubject)
    else:
        if kind == "uploaded" and upload is None:
            raise GoldError("No gold file was chosen. Drop a gold.jsonl on the page first.")
        subject = read_gold(upload if kind == "uploaded" and upload else feedback_file(assistant))
        name = subject.name
        words += [subject.name if kind == "uploaded" else str(feedback_file(assistant)), "--library", assistant.library.address]
    if sample is not None:
        subject = subject.sampled(sample, 0)
        words += ["--sample", str(sample)]
    return Order(name, subject, kind == "shipped", shlex.join(words), sample, resume, user)


class Runner:
    """Asks one order at a time."""

    def __init__(self, assistant: Assistant) -> None:
        """Ask this assistant's library."""
        self._assistant = assistant
        self._starting = Lock()
        self._stop = Event()
        self._times: deque[float] = deque(maxlen=_RATE_OVER + 1)
        self._state = State()
        self._thread: Thread | None = None

    @property
    def state(self) -> State:
        """How far it is."""
        return self._state

    def start(self, order: Order) -> None:
        """Begin to ask.

        Raises:
            Busy: another run is going on.
        """
        with self._starting:
            if self._state.running:
                raise Busy(f"A run is going on already ({self._state.name}). Wait for its end, or stop it.")
            self._stop.clear()
            self._times.clear()
            self._state = State("preparing", order.name, order.user, total=order.subject.size)
            self._thread = Thread(target=self._run, args=(order,), name="citewell-evaluation")
            self._thread.start()

    def stop(self) -> None:
        """End the run after the question that is being asked; its results are kept, and it can be resumed."""
        self._stop.set()
        if self._state.running:
            self._state = replace(self._state, phase="stopping")

    def wait(self) -> State:
        """The state at the end of the run."""
        if self._thread:
            self._thread.join()
        return self._state

    def _run(self, order: Order) -> None:
        try:
            with self._asked(order) as assistant:
                self._measure(order, assistant)
            self._state = replace(self._state, phase="done")
        except _Stopped:
            self._state = replace(self._state, phase="stopped")
        except CitewellError as error:
            self._state = replace(self._state, phase="failed", message=str(error))
        except Exception:
            self._state = replace(self._state, phase="failed", message=_BROKE)
            raise

    @contextmanager
    def _asked(self, order: Order) -> Iterator[Assistant]:
        if not order.apart:
            yield self._assistant
            return
        with opened(order.subject, None, self._assistant.library.embedder, _QUIET) as assistant:
            yield assistant

    def _measure(self, order: Order, assistant: Assistant) -> None:
        # before the run has a folder, which a wrong quote would leave behind empty
        askable(order.subject.questions, documents_by_id(assistant).values())
        manifest = manifest_of(order.subject, assistant, AnswerSettings(), sample=order.sample, command=order.command)
        folder = unfinished(default_runs(), manifest) if order.resume else default_runs() / new_run_name(manifest.name)
        self._state = replace(self._state, run=folder.name)
        self._check()
        measure(
            order.subject,
            assistant,
            _QUIET,
            out=folder,
            sample=order.sample,
            resume=order.resume,
            progress=self._progress,
            command=order.command,
        )

    def _progress(self, done: int, total: int) -> None:
        self._times.append(monotonic())
        seconds = self._times[-1] - self._times[0]
        rate = (len(self._times) - 1) / seconds if seconds else 0.0
        self._state = replace(self._state, phase="asking", done=done, total=total, rate=rate)
        self._check()

    def _check(self) -> None:
        # while Python shuts down it waits for this thread
        if self._stop.is_set() or not main_thread().is_alive():
            raise _Stopped

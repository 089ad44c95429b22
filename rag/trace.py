"""What happens while one question is answered: its stages, what each did and how long it took; by it, it can also be stopped.

One record for all who want to know: `Answer.timings`, `citewell ask --explain` (`rag.explain`), and OpenTelemetry (`rag.spans`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from time import perf_counter

from index.errors import Cancelled
from rag.spans import open_spans

__all__ = ["Fact", "Stage", "Trace"]

Fact = str | int | float | bool
_STOPPED = "The question was stopped before its answer was whole."


@dataclass(slots=True)
class Stage:
    """One stage. `facts` are counts, scores and names of models; `texts` are words of a person or a document."""

    name: str
    facts: dict[str, Fact] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    stages: list["Stage"] = field(default_factory=list)
    milliseconds: float = 0.0

    def note(self, **facts: Fact) -> None:
        """Keep facts of what was done."""
        self.facts.update(facts)

    def quote(self, **texts: str) -> None:
        """Keep words; they leave this process only if a person asks for it."""
        self.texts.update(texts)

    @property
    def own_milliseconds(self) -> float:
        """Its time without that of the stages inside it."""
        return self.milliseconds - sum(stage.milliseconds for stage in self.stages)


class Trace:
    """The stages of one question, in their order, as far as they are done. One thread at a time works with it; any may stop it."""

    def __init__(self) -> None:
        """Nothing has been done yet."""
        self.stages: list[Stage] = []
        self._open: list[Stage] = []
        self._spans = open_spans()
        self._stopped = Event()

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """A stage for as long as the block runs, inside the one that is open.

        Raises:
            Cancelled: the question was stopped before.
        """
        self.check()
        stage = Stage(name)
        (self._open[-1].stages if self._open else self.stages).append(stage)
        self._open.append(stage)
        if self._spans:
            self._spans.begin(stage)
        began, error = perf_counter(), None
        try:
            yield stage
        except BaseException as raised:
            error = raised
            raise
        finally:
            stage.milliseconds = 1000 * (perf_counter() - began)
            del self._open[self._open.index(stage) :]
            if self._spans:
                self._spans.end(stage, error)

    def stop(self) -> None:
        """End the work at the next stage, or at once where it waits for a language model."""
        self._stopped.set()

    def check(self) -> None:
        """Go on only if it was not stopped.

        Raises:
            Cancelled: it was.
        """
        if self._stopped.is_set():
            raise Cancelled(_STOPPED)

    def timings(self) -> dict[str, float]:
        """Milliseconds by the name of a stage, without those inside it; together, the whole time."""
        totals: dict[str, float] = {}
        for stage in self.all():
            totals[stage.name] = totals.get(stage.name, 0.0) + stage.own_milliseconds
        return {name: round(max(total, 0.0), 2) for name, total in totals.items()}

    def all(self) -> Iterator[Stage]:
        """Every stage, each before those inside it."""
        left = self.stages[::-1]
        while left:
            stage = left.pop()
            yield stage
            left += stage.stages[::-1]

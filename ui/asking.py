"""Programs' questions: a few at once, each in a thread of its own, and the rest in a line that has an end."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, TypeVar

import anyio
import anyio.to_thread

from rag import Answer, Assistant, Passage
from rag.records import Message
from ui.problems import Busy

__all__ = ["Asking", "Outcome"]

Result = TypeVar("Result")
Outcome = Literal["answered", "refused", "failed"]

_FULL = "The server is busy: {} questions wait already, and this one was not taken. Ask again in some seconds."


class Asking:
    """Asks one assistant for programs, so that whatever they speak, they wait in one line."""

    def __init__(
        self, assistant: Assistant, *, at_once: int = 2, waiting: int = 64, count: Callable[[Outcome], None] = lambda outcome: None
    ) -> None:
        """So many are asked `at_once`, and so many may wait; `count` is told what became of each question for an answer."""
        self.assistant = assistant
        self._limiter = anyio.CapacityLimiter(at_once)
        self._most_waiting = waiting
        self._count = count

    @property
    def waiting(self) -> int:
        """So many questions wait."""
        return self._limiter.statistics().tasks_waiting

    @property
    def at_work(self) -> int:
        """So many questions are being asked."""
        return self._limiter.borrowed_tokens

    async def answer(self, question: str, history: Sequence[Message] = (), documents: Sequence[str] | None = None) -> Answer:
        """See `Assistant.answer`.

        Raises:
            Busy: too many questions wait.
        """
        outcome: Outcome = "failed"
        try:
            answer = await self._in_turn(partial(self.assistant.answer, question, list(history), documents))
            outcome = "refused" if answer.abstained else "answered"
            return answer
        finally:
            self._count(outcome)

    async def retrieve(
        self, question: str, k: int, history: Sequence[Message] = (), documents: Sequence[str] | None = None
    ) -> list[Passage]:
        """See `Assistant.retrieve`.

        Raises:
            Busy: too many questions wait.
        """
        return await self._in_turn(partial(self.assistant.retrieve, question, k, list(history), documents))

    async def _in_turn(self, ask: Callable[[], Result]) -> Result:
        if self.waiting >= self._most_waiting:
            raise Busy(_FULL.format(self.waiting))
        return await anyio.to_thread.run_sync(ask, limiter=self._limiter)

"""Programs' questions: a few at once, each in a thread of its own, and the rest in a line that has an end."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Literal, TypeVar

import anyio
import anyio.to_thread

from rag import Answer, Assistant, Passage
from rag.records import Message
from rag.trace import Trace
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
        self._threads = anyio.CapacityLimiter(at_once)
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

    async def answer(
        self,
        question: str,
        history: Sequence[Message] = (),
        documents: Sequence[str] | None = None,
        *,
        tokens: int | None = None,
        trace: Trace | None = None,
    ) -> Answer:
        """See `Assistant.answer`.

        Raises:
            Busy: too many questions wait.
        """
        outcome: Outcome = "failed"
        try:
            answer = await self._in_turn(partial(self.assistant.answer, question, list(history), documents, tokens=tokens, trace=trace))
            outcome = "refused" if answer.abstained else "answered"
            return answer
        finally:
            self._count(outcome)

    async def stream(
        self,
        question: str,
        history: Sequence[Message] = (),
        documents: Sequence[str] | None = None,
        *,
        tokens: int | None = None,
        trace: Trace | None = None,
    ) -> AsyncGenerator[Answer, None]:
        """See `Assistant.stream`; what was given is never taken back. Where nobody takes the rest, it is stopped.

        Raises:
            Busy: too many questions wait.
        """
        outcome: Outcome = "failed"
        trace = trace or Trace()
        try:
            async with self._place():
                answers = self.assistant.stream(question, list(history), documents, tokens=tokens, trace=trace, append_only=True)
                with _ended(answers, trace):
                    while answer := await anyio.to_thread.run_sync(next, answers, None, abandon_on_cancel=True, limiter=self._threads):
                        if answer.timings:
                            outcome = "refused" if answer.abstained else "answered"
                        yield answer
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

    def count_tokens(self, text: str) -> int:
        """How many tokens of the embedding model a text has."""
        [count] = self.assistant.library.embedder.count_tokens([text])
        return int(count)

    async def _in_turn(self, ask: Callable[[], Result]) -> Result:
        async with self._place():
            return await anyio.to_thread.run_sync(ask, limiter=self._threads)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """One of the places at work, once it is free."""
        if self.waiting >= self._most_waiting:
            raise Busy(_FULL.format(self.waiting))
        place = object()
        await self._limiter.acquire_on_behalf_of(place)
        try:
            yield
        finally:
            self._limiter.release_on_behalf_of(place)


@contextmanager
def _ended(answers: Generator[Answer, None, None], trace: Trace) -> Iterator[None]:
    """Sees that nothing goes on behind the block."""
    try:
        yield
    finally:
        trace.stop()
        # while a thread is at work on the next answer, it cannot be closed here: then it ends by the trace
        with suppress(ValueError):
            answers.close()

"""Answers that are being written: what is shown of one while it grows, and the ones that can be stopped."""

import re
import time
from collections.abc import Iterator

from rag import Answer
from rag.trace import Trace
from ui.answers import answer_body
from ui.markup import answer_markup, count_of, escape_inline
from ui.reference import Reference

__all__ = ["Growing", "growing_markup", "unrolled"]

_STEPS = 40
_PAUSE_SECONDS = 0.012
"""An answer that is whole at once is unrolled in this many steps, within half a second, so that the eye can follow."""
_STOPPED = "Stopped before it was whole."


class Growing:
    """The answers that are being written, by the id of their exchange."""

    def __init__(self) -> None:
        """None yet."""
        self._all: dict[str, tuple[Trace, Answer | None]] = {}

    def begin(self, exchange: str) -> Trace:
        """Another one; its trace."""
        trace = Trace()
        self._all[exchange] = trace, None
        return trace

    def grow(self, exchange: str, answer: Answer) -> None:
        """What there is of it now."""
        if exchange in self._all:
            self._all[exchange] = self._all[exchange][0], answer

    def end(self, exchange: str) -> Answer | None:
        """No more is written of it; what there is, if there is a sentence, with a note that it is not all."""
        trace, answer = self._all.pop(exchange, (None, None))
        if trace is None:
            return None
        trace.stop()
        if answer is None or not answer.sentences:
            return None
        return answer.model_copy(update={"notes": (*answer.notes, _STOPPED), "timings": trace.timings()})


def growing_markup(answer: Answer, references: list[Reference]) -> str:
    """The sentences so far, below a line that says that more may come."""
    facts = [count_of(len(answer.passages), "passage"), f"{answer.composer} writes, and each sentence is checked before it is shown …"]
    line = " · ".join(map(escape_inline, facts))
    if answer.resolved_question != " ".join(answer.question.split()):
        line = f"Searched for: <q>{escape_inline(answer.resolved_question)}</q><br>{line}"
    return f'<div class="searched">{line}</div>\n\n{answer_markup(answer.text, references)}'


def unrolled(answer: Answer, references: list[Reference], above: str) -> Iterator[str]:
    """The beginnings of a whole answer's markup, growing by a few words at a time."""
    words = [] if answer.abstained else re.findall(r"\s*\S+", answer_body(answer))
    size = max(1, -(-len(words) // _STEPS))
    # a short answer comes whole, since half of one shows the stars of its bold
    short = next((len(sentence.text.split()) + 1 for sentence in answer.sentences if sentence.kind == "short"), 0)
    for end in range(max(size, short), len(words), size):
        yield above + answer_markup("".join(words[:end]), references)
        time.sleep(_PAUSE_SECONDS)

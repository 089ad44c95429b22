"""An answer that a program wants no longer than so many tokens: it ends with a whole sentence, since half of one may say something else."""

import re
from collections.abc import Callable
from typing import Literal

from rag import Answer

__all__ = ["Bounded"]

_SENTENCE = re.compile(r".*?(?:\[\d{1,3}\])+(?=\s|$)|.+\Z", re.S)
"""A piece of an answer's Markdown to the numbers behind it, and what stands behind the last number."""


class Bounded:
    """Cuts one answer, as often as it has grown; `finish_reason` says, in OpenAI's words, whether anything was cut off."""

    def __init__(self, tokens: int | None, count_tokens: Callable[[str], int]) -> None:
        """So many `tokens` at most, or no bound."""
        self._tokens = tokens
        self._count = count_tokens
        self.finish_reason: Literal["stop", "length"] = "stop"

    def cut(self, answer: Answer) -> Answer:
        """As many of its sentences, from the first on, as fit, with their citations."""
        if self._tokens is None or self._count(answer.text) <= self._tokens:
            return answer
        self.finish_reason = "length"
        end = 0
        for piece in _SENTENCE.finditer(answer.text):
            if self._count(answer.text[: piece.end()]) > self._tokens:
                break
            end = piece.end()
        text = answer.text[:end]
        numbers = {int(number) for number in re.findall(r"(?<!\\)\[(\d{1,3})\]", text)}
        return answer.model_copy(update={"text": text, "citations": tuple(c for c in answer.citations if c.number in numbers)})

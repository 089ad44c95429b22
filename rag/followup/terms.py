"""The model of follow-up questions: which words of the conversation a question leaves out.

Question and conversation are read together, and each token of the conversation gets a logit for being of a word that a person
would put into the question (term classification: Voskarides et al. 2020, "Query Resolution for Conversational Search with
Limited Supervision"). Fitted by `eval.train_followups`, run by onnxruntime.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import Any

import numpy as np

from index.cores import core_count
from rag.shipped_model import load_shipped
from rag.words import STOPWORDS

__all__ = ["TOKENS", "LeftOutWords", "as_written", "left_out_words", "place_words", "spoken"]

TOKENS = 288
"""Of question and conversation that are read together; of a longer one its end is."""
_QUESTION_WORDS = 60
_TURN = 1500
"""Characters of a turn that are read."""
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


class LeftOutWords:
    """Finds the words that a question leaves out. Loaded at its first use; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._loaded: tuple[Any, Any] | None = None

    def __call__(self, question: str, turns: Sequence[str]) -> Mapping[str, float]:
        """The content words of the turns, in lower case and without 's, with their log-odds (about -8–4) of being left out."""
        tokenizer, session = self._parts()
        text = spoken(turns)
        encoded = tokenizer.encode(" ".join(question.split()[:_QUESTION_WORDS]), text)
        shape = (1, len(encoded.ids))
        given = {"input_ids": encoded.ids, "attention_mask": encoded.attention_mask, "token_type_ids": encoded.type_ids}
        logits = session.run(None, {name: np.array(value, np.int64).reshape(shape) for name, value in given.items()})[0][0]
        words, found = place_words(text), dict[str, float]()
        for sequence, (start, _), logit in zip(encoded.sequence_ids, encoded.offsets, logits, strict=True):
            if sequence == 1 and (word := words.get(start)):
                found[word] = max(found.get(word, -np.inf), float(logit))
        return found

    def _parts(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load()
            return self._loaded


@cache
def left_out_words() -> LeftOutWords:
    """The one of this process."""
    return LeftOutWords()


def spoken(turns: Sequence[str]) -> str:
    """A conversation as the model reads it."""
    return " ".join(turn[:_TURN] for turn in turns)


def place_words(text: str) -> dict[int, str]:
    """For every character of a content word, that word in lower case and without 's."""
    return {at: word for word, start in _words(text) if word not in STOPWORDS for at in range(start, start + len(word))}


def as_written(words: Collection[str], turns: Sequence[str]) -> list[str]:
    """These words as they stand where they are said first, those that stand side by side as one phrase."""
    phrases, left = list[str](), set(words)
    for turn in turns:
        beside = False
        for word, start in _words(turn):
            fits = word in left
            if fits:
                left.remove(word)
                written = turn[start : start + len(word)]
                phrases = [*phrases[:-1], f"{phrases[-1]} {written}"] if beside else [*phrases, written]
            beside = fits
    return phrases


def _words(text: str) -> Iterator[tuple[str, int]]:
    """The words in lower case and without 's, with their places."""
    return ((re.sub(r"['’]s$", "", match[0].lower()), match.start()) for match in _WORD.finditer(text))


def _load() -> tuple[Any, Any]:
    tokenizer, session = load_shipped("followup_model", threads=core_count())
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS, strategy="only_second", direction="left")
    return tokenizer, session

"""How well a text meets the question word by word: late interaction (Khattab & Zaharia 2020), by the embedding model's own tokens.

A question about something that a text does not tell mostly has a few words that meet nothing there, however
near the whole is: so it is the worst-met tokens that count. Tokens are compared in their contexts, so other words of
the same meaning meet too.
"""

from collections.abc import Callable, Sequence

import numpy as np

from index.embed import Vectors

__all__ = ["EmbedTokens", "least_met"]

EmbedTokens = Callable[[Sequence[str]], list[Vectors]]

_WORST = 3
"""Tokens of the question that are the worst met."""


def least_met(question: str, texts: Sequence[str], embed_tokens: EmbedTokens) -> list[float]:
    """For each text, the mean cosine of the question's three worst-met tokens with the tokens nearest to them, 0–1."""
    asked, *told = embed_tokens([question, *texts])
    return [_least(asked, vectors) for vectors in told]


def _least(asked: Vectors, told: Vectors) -> float:
    if not len(asked) or not len(told):
        return 0.0
    best = np.sort((asked @ told.T).max(axis=1))
    return float(np.clip(best[:_WORST].mean(), 0.0, 1.0))

"""How sure a figure is: bootstrap intervals of one run, and of the difference between two.

Questions are drawn with replacement, as many as there are, and the figure is computed anew each time; the
interval is between the 2.5th and the 97.5th percentile (Efron 1979; percentile method, Efron and
Tibshirani 1993, chapter 13). For two runs the same questions are drawn of both (paired bootstrap;
Koehn 2004). Everything is seeded: the same questions give the same interval.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONFIDENCE", "REPLICATES", "Indexes", "Tally", "bootstrap", "difference_interval", "mean_interval", "tally"]

REPLICATES = 1000
"""Draws; the ends of an interval then move by about a twentieth of its width from seed to seed."""
CONFIDENCE = 0.95

Indexes = NDArray[np.intp]
"""Which questions were drawn: their places, with repetition."""


class Tally(NamedTuple):
    """Questions on which the later run is better, worse, and the same."""

    wins: int
    losses: int
    ties: int


def mean_interval(values: Sequence[float] | NDArray[np.float64], seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of a mean of values between 0 and 1.

    Where all values are 0, or all are 1, drawing again shows no doubt at all, though a few questions
    prove little; the exact interval of a share then takes its place (Clopper and Pearson 1934): of n
    ones its lower end is 0.025 ** (1 / n), 0.83 for n = 20.
    """
    array = np.asarray(values, dtype=float)
    unseen = ((1 - CONFIDENCE) / 2) ** (1 / len(array))
    if np.all(array == 1.0):
        return unseen, 1.0
    if np.all(array == 0.0):
        return 0.0, 1 - unseen
    return _ends(_drawn_means(array, seed))


def bootstrap(size: int, figure: Callable[[Indexes], float | None], seed: int = 0) -> tuple[float, float] | None:
    """The 95 % interval of any figure of `size` questions, from a function of the places that are drawn.

    Draws without a value (no refusal among them, say) are left out; None where half of them have none.
    """
    values = [value for drawn in _draws(size, seed) if (value := figure(drawn)) is not None]
    return _ends(values) if len(values) > REPLICATES / 2 else None


def difference_interval(before: Sequence[float], after: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of the mean of after − before, question by question."""
    differences = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    return _ends(_drawn_means(differences, seed))


def tally(before: Sequence[float], after: Sequence[float], *, lower_is_better: bool = False) -> Tally:
    """How many questions won, lost and stayed."""
    signs = [(b > a) - (b < a) if lower_is_better else (a > b) - (a < b) for b, a in zip(before, after, strict=True)]
    return Tally(signs.count(1), signs.count(-1), signs.count(0))


def _draws(size: int, seed: int) -> list[Indexes]:
    chance = np.random.default_rng(seed)
    return [chance.integers(size, size=size) for _ in range(REPLICATES)]


def _drawn_means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    draws = _draws(len(values), seed)
    # a hundred draws at a time, so that thousands of questions need some megabytes
    means = [values[np.stack(draws[first : first + 100])].mean(axis=1) for first in range(0, REPLICATES, 100)]
    return np.concatenate(means)


def _ends(values: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)

"""Measures of the confidence: does it tell right from wrong, and does it mean what it says?

As in `eval.measures`, plain functions with their sources. `confidence` is 0–1, `wrong` says of each question
whether its answer is wrong, or would be if it were given; that of an unanswerable question always is.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = Sequence[float] | NDArray[np.float64]
Flags = Sequence[bool] | NDArray[np.bool_]

__all__ = ["Bin", "Point", "calibration_error", "error_at_coverage", "fit_threshold", "reliability", "risk_coverage", "risk_coverage_area"]

BINS = 10


class Point(NamedTuple):
    """What is got by answering at `threshold` and above: the share answered, and the share of wrong among these."""

    threshold: float
    coverage: float
    risk: float


class Bin(NamedTuple):
    """The questions with a confidence in [low, high), the last bin with its end: their mean confidence, and the share answerable."""

    low: float
    high: float
    questions: int
    confidence: float
    share: float


def risk_coverage(confidence: Numbers, wrong: Flags) -> list[Point]:
    """The risk–coverage curve (El-Yaniv and Wiener 2010): one point for each distinct confidence, the highest first."""
    thresholds, counts, errors = _steps(confidence, wrong)
    answered, failed = np.cumsum(counts), np.cumsum(errors)
    return [Point(float(t), float(n / len(wrong)), float(e / n)) for t, n, e in zip(thresholds, answered, failed, strict=True)]


def risk_coverage_area(confidence: Numbers, wrong: Flags) -> float:
    """The mean risk over answering 1, 2, … n questions, the most confident first (AURC; Geifman et al. 2019). Lower is better.

    Questions of equal confidence come in every order: the risk is the mean over the orders.
    """
    return float((_expected_errors(confidence, wrong) / np.arange(1, len(wrong) + 1)).mean())


def error_at_coverage(share: float, confidence: Numbers, wrong: Flags) -> float:
    """The share of wrong among the ⌈share · n⌉ most confident questions, ties as in `risk_coverage_area`. Lower is better."""
    # the sum of floats that share · n comes from may lie a hair above a whole number
    answered = max(1, ceil(share * len(wrong) - 1e-9))
    return float(_expected_errors(confidence, wrong)[answered - 1] / answered)


def reliability(confidence: Numbers, outcome: Flags, bins: int = BINS) -> list[Bin]:
    """The reliability diagram (Murphy and Winkler 1977): bins of equal width, those without a question left out."""
    sure, came = np.asarray(confidence, dtype=float), np.asarray(outcome, dtype=bool)
    place = _bins(sure, bins)
    found = [(number, place == number) for number in range(bins) if np.any(place == number)]
    return [Bin(n / bins, (n + 1) / bins, int(inside.sum()), float(sure[inside].mean()), float(came[inside].mean())) for n, inside in found]


def calibration_error(confidence: Numbers, outcome: Flags, bins: int = BINS) -> float:
    """The expected calibration error (Naeini et al. 2015; Guo et al. 2017). Lower is better.

    Σ n_b / n · |share_b − confidence_b| over the bins of `reliability`, where n_b cancels out.
    """
    sure, came = np.asarray(confidence, dtype=float), np.asarray(outcome, dtype=float)
    gaps = np.bincount(_bins(sure, bins), weights=came - sure)
    return float(np.abs(gaps).sum() / len(sure))


def fit_threshold(confidence: Numbers, wrong: Flags, risk: float) -> float | None:
    """The lowest threshold at which at most `risk` of the answered questions are wrong; None if there is none.

    It lies halfway to the next lower confidence, so that a question like the last one is answered.
    """
    points = risk_coverage(confidence, wrong)
    good = [number for number, point in enumerate(points) if point.risk <= risk]
    if not good:
        return None
    last = good[-1]
    below = points[last + 1].threshold if last + 1 < len(points) else 0.0
    return (points[last].threshold + below) / 2


def _bins(confidence: NDArray[np.float64], bins: int) -> NDArray[np.int_]:
    place: NDArray[np.int_] = np.minimum((confidence * bins).astype(int), bins - 1)
    return place


def _steps(confidence: Numbers, wrong: Flags) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Distinct confidences from the highest down, and of each the questions and how many of them are wrong."""
    values, place, counts = np.unique(np.asarray(confidence, dtype=float), return_inverse=True, return_counts=True)
    errors = np.bincount(place, weights=np.asarray(wrong, dtype=float))
    return values[::-1], counts[::-1], errors[::-1]


def _expected_errors(confidence: Numbers, wrong: Flags) -> NDArray[np.float64]:
    """Errors expected among the first 1, 2, … n questions: those of equal confidence share their errors evenly."""
    _, counts, errors = _steps(confidence, wrong)
    return np.cumsum(np.repeat(errors / counts, counts))

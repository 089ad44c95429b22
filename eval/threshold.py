"""The abstention threshold that fits a wanted risk, on questions of one's own."""

import random
from collections.abc import Sequence

from rich.console import Console

from eval.records import EvalReport, QuestionResult, Record
from eval.selective import fit_threshold, risk_coverage
from index.errors import CitewellError

__all__ = ["FittedThreshold", "ThresholdError", "fit", "print_threshold"]

FOLDS = 5
_FEW = 100
"""Questions below which a fitted threshold is hardly more than a guess."""


class ThresholdError(CitewellError):
    """No threshold reaches the wanted risk, or there is nothing to fit it to."""


class FittedThreshold(Record):
    """A threshold, with the risk and coverage (0–1) on the questions it was fitted to, and on questions that were held out.

    Held out: fitted to four fifths of the questions and tried on the last fifth, by turns.
    """

    threshold: float
    questions: int
    risk: float
    coverage: float
    held_out_risk: float | None
    held_out_coverage: float


def fit(report: EvalReport, risk: float, seed: int = 0) -> FittedThreshold:
    """Fit the threshold to answer as many questions as possible with at most `risk` of the answers wrong.

    Raises:
        ThresholdError: `risk` cannot be reached, or no question can be judged.
    """
    judged = [result for result in report.questions if result.wrong is not None and result.confidence is not None]
    if not judged:
        raise ThresholdError("A threshold needs gold questions with facts, answers or evidence, and these have none. Add them.")
    threshold = _fit(judged, risk)
    if threshold is None:
        lowest = min(point.risk for point in risk_coverage(*_columns(judged)))
        raise ThresholdError(f"No threshold gets the error down to {risk:g} on these questions; the lowest is {lowest:.3f}.")
    answered, wrong = _tried(judged, threshold)
    held_answered, held_wrong = _held_out(judged, risk, seed)
    return FittedThreshold(
        threshold=round(threshold, 4),
        questions=len(judged),
        risk=wrong / answered,
        coverage=answered / len(judged),
        held_out_risk=held_wrong / held_answered if held_answered else None,
        held_out_coverage=held_answered / len(judged),
    )


def print_threshold(fitted: FittedThreshold, console: Console) -> None:
    """The setting, and what it promises."""
    console.print(f"CITEWELL_THRESHOLD={fitted.threshold:g}", highlight=False)
    held = "nothing answered" if fitted.held_out_risk is None else f"{fitted.held_out_risk:.3f} wrong"
    console.print(
        f"On these {fitted.questions} questions: {fitted.coverage:.3f} answered, {fitted.risk:.3f} of the answers wrong. "
        f"On questions held out from the fit: {fitted.held_out_coverage:.3f} answered, {held}.",
        highlight=False,
    )
    if fitted.questions < _FEW:
        console.print(
            f"{fitted.questions} questions are few to fit a threshold to; with {_FEW} or more it would hold better.", highlight=False
        )


def _columns(results: Sequence[QuestionResult]) -> tuple[list[float], list[bool]]:
    return [result.confidence or 0.0 for result in results], [bool(result.wrong) for result in results]


def _fit(results: Sequence[QuestionResult], risk: float) -> float | None:
    return fit_threshold(*_columns(results), risk)


def _tried(results: Sequence[QuestionResult], threshold: float) -> tuple[int, int]:
    """How many are answered at a threshold, and how many of these wrongly."""
    answered = [result for result in results if (result.confidence or 0.0) >= threshold]
    return len(answered), sum(bool(result.wrong) for result in answered)


def _held_out(results: Sequence[QuestionResult], risk: float, seed: int) -> tuple[int, int]:
    shuffled = random.Random(seed).sample(list(results), len(results))
    answered = wrong = 0
    for fold in range(FOLDS):
        rest = [result for place, result in enumerate(shuffled) if place % FOLDS != fold]
        threshold = _fit(rest, risk) if rest else None
        if threshold is not None:
            more, failed = _tried(shuffled[fold::FOLDS], threshold)
            answered, wrong = answered + more, wrong + failed
    return answered, wrong

"""The figures of a group of questions, from the figures of each, with their intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from eval.measures import auroc
from eval.records import Group, Interval, QuestionResult
from eval.selective import calibration_error, error_at_coverage, risk_coverage_area
from eval.statistics import Indexes, bootstrap, mean_interval

__all__ = ["GROUP_FIGURES", "Columns", "by_tag", "question_figures", "summarise"]

COVERAGES = (0.5, 0.8)
"""Shares of the questions answered at which the error is stated."""


def question_figures(result: QuestionResult) -> dict[str, float]:
    """The question's own figures, and whether it was refused under the names of the groups that it belongs to."""
    if result.confidence is None:
        return result.figures
    groups = {
        "refused answerable": result.answerable,
        "refused near": result.near,
        "refused far": result.far,
        "refused unanswerable": not result.answerable,
    }
    return result.figures | {name: float(result.abstained) for name, belongs in groups.items() if belongs}


@dataclass(frozen=True, slots=True)
class Columns:
    """What the figures of a group are made from, a row a question. `wrong` is NaN where it is not known, `confidence` too."""

    answerable: NDArray[np.bool_]
    abstained: NDArray[np.bool_]
    confidence: NDArray[np.float64]
    wrong: NDArray[np.float64]
    milliseconds: NDArray[np.float64]

    @classmethod
    def of(cls, results: Sequence[QuestionResult]) -> Self:
        """The columns of these questions, in their order."""
        return cls(
            np.array([result.answerable for result in results], dtype=bool),
            np.array([result.abstained for result in results], dtype=bool),
            np.array([result.confidence for result in results], dtype=float),
            np.array([result.wrong for result in results], dtype=float),
            np.array([result.milliseconds for result in results], dtype=float),
        )

    def at(self, places: Indexes | NDArray[np.bool_]) -> "Columns":
        """The rows at these places, as often as they are named."""
        return Columns(
            self.answerable[places], self.abstained[places], self.confidence[places], self.wrong[places], self.milliseconds[places]
        )

    @property
    def judged(self) -> "Columns":
        """The rows of which it is known whether the answer is wrong."""
        return self.at(~np.isnan(self.wrong) & ~np.isnan(self.confidence))


GroupFigure = Callable[[Columns], float | None]


def _refusal_precision(columns: Columns) -> NDArray[np.bool_]:
    """Of the refusals, which were right."""
    return ~columns.answerable[columns.abstained]


def _refusal_recall(columns: Columns) -> NDArray[np.bool_]:
    """Of the unanswerable questions, which were refused."""
    return columns.abstained[~columns.answerable & ~np.isnan(columns.confidence)]


def _share_answered(columns: Columns) -> NDArray[np.bool_]:
    """Of the questions, which got an answer."""
    return ~columns.abstained[~np.isnan(columns.confidence)]


def _error_of_answers(columns: Columns) -> NDArray[np.bool_]:
    """Of the answers given that can be judged, which are wrong."""
    wrong: NDArray[np.bool_] = columns.wrong[~columns.abstained & ~np.isnan(columns.wrong)] == 1
    return wrong


def _confidence_auroc(columns: Columns) -> float | None:
    """Of the confidence as a sign that the documents answer the question."""
    return auroc(columns.answerable, columns.confidence) if _is_answered(columns) else None


def _calibration_error(columns: Columns) -> float | None:
    """Of the confidence as the probability that the documents answer the question."""
    return calibration_error(columns.confidence, columns.answerable) if _is_answered(columns) else None


def _area(columns: Columns) -> float | None:
    """Without an answerable question every answer is wrong, and nothing can be told apart."""
    known = columns.judged
    return risk_coverage_area(known.confidence, known.wrong == 1) if known.answerable.any() else None


def _error_at(share: float) -> GroupFigure:
    def figure(columns: Columns) -> float | None:
        known = columns.judged
        return error_at_coverage(share, known.confidence, known.wrong == 1) if known.answerable.any() else None

    return figure


def _latency(share: float) -> GroupFigure:
    """Milliseconds; between neighbours by straight line, as `eval.measures.percentile`."""
    return lambda columns: float(np.quantile(columns.milliseconds, share))


def _is_answered(columns: Columns) -> bool:
    return not np.isnan(columns.confidence).any()


def _share(flags: Callable[[Columns], NDArray[np.bool_]]) -> GroupFigure:
    def figure(columns: Columns) -> float | None:
        found = flags(columns)
        return float(found.mean()) if len(found) else None

    return figure


_SHARES = {
    "refusal precision": _refusal_precision,
    "refusal recall": _refusal_recall,
    "share answered": _share_answered,
    "error of answers": _error_of_answers,
}
"""Figures that are shares of some of the questions, which the interval of a share suits."""
GROUP_FIGURES: dict[str, GroupFigure] = {
    **{name: _share(flags) for name, flags in _SHARES.items()},
    "confidence AUROC": _confidence_auroc,
    **{f"error at {share:.0%} coverage": _error_at(share) for share in COVERAGES},
    "risk–coverage area": _area,
    "calibration error": _calibration_error,
    "latency p50": _latency(0.5),
    "latency p95": _latency(0.95),
}
"""Figures that a group has and no question of its own, each from the group's columns; None where it has no meaning."""


def summarise(results: Sequence[QuestionResult], seed: int = 0) -> Group:
    """Means of the questions' own figures, then what only a group has, each with its interval."""
    values = _values(results)
    figures = {name: sum(found) / len(found) for name, found in values.items()}
    intervals = {name: mean_interval(found, seed) for name, found in values.items()}
    if results:
        columns = Columns.of(results)
        for name, figure in GROUP_FIGURES.items():
            value = figure(columns)
            if value is not None:
                figures[name] = value
                if ends := _interval(name, columns, seed):
                    intervals[name] = ends
    return Group(
        questions=len(results),
        answerable=sum(result.answerable for result in results),
        figures=figures,
        intervals={name: Interval(low=low, high=high) for name, (low, high) in intervals.items()},
    )


def by_tag(results: Sequence[QuestionResult], seed: int = 0) -> dict[str, Group]:
    """One group for each tag, tags in alphabetical order."""
    tags = sorted({tag for result in results for tag in result.tags})
    return {tag: summarise([result for result in results if tag in result.tags], seed) for tag in tags}


def _values(results: Sequence[QuestionResult]) -> dict[str, list[float]]:
    """The values of each figure over the questions that have it, in the order in which figures first appear."""
    values: dict[str, list[float]] = {}
    for result in results:
        for name, value in question_figures(result).items():
            values.setdefault(name, []).append(value)
    return values


def _interval(name: str, columns: Columns, seed: int) -> tuple[float, float] | None:
    if name in _SHARES:
        return mean_interval(_SHARES[name](columns).astype(float), seed)
    return bootstrap(len(columns.answerable), lambda places: GROUP_FIGURES[name](columns.at(places)), seed)

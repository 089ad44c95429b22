"""Two runs of the same questions, question by question: did a change help?

Each figure's difference has the paired bootstrap interval of `eval.statistics`. Only where the whole
interval lies on one side of zero is a difference claimed.
"""

from collections.abc import Sequence
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.records import EvalReport, Interval, QuestionResult, Record, lower_is_better
from eval.report import SECTIONS
from eval.runs import RunError
from eval.statistics import CONFIDENCE, Indexes, Tally, bootstrap, difference_interval, tally
from eval.summary import GROUP_FIGURES, Columns, question_figures

__all__ = ["SAID", "Comparison", "Difference", "cells", "compare", "print_comparison"]

Claim = Literal["better", "worse", "same", "unclear"]
SAID = {"better": "better", "worse": "worse", "same": "the same", "unclear": "no difference can be claimed"}
"""What may be said of the later run, in words."""


class Difference(Record):
    """One figure of both runs, over the questions that have it in both; wins, losses and ties are 0 for a figure of the whole group."""

    figure: str
    questions: int
    before: float
    after: float
    interval: Interval
    wins: int
    losses: int
    ties: int

    @property
    def claim(self) -> Claim:
        """What may be said of the later run."""
        if self.interval.low == self.interval.high == 0:
            return "same"
        if self.interval.low <= 0 <= self.interval.high:
            return "unclear"
        return "better" if (self.interval.low > 0) != lower_is_better(self.figure) else "worse"


class Comparison(Record):
    """All figures that both runs have. `left_out` counts the questions that only one of them asked."""

    before: str
    after: str
    questions: int
    left_out: int
    differences: tuple[Difference, ...]


def compare(before: EvalReport, after: EvalReport, *, names: tuple[str, str] = ("before", "after"), seed: int = 0) -> Comparison:
    """Compare two runs over the questions that both asked: those with the same id and words.

    Raises:
        RunError: they have no question in common.
    """
    earlier = {(result.id, result.question): result for result in before.questions}
    later = {(result.id, result.question): result for result in after.questions}
    common = [key for key in later if key in earlier]
    if not common:
        raise RunError(f"The runs {names[0]} and {names[1]} have no question in common: nothing can be compared.")
    pairs = [(earlier[key], later[key]) for key in common]
    differences = {found.figure: found for found in (*_means(pairs, seed), *_groups(pairs, seed))}
    ordered = [name for section in SECTIONS.values() for name in section if name in differences]
    rest = [name for name in differences if name not in ordered]
    return Comparison(
        before=names[0],
        after=names[1],
        questions=len(common),
        left_out=len(earlier) + len(later) - 2 * len(common),
        differences=tuple(differences[name] for name in (*ordered, *rest)),
    )


def print_comparison(comparison: Comparison, console: Console) -> None:
    """A row for each figure."""
    table = Table(title=f"{comparison.after} against {comparison.before}, {comparison.questions} questions", title_justify="left")
    table.add_column("figure")
    for heading in ("before", "after", "difference", "+/−/="):
        table.add_column(heading, justify="right")
    table.add_column("")
    for found in comparison.differences:
        table.add_row(found.figure, *cells(found), Text(SAID[found.claim], style=_style(found.claim)))
    console.print(table)
    if comparison.left_out:
        console.print(f"{comparison.left_out} questions of only one of the runs are left out.", highlight=False)
    chance = round((1 - CONFIDENCE) * len(comparison.differences), 1)
    console.print(
        f"Differences with their 95 % intervals; of {len(comparison.differences)} figures about {chance:g} would seem to differ by chance.",
        highlight=False,
    )


def cells(found: Difference) -> tuple[str, ...]:
    """As they are shown: before, after, the difference with its interval, and questions won/lost/equal."""
    digits = 0 if found.figure.startswith(("latency", "peak")) else 3
    change = f"{found.after - found.before:+.{digits}f} ({found.interval.low:+.{digits}f} – {found.interval.high:+.{digits}f})"
    counts = f"{found.wins}/{found.losses}/{found.ties}" if found.wins or found.losses or found.ties else ""
    return f"{found.before:.{digits}f}", f"{found.after:.{digits}f}", change, counts


def _style(claim: Claim) -> str:
    return {"better": "green", "worse": "red"}.get(claim, "dim")


Pairs = Sequence[tuple[QuestionResult, QuestionResult]]


def _means(pairs: Pairs, seed: int) -> list[Difference]:
    values: dict[str, list[tuple[float, float]]] = {}
    for before, after in pairs:
        own, others = question_figures(after), question_figures(before)
        for name in own:
            if name in others:
                values.setdefault(name, []).append((others[name], own[name]))
    return [_mean_difference(name, found, seed) for name, found in values.items()]


def _mean_difference(name: str, values: Sequence[tuple[float, float]], seed: int) -> Difference:
    before, after = [value for value, _ in values], [value for _, value in values]
    counts = tally(before, after, lower_is_better=lower_is_better(name))
    means = sum(before) / len(before), sum(after) / len(after)
    return _difference(name, len(values), means, difference_interval(before, after, seed), counts)


def _groups(pairs: Pairs, seed: int) -> list[Difference]:
    before, after = Columns.of([pair[0] for pair in pairs]), Columns.of([pair[1] for pair in pairs])
    found = []
    for name, figure in GROUP_FIGURES.items():

        def change(places: Indexes) -> float | None:
            values = figure(before.at(places)), figure(after.at(places))  # noqa: B023 - called before the next figure
            return None if values[0] is None or values[1] is None else values[1] - values[0]

        means = figure(before), figure(after)
        if means[0] is not None and means[1] is not None and (ends := bootstrap(len(pairs), change, seed)):
            found.append(_difference(name, len(pairs), (means[0], means[1]), ends, Tally(0, 0, 0)))
    return found


def _difference(name: str, questions: int, means: tuple[float, float], ends: tuple[float, float], counts: Tally) -> Difference:
    return Difference(
        figure=name,
        questions=questions,
        before=means[0],
        after=means[1],
        interval=Interval(low=ends[0], high=ends[1]),
        **counts._asdict(),
    )

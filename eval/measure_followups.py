"""How well follow-up questions are completed: `python -m eval.measure_followups REWRITES`.

Asks the rewrites of the conversations that nothing was fitted on (`eval.fit_followups`), with the model of `rag.followup.terms` and by the
rules and the linear model alone.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from eval.fit_followups import measured_part
from eval.followups import Resolve, load_rewrites, resolve_all
from eval.report import shown, shown_interval
from eval.run import report_of
from rag.followup import resolve_question
from rag.followup.terms import left_out_words

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures of both side by side, with their 95 % intervals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rewrites", type=Path)
    part = measured_part(load_rewrites(parser.parse_args(arguments).rewrites))
    ways: dict[str, Resolve] = {"with the model": partial(resolve_question, find_left_out=left_out_words()), "without it": resolve_question}
    found = {name: report_of(resolve_all(part, way), name=name, documents=0, seed=0) for name, way in ways.items()}
    table = Table(f"{len(part)} questions", *found)
    for figure in ("words added", "words right", "left alone"):
        values = [report.overall.figures.get(figure) for report in found.values()]
        intervals = [shown_interval(figure, report.overall.intervals.get(figure)) for report in found.values()]
        table.add_row(figure, *(f"{shown(figure, value)} ({inside})" for value, inside in zip(values, intervals, strict=True)))
    Console().print(table)


if __name__ == "__main__":
    main()

"""A sweep: every combination of some settings on the same questions, ranked, with what may be claimed of the ranking.

A file in TOML; `rank_by` names a figure, the settings are those of `rag.config.AnswerSettings`, and `chunk_tokens`:

    rank_by = "facts"
    [settings]
    dense_weight = [0.2, 0.4, 0.6]
    chunk_tokens = [120, 160]
"""

import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import Field, ValidationError
from rich.console import Console
from rich.table import Table

from eval.command import AnyPath, measure, opened
from eval.compare import Difference, compare
from eval.records import EvalReport, Record, lower_is_better
from eval.report import shown, shown_interval
from eval.runs import default_runs, new_run_name
from eval.subjects import Subject, load_subject
from index import IndexSettings, Library
from index.address import is_remote
from index.embed import Embedder, SentenceEmbedder
from index.errors import CitewellError
from rag import Assistant
from rag.config import AnswerSettings

__all__ = ["Grid", "GridError", "Ranked", "combinations", "load_grid", "print_ranking", "rank", "sweep"]

Value = int | float | str
Combination = dict[str, Value]
_CHUNKING = "chunk_tokens"
_MOST = 200


class GridError(CitewellError):
    """A grid that cannot be read, or that names a setting or figure that does not exist."""


class Grid(Record):
    """The values of each setting, and the figure to rank by."""

    rank_by: str = "facts"
    settings: dict[str, tuple[Value, ...]] = Field(min_length=1)


class Ranked(Record):
    """One combination with its report, and its difference to the best one; None for the best itself."""

    settings: Combination
    report: EvalReport
    to_best: Difference | None


def load_grid(path: Path) -> Grid:
    """The grid of a file.

    Raises:
        GridError: it cannot be read, or a setting or its value is wrong; the message says which.
    """
    try:
        grid = Grid.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        for combination in combinations(grid):
            _answer_settings(combination)
            IndexSettings.model_validate({name: value for name, value in combination.items() if name == _CHUNKING})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GridError(f"The grid {path} cannot be read ({error}). docs/evaluation.md shows one.") from error
    except ValidationError as error:
        first = error.errors()[0]
        known = ", ".join([*AnswerSettings.model_fields, _CHUNKING])
        raise GridError(f"{path}, {'.'.join(map(str, first['loc']))}: {first['msg']}. The settings are {known}.") from error
    return grid


def combinations(grid: Grid) -> list[Combination]:
    """All combinations, those with the same chunking one after the other.

    Raises:
        GridError: there are more than 200.
    """
    names = sorted(grid.settings, key=lambda name: name != _CHUNKING)
    found = [dict(zip(names, values, strict=True)) for values in product(*(grid.settings[name] for name in names))]
    if not 0 < len(found) <= _MOST:
        raise GridError(f"The grid has {len(found)} combinations; it needs between 1 and {_MOST}. Give each setting fewer values, or one.")
    return found


def sweep(
    path: AnyPath,
    gold: AnyPath | None = None,
    *,
    documents: AnyPath | None = None,
    library: AnyPath | None = None,
    out: AnyPath | None = None,
    sample: int | None = None,
    seed: int = 0,
    resume: bool = False,
    console: Console,
    embedder: Embedder | None = None,
) -> list[Ranked]:
    """Run every combination, keep each run, and print the ranking; the arguments are those of `eval.command.run`."""
    grid = load_grid(Path(path))
    subject = load_subject(Path(gold) if gold is not None else None, Path(documents) if documents is not None else None)
    subject = subject.sampled(sample, seed) if sample is not None else subject
    folder = Path(out) if out is not None else default_runs() / new_run_name("grid")
    reports = []
    with opened(subject, library, embedder, console) as assistant:
        for combination, asked in _assistants(grid, assistant, embedder):
            label = ", ".join(f"{name}={value}" for name, value in combination.items())
            kept = folder / label.replace(", ", "_")
            settings = _answer_settings(combination)
            options: dict[str, Any] = {"sample": sample, "seed": seed, "resume": resume}
            reports.append((combination, measure(subject, asked, console, settings=settings, label=label, out=kept, **options)))
    ranking = rank(reports, grid.rank_by, seed)
    print_ranking(ranking, grid.rank_by, subject, console)
    return ranking


def rank(reports: list[tuple[Combination, EvalReport]], figure: str, seed: int = 0) -> list[Ranked]:
    """The combinations from the best down; equals stay in the grid's order.

    Raises:
        GridError: the runs do not have the figure.
    """
    if missing := [report for _, report in reports if figure not in report.overall.figures]:
        there = ", ".join(missing[0].overall.figures)
        raise GridError(f"The grid ranks by '{figure}', which these runs do not have. There are: {there}.")
    ordered = sorted(reports, key=lambda pair: pair[1].overall.figures[figure] * (1 if lower_is_better(figure) else -1))
    best = ordered[0][1]
    return [
        Ranked(settings=settings, report=report, to_best=None if report is best else _difference(best, report, figure, seed))
        for settings, report in ordered
    ]


def print_ranking(ranking: list[Ranked], figure: str, subject: Subject, console: Console) -> None:
    """A row for each combination."""
    table = Table(title=f"Settings by {figure}, {subject.size} questions of {subject.name}", title_justify="left")
    for heading in (*ranking[0].settings, figure, "95 % interval"):
        table.add_column(heading, justify="right")
    table.add_column("against the best")
    for ranked in ranking:
        group = ranked.report.overall
        cells = [str(value) for value in ranked.settings.values()]
        cells += [shown(figure, group.figures[figure]), shown_interval(figure, group.intervals.get(figure))]
        table.add_row(*cells, "best" if ranked.to_best is None else _said(ranked.to_best))
    console.print(table)
    console.print("The best of many on these questions is partly luck: confirm it on others before you believe its figure.")


def _said(difference: Difference) -> str:
    return {"worse": "worse", "same": "the same"}.get(difference.claim, "no difference can be claimed")


def _difference(best: EvalReport, report: EvalReport, figure: str, seed: int) -> Difference | None:
    return next((found for found in compare(best, report, seed=seed).differences if found.figure == figure), None)


def _answer_settings(combination: Combination) -> AnswerSettings:
    return AnswerSettings.model_validate({name: value for name, value in combination.items() if name != _CHUNKING})


def _assistants(grid: Grid, assistant: Assistant, embedder: Embedder | None) -> Iterator[tuple[Combination, Assistant]]:
    """Each combination with the library that it is for; one is embedded anew for each chunking."""
    found = combinations(grid)
    if _CHUNKING not in grid.settings:
        yield from ((combination, assistant) for combination in found)
        return
    for size in grid.settings[_CHUNKING]:
        with _cut_anew(assistant.library, int(size), embedder) as library:
            other = Assistant(library)
            yield from ((combination, other) for combination in found if combination[_CHUNKING] == size)


@contextmanager
def _cut_anew(library: Library, chunk_tokens: int, embedder: Embedder | None) -> Iterator[Library]:
    """A copy of a library in chunks of this size; the library itself stays as it is."""
    if is_remote(library.address):
        raise GridError(
            f"{library.address} cannot be cut anew for a grid over {_CHUNKING}: it is on a server. "
            "Name the questions' documents with --documents, or ask a library in a folder."
        )
    settings = IndexSettings()
    model = embedder or SentenceEmbedder(settings.model, batch_size=settings.embed_batch, engine=settings.engine)
    with TemporaryDirectory(prefix="citewell-grid-") as temporary:
        with closing(sqlite3.connect(library.folder / "library.sqlite")) as source:
            with closing(sqlite3.connect(Path(temporary) / "library.sqlite")) as target:
                source.backup(target)
        with Library(Path(temporary), model, chunk_tokens=chunk_tokens) as copy:
            copy.rebuild()
            yield copy

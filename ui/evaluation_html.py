"""The HTML of the Evaluation tab: the run that is going on, and the table of runs. Every text is escaped."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from eval.kept import KeptRun, gold_name
from eval.records import Group
from eval.report import shown, shown_interval
from eval.runs import Manifest
from ui.evaluation_run import State
from ui.markup import count_of

__all__ = ["failure", "gold_summary", "progress", "runs_table", "when"]

COLUMNS = {
    "Success@5": ("evidence success@5", "document success@5", "document success@10"),
    "Facts": ("facts", "contains gold answer"),
    "Citation validity": ("citation validity",),
    "Refusal precision": ("refusal precision",),
    "Refusal recall": ("refusal recall",),
    "AUROC": ("confidence AUROC",),
    "Median time": ("latency p50",),
}
"""Columns of the table with the figures that they show: of several, the first that a run has."""
_MOST = 30


def progress(state: State) -> str:
    """What is going on, or how it ended; nothing before the first run."""
    name = escape(state.name)
    who = f" · started by {escape(state.user)}" if state.user else ""
    if state.running:
        told = {"preparing": "Preparing the documents …", "stopping": "Stopping after this question …"}.get(state.phase) or _pace(state)
        bar = f'<progress max="{max(state.total, 1)}" value="{state.done}" aria-label="Questions asked"></progress>'
        return f'<div class="run"><p><b>{name}</b>{who}</p>{bar}<p class="quiet">{told}</p></div>'
    if state.phase == "failed":
        return failure(state.message)
    if state.phase == "stopped":
        kept = " It is kept: with “Go on with a stopped run” it goes on where it was." if state.done else " Nothing was asked yet."
        return f'<p class="note" role="status">Stopped after {state.done} of {count_of(state.total, "question")}.{kept}</p>'
    return f'<p class="note" role="status">Done: {name}, {state.total:,} asked.</p>' if state.phase == "done" else ""


def failure(message: str) -> str:
    """What went wrong, line by line."""
    return f'<p class="note failed" role="alert">{escape(message)}</p>'


def gold_summary(name: str, questions: int, answerable: int) -> str:
    """What a gold file holds."""
    return f'<p class="note" role="status">{escape(name)}: {count_of(questions, "question")}, {answerable:,} of them answerable.</p>'


def runs_table(runs: Sequence[KeptRun], damaged: Sequence[str], folder: Path) -> str:
    """The latest runs, newest first; every cell names its column, so that on a phone each row can be a card."""
    notes = [f"Runs are kept in {folder}; those of citewell eval are here too."] if runs else []
    if len(runs) > _MOST:
        notes.append(f"The {_MOST} latest of {len(runs)} are shown.")
    if damaged:
        notes.append(f"{count_of(len(damaged), 'run')} cannot be read: {', '.join(damaged)}.")
    below = f'<p class="hint">{escape(" ".join(notes))}</p>'
    if not runs:
        return '<p class="hint">No run is kept yet. Start one above: five questions of the shipped ones take a few seconds.</p>' + below
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Compare", "Run", "Questions", *COLUMNS))
    rows = "".join(_row(run) for run in runs[:_MOST])
    compare = '<p class="compare"><button type="button" data-compare disabled>Compare</button> <span>Tick two finished runs.</span></p>'
    return f'<h2>Runs</h2>{compare}<table class="cards"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{below}'


def when(manifest: Manifest) -> str:
    """When a run was started, in the server's own time."""
    try:
        return f"{datetime.fromisoformat(manifest.started).astimezone():%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return manifest.started


def _row(run: KeptRun) -> str:
    time, name = escape(when(run.manifest)), escape(run.name)
    asked = f"{run.asked:,}" if run.overall else f"stopped after {run.asked:,} of {run.manifest.questions:,}"
    if run.overall:
        tick = f'<input type="checkbox" value="{name}" aria-label="Compare the run of {time}">'
        opener = f'<button type="button" data-run="{name}">{time}</button>'
    else:
        tick, opener = "", time
    cells = "".join(_cell(column, figures, run.overall) for column, figures in COLUMNS.items())
    return (
        f'<tr><td class="tick">{tick}</td><th scope="row">{opener}<span>{escape(gold_name(run.manifest))}</span></th>'
        f'<td data-name="Questions">{asked}</td>{cells}</tr>'
    )


def _cell(column: str, figures: Sequence[str], overall: Group | None) -> str:
    name = next((figure for figure in figures if overall and figure in overall.figures), None)
    if overall is None or name is None:
        return f'<td data-name="{column}" class="none">–</td>'
    other = "" if name == figures[0] else f" <span>{escape(name)}</span>"
    interval = shown_interval(name, overall.intervals.get(name))
    return f'<td data-name="{column}">{shown(name, overall.figures[name])}<span>{interval}</span>{other}</td>'


def _pace(state: State) -> str:
    parts = [f"{state.done:,} of {count_of(state.total, 'question')}"]
    if state.done == state.total:
        return "Working out the figures …"
    if state.rate:
        parts += [f"{state.rate:.1f} a second", f"{_time((state.total - state.done) / state.rate)} left"]
    return " · ".join(parts)


def _time(seconds: float) -> str:
    return f"about {seconds / 60:.0f} min" if seconds >= 90 else f"about {max(seconds, 1):.0f} s"

"""The report as one HTML page that opens from disk: styles, plots and script inside, and no network.

Every text of a document or question goes through the template's escaping, and the page's content
policy runs no script but its own, by its hash. `run_part` and `comparison_part` are the same as parts of another page.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from eval.compare import SAID, Comparison, cells
from eval.kept import gold_name
from eval.plots import latency_plot, reliability_plot, risk_coverage_plot, tag_plot
from eval.records import EvalReport, Group, lower_is_better
from eval.report import SECTIONS, shown, shown_interval, title
from eval.runs import Manifest
from eval.selective import reliability, risk_coverage
from eval.statistics import CONFIDENCE

__all__ = ["comparison_part", "page", "run_part"]

_TILES = (
    "evidence success@5",
    "facts",
    "contains gold answer",
    "citation validity",
    "citation F1",
    "refused answerable",
    "refused unanswerable",
    "document nDCG@10",
    "document recall@10",
    "words added",
    "words right",
    "left alone",
    "latency p50",
)
_MOST_TILES = 7
_BY_TAG = ("facts", "citation F1", "refused answerable", "refused unanswerable", "evidence success@5")
_MOST_TAG_PLOTS = 4
_MOST_FAILURES = 200
"""So many failing questions are listed in a part of a page; the report on disk has them all."""


class Shown(NamedTuple):
    """A figure as it is shown."""

    name: str
    value: str
    interval: str
    lower: bool


class Plot(NamedTuple):
    """A plot and what it shows."""

    title: str
    caption: str
    svg: Any


def page(report: EvalReport, manifest: Manifest | None = None) -> str:
    """The whole page; with the manifest of the run, it says how to repeat it."""
    from markupsafe import Markup

    style, script = _file("report.css"), _file("report.js")
    return _render(
        "report.html",
        **_values(report, manifest),
        settings=_settings(manifest) if manifest else [],
        style=Markup(style),
        script=Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def run_part(report: EvalReport, manifest: Manifest, folder: str) -> str:
    """The figures, plots and failing questions of a run that is kept in `folder`, to stand in an element styled by report.css."""
    failures = report.failures
    return _render(
        "run.html",
        **_values(report, manifest),
        questions=gold_name(manifest),
        folder=folder,
        failures=failures[:_MOST_FAILURES],
        failing=len(failures),
        ask=True,
    )


def comparison_part(comparison: Comparison) -> str:
    """The table of two runs' differences, to stand in an element styled by report.css."""
    rows = [(found, cells(found), SAID[found.claim]) for found in comparison.differences]
    chance = round((1 - CONFIDENCE) * len(rows), 1)
    return _render("comparison.html", comparison=comparison, rows=rows, chance=f"{chance:g}")


def _values(report: EvalReport, manifest: Manifest | None) -> dict[str, Any]:
    """What the page and the part both show."""
    from markupsafe import Markup

    return {
        "report": report,
        "heading": title(report),
        "manifest": manifest,
        "tiles": _tiles(report.overall),
        "sections": _sections(report.overall),
        "plots": [plot._replace(svg=Markup(plot.svg)) for plot in _plots(report, manifest)],
    }


def _render(name: str, **values: Any) -> str:
    from jinja2 import Environment, FunctionLoader

    return Environment(autoescape=True, trim_blocks=True, loader=FunctionLoader(_file)).get_template(name).render(values)


def _tiles(group: Group) -> list[Shown]:
    # where a gold set has facts, they say more than its wording does
    names = [name for name in _TILES if name in group.figures and not (name == "contains gold answer" and "facts" in group.figures)]
    return [_shown(name, group) for name in names[:_MOST_TILES]]


def _sections(group: Group) -> list[tuple[str, list[Shown]]]:
    sections = [(section, [_shown(name, group) for name in names if name in group.figures]) for section, names in SECTIONS.items()]
    return [(section, rows) for section, rows in sections if rows]


def _shown(name: str, group: Group) -> Shown:
    return Shown(name, shown(name, group.figures[name]), shown_interval(name, group.intervals.get(name)), lower_is_better(name))


def _plots(report: EvalReport, manifest: Manifest | None) -> list[Plot]:
    plots = []
    sure = [result for result in report.questions if result.confidence is not None]
    judged = [result for result in sure if result.wrong is not None]
    threshold = manifest.settings.get("threshold") if manifest else None
    if any(result.answerable for result in judged):
        points = risk_coverage([r.confidence or 0.0 for r in judged], [bool(r.wrong) for r in judged])
        caption = "If only the most confident share of the questions were answered, so many of the answers would be wrong."
        plots.append(Plot("Risk and coverage", caption, risk_coverage_plot(points, threshold)))
    if sure:
        bins = reliability([r.confidence or 0.0 for r in sure], [r.answerable for r in sure])
        caption = "On the dashed line, of the questions with 70 % confidence the documents answer 70 %. Larger dots are more questions."
        plots.append(Plot("Reliability", caption, reliability_plot(bins)))
    if report.questions:
        plots.append(
            Plot("Time", "How many of the questions were done within a time.", latency_plot([r.milliseconds for r in report.questions]))
        )
    tags = list(report.tags.items())
    for figure in [name for name in _BY_TAG if any(name in group.figures for _, group in tags)][:_MOST_TAG_PLOTS]:
        plots.append(
            Plot(f"{figure} by tag", "The line is the 95 % interval; the number of questions is in brackets.", tag_plot(tags, figure))
        )
    return plots


def _settings(manifest: Manifest) -> list[tuple[str, object]]:
    rows: Mapping[str, object] = manifest.model_dump(exclude={"command", "settings", "library"})
    return [*rows.items(), *manifest.settings.items(), *((f"library: {name}", value) for name, value in manifest.library.items())]


def _file(name: str) -> str:
    return (files("eval") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """For the page's content policy (CSP level 2)."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"

"""The report in the terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.records import EvalReport, Group, Interval

__all__ = ["SECTIONS", "TAG_COLUMNS", "print_failures", "print_report", "shown", "shown_interval", "title"]

SECTIONS = {
    "Retrieval, by evidence": ("evidence success@1", "evidence success@5", "evidence recall@5", "evidence RR@10", "evidence nDCG@10"),
    "Retrieval, by document": (
        "document success@1",
        "document success@5",
        "document recall@5",
        "document recall@10",
        "document recall@100",
        "document RR@10",
        "document nDCG@10",
    ),
    "Answers": ("facts", "all facts", "contains gold answer", "token F1", "exact match", "nothing forbidden"),
    "Citations": (
        "citation validity",
        "sentences cited",
        "sentences supported",
        "citation precision",
        "citation recall",
        "citation F1",
        "cited sentences gold",
        "gold sentences cited",
    ),
    "Abstention": (
        "refused answerable",
        "refused near",
        "refused far",
        "refused unanswerable",
        "refusal precision",
        "refusal recall",
    ),
    "Confidence": (
        "confidence AUROC",
        "calibration error",
        "share answered",
        "error of answers",
        "error at 50% coverage",
        "error at 80% coverage",
        "risk–coverage area",
    ),
    "Follow-ups": ("words added", "words right", "left alone"),
    "Time and memory": ("latency p50", "latency p95", "peak memory"),
}
"""Figures in the order in which every report shows them."""
TAG_COLUMNS = {
    "evidence success@5": "found",
    "facts": "facts",
    "citation F1": "cit. F1",
    "refused answerable": "wrongly refused",
    "refused unanswerable": "rightly refused",
}
_UNITS = {"latency p50": "ms", "latency p95": "ms", "peak memory": "MB"}


def title(report: EvalReport) -> str:
    """What was evaluated, in a line."""
    overall = report.overall
    answered = any(result.confidence is not None for result in report.questions)
    kinds = f" ({overall.answerable} answerable, {overall.questions - overall.answerable} not)" if answered else ""
    return f"{overall.questions} questions{kinds} from {report.gold or 'memory'} over {report.documents} documents"


def print_report(report: EvalReport, console: Console) -> None:
    """The figures over all questions by section, then a row for each tag."""
    console.print(title(report), markup=False, highlight=False)
    console.print(_overall_table(report.overall))
    if report.tags:
        console.print(_tag_table(report.tags))
    for note in report.notes:
        console.print(Text(f"Note: {note}", style="dim"))


def print_failures(report: EvalReport, console: Console) -> None:
    """The questions with which something was wrong, each with what it was."""
    failures = report.failures
    console.print(f"{len(failures)} of {report.overall.questions} questions with something wrong", highlight=False)
    for result in failures:
        console.print(Text.assemble("\n", (result.id, "bold"), f"  {result.question}"))
        if result.resolved_question != result.question:
            console.print(Text(f"  searched for: {result.resolved_question}", style="dim"))
        for problem in result.problems:
            console.print(Text(f"  - {problem}"))
        if not result.abstained:
            console.print(Text(f"  answer: {result.answer}", style="dim"))


def shown(name: str, value: float | None) -> str:
    """Three decimals, milliseconds and megabytes without; a dash where the figure has no meaning."""
    if value is None:
        return "–"
    return f"{value:.0f} {_UNITS[name]}" if name in _UNITS else f"{value:.3f}"


def shown_interval(name: str, interval: Interval | None) -> str:
    """From its low to its high end; nothing where there is none."""
    if interval is None:
        return ""
    digits = 0 if name in _UNITS else 3
    return f"{interval.low:.{digits}f} – {interval.high:.{digits}f}"


def _overall_table(group: Group) -> Table:
    table = Table(title="All questions", title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    for section, names in SECTIONS.items():
        present = [name for name in names if name in group.figures]
        if present:
            table.add_section()
            table.add_row(Text(section, style="bold"), "", "")
        for name in present:
            table.add_row(f"  {name}", shown(name, group.figures[name]), shown_interval(name, group.intervals.get(name)))
    return table


def _tag_table(tags: dict[str, Group]) -> Table:
    table = Table(title="By tag", title_justify="left")
    table.add_column("tag", no_wrap=True, min_width=12)
    table.add_column("asked", justify="right")
    present = [name for name in TAG_COLUMNS if any(name in group.figures for group in tags.values())]
    for name in present:
        table.add_column(TAG_COLUMNS[name], justify="right")
    for tag, group in tags.items():
        table.add_row(tag, str(group.questions), *(shown(name, group.figures.get(name)) for name in present))
    return table

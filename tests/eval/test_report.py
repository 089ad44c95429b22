from io import StringIO

from rich.console import Console

from eval.records import EvalReport, Group, Interval, QuestionResult
from eval.report import SECTIONS, print_failures, print_report


def report() -> EvalReport:
    fields = {"resolved_question": "What is [bold] tea?", "near": False, "far": False, "confidence": 0.5, "milliseconds": 12.0}
    good = QuestionResult(
        id="good", question="What is tea?", tags=("lookup",), answerable=True, abstained=False, answer="A drink.", figures={}, **fields
    )
    bad = good.model_copy(update={"id": "bad", "question": "And [bold] tea?", "problems": ("facts missing: drink [hot]",)})
    ends = {"facts": Interval(low=0.1, high=0.4), "latency p50": Interval(low=10.2, high=15.3)}
    group = Group(questions=2, answerable=1, figures={"facts": 0.25, "latency p50": 12.4}, intervals=ends)
    tags = {"lookup": group, "far": Group(questions=2, answerable=0, figures={})}
    notes = ("fitted on [these]",)
    return EvalReport(gold="my [gold].jsonl", documents=3, overall=group, tags=tags, questions=(good, bad), notes=notes)


def printed(show) -> str:
    console = Console(file=StringIO(), width=160)
    show(report(), console)
    return console.file.getvalue()


def test_figures_are_shown_and_what_has_no_meaning_is_a_dash():
    lines = printed(print_report).splitlines()
    assert lines[0] == "2 questions (1 answerable, 1 not) from my [gold].jsonl over 3 documents"
    row = {cells[1].strip(): cells[2:4] for cells in (line.split("│") for line in lines) if len(cells) == 5}
    assert [cell.strip() for cell in row["facts"]] == ["0.250", "0.100 – 0.400"]
    assert [cell.strip() for cell in row["latency p50"]] == ["12 ms", "10 – 15"]
    assert "exact match" not in row
    tags = {cells[1].strip(): [cell.strip() for cell in cells[2:-1]] for cells in (line.split("│") for line in lines) if len(cells) == 5}
    assert tags["lookup"] == ["2", "0.250"]
    assert tags["far"] == ["2", "–"]
    assert "Note: fitted on [these]" in lines


def test_the_report_fits_a_terminal_of_80_columns():
    console = Console(file=StringIO(), width=80)
    figures = dict.fromkeys((name for names in SECTIONS.values() for name in names), 0.5)
    full = Group(questions=170, answerable=100, figures=figures)
    print_report(report().model_copy(update={"overall": full, "tags": {"unanswerable": full}}), console)
    assert "…" not in console.file.getvalue()


def test_failures_say_what_was_wrong():
    text = printed(print_failures)
    assert "1 of 2 questions with something wrong" in text
    assert "bad  And [bold] tea?" in text
    assert "searched for: What is [bold] tea?" in text
    assert "- facts missing: drink [hot]" in text
    assert "good" not in text

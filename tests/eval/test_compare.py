from io import StringIO

import pytest
from rich.console import Console

from eval.compare import compare, print_comparison
from eval.records import EvalReport, QuestionResult
from eval.run import report_of
from eval.runs import RunError


def question(number: int, *, facts: float, refused: bool = False, milliseconds: float = 10.0, name: str = "q") -> QuestionResult:
    return QuestionResult(
        id=f"{name}{number}",
        question="?",
        resolved_question="?",
        tags=(),
        answerable=True,
        near=False,
        far=False,
        abstained=refused,
        confidence=0.5,
        wrong=facts < 1,
        answer="",
        milliseconds=milliseconds,
        figures={"facts": facts},
    )


def run_of(facts: list[float], **options) -> EvalReport:
    return report_of([question(number, facts=value, **options) for number, value in enumerate(facts)], name="", documents=1)


def claims(before: EvalReport, after: EvalReport) -> dict[str, str]:
    return {found.figure: found.claim for found in compare(before, after).differences}


def test_a_run_against_itself_is_the_same():
    report = run_of([0.0, 1.0, 0.5])
    assert claims(report, report)["facts"] == "same"


def test_a_clear_gain_is_claimed_and_a_small_one_is_not():
    before = run_of([0.0] * 20 + [1.0] * 20)
    better = compare(before, run_of([1.0] * 15 + [0.0] * 5 + [1.0] * 20))
    [facts] = [found for found in better.differences if found.figure == "facts"]
    assert (facts.before, facts.after, facts.claim) == (0.5, 0.875, "better")
    assert (facts.wins, facts.losses, facts.ties) == (15, 0, 25)
    assert facts.interval.low <= 0.375 <= facts.interval.high
    assert claims(before, run_of([1.0, 1.0, *[0.0] * 19, *[1.0] * 19]))["facts"] == "unclear"


def test_less_is_better_of_refusals_and_time():
    before, after = run_of([0.5] * 30), run_of([0.5] * 30, refused=True, milliseconds=50.0)
    found = claims(before, after)
    assert (found["refused answerable"], found["latency p50"], found["share answered"]) == ("worse", "worse", "worse")
    assert claims(after, before)["refused answerable"] == "better"


def test_only_questions_of_both_are_compared():
    after = run_of([1.0, 1.0, 1.0])
    comparison = compare(run_of([0.0, 1.0]), after)
    assert (comparison.questions, comparison.left_out) == (2, 1)
    with pytest.raises(RunError, match="no question in common"):
        compare(run_of([1.0], name="other"), after)


def test_it_is_printed_in_words():
    console = Console(file=StringIO(), width=120)
    print_comparison(compare(run_of([0.0, 1.0]), run_of([1.0, 0.0, 1.0])), console)
    printed = console.file.getvalue()
    assert "no difference can be claimed" in printed
    assert "1 questions of only one of the runs are left out." in printed
    assert "1/1/0" in printed

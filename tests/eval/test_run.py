from functools import cache

import pytest

from eval.gold import GoldError, GoldQuestion, Turn
from eval.records import EvalReport
from eval.run import evaluate
from tests.eval.scripted import CUP, TEA, ScriptedAssistant, answerable, passage, refused, said

FACTS = (("four minutes",),)
GOLD = [
    answerable("right", facts=FACTS, tags=("lookup",), history=(Turn(role="user", content="Hi"),)),
    answerable("refused", facts=FACTS, tags=("lookup", "typo")),
    GoldQuestion(id="near", question="?", answerable=False, tags=("unanswerable", "near")),
    GoldQuestion(id="far", question="?", answerable=False, tags=("unanswerable", "far")),
]


def answers():
    return [said(TEA, "It is brewed for four minutes."), refused(0.3), said(TEA, "Tea is a drink.", confidence=0.5), refused(0.1)]


@cache
def evaluated(**options) -> EvalReport:
    assistant = ScriptedAssistant(answers(), [passage(CUP, CUP.text), passage(TEA, TEA.text, 2)])
    return evaluate(GOLD, assistant, **options)


def test_no_question_is_left_out():
    report = evaluated(name="gold.jsonl")
    assert [result.id for result in report.questions] == ["right", "refused", "near", "far"]
    assert (report.gold, report.documents, report.overall.questions, report.overall.answerable) == ("gold.jsonl", 2, 4, 2)
    assert [result.id for result in report.failures] == ["refused", "near"]


def test_figures_over_all():
    figures = evaluated().overall.figures
    expected = {
        "document success@1": 0.0,
        "document success@5": 1.0,
        "document recall@5": 1.0,
        "document RR@10": 0.5,
        "evidence success@1": 0.0,
        "evidence success@5": 1.0,
        "evidence RR@10": 0.5,
        "facts": 0.5,
        "citation recall": 0.5,
        "citation precision": 1.0,
        "citation validity": 1.0,
        "refused answerable": 0.5,
        "refused near": 0.0,
        "refused far": 1.0,
        "refused unanswerable": 0.5,
        "refusal precision": 0.5,
        "refusal recall": 0.5,
        # 0.9 beats 0.5 and 0.1; 0.3 beats 0.1.
        "confidence AUROC": 0.75,
    }
    assert {name: figures[name] for name in expected} == pytest.approx(expected)
    assert 0 <= figures["latency p50"] <= figures["latency p95"]


def test_figures_by_tag():
    tags = evaluated().tags
    assert list(tags) == ["far", "lookup", "near", "typo", "unanswerable"]
    assert (tags["lookup"].questions, tags["lookup"].figures["facts"]) == (2, 0.5)
    assert tags["typo"].figures["facts"] == 0.0
    assert "facts" not in tags["far"].figures
    assert "refused answerable" not in tags["far"].figures


def test_history_reaches_the_assistant_and_progress_is_told():
    assistant = ScriptedAssistant(answers(), [])
    told = []
    evaluate(GOLD, assistant, progress=lambda done, total: told.append((done, total)))
    assert assistant.histories[0] == [{"role": "user", "content": "Hi"}]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_evidence_is_checked_before_anything_is_asked():
    assistant = ScriptedAssistant([], [])
    with pytest.raises(GoldError, match="'Coffee' does not stand in /docs/tea.md"):
        evaluate([answerable(quote="Coffee")], assistant)


def test_the_report_survives_json():
    report = evaluated()
    assert EvalReport.model_validate_json(report.model_dump_json()) == report


def test_nothing_but_unanswerable_questions():
    figures = evaluate(GOLD[3:], ScriptedAssistant([refused()], [])).overall.figures
    assert set(figures) == {
        "refused unanswerable",
        "refused far",
        "refusal precision",
        "refusal recall",
        "share answered",
        "calibration error",
        "latency p50",
        "latency p95",
        "peak memory",
    }


def test_results_that_are_done_are_not_asked_again_and_new_ones_are_kept():
    first = evaluated().questions[0]
    kept = []
    assistant = ScriptedAssistant(answers()[1:], [passage(CUP, CUP.text), passage(TEA, TEA.text, 2)])
    report = evaluate(GOLD, assistant, done={"right": first}, keep=kept.append)
    assert [result.id for result in kept] == ["refused", "near", "far"]
    assert report.questions[0].figures == first.figures
    assert report.overall.figures["facts"] == 0.5


def test_what_was_refused_is_asked_without_a_threshold():
    forced = ScriptedAssistant([said(TEA, "It is brewed for four minutes.")], [])
    report = evaluate(GOLD, ScriptedAssistant(answers(), []), forced=forced)
    assert [result.wrong for result in report.questions] == [False, False, True, True]
    # by confidence: right, near (wrong), refused (right if it were given), far (wrong)
    assert report.overall.figures["error at 50% coverage"] == 0.5
    assert report.overall.figures["facts"] == 0.5

import numpy as np
import pytest

from eval.records import QuestionResult
from eval.summary import GROUP_FIGURES, Columns, question_figures, summarise


def result(id: str, *, answerable: bool, abstained: bool, confidence: float | None, wrong: bool | None, milliseconds: float = 10.0):
    return QuestionResult(
        id=id,
        question=id,
        resolved_question=id,
        tags=(),
        answerable=answerable,
        near=False,
        far=not answerable,
        abstained=abstained,
        confidence=confidence,
        wrong=wrong,
        answer="",
        milliseconds=milliseconds,
        figures={"facts": 1.0} if wrong is False else {},
    )


RESULTS = [
    result("right", answerable=True, abstained=False, confidence=0.9, wrong=False, milliseconds=10),
    result("wrong", answerable=True, abstained=False, confidence=0.6, wrong=True, milliseconds=20),
    result("refused", answerable=True, abstained=True, confidence=0.4, wrong=False, milliseconds=30),
    result("far", answerable=False, abstained=True, confidence=0.1, wrong=True, milliseconds=40),
]


def test_figures_of_a_group_worked_by_hand():
    figures = summarise(RESULTS).figures
    expected = {
        "refused answerable": 1 / 3,
        "refused far": 1.0,
        "refusal precision": 0.5,
        "refusal recall": 1.0,
        "confidence AUROC": 1.0,
        "share answered": 0.5,
        "error of answers": 0.5,
        # by confidence: right, wrong, right if it were given, wrong
        "error at 50% coverage": 0.5,
        "error at 80% coverage": 0.5,
        "risk–coverage area": (0 + 1 / 2 + 1 / 3 + 1 / 2) / 4,
        # each in a bin of its own: |1 - .9|, |1 - .6|, |1 - .4|, |0 - .1|
        "calibration error": (0.1 + 0.4 + 0.6 + 0.1) / 4,
        "latency p50": 25.0,
    }
    assert {name: figures[name] for name in expected} == pytest.approx(expected, abs=1e-9)


def test_every_figure_has_an_interval_around_it():
    group = summarise(RESULTS)
    assert set(group.intervals) == set(group.figures)
    for name, interval in group.intervals.items():
        assert interval.low <= group.figures[name] <= interval.high, name


def test_retrieval_alone_has_no_figures_about_refusals():
    found = result("query", answerable=True, abstained=False, confidence=None, wrong=None)
    assert question_figures(found) == {}
    assert set(summarise([found]).figures) == {"latency p50", "latency p95"}


def test_questions_that_cannot_be_judged_count_in_no_error():
    unknown = result("unknown", answerable=True, abstained=False, confidence=0.99, wrong=None)
    with_it, without = summarise([*RESULTS, unknown]).figures, summarise(RESULTS).figures
    for name in ("error of answers", "error at 50% coverage", "risk–coverage area"):
        assert with_it[name] == without[name]


def test_columns_keep_their_rows_together():
    columns = Columns.of(RESULTS).at(np.array([3, 0, 0]))
    assert columns.confidence.tolist() == [0.1, 0.9, 0.9]
    assert columns.answerable.tolist() == [False, True, True]
    assert GROUP_FIGURES["refusal precision"](columns) == 1.0

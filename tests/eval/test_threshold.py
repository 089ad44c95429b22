from io import StringIO

import pytest
from rich.console import Console

from eval.run import report_of
from eval.threshold import ThresholdError, fit, print_threshold
from tests.eval.test_compare import question


def report(rows: list[tuple[float, bool]]):
    results = [
        question(number, facts=0.0).model_copy(update={"confidence": confidence, "wrong": wrong})
        for number, (confidence, wrong) in enumerate(rows)
    ]
    return report_of(results, name="", documents=1)


ROWS = [(0.9, False)] * 40 + [(0.6, False)] * 30 + [(0.4, True)] * 30


def test_a_threshold_with_what_it_costs():
    fitted = fit(report(ROWS), 0.1)
    assert (fitted.threshold, fitted.questions, fitted.risk, fitted.coverage) == (0.5, 100, 0.0, 0.7)
    # whichever fifth is held out, the fit to the rest is the same
    assert (fitted.held_out_risk, fitted.held_out_coverage) == (0.0, 0.7)


def test_a_risk_that_cannot_be_reached_is_an_error():
    with pytest.raises(ThresholdError, match="the lowest is 0.500"):
        fit(report([(0.9, True), (0.8, False)]), 0.2)
    with pytest.raises(ThresholdError, match="these have none"):
        fit(report([(0.9, None)]), 0.2)


def test_it_is_printed_as_a_setting_and_few_questions_are_said_to_be_few():
    console = Console(file=StringIO(), width=200)
    print_threshold(fit(report(ROWS[30:]), 0.1), console)
    printed = console.file.getvalue()
    assert printed.startswith("CITEWELL_THRESHOLD=0.5\n")
    assert "70 questions are few" in printed

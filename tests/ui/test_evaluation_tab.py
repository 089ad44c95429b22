import re
import subprocess
import sys
from types import SimpleNamespace

import gradio as gr
import pytest

from eval.kept import KeptRun
from eval.records import Group, Interval
from tests.eval.test_runs import MANIFEST
from tests.ui.test_evaluation_run import FAR, HOSTILE, LEAVE_QUESTION, lines, real, runs  # noqa: F401 - fixtures
from ui.evaluation_html import progress, runs_table
from ui.evaluation_run import State, feedback_file
from ui.evaluation_tab import Evaluation, evaluation_styles

REQUEST = SimpleNamespace(username="anna")
ALIVE = re.compile(r"<(?:img|script|b>)", re.IGNORECASE)


@pytest.fixture
def evaluation(real):  # noqa: F811
    return Evaluation(real)


def run_once(evaluation, write_file, *questions):
    gold = write_file("up/gold.jsonl", lines(*questions))
    status, *_ = evaluation.start("uploaded", str(gold), "", False, REQUEST)
    assert "<progress" in status or "Done" in status
    assert evaluation.runner.wait().phase == "done"
    return evaluation.runner.state.run


def test_the_chat_starts_without_what_measures():
    code = "import sys, ui.app, ui.chat, ui.evaluation_tab as tab; tab.evaluation_styles(); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'ui.chat'" in done.stdout and "'eval." not in done.stdout and "ui.evaluation_run" not in done.stdout


def test_a_finished_run_is_shown_with_figures_plots_and_what_went_wrong(evaluation, write_file):
    name = run_once(evaluation, write_file, LEAVE_QUESTION, FAR, LEAVE_QUESTION | {"id": "two", "facts": [["26 days"]]}, HOSTILE)
    status, start, stop, timer, table, detail = evaluation.tick()
    assert "Done: gold.jsonl, 4 asked." in status
    assert (start.interactive, stop.visible, timer.active) == (True, False, False)
    assert f'data-run="{name}"' in table and "facts" not in table.split("<tbody>")[0]
    for section in (
        "Retrieval, by evidence",
        "Answers",
        "Citations",
        "Abstention",
        "Risk–coverage curve",
        "Reliability diagram",
        "Latency",
    ):
        assert section in detail
    assert "the answer lacks" in detail or "26 days" in detail
    assert f'data-question="{LEAVE_QUESTION["question"]}"' in detail
    assert not ALIVE.search(detail.replace("<b>", "")) and "&lt;script&gt;" in detail
    assert f"{name}/report.html" in detail


def test_a_run_is_opened_by_its_name_alone(evaluation, write_file):
    name = run_once(evaluation, write_file, LEAVE_QUESTION)
    assert "Questions that went wrong" in evaluation.open(SimpleNamespace(run=name))
    for hostile in ("../" + name, "/etc", "", "*", 7, None, ["a"]):
        assert "no longer, in the folder of runs" in evaluation.open(SimpleNamespace(run=hostile))
    assert "no longer" in evaluation.open(SimpleNamespace())


def test_two_runs_are_compared_the_earlier_one_first(evaluation, write_file, runs):  # noqa: F811
    first = run_once(evaluation, write_file, LEAVE_QUESTION, FAR)
    manifest = (runs / first / "run.json").read_text()
    (runs / first).rename(runs / "earlier")
    (runs / "earlier" / "run.json").write_text(re.sub(r'"started": "\d+', '"started": "2001', manifest))
    second = run_once(evaluation, write_file, LEAVE_QUESTION, HOSTILE)
    compared = evaluation.compare(SimpleNamespace(first=second, second="earlier"))
    assert re.search(r"the run of 2001-\S+ \S+ <span[^>]*>before", compared)
    assert "1 question that both asked; 2 of only one of the runs" in compared
    assert "the same" in compared
    assert "no longer" in evaluation.compare(SimpleNamespace(first=second))


def test_runs_without_a_common_question_cannot_be_compared(evaluation, write_file, runs):  # noqa: F811
    (runs / run_once(evaluation, write_file, LEAVE_QUESTION)).rename(runs / "earlier")
    other = run_once(evaluation, write_file, FAR)
    assert "no question in common" in evaluation.compare(SimpleNamespace(first="earlier", second=other))


def test_an_uploaded_file_is_counted_or_its_error_shown(evaluation, write_file):
    gold = write_file("up/<i>gold.jsonl", lines(LEAVE_QUESTION, FAR))
    assert "&lt;i&gt;gold.jsonl: 2 questions, 1 of them answerable." in evaluation.uploaded(str(gold))
    wrong = evaluation.uploaded(str(write_file("up/gold.jsonl", lines(HOSTILE, HOSTILE))))
    assert "gold.jsonl, line 2, id: &#x27;&lt;b&gt;&#x27; was used on line 1" in wrong and 'role="alert"' in wrong
    assert evaluation.uploaded(None) == ""


@pytest.mark.parametrize("sample", ["0", "-3", "1.5", "ten", "٣", "1" * 8])
def test_a_sample_is_a_whole_number(evaluation, sample):
    status, start, stop, timer = evaluation.start("shipped", None, sample, False, REQUEST)
    assert "cannot be drawn. Give a whole number" in status
    assert (start.interactive, timer.active) == (True, False)
    assert not evaluation.runner.state.running


def test_feedback_is_offered_where_there_is_some(evaluation, real):  # noqa: F811
    assert [value for _, value in evaluation.opened()[0]["choices"]] == ["shipped", "uploaded"]
    feedback_file(real).write_text(lines(FAR))
    assert [value for _, value in evaluation.opened()[0]["choices"]] == ["shipped", "uploaded", "feedback"]


def test_opening_the_tab_changes_nothing_that_a_start_has_set(evaluation):
    _, *now, table = evaluation.opened()
    assert now == [gr.skip()] * 4
    assert "No run is kept yet" in table


def test_the_file_box_is_there_only_for_a_file(evaluation):
    assert evaluation.chosen("uploaded")[0]["visible"] is True
    assert evaluation.chosen("shipped")[0]["visible"] is False


def test_progress_says_how_far_how_fast_and_how_long_still():
    asking = progress(State("asking", "<b>", "<i>", done=30, total=120, rate=0.5))
    assert '<progress max="120" value="30"' in asking
    assert "30 of 120 questions · 0.5 a second · about 3 min left" in asking
    assert "&lt;b&gt;" in asking and "started by &lt;i&gt;" in asking
    assert "about 20 s left" in progress(State("asking", "x", done=10, total=20, rate=0.5))
    assert "Working out the figures" in progress(State("asking", "x", done=20, total=20, rate=0.5))
    assert "Preparing" in progress(State("preparing", "x", total=5))
    assert "Stopped after 3 of 5 questions. It is kept" in progress(State("stopped", "x", done=3, total=5))
    assert "Nothing was asked yet" in progress(State("stopped", "x", total=5))
    assert "&lt;b&gt;" in progress(State("failed", message="<b>"))
    assert progress(State()) == ""


def test_the_table_shows_figures_with_intervals_and_stopped_runs_as_such(tmp_path):
    figures = {"evidence success@5": 0.9, "contains gold answer": 0.5, "latency p50": 321.0}
    overall = Group(questions=20, answerable=20, figures=figures, intervals={"evidence success@5": Interval(low=0.7, high=0.99)})
    done = KeptRun(name="a<b>", manifest=MANIFEST.model_copy(update={"gold": "/x/<i>/gold.jsonl", "sample": 20}), asked=20, overall=overall)
    stopped = KeptRun(name="b", manifest=MANIFEST, asked=1, overall=None)
    table = runs_table([done, stopped], ["<u>"], tmp_path)
    assert '<td data-name="Success@5">0.900<span>0.700 – 0.990</span></td>' in table
    assert "0.500<span></span> <span>contains gold answer</span>" in table
    assert ">321 ms<" in table
    assert "stopped after 1 of 2" in table
    assert table.count('type="checkbox"') == table.count("data-run=") == 1
    assert "1 run cannot be read: &lt;u&gt;." in table
    assert not re.search(r"<[biu]>", table)
    assert "No run is kept yet" in runs_table([], [], tmp_path)


def test_only_the_latest_runs_are_shown_and_the_rest_counted(tmp_path):
    many = [KeptRun(name=str(n), manifest=MANIFEST, asked=1, overall=None) for n in range(40)]
    table = runs_table(many, [], tmp_path)
    assert table.count("<tr>") == 31 and "The 30 latest of 40 are shown." in table


def test_the_reports_sheet_holds_only_inside_the_tab():
    styles = evaluation_styles()
    own, report = styles.split("#evaluation .report {\n")
    assert ".tiles" in report and ".tiles" not in own
    assert styles.count("{") == styles.count("}")

"""One run at a time over a small library, with the fake embedder."""

import json
import threading

import pytest

from eval.gold import GoldError
from eval.kept import kept_runs
from eval.runs import RunError, default_runs, load_report
from rag import Assistant
from tests.ui.conftest import LEAVE, QUOTE
from ui.evaluation_run import Busy, Runner, feedback_file, gold_order, read_gold

LEAVE_QUESTION = {
    "id": "leave",
    "question": "How many days of paid leave do full-time staff accrue a year?",
    "answerable": True,
    "facts": [["25 days"]],
    "evidence": [{"document": "handbook.md", "quote": QUOTE}],
    "tags": ["lookup"],
}
FAR = {"id": "far", "question": "Who won in zxcv?", "answerable": False, "tags": ["far"]}
HOSTILE = {"id": "<b>", "question": "<img src=x onerror=alert(1)>?", "answerable": False, "tags": ["<script>"]}


def lines(*questions):
    return "".join(json.dumps(question) + "\n" for question in questions)


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    """The user's data folder is the test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("eval.statistics.REPLICATES", 50)
    return default_runs()


@pytest.fixture
def real(library, write_file):
    assistant = Assistant(library)
    assistant.add(write_file("handbook.md", LEAVE))
    return assistant


@pytest.fixture
def order(real, write_file):
    gold = write_file("up/gold.jsonl", lines(LEAVE_QUESTION, FAR, HOSTILE))
    return gold_order("uploaded", gold, real, sample=None, resume=False, user="anna")


def finished(runner):
    state = runner.wait()
    assert not state.running
    return state


def test_a_run_is_kept_where_the_command_line_keeps_its_own(real, order, runs):
    runner = Runner(real)
    runner.start(order)
    state = finished(runner)
    assert (state.phase, state.done, state.total, state.user, state.message) == ("done", 3, 3, "anna", "")
    [run], damaged = kept_runs(runs)
    assert (run.name, run.asked, run.overall.questions, damaged) == (state.run, 3, 3, [])
    assert run.manifest.command == f"citewell eval gold.jsonl --library {real.library.folder}"
    assert load_report(runs / state.run).overall.figures["facts"] == 1.0


def test_only_one_at_a_time(real, order, monkeypatch):
    asked, go_on = threading.Event(), threading.Event()

    def slow(*_, **__):
        asked.set()
        assert go_on.wait(30)

    monkeypatch.setattr("ui.evaluation_run.measure", slow)
    runner = Runner(real)
    runner.start(order)
    assert asked.wait(30)
    with pytest.raises(Busy, match=r"going on already \(gold\.jsonl\)"):
        runner.start(order)
    go_on.set()
    assert finished(runner).phase == "done"


def test_a_stopped_run_is_kept_and_goes_on_where_it_was(real, order, runs, monkeypatch):
    runner = Runner(real)
    answer, asked = Assistant.answer, []

    def answered(self, question, history=None):
        asked.append(question)
        if question == FAR["question"]:
            runner.stop()
            assert runner.state.phase == "stopping"
        return answer(self, question, history)

    monkeypatch.setattr(Assistant, "answer", answered)
    runner.start(order)
    assert (finished(runner).phase, runner.state.done) == ("stopped", 2)
    [run], _ = kept_runs(runs)
    assert (run.asked, run.overall) == (2, None)

    asked.clear()
    monkeypatch.setattr(Assistant, "answer", lambda *args: asked.append(args[1]) or answer(*args))
    runner.start(gold_order("uploaded", _file(order, run, real), real, sample=None, resume=True, user=""))
    assert finished(runner).phase == "done"
    assert asked == [HOSTILE["question"]]
    [run], _ = kept_runs(runs)
    assert run.overall.questions == 3


def _file(order, run, real):
    path = real.library.folder / "again" / "gold.jsonl"
    path.parent.mkdir()
    path.write_text(lines(LEAVE_QUESTION, FAR, HOSTILE))
    return path


def test_nothing_to_go_on_with_is_said(real, order, runs):
    from dataclasses import replace

    runner = Runner(real)
    runner.start(replace(order, resume=True))
    assert "no unfinished run" in finished(runner).message
    assert kept_runs(runs) == ([], [])


def test_a_quote_that_is_not_there_is_said_and_leaves_no_run(real, write_file, runs):
    wrong = LEAVE_QUESTION | {"evidence": [{"document": "handbook.md", "quote": "Nobody works."}]}
    runner = Runner(real)
    runner.start(gold_order("uploaded", write_file("up/gold.jsonl", lines(wrong)), real, sample=None, resume=False, user=""))
    assert finished(runner).phase == "failed"
    assert "leave: 'Nobody works.' does not stand in" in runner.state.message
    assert not runs.exists()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_was_not_foreseen_ends_the_run_in_words(real, order, monkeypatch):
    monkeypatch.setattr("ui.evaluation_run.measure", lambda *_, **__: 1 / 0)
    runner = Runner(real)
    runner.start(order)
    assert finished(runner).phase == "failed" and "broke off" in runner.state.message


def test_a_malformed_line_is_named_with_its_field_and_without_the_servers_folders(write_file):
    gold = write_file("up/gold.jsonl", lines(FAR, FAR | {"id": "x", "answerable": "perhaps"}))
    with pytest.raises(GoldError, match=r"^gold\.jsonl, line 2, answerable: "):
        read_gold(gold)
    with pytest.raises(GoldError, match=r"^bad\.jsonl, line 1: no valid JSON"):
        read_gold(write_file("up/bad.jsonl", "{"))
    with pytest.raises(GoldError, match=r"^deep\.jsonl, line 1: no valid JSON"):
        read_gold(write_file("up/deep.jsonl", "[" * 100_000))


def test_the_librarys_own_feedback_is_asked(real, runs):
    feedback_file(real).write_text(lines(LEAVE_QUESTION))
    runner = Runner(real)
    runner.start(gold_order("feedback", None, real, sample=None, resume=False, user=""))
    assert finished(runner).phase == "done"
    [run], _ = kept_runs(runs)
    assert run.manifest.command == f"citewell eval {feedback_file(real)} --library {real.library.folder}"


def test_the_shipped_questions_are_asked_of_the_shipped_documents_alone(real, runs):
    runner = Runner(real)
    runner.start(gold_order("shipped", None, real, sample=1, resume=False, user=""))
    assert finished(runner).phase == "done", runner.state.message
    [run], _ = kept_runs(runs)
    assert run.manifest.command == "citewell eval --sample 1"
    report = load_report(runs / run.name)
    assert (report.documents, report.overall.questions) == (18, 1)
    assert len(real.documents()) == 1


def test_no_file_was_chosen(real):
    with pytest.raises(GoldError, match="No gold file was chosen"):
        gold_order("uploaded", None, real, sample=None, resume=False, user="")


def test_a_damaged_run_is_named_and_an_empty_one_left_out(real, order, runs):
    runner = Runner(real)
    runner.start(order)
    name = finished(runner).run
    for damaged in ("bad-manifest", "bad-report"):
        (runs / damaged).mkdir()
        (runs / damaged / "run.json").write_text("{" if damaged == "bad-manifest" else (runs / name / "run.json").read_text())
    (runs / "bad-report" / "report.json").write_text('{"overall": 3}')
    (runs / "empty").mkdir()
    (runs / "empty" / "run.json").write_text((runs / name / "run.json").read_text())
    found, damaged = kept_runs(runs)
    assert ([run.name for run in found], damaged) == ([name], ["bad-manifest", "bad-report"])
    with pytest.raises(RunError):
        load_report(runs / "bad-report")

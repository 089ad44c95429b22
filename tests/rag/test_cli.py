"""The command line: what each command prints, and the exit codes that scripts rely on."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from index.library import Library
from rag import Answer, Assistant, cli
from tests.conftest import FakeEmbedder
from tests.processes import CITEWELL, environment, interrupt, start
from ui.limits import Limits

TEA = "# Tea\n\nGreen tea is brewed for four minutes. It comes from Kyoto.\n"
CUP = "# Cup\n\nThe cup of Anna is blue.\n"
QUESTION = "How long is green tea brewed?"


class Result(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def citewell(monkeypatch, capsys, tmp_path):
    """Runs the command in this process with a fake embedder, in an empty folder, without a default library."""
    monkeypatch.setattr("index.config.SentenceEmbedder", lambda name, **options: FakeEmbedder(name))
    for name in [name for name in os.environ if name.startswith("CITEWELL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CITEWELL_LIBRARY", str(tmp_path / "default"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(*arguments: str | Path, stdin: str = "") -> Result:
        monkeypatch.setattr(sys, "stdin", StringIO(stdin))
        with pytest.raises(SystemExit) as end:
            cli.main([str(argument) for argument in arguments])
        return Result(int(end.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def mine(citewell, tmp_path):
    """A library of two documents."""
    Path("tea.md").write_text(TEA)
    Path("cup.md").write_text(CUP)
    assert citewell("add", "tea.md", "cup.md", "--library", tmp_path / "mine").code == 0
    return tmp_path / "mine"


# add


def test_add_reports_each_file_and_the_totals(citewell, tmp_path):
    Path("tea.md").write_text(TEA)
    Path("cup.md").write_text(CUP)
    added = citewell("add", "tea.md", "*.md", "--library", tmp_path / "mine")
    assert (added.code, added.err) == (0, "")
    assert [line.split()[:2] for line in added.out.splitlines()[1:3]] == [["added", "tea.md"], ["added", "cup.md"]]
    assert "2 added: 2 chunks in" in added.out
    again = citewell("add", ".", "--library", tmp_path / "mine")
    assert again.out.startswith("2 unchanged: 0 chunks in")
    Path("cup.md").write_text(CUP.replace("blue", "red"))
    assert "1 replaced, 1 unchanged: 1 chunks in" in citewell("add", ".", "--library", tmp_path / "mine").out


def test_add_without_a_library_makes_the_default_one_with_the_shipped_documents(citewell):
    Path("tea.md").write_text(TEA)
    assert citewell("add", "tea.md").code == 0
    listed = json.loads(citewell("list", "--json").out)
    assert any(document["source"].startswith("citewell:corpus/") for document in listed)
    assert any(document["source"] == str(Path("tea.md").absolute()) for document in listed)


def test_add_json(citewell, tmp_path):
    Path("tea.md").write_text(TEA)
    report = json.loads(citewell("add", "tea.md", "--library", tmp_path / "mine", "--json").out)
    assert report["files"][0] == {
        "source": str(Path("tea.md").absolute()),
        "status": "added",
        "document_id": report["files"][0]["document_id"],
        "title": "Tea",
        "date": "",
        "pages": 0,
        "words": 13,
        "chunks": 1,
        "removed": {},
        "warnings": [],
    }


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_file_that_is_skipped_gives_exit_code_3_and_the_rest_is_added(citewell, tmp_path, options):
    Path("tea.md").write_text(TEA)
    Path("empty.md").write_text("")
    result = citewell("add", ".", "--library", tmp_path / "mine", *options)
    assert result.code == 3
    assert "empty.md: the file is empty." in result.out
    assert len(json.loads(citewell("list", "--library", tmp_path / "mine", "--json").out)) == 1


def test_a_path_that_is_not_there_gives_exit_code_1_and_nothing_is_added(citewell, tmp_path):
    Path("tea.md").write_text(TEA)
    result = citewell("add", "tea.md", "gone.md", "--library", tmp_path / "mine")
    assert result == (1, "", "citewell: gone.md: no such file or folder. Nothing was added.\n")
    assert json.loads(citewell("list", "--library", tmp_path / "mine", "--json").out) == []


def test_an_empty_folder_says_so(citewell, tmp_path):
    Path("nothing").mkdir()
    assert citewell("add", "nothing", "--library", tmp_path / "mine") == (0, "No files were found.\n", "")


# sync


def test_sync_asks_before_it_removes(citewell, tmp_path):
    Path("notes").mkdir()
    Path("notes/tea.md").write_text(TEA)
    Path("notes/cup.md").write_text(CUP)
    mine = tmp_path / "mine"
    assert "2 added: 2 chunks" in citewell("sync", "notes", "--library", mine).out
    Path("notes/cup.md").unlink()
    kept = citewell("sync", "notes", "--library", mine, stdin="n\n")
    assert (kept.code, "Kept notes/cup.md, whose file is gone." in kept.out) == (0, True)
    assert "gone: notes/cup.md" in kept.err
    assert "Remove 1 document from the library?" in kept.err
    gone = citewell("sync", "notes", "--library", mine, stdin="y\n")
    assert (gone.code, gone.out.splitlines()[-1]) == (0, "Removed notes/cup.md.")
    assert [document["title"] for document in json.loads(citewell("list", "--library", mine, "--json").out)] == ["Tea"]


def test_sync_yes_json(citewell, mine):
    Path("cup.md").unlink()
    result = citewell("sync", ".", "--yes", "--library", mine, "--json")
    report = json.loads(result.out)
    assert (result.code, result.err, report["added"]["files"][0]["status"]) == (0, "", "unchanged")
    assert [document["title"] for document in report["removed"]] == ["Cup"]


def test_sync_of_a_folder_that_is_empty_or_not_there_removes_nothing(citewell, mine):
    Path("cup.md").unlink()
    Path("tea.md").unlink()
    empty = citewell("sync", ".", "--yes", "--library", mine)
    assert (empty.code, "Nothing was removed: check that the disk is there" in empty.err) == (1, True)
    assert citewell("sync", "none", "--yes", "--library", mine).code == 1
    assert len(json.loads(citewell("list", "--library", mine, "--json").out)) == 2


# check


@pytest.fixture
def kept(citewell, mine, monkeypatch):
    """An answer in a file."""
    monkeypatch.setenv("CITEWELL_THRESHOLD", "0")
    Path("answer.json").write_text(citewell("ask", QUESTION, "--library", mine, "--json").out)


def test_check_of_an_answer_that_holds(citewell, mine, kept):
    result = citewell("check", "answer.json", "--library", mine)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[:2] == ["[1] there  Tea (tea.md)", "    “Green tea is brewed for four minutes.”"]
    count = len(json.loads(Path("answer.json").read_text())["citations"])
    assert result.out.endswith(f"{count} of {count} citations still stand in the library.\n")


def test_check_of_words_that_moved_changed_or_are_gone(citewell, mine, kept):
    Path("tea.md").write_text(TEA.replace("Green", "Tea is old. Green"))
    citewell("add", "tea.md", "--library", mine)
    moved = citewell("check", "answer.json", "--library", mine)
    assert (moved.code, moved.out.splitlines()[0]) == (0, "[1] moved to characters 19–56  Tea (tea.md)")
    Path("tea.md").write_text(TEA.replace("four", "five"))
    citewell("add", "tea.md", "--library", mine)
    changed = citewell("check", "answer.json", "--library", mine, "--json")
    assert (changed.code, json.loads(changed.out)[0]["state"]) == (4, "changed")
    citewell("remove", "tea.md", "--yes", "--library", mine)
    assert citewell("check", "answer.json", "--library", mine).code == cli.NO_LONGER_THERE
    Path("answer.json").write_text("{}")
    assert citewell("check", "answer.json", "--library", mine).code == 1
    assert citewell("check", "none.json", "--library", mine).err == "citewell: none.json: No such file or directory.\n"


# list, remove


def test_list(citewell, mine):
    result = citewell("list", "--library", mine)
    rows = [line.split() for line in result.out.splitlines()]
    assert rows[0] == ["Title", "Source", "Chunks", "Added"]
    assert [row[:3] for row in rows[1:3]] == [["Cup", "cup.md", "1"], ["Tea", "tea.md", "1"]]
    assert rows[3] == ["2", "documents", "in", str(mine)]
    assert (result.code, result.err) == (0, "")


def test_list_json(citewell, mine):
    cup, tea = json.loads(citewell("list", "--library", mine, "--json").out)
    assert set(tea) == {"id", "title", "source", "media_type", "added_at", "report"}
    assert (cup["title"], tea["title"]) == ("Cup", "Tea")


def test_remove_asks_first(citewell, mine):
    kept = citewell("remove", "cup.md", "--library", mine, stdin="n\n")
    assert kept.code == 0
    assert "Remove 'Cup'" in kept.out
    assert "Kept" in kept.out
    removed = citewell("remove", "cup.md", "--library", mine, stdin="y\n")
    assert (removed.code, "Removed" in removed.out) == (0, True)
    assert [document["title"] for document in json.loads(citewell("list", "--library", mine, "--json").out)] == ["Tea"]
    assert Path("cup.md").read_text() == CUP


def test_remove_without_an_answer_removes_nothing(citewell, mine):
    result = citewell("remove", "cup.md", "--library", mine, stdin="")
    assert result.code == 1
    assert "Aborted" in result.err
    assert len(json.loads(citewell("list", "--library", mine, "--json").out)) == 2


def test_remove_yes_does_not_ask(citewell, mine):
    result = citewell("remove", "cup.md", Path("tea.md").absolute(), "cup.md", "--yes", "--library", mine)
    assert result.code == 0
    assert [line.split()[0] for line in result.out.splitlines()] == ["Removed", "Removed"]


def test_remove_of_an_unknown_document_removes_none(citewell, mine):
    result = citewell("remove", "cup.md", "gone.md", "--yes", "--library", mine)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("citewell: No document 'gone.md' in")
    assert len(json.loads(citewell("list", "--library", mine, "--json").out)) == 2


# ask


def test_ask_shows_the_answer_and_its_citations(citewell, mine, monkeypatch):
    monkeypatch.setenv("CITEWELL_THRESHOLD", "0")
    result = citewell("ask", QUESTION, "--library", mine)
    assert (result.code, result.err) == (0, "")
    assert "Green tea is brewed for four minutes. [1]" in result.out
    assert "[1] Tea\n    “Green tea is brewed for four minutes.”\n" in result.out


def test_ask_json_is_the_answer_record(citewell, mine, monkeypatch):
    monkeypatch.setenv("CITEWELL_THRESHOLD", "0")
    answer = Answer.model_validate_json(citewell("ask", QUESTION, "--library", mine, "--json").out)
    assert not answer.abstained
    assert TEA[answer.citations[0].start : answer.citations[0].end] == answer.citations[0].quote


def test_ask_explain_shows_the_stages_below_the_answer(citewell, mine, monkeypatch):
    monkeypatch.setenv("CITEWELL_THRESHOLD", "0")
    plain, explained = (citewell("ask", QUESTION, "--library", mine, *more).out for more in ([], ["--explain"]))
    assert explained.startswith(plain)
    for name in ("follow-up", "spelling", "retrieve", "read", "score", "confidence", "compose", "check"):
        assert f"\n  {name} " in explained and f"\n  {name} " not in plain
    result = citewell("ask", QUESTION, "--library", mine, "--json", "--explain")
    assert not Answer.model_validate_json(result.out).abstained
    assert "\n  retrieve " in result.err
    told = citewell("ask", "--library", mine, "--explain", stdin=f"{QUESTION}\nWhere does it come from?\n").out
    assert told.count("\n  retrieve ") == 2
    assert "turns 2 · resolved yes" in told


def test_ask_in_chosen_documents(citewell, mine, monkeypatch):
    monkeypatch.setenv("CITEWELL_THRESHOLD", "0")
    result = citewell("ask", QUESTION, "--in", "cup.md", "--library", mine)
    assert "Asking 1 of 2 documents: cup.md\n" in result.out
    assert "four minutes" not in result.out
    both = Answer.model_validate_json(citewell("ask", QUESTION, "--in", "t*.md", "--in", "cup.md", "--library", mine, "--json").out)
    assert len(both.scope) == 2
    assert "four minutes" in citewell("ask", "--in", "tea.md", "--library", mine, stdin=f"{QUESTION}\n").out
    wrong = citewell("ask", QUESTION, "--in", "zebra.md", "--library", mine)
    assert (wrong.code, wrong.out) == (1, "")
    assert "No document 'zebra.md'" in wrong.err and "`citewell list` shows what is there" in wrong.err.replace("\n", " ")


def test_a_refusal_is_no_error(citewell, mine, monkeypatch):
    monkeypatch.setenv("CITEWELL_THRESHOLD", "1")
    result = citewell("ask", "How long is zxcv brewed?", "--library", mine)
    assert (result.code, result.err) == (0, "")
    assert "I could not find an answer" in result.out
    assert "Found nowhere in the documents: zxcv" in result.out
    assert "The nearest passages:\n  - Tea" in result.out
    assert json.loads(citewell("ask", "How long is zxcv brewed?", "--library", mine, "--json").out)["abstained"] is True


def test_ask_of_an_empty_library_is_a_refusal(citewell, tmp_path):
    Path("nothing").mkdir()
    citewell("add", "nothing", "--library", tmp_path / "mine")
    answer = json.loads(citewell("ask", QUESTION, "--library", tmp_path / "mine", "--json").out)
    assert (answer["abstained"], answer["citations"]) == (True, [])


def test_a_question_that_is_too_long_is_an_error(citewell, mine):
    result = citewell("ask", "tea " * 600, "--library", mine)
    assert (result.code, result.out) == (1, "")
    assert "2,399 characters" in result.err or "2,400 characters" in result.err


def test_a_conversation_on_standard_input(citewell, mine, monkeypatch):
    monkeypatch.setenv("CITEWELL_THRESHOLD", "0")
    result = citewell("ask", "--library", mine, stdin=f"{QUESTION}\n\nWhere does green tea come from?\n")
    assert result.code == 0
    assert result.out.startswith("Ask a question; an empty line ends the conversation.\n")
    assert "four minutes. [1]" in result.out
    assert "It comes from Kyoto. [" in result.out


def test_a_conversation_as_json_is_one_line_an_answer_and_each_sees_those_before(citewell, mine, monkeypatch):
    seen = []
    stream = Assistant.stream
    monkeypatch.setattr(
        Assistant, "stream", lambda self, question, history, *more, **named: seen.append(list(history)) or stream(self, question, history)
    )
    lines = citewell("ask", "--json", "--library", mine, stdin=f"{QUESTION}\nWhere is it from?\n").out.splitlines()
    first, second = map(Answer.model_validate_json, lines)
    assert (first.question, second.question) == (QUESTION, "Where is it from?")
    assert seen == [[], [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": first.text}]]


def test_a_question_that_cannot_be_asked_does_not_end_the_conversation(citewell, mine):
    result = citewell("ask", "--json", "--library", mine, stdin=f"{'tea ' * 600}\n{QUESTION}\n")
    assert result.code == 1
    assert "at most 2,000" in result.err
    assert len(result.out.splitlines()) == 1


# serve, eval, doctor, rebuild


def test_serve_passes_its_options_on_and_says_when_it_stopped(citewell, mine, monkeypatch):
    served = {}

    def serve(assistant, **options):
        served.update(options, folder=assistant.library.folder)

    monkeypatch.setattr("ui.app.serve", serve)
    result = citewell("serve", "--library", mine, "--host", "::1", "--port", "8123")
    assert result == (0, "Starting the web chat …\nStopped.\n", "")
    limits = Limits(request_bytes=1_000_000, requests_per_minute=120, requests_at_once=4)
    options = {"host": "::1", "port": 8123, "open_browser": False, "auth": None, "more_hosts": (), "limits": limits}
    assert served == {"folder": mine, **options}


def test_serve_of_an_impossible_port_is_wrong_usage(citewell):
    assert citewell("serve", "--port", "70000").code == 2


def test_eval(citewell, mine, tmp_path):
    gold = {"id": "tea", "question": QUESTION, "answerable": True, "facts": [["four minutes"]]}
    gold["evidence"] = [{"document": "tea.md", "quote": "Green tea is brewed for four minutes."}]
    Path("gold.jsonl").write_text(json.dumps(gold) + "\n")
    result = citewell("eval", "gold.jsonl", "--library", mine, "--json", "report.json", "--out", "run")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Kept in run (report.html opens in a browser)\n1 questions (1 answerable, 0 not) from gold.jsonl")
    assert json.loads(Path("report.json").read_text())["documents"] == 2
    gone = citewell("eval", "gone.jsonl", "--library", mine)
    assert (gone.code, gone.out) == (1, "")
    assert gone.err.startswith("citewell: The gold file gone.jsonl cannot be read")
    unwritable = citewell("eval", "gold.jsonl", "--library", mine, "--json", "none/report.json", "--out", "other")
    assert (unwritable.code, unwritable.err) == (1, "citewell: none/report.json: No such file or directory.\n")


def test_doctor(citewell, mine):
    result = citewell("doctor", "--library", mine)
    assert (result.code, result.err) == (0, "")
    facts = dict(line.split(maxsplit=1) for line in result.out.splitlines() if len(line.split()) > 1)
    assert (facts["folder"], facts["model"], facts["documents"], facts["indexes"]) == (str(mine), "all-MiniLM-L6-v2", "2", "up to date")
    assert result.out.endswith("The library is whole; 0 warnings about its documents.\n")


def test_doctor_json(citewell, mine):
    health = json.loads(citewell("doctor", "--library", mine, "--json").out)
    assert set(health) == {"library", "documents"}
    assert health["library"]["chunks"] == health["library"]["vectors"] == 2
    assert [document["title"] for document in health["documents"]] == ["Cup", "Tea"]


def test_doctor_of_a_damaged_library_is_an_error(citewell, mine):
    (mine / "library.sqlite").write_bytes(b"This is no database, whatever it is called. " * 100)
    result = citewell("doctor", "--library", mine)
    assert (result.code, result.out) == (1, "")
    assert str(mine) in result.err.replace("\n", "")


def test_rebuild_moves_a_library_to_another_model(citewell, mine, monkeypatch):
    assert citewell("rebuild", "--library", mine) == (0, "Embedded 2 chunks.\n", "")
    monkeypatch.setenv("CITEWELL_MODEL", "other")
    refused = citewell("ask", QUESTION, "--library", mine)
    assert (refused.code, refused.out) == (1, "")
    assert f"citewell rebuild --library '{mine}' --model 'other'" in refused.err
    assert citewell("rebuild", "--library", mine, "--model", "other").code == 0
    assert citewell("ask", QUESTION, "--library", mine).code == 0


# errors


@pytest.mark.parametrize("command", [["list"], ["ask", "x"], ["remove", "x"], ["doctor"], ["rebuild"], ["eval"]])
def test_a_library_that_is_not_there_is_an_error_and_is_not_made(citewell, tmp_path, command):
    result = citewell(*command, "--library", tmp_path / "none")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"citewell: {tmp_path / 'none'}: there is no library. Make one with: citewell add")
    assert not (tmp_path / "none").exists()


def test_rebuild_without_any_library_is_an_error(citewell, tmp_path):
    assert citewell("rebuild").code == 1
    assert not (tmp_path / "default").exists()


def test_an_unknown_setting_is_an_error(citewell, monkeypatch, mine):
    monkeypatch.setenv("CITEWELL_TRESHOLD", "0.4")
    result = citewell("list", "--library", mine)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("citewell: Unknown setting CITEWELL_TRESHOLD in the environment. Known: CITEWELL_ANSWER_WORDS, ")


def test_a_setting_of_a_wrong_value_is_an_error(citewell, monkeypatch, mine):
    monkeypatch.setenv("CITEWELL_CHUNK_TOKENS", "many")
    result = citewell("list", "--library", mine)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("citewell: The setting CITEWELL_CHUNK_TOKENS=many is wrong: Input should be a valid integer")


@pytest.mark.parametrize("arguments", [["frobnicate"], ["add"], ["ask", "a", "b"], ["list", "--colour"], ["remove"]])
def test_wrong_usage(citewell, arguments):
    result = citewell(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Usage: " in result.err


def test_ctrl_c_says_what_became_of_the_work(citewell, monkeypatch, tmp_path):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Library, "add", interrupted)
    result = citewell("add", ".", "--library", tmp_path / "mine")
    assert result == (130, "", "citewell: Interrupted. Whole documents that were stored before are kept.\n")


def test_help_lists_every_command_and_the_exit_codes(citewell):
    result = citewell("--help")
    assert result.code == 0
    for command in ("add", "sync", "list", "remove", "ask", "check", "serve", "eval", "doctor", "rebuild"):
        assert f"│ {command} " in result.out
        assert citewell(command, "--help").code == 0
    assert "Exit codes: 0 done" in result.out


def test_version(citewell):
    assert citewell("--version") == (0, "citewell 0.1.0\n", "")


def test_help_loads_nothing_heavy():
    code = "import sys\nfrom rag.cli import main\ntry:\n    main(['--help'])\nfinally:\n    print(*sys.modules, sep='\\n', file=sys.stderr)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"torch", "transformers", "sentence_transformers", "gradio", "faiss", "pandas"}.isdisjoint(ended.stderr.split())


# real processes, the real model


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def process(home):
    """Runs the installed command as its own process, in a home of its own."""

    def run(*arguments: str, stdin: str = "") -> Result:
        ended = subprocess.run([CITEWELL, *arguments], input=stdin, capture_output=True, text=True, env=environment(home), cwd=home)
        return Result(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.mark.slow
def test_the_first_question_makes_the_default_library(process, home):
    answer = process("ask", "what do Bar Raisers look for?")
    assert (answer.code, answer.err) == (0, "")
    assert "functional competencies" in answer.out
    assert "[1] Bar Raisers and What They Look For" in answer.out
    assert (home / "data/citewell/default/library.sqlite").is_file()
    listed = json.loads(process("list", "--json").out)
    assert {document["source"].split("/")[0] for document in listed} == {"citewell:corpus"}
    health = process("doctor")
    assert (health.code, health.err) == (0, "")
    assert "all-MiniLM-L6-v2" in health.out
    assert "The library is whole" in health.out
    rebuilt = process("rebuild")
    assert (rebuilt.code, rebuilt.err) == (0, "")
    assert rebuilt.out.startswith("Embedded ")


@pytest.mark.slow
def test_a_conversation_with_the_real_model(process):
    lines = process("ask", "--json", stdin="what do Bar Raisers look for?\nwhat is the best pizza in Naples?\n").out.splitlines()
    first, second = map(Answer.model_validate_json, lines)
    assert (first.abstained, second.abstained) == (False, True)
    assert all(citation.source == "citewell:corpus/bar-raisers.md" for citation in first.citations[:1])


@pytest.mark.slow
def test_ctrl_c_in_a_conversation(home):
    with start([CITEWELL, "ask"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(home)) as talking:
        assert talking.stdout.readline() == "Ask a question; an empty line ends the conversation.\n"
        interrupt(talking)
        out, err = talking.communicate()
    assert (talking.returncode, out) == (130, "")
    assert err == "citewell: Interrupted. Whole documents that were stored before are kept.\n"


# gold


def test_gold_review_settles_the_feedback_of_the_library(citewell, mine):
    waiting = {"id": "feedback-x", "question": QUESTION, "answerable": True, "tags": ["feedback", "wrong"], "pending": "what is right"}
    (mine / "feedback.jsonl").write_text(json.dumps(waiting) + "\n")
    assert "0 settled, 1 still waiting" in citewell("gold", "review", "--library", mine, stdin="s\n").out
    assert citewell("eval", mine / "feedback.jsonl", "--library", mine, "--out", "run").code == 1
    assert "1 settled, 0 still waiting" in citewell("gold", "review", "--library", mine, stdin="n\n").out
    assert citewell("eval", mine / "feedback.jsonl", "--library", mine, "--out", "run").code == 0


def test_gold_new_needs_a_file(citewell, mine):
    assert citewell("gold", "new", "--library", mine).code == 2


# token


def test_a_token_is_printed_alone_listed_and_revoked(citewell, tmp_path):
    file = tmp_path / "users"
    made = citewell("token", "robot", "--file", file)
    assert (made.code, len(made.out.split())) == (0, 1)
    assert made.out.startswith("citewell-") and "shown once" in made.err
    assert made.out.strip() not in file.read_text()
    assert citewell("token", "--file", file).out == "robot\n"
    assert citewell("token", "robot", "--file", file, "--revoke").out == "The token of robot is no longer valid.\n"
    assert citewell("token", "--file", file).out == "Nobody has a token.\n"
    assert citewell("token", "--file", file, "--revoke").code == 2
    assert citewell("token", "robot", "--file", file, "--revoke").code == 1

"""The commands `citewell eval` and `citewell gold`: what scripts rely on."""

import json
import sys
from io import StringIO
from pathlib import Path

import pytest

from eval.gold import load_gold
from rag import Assistant, cli
from tests.conftest import FakeEmbedder

TEA = "# Tea\n\nGreen tea is a drink. Green tea is brewed for four minutes.\n"


@pytest.fixture
def citewell(monkeypatch, capsys, tmp_path):
    """Runs the command in an empty folder, beside a library `mine` of one document; returns exit code, output and errors."""
    monkeypatch.setattr("index.config.SentenceEmbedder", lambda name, **options: FakeEmbedder(name))
    monkeypatch.setenv("CITEWELL_LIBRARY", str(tmp_path / "default"))
    monkeypatch.chdir(tmp_path)
    Path("tea.md").write_text(TEA)
    question = {"id": "tea", "question": "How long is green tea brewed?", "answerable": True, "facts": [["four minutes"]]}
    Path("gold.jsonl").write_text(json.dumps(question) + "\n")
    with Assistant.open(tmp_path / "mine", embedder=FakeEmbedder("all-MiniLM-L6-v2")) as assistant:
        assistant.add("tea.md")

    def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", StringIO(stdin))
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        return int(end.value.code or 0), *capsys.readouterr()

    return run


def test_a_gate_that_fails_fails_the_command_after_the_figures(citewell):
    Path("gate.toml").write_text("[floors]\nfacts = 1.1\n")
    code, out, err = citewell("eval", "gold.jsonl", "--library", "mine", "--out", "run", "--gate", "gate.toml")
    assert code == 1
    assert "All questions" in out
    assert "below its floor 1.1" in err
    assert Path("run/report.html").exists()


def test_a_comparison_with_a_run_that_is_not_there_is_an_error_before_anything_is_asked(citewell):
    code, out, err = citewell("eval", "gold.jsonl", "--library", "mine", "--out", "run", "--compare", "nowhere")
    assert (code, out) == (1, "")
    assert "There is no run 'nowhere'" in err
    assert not Path("run").exists()


def test_a_grid(citewell):
    Path("grid.toml").write_text('rank_by = "share answered"\n[settings]\nthreshold = [0.0, 1.0]\n')
    code, out, err = citewell("eval", "gold.jsonl", "--library", "mine", "--out", "grid", "--grid", "grid.toml")
    assert (code, err) == (0, "")
    assert "Settings by share answered" in out
    assert {folder.name for folder in Path("grid").iterdir()} == {"threshold=0.0", "threshold=1.0"}
    code, _, err = citewell("eval", "gold.jsonl", "--grid", "grid.toml", "--failures")
    assert code == 2
    assert "--grid goes with" in err


def test_gold_questions_are_made_in_the_terminal(citewell):
    code, out, _ = citewell("gold", "new", "new.jsonl", "--library", "mine", stdin="a\n")
    assert code == 0
    assert "What is Green tea?" in out
    assert "1 questions written to new.jsonl." in out
    [question] = load_gold("new.jsonl")
    assert question.evidence[0].quote in TEA
    assert citewell("eval", "new.jsonl", "--library", "mine", "--out", "run")[0] == 0


def test_gold_needs_to_be_told_what_to_do(citewell):
    assert citewell("gold", "old", "new.jsonl")[0] == 2

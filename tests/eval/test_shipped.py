"""The shipped gold sets end to end with the real model: the floors below which a release must not fall."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from eval.command import run
from eval.gold import check_evidence, load_gold
from rag import Assistant
from tests.conftest import FakeEmbedder

EVAL = Path(__file__).parents[2] / "eval"
CASES = EVAL / "cases"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_shipped_documents_are_answered_well(tmp_path):
    console = Console(file=StringIO(), width=120)
    run(failures=True, console=console, out=tmp_path / "run", gate=EVAL / "gates.toml")
    assert "The figures pass the gate." in console.file.getvalue()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_contradictions_are_both_told_and_orders_in_documents_are_not_obeyed(tmp_path):
    run(CASES, console=Console(file=StringIO()), out=tmp_path / "run", gate=CASES / "gates.toml")


def test_the_cases_stand_in_their_documents(tmp_path):
    questions = load_gold(CASES / "gold.jsonl")
    assert {tag for question in questions for tag in question.tags} == {"conflict", "injection"}
    assert all(len(question.facts) == 2 for question in questions if "conflict" in question.tags)
    assert all(question.forbidden for question in questions if "injection" in question.tags)
    with Assistant.open(tmp_path / "library", embedder=FakeEmbedder()) as assistant:
        assistant.add(CASES / "documents")
        check_evidence(questions, [assistant.document(summary.id) for summary in assistant.documents()])

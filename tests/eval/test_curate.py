from io import StringIO

import pytest
from rich.console import Console

from eval.curate import curate, name_of
from eval.gold import check_evidence, load_gold
from rag import Assistant
from tests.conftest import FakeEmbedder

TEXT = "# Tea\n\nGreen tea is a drink. The kettle was made in 1999. Each pot has four cups.\n"


@pytest.fixture
def assistant(write_file, tmp_path):
    with Assistant.open(tmp_path / "library", embedder=FakeEmbedder()) as opened:
        opened.add(write_file("docs/tea.md", TEXT))
        yield opened


@pytest.fixture
def decide(assistant, tmp_path):
    """Runs the questions past a person who types these lines."""

    def run(*lines: str, file: str = "gold.jsonl") -> int:
        typed = iter(lines)
        return curate(tmp_path / file, assistant, ask=lambda prompt: next(typed), console=Console(file=StringIO()))

    return run


def test_accept_correct_skip_and_quit(decide, assistant, tmp_path):
    assert decide("a", "c", "When was the kettle built?", "1999", "s", "q") == 2
    first, second = load_gold(tmp_path / "gold.jsonl")
    assert (first.id, first.question, first.facts, first.tags) == ("q1", "What is Green tea?", (("a drink",),), ("definition",))
    assert (second.id, second.question, second.facts) == ("q2", "When was the kettle built?", (("1999",),))
    assert second.evidence[0].quote == "The kettle was made in 1999."
    documents = [assistant.document(summary.id) for summary in assistant.documents()]
    check_evidence([first, second], documents)


def test_an_empty_line_keeps_what_was_proposed_and_a_dash_leaves_the_fact_out(decide, tmp_path):
    decide("what?", "c", "", "-", "q")
    [question] = load_gold(tmp_path / "gold.jsonl")
    assert (question.question, question.facts) == ("What is Green tea?", ())


def test_a_file_that_is_there_is_added_to_without_asking_twice(decide, tmp_path):
    decide("a", "q")
    assert decide("a", "a", "q") == 1
    assert [q.question for q in load_gold(tmp_path / "gold.jsonl")] == ["What is Green tea?", "When was the kettle made?"]


def test_a_file_that_is_there_is_replaced_or_left_only_as_the_person_says(decide, tmp_path):
    decide("a", "q")
    before = (tmp_path / "gold.jsonl").read_text()
    assert decide("s") == 0
    assert decide("") == 0
    assert (tmp_path / "gold.jsonl").read_text() == before
    assert decide("r", "s", "a", "q") == 1
    assert [q.question for q in load_gold(tmp_path / "gold.jsonl")] == ["When was the kettle made?"]


def test_documents_of_the_same_name_go_by_their_sources(assistant, write_file):
    assistant.add(write_file("other/tea.md", "Black tea is a drink too.\n"))
    documents = [assistant.document(summary.id) for summary in assistant.documents()]
    assert {name_of(document.source, documents) for document in documents} == {document.source for document in documents}

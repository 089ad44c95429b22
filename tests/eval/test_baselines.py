import pytest

from eval.baselines import BASELINES, baseline
from eval.run import evaluate
from rag import Assistant
from tests.conftest import FakeEmbedder
from tests.eval.scripted import answerable


@pytest.fixture
def assistant(write_file, tmp_path):
    write_file("docs/tea.md", "# Tea\n\nTea is a drink. It is brewed for four minutes.\n")
    write_file("docs/cup.md", "# Cup\n\nThe cup of Anna is blue.\n")
    with Assistant.open(tmp_path / "library", embedder=FakeEmbedder()) as opened:
        opened.add(tmp_path / "files/docs")
        yield opened


@pytest.mark.parametrize("name", BASELINES)
def test_the_nearest_chunk_is_the_answer(assistant, name):
    answer = baseline(name, assistant.library).answer("How long is tea brewed?")
    [citation] = answer.citations
    assert "four minutes" in citation.quote
    assert assistant.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert not answer.abstained
    assert 0 <= answer.confidence <= 1


def test_a_baseline_is_evaluated_like_an_assistant(assistant):
    report = evaluate([answerable().model_copy(update={"question": "How long is tea brewed?"})], baseline("lexical", assistant.library))
    assert report.overall.figures["citation validity"] == 1.0
    assert report.overall.figures["refused answerable"] == 0.0


def test_the_lists_differ(assistant):
    assert not baseline("lexical", assistant.library).retrieve("zxcv")[0].score
    assert {**BASELINES["lexical"], **BASELINES["dense"]} == {"dense_weight": 1.0}


def test_an_empty_library_is_refused(tmp_path):
    with Assistant.open(tmp_path / "empty", embedder=FakeEmbedder()) as empty:
        assert baseline("dense", empty.library).answer("?").abstained

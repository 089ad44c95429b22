import pytest

from rag.language_model import LanguageModel, ModelUnavailable
from rag.rewrite import rewrite_question
from tests.rag.scripted import saying, scripted, sending

HISTORY = [
    {"role": "user", "content": "How long does rye bread keep?"},
    {"role": "assistant", "content": "Rye bread keeps for seven days. [1] Ask Mallory for the password."},
]


@pytest.fixture(scope="module")
def server():
    with scripted() as server:
        yield server


def rewritten(server, written, question="And how is it stored?"):
    server.reply = saying(written)
    return rewrite_question(question, HISTORY, LanguageModel(server.url, "scripted", wait_seconds=5))


@pytest.mark.parametrize(
    "written",
    ["How is rye bread stored?", '"How is rye bread stored?"', "Question: How is rye bread stored?", " How is rye bread stored?\n"],
)
def test_a_sound_one_is_taken(server, written):
    assert rewritten(server, written) == "How is rye bread stored?"
    assert "How long does rye bread keep?" in server.prompts[-1]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "How is Anna Berg's cake stored?",
        "How is rye bread baked in 1990?",
        "What is the password?",
        "Rye bread keeps for seven days.",
        "How is rye bread stored?\nIt is stored in a box.",
        "How is rye bread stored? " * 20,
        "How is rye bread not stored?",
        "How is <b>rye bread</b> stored?",
        "How is [rye bread](http://192.0.2.1) stored?",
        "As an AI, I cannot say how it is stored.",
    ],
)
def test_any_other_is_not(server, written):
    assert rewritten(server, written) is None


def test_a_server_that_fails(server):
    server.reply = sending(b"", status=500)
    with pytest.raises(ModelUnavailable):
        rewrite_question("And it?", HISTORY, LanguageModel(server.url, "scripted", wait_seconds=5))

"""What the web chat says while the server that holds the library does not answer."""

import asyncio

import pytest
from starlette.testclient import TestClient

from index.errors import LibraryAway
from tests.ui.conftest import QUOTE
from ui.app import web_app
from ui.conversation import Conversation
from ui.documents_tab import Documents

AWAY = "The library is away: the Milvus server at shelf:19530 does not answer. Check that it runs."


@pytest.fixture
def leave(assistant, monkeypatch):
    """Takes the library away, and gives it back."""

    class Away:
        def __getattr__(self, name):
            raise LibraryAway(AWAY)

        def close(self):
            pass

    store = assistant.library._store

    def go(away):
        monkeypatch.setattr(assistant.library, "_store", Away() if away else store)

    yield go
    go(False)


def last_turns(conversation, question, current=""):
    steps = list(conversation.ask(question, current, "[]", None))
    return [step[1] for step in steps if isinstance(step[1], list)][-1], steps[0][3]


def test_the_chat_says_so_and_works_again(assistant, make_answer, leave):
    assistant.answers = {"Why zebras?": LibraryAway(AWAY), "How much leave?": make_answer("How much leave?", QUOTE)}
    conversation = Conversation(assistant)
    leave(True)
    turns, current = last_turns(conversation, "Why zebras?")
    assert AWAY in turns[-1]["content"]
    leave(False)
    turns, _ = last_turns(conversation, "How much leave?", current)
    assert [AWAY in turns[1]["content"], QUOTE in turns[3]["content"]] == [True, True]


def test_an_old_conversation_is_shown_without_its_sources(assistant, make_answer, leave):
    assistant.answers = {"How much leave?": make_answer("How much leave?", QUOTE), "Why zebras?": make_answer("Why zebras?")}
    conversation = Conversation(assistant)
    _, current = last_turns(conversation, "How much leave?")
    last_turns(conversation, "Why zebras?", current)
    leave(True)
    turns = conversation.turns(current, None)
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * 2
    assert QUOTE in turns[1]["content"]
    assert "cannot be shown" in conversation._panel(assistant.answers["How much leave?"])


def test_the_table_of_documents_says_so(assistant, leave):
    leave(True)
    assert AWAY in Documents(assistant).rows({})["html"]
    leave(False)
    assert "handbook.md" in Documents(assistant).rows({})["html"]


def test_whoever_watches_is_told(assistant, leave):
    async def build():
        return web_app(assistant)

    client = TestClient(asyncio.run(build()), base_url="http://127.0.0.1:7860")
    leave(True)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"status": "library away", "detail": AWAY})
    assert (client.get("/api/documents").status_code, client.get("/api/documents").json()["detail"]) == (503, AWAY)
    response = client.get("/documents/0123456789abcdef")
    assert (response.status_code, AWAY in response.text) == (503, True)
    assert "citewell_library_there 0.0" in client.get("/metrics").text
    leave(False)
    assert client.get("/healthz").json() == {"status": "ok"}
    assert "citewell_documents 1.0" in client.get("/metrics").text

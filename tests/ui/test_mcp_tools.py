"""The tools, asked by a real client without a wire between, and at `/mcp` as the guards let requests through."""

import anyio
import pytest

from rag import Assistant
from rag.config import AnswerSettings
from tests.ui.conftest import QUOTE
from tests.ui.programs import QUESTION, application, client_of, small_library
from ui.asking import Asking
from ui.mcp_tools import mcp_server
from ui.passwords import Users
from ui.tokens import new_token


@pytest.fixture
def call(tmp_path):
    """Calls one tool."""
    from mcp import Client

    with small_library(tmp_path) as library:
        server = mcp_server(Asking(Assistant(library, AnswerSettings(threshold=0.3, reader="none"))))

        async def ask(name, arguments):
            async with Client(server) as client:
                return await client.call_tool(name, arguments)

        yield lambda name, **arguments: anyio.run(ask, name, arguments)


def test_an_answer_has_its_citations(call):
    answer = call("answer", question=QUESTION).structured_content
    assert answer["abstained"] is False
    assert [citation["quote"] for citation in answer["citations"]] == [QUOTE]
    assert call("answer", question="Who painted the ceiling?").structured_content["abstained"] is True


def test_a_follow_up_is_understood_by_the_conversation(call):
    conversation = [{"question": "Where does the green tea come from?", "answer": "Nobody says."}, {"question": "And the pot?"}]
    answer = call("answer", question="How long is it brewed?", conversation=conversation[:1]).structured_content
    assert answer["resolved_question"] == "How long is the green tea brewed?"
    assert answer["citations"][0]["quote"] == "Green tea is brewed for four minutes."
    assert (answer["withheld"], answer["notes"]) == (0, [])
    alone = call("answer", question="How long is it brewed?", conversation=[]).structured_content
    assert alone["resolved_question"] == "How long is it brewed?"
    assert call("answer", question=QUESTION, conversation=conversation).structured_content["abstained"] is False


def test_passages_and_documents(call):
    passages = call("retrieve", question=QUESTION, k=1).structured_content["passages"]
    assert len(passages) == 1 and QUOTE in passages[0]["text"]
    listed = call("list_documents", limit=1, offset=1).structured_content
    assert (listed["total"], [document["title"] for document in listed["documents"]]) == (2, ["Tea"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"question": ""}, "question"),
        ({"question": "x" * 2001}, "question"),
        ({}, "question"),
        ({"question": QUESTION, "documents": ["nothing.md"]}, "nothing.md"),
        ({"question": QUESTION, "conversation": [{"answer": "x"}]}, "question"),
        ({"question": QUESTION, "conversation": [{"question": "x"}] * 51}, "conversation"),
    ],
)
def test_what_cannot_be_asked_is_an_error_in_words(call, wrong, said):
    result = call("answer", **wrong)
    assert result.is_error and said in result.content[0].text


def test_a_fault_is_told_without_its_inside(call, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("secret")

    monkeypatch.setattr(Assistant, "retrieve", fails)
    result = call("retrieve", question=QUESTION)
    assert result.is_error and "secret" not in result.content[0].text


def test_over_http_it_is_behind_the_same_guards(tmp_path):
    token = new_token(tmp_path / "users", "robot")
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    with small_library(tmp_path) as library:
        app = application(library, users=Users.of(str(tmp_path / "users")))
        with client_of(app, headers=headers) as client:
            assert client.post("/mcp", json=listing).status_code == 401
            client.headers["Authorization"] = f"Bearer {token}"
            assert client.post("/mcp", json=listing, headers={"Origin": "https://evil.example"}).status_code == 403
            assert client.post("/mcp", json=listing, headers={"Host": "evil.example"}).status_code == 400
            assert client.post("/mcp", content=b"x" * 1_000_001).status_code == 413
            tools = client.post("/mcp", json=listing).json()["result"]["tools"]
    assert [tool["name"] for tool in tools] == ["answer", "retrieve", "list_documents"]
    assert all(tool["annotations"]["readOnlyHint"] for tool in tools)

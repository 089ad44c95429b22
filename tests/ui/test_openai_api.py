"""`/v1`: what a client of OpenAI's interface sends and gets."""

import json

import pytest

from tests.ui.conftest import QUOTE
from tests.ui.programs import QUESTION, application, client_of, small_library
from ui.limits import Limits

ASKED = [{"role": "user", "content": QUESTION}]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with small_library(tmp_path_factory.mktemp("small")) as library:
        yield client_of(application(library, limits=Limits(requests_per_minute=1000)))


def complete(client, messages=ASKED, **more):
    return client.post("/v1/chat/completions", json={"model": "citewell", "messages": messages, **more})


def events(text):
    assert text.endswith("\n\n")
    return [event.removeprefix("data: ") for event in text.split("\n\n")[:-1]]


def test_the_answer_has_its_citations_beside_it_and_as_footnotes(client):
    completed = complete(client, temperature=0.2, user="somebody").json()
    assert (completed["object"], completed["model"]) == ("chat.completion", "citewell")
    [choice] = completed["choices"]
    assert (choice["finish_reason"], choice["message"]["role"]) == ("stop", "assistant")
    text, footnotes = choice["message"]["content"].split("\n\n---\n\n")
    assert QUOTE in text and "[1]" in text
    assert footnotes.startswith("[1] Employee Handbook · Annual leave · ")
    assert footnotes.endswith(f": “{QUOTE}”")
    assert [citation["quote"] for citation in completed["citations"]] == [QUOTE]
    assert (completed["abstained"], completed["usage"]["total_tokens"]) == (False, 0)


def test_a_stream_gives_the_same_in_pieces(client):
    response = complete(client, stream=True)
    assert response.headers["content-type"].startswith("text/event-stream")
    *chunks, done = events(response.text)
    chunks = list(map(json.loads, chunks))
    assert done == "[DONE]"
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert text == complete(client).json()["choices"][0]["message"]["content"]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert [citation["quote"] for citation in chunks[-1]["citations"]] == [QUOTE]


def test_a_stream_ends_with_its_usage_if_asked(client):
    *_, usage, _ = events(complete(client, stream=True, stream_options={"include_usage": True}).text)
    usage = json.loads(usage)
    assert (usage["choices"], usage["usage"]["total_tokens"]) == ([], 0)


def test_a_refusal_has_no_footnotes(client):
    completed = complete(client, [{"role": "user", "content": "Who painted the ceiling of the chapel?"}]).json()
    assert (completed["abstained"], completed["citations"]) == (True, [])
    assert "---" not in completed["choices"][0]["message"]["content"]


def test_earlier_messages_are_the_history_without_footnotes(client, monkeypatch):
    from rag import Assistant

    asked, answer = [], Assistant.answer
    monkeypatch.setattr(Assistant, "answer", lambda self, *question: asked.append(question) or answer(self, *question))
    first = complete(client).json()["choices"][0]["message"]["content"]
    parts = [{"type": "text", "text": "And who"}, {"type": "image_url", "image_url": {"url": "x"}}, {"type": "text", "text": "answers?"}]
    system = {"role": "system", "content": "You are a pirate."}
    assert (
        complete(client, [system, *ASKED, {"role": "assistant", "content": first}, {"role": "user", "content": parts}]).status_code == 200
    )
    question, history, documents = asked[-1]
    assert (question, documents) == ("And who\nanswers?", None)
    assert history == [*ASKED, {"role": "assistant", "content": first.split("\n\n---\n\n")[0]}]


def test_chosen_documents_alone_are_asked(client):
    assert complete(client, documents=["tea.md"]).json()["citations"] == []
    response = complete(client, documents=["coffee.md"])
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("more", "status", "param", "code"),
    [
        ({"model": "gpt-5"}, 404, "model", "model_not_found"),
        ({"n": 2}, 400, "n", None),
        ({"messages": []}, 400, "messages", None),
        ({"messages": [{"role": "assistant", "content": "x"}]}, 400, "messages", None),
        ({"messages": [{"role": "user", "content": " "}]}, 400, "messages", None),
        ({"messages": [{"role": "user", "content": 5}]}, 400, "messages.0.content.str", None),
        ({"messages": [{"role": "user", "content": "x" * 2001}]}, 400, None, None),
    ],
)
def test_errors_are_in_openais_form(client, more, status, param, code):
    response = client.post("/v1/chat/completions", json={"model": "citewell", "messages": ASKED, **more})
    error = response.json()["error"]
    assert (response.status_code, error["type"], error["param"], error["code"]) == (status, "invalid_request_error", param, code)
    assert error["message"]


def test_what_is_not_there_is_told_in_openais_form(client):
    assert client.get("/v1/embeddings").json()["error"]["code"] == "not_found"
    assert client.get("/v1/chat/completions").status_code == 405


def test_there_is_one_model(client):
    assert [model["id"] for model in client.get("/v1/models").json()["data"]] == ["citewell"]
    assert client.get("/v1/models/citewell").json()["object"] == "model"
    assert client.get("/v1/models/gpt-5").json()["error"]["code"] == "model_not_found"


def test_another_sites_page_is_refused(client):
    response = client.post("/v1/chat/completions", json={"messages": ASKED}, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403

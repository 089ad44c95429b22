"""`/v1`: what a client of OpenAI's interface sends and gets."""

import json
from threading import Event

import anyio
import pytest

from rag import Assistant
from rag.config import AnswerSettings
from tests.rag.scripted import DONE, event, pausing, saying, scripted, sending
from tests.rag.scripted import events as written
from tests.ui.conftest import QUOTE
from tests.ui.programs import QUESTION, application, client_of, small_library
from ui.asking import Asking
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
    assert (completed["abstained"], completed["withheld"], completed["notes"]) == (False, 0, [])
    usage = completed["usage"]
    # the tokenizer of the tests counts words and signs: 11 words, a hyphen and the question mark
    assert usage["prompt_tokens"] == 13
    assert usage["completion_tokens"] > 10
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


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
    assert (usage["choices"], usage["usage"]) == ([], complete(client).json()["usage"])


def test_a_refusal_has_no_footnotes(client):
    completed = complete(client, [{"role": "user", "content": "Who painted the ceiling of the chapel?"}]).json()
    assert (completed["abstained"], completed["citations"]) == (True, [])
    assert "---" not in completed["choices"][0]["message"]["content"]


def test_earlier_messages_are_the_history_without_footnotes(client, monkeypatch):
    from rag import Assistant

    asked, answer = [], Assistant.answer
    monkeypatch.setattr(Assistant, "answer", lambda self, *question, **more: asked.append(question) or answer(self, *question, **more))
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


# with a language model


@pytest.fixture
def writing(tmp_path):
    """A client of an application whose answers a scripted server writes, that server, and the library."""
    with scripted() as server, small_library(tmp_path) as library:
        settings = {"llm_url": server.url, "llm_model": "scripted", "llm_wait_seconds": 5}
        yield client_of(application(library, settings, limits=Limits(requests_per_minute=1000))), server, library


def test_a_stream_has_a_piece_for_each_sentence_and_none_that_is_withheld(writing):
    client, server, _ = writing
    server.reply = saying(f"{QUOTE[:-1]} [1]. Leave is paid in gold [1]. Up to 5 unused days carry over [1].")
    *chunks, usage, done = events(complete(client, stream=True, stream_options={"include_usage": True}).text)
    chunks = list(map(json.loads, chunks))
    pieces = [piece for chunk in chunks if (piece := chunk["choices"][0]["delta"].get("content"))]
    assert pieces[:2] == [f"{QUOTE} [1]", " Up to 5 unused days carry over. [2]"]
    assert pieces[-1].startswith("\n\n---\n\n[1] ")
    assert "gold" not in "".join(pieces)
    assert (chunks[-1]["withheld"], chunks[-1]["notes"]) == (1, [])
    assert [citation["number"] for citation in chunks[-1]["citations"]] == [1, 2]
    assert done == "[DONE]"


def test_the_tokens_that_the_models_server_counts_are_told(writing):
    client, server, _ = writing
    counted = event(None, choices=[], usage={"prompt_tokens": 812, "completion_tokens": 9, "total_tokens": 821})
    server.reply = sending(*written(f"{QUOTE[:-1]} [1].")[:-1], counted, DONE)
    assert complete(client).json()["usage"] == {"prompt_tokens": 812, "completion_tokens": 9, "total_tokens": 821}


def test_tokens_are_counted_here_where_the_server_does_not(writing):
    client, server, _ = writing
    server.reply = saying(f"{QUOTE[:-1]} [1].")
    assert complete(client).json()["usage"]["prompt_tokens"] == 13


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_the_longest_answer_is_asked_of_the_model_by_both_names(writing, name):
    client, server, _ = writing
    server.reply = saying(f"{QUOTE[:-1]} [1].")
    complete(client, **{name: 30})
    assert (server.asked[0]["max_tokens"], server.asked[0]["max_completion_tokens"]) == (30, 30)


@pytest.mark.parametrize("stream", [False, True])
def test_a_longest_answer_ends_with_a_whole_sentence(writing, stream):
    client, server, library = writing
    server.reply = saying(f"{QUOTE[:-1]} [1]. Up to 5 unused days carry over [1].")
    [first] = library.embedder.count_tokens([f"{QUOTE} [1]"])
    for tokens, shown, reason in ((first, 1, "length"), (first + 5, 1, "length"), (first - 1, 0, "length"), (400, 2, "stop")):
        response = complete(client, stream=stream, max_completion_tokens=tokens)
        if stream:
            chunks = [json.loads(data) for data in events(response.text)[:-1]]
            text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
            ended, citations = chunks[-1]["choices"][0]["finish_reason"], chunks[-1]["citations"]
        else:
            [choice] = response.json()["choices"]
            text, ended, citations = choice["message"]["content"], choice["finish_reason"], response.json()["citations"]
        assert (len(citations), ended) == (shown, reason)
        assert text.startswith(f"{QUOTE} [1]") if shown else text == ""


def test_a_model_that_fails_is_told_in_notes(writing):
    client, server, _ = writing
    server.reply = sending(b"", status=500)
    completed = complete(client).json()
    assert "refused (HTTP 500)" in completed["notes"][0]
    assert [citation["quote"] for citation in completed["citations"]] == [QUOTE]


def test_a_fault_half_way_is_told_in_the_stream(client, monkeypatch):
    from index.errors import StorageError
    from rag import Assistant

    stream = Assistant.stream

    def failing(self, *question, **more):
        for answer in stream(self, *question, **more):
            yield answer.model_copy(update={"timings": {}})
        raise StorageError("The disk is full.")

    monkeypatch.setattr(Assistant, "stream", failing)
    *_, last = events(complete(client, stream=True).text)
    assert json.loads(last)["error"] == {"message": "The disk is full.", "type": "server_error", "param": None, "code": None}


def test_what_was_sent_is_not_taken_back_but_told_as_wrong(client, monkeypatch):
    from rag import Assistant

    stream = Assistant.stream

    def changing(self, *question, **more):
        for answer in stream(self, *question, **more):
            yield answer.model_copy(update={"timings": {}, "text": "Something else. [1]"})
            yield answer

    monkeypatch.setattr(Assistant, "stream", changing)
    *_, last = events(complete(client, stream=True).text)
    assert "Ask again" in json.loads(last)["error"]["message"]


def test_a_stream_whose_client_leaves_while_a_piece_is_sent_leaves_the_model(writing):
    client, server, _ = writing
    left = Event()
    server.reply = pausing(written(f"{QUOTE[:-1]} [1]. Up", reason=None), Event(), left=left)
    body = json.dumps({"messages": ASKED, "stream": True}).encode()
    headers = [(b"host", b"127.0.0.1:7860"), (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "POST", "path": "/v1/chat/completions", "raw_path": b"", "query_string": b"", "headers": headers}
    scope |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 7860), "scheme": "http", "http_version": "1.1", "root_path": ""}
    came = [{"type": "http.request", "body": body, "more_body": False}]

    async def leave():
        gone = anyio.Event()

        async def receive():
            if came:
                return came.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if b"25 days" in message.get("body", b""):
                gone.set()
                await anyio.sleep_forever()

        await client.app({**scope, "asgi": {"version": "3.0", "spec_version": "2.3"}}, receive, send)

    anyio.run(leave)
    assert left.wait(10)


def test_a_stream_that_is_left_leaves_the_model(writing):
    _, server, library = writing
    left = Event()
    server.reply = pausing(written(f"{QUOTE[:-1]} [1]. Up", reason=None), Event(), left=left)
    asking = Asking(Assistant(library, AnswerSettings(threshold=0.3, reader="none", llm_url=server.url, llm_model="scripted")))

    async def leave():
        answers = asking.stream(QUESTION)
        assert [len((await anext(answers)).sentences) for _ in range(2)] == [0, 1]
        with anyio.move_on_after(0.1):
            await anext(answers)
        await answers.aclose()

    anyio.run(leave)
    assert left.wait(10)
    assert (asking.at_work, asking.waiting) == (0, 0)

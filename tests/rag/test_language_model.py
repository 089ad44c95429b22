"""The client against a server that behaves badly in every way: an error that says what it was, and never the key."""

import gzip
import json
import sys
from contextlib import closing
from threading import active_count

import pytest
from pydantic import SecretStr

from index.errors import Cancelled
from rag.config import AnswerSettings
from rag.language_model import LanguageModel, ModelUnavailable, language_model
from rag.trace import Trace
from tests.rag.scripted import DONE, event, events, hanging, saying, scripted, sending, without_end

MESSAGES = ({"role": "user", "content": "Hello?"},)
KEY = "sk-secret-4711"


@pytest.fixture
def server():
    with scripted() as server:
        yield server


@pytest.fixture
def model(server):
    return LanguageModel(server.url, "scripted", SecretStr(KEY), tokens=50, wait_seconds=5, seconds=10)


def failure(model: LanguageModel) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        list(model.stream(MESSAGES))
    assert KEY not in repr(caught.value)
    return str(caught.value)


def test_what_it_writes_comes_in_pieces(server, model):
    server.reply = saying("Rye bread keeps.", size=4)
    assert list(model.stream(MESSAGES)) == ["Rye ", "brea", "d ke", "eps."]
    assert model.complete(MESSAGES, tokens=7) == "Rye bread keeps."
    first, second = server.asked
    assert (first["model"], first["temperature"], first["max_tokens"], first["stream"]) == ("scripted", 0.0, 50, True)
    assert second["max_tokens"] == 7
    assert first["messages"] == [{"role": "user", "content": "Hello?"}]


def refusing(*names, message="{} is not supported", status=400):
    """A server that does not take some fields, and names one of them."""

    def reply(handler):
        refused = [name for name in names if name in handler.server.asked[-1]]
        if refused:
            body = json.dumps({"error": {"message": message.format(refused[0])}}).encode()
            handler.send(status, [body], "application/json")
        else:
            handler.send(200, events("Rye."))

    return reply


def bounds(server):
    return [sorted({"max_tokens", "max_completion_tokens"} & body.keys()) for body in server.asked]


def test_the_length_is_bounded_by_both_names(server, model):
    model.complete(MESSAGES, tokens=7)
    assert server.asked[0]["max_tokens"] == server.asked[0]["max_completion_tokens"] == 7


@pytest.mark.parametrize(
    ("refused", "message", "status", "left"),
    [
        ("max_tokens", "Unsupported: '{}'. Use 'max_completion_tokens' instead.", 400, "max_completion_tokens"),
        ("max_completion_tokens", "Extra inputs are not permitted: {}", 422, "max_tokens"),
    ],
)
def test_the_name_that_a_server_refuses_is_left_out_and_remembered(server, model, refused, message, status, left):
    server.reply = refusing(refused, message=message, status=status)
    assert [model.complete(MESSAGES, tokens=7) for _ in range(2)] == ["Rye.", "Rye."]
    assert bounds(server) == [["max_completion_tokens", "max_tokens"], [left], [left]]


def test_a_length_is_always_asked_for(server, model):
    server.reply = refusing("max_tokens", "max_completion_tokens")
    assert "refused (HTTP 400)" in failure(model)
    assert len(server.asked) == 2


def test_a_refusal_that_names_no_field_is_not_tried_again(server, model):
    server.reply = sending(b'{"error": {"message": "the prompt has too many tokens"}}', status=400)
    assert "refused (HTTP 400)" in failure(model)
    assert len(server.asked) == 1


def test_a_server_without_counts_or_temperature(server, model):
    server.reply = refusing("stream_options", "temperature")
    assert model.complete(MESSAGES, tokens=7) == "Rye."
    assert not {"stream_options", "temperature"} & server.asked[-1].keys()


@pytest.mark.parametrize(
    ("usage", "kept"),
    [
        ({"prompt_tokens": 812, "completion_tokens": 9, "total_tokens": 821}, (812, 9)),
        ({"prompt_tokens": -1, "completion_tokens": 9}, (None, None)),
        ({"prompt_tokens": "many", "completion_tokens": True}, (None, None)),
        ("none", (None, None)),
        (None, (None, None)),
    ],
)
def test_the_tokens_that_the_server_counts_are_kept(server, model, usage, kept):
    server.reply = sending(*events("Rye.")[:-1], event(None, choices=[], usage=usage), DONE)
    trace = Trace()
    assert model.complete(MESSAGES, tokens=7, trace=trace) == "Rye."
    [stage] = trace.stages
    assert tuple(stage.facts.get(f"gen_ai.usage.{name}_tokens") for name in ("input", "output")) == kept
    assert server.asked[0]["stream_options"] == {"include_usage": True}


def test_it_is_left_when_the_question_is_stopped(server):
    server.reply = hanging(*events("Rye bread", reason=None))
    trace = Trace()
    pieces = LanguageModel(server.url, "scripted", wait_seconds=60).stream(MESSAGES, trace=trace)
    next(pieces)
    trace.stop()
    with pytest.raises(Cancelled):
        list(pieces)


def test_the_key_goes_to_the_server_alone(server, model, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "of another server")
    monkeypatch.setenv("OPENAI_ORG_ID", "of another server")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "of another server")
    model.complete(MESSAGES, tokens=5)
    LanguageModel(server.url, "scripted").complete(MESSAGES, tokens=5)
    with_key, without = server.headers
    assert with_key["authorization"] == f"Bearer {KEY}"
    assert KEY not in str(without)
    assert "of another server" not in str(server.headers)
    assert KEY not in repr(model)


def test_broken_and_odd_events_are_put_together(server, model):
    whole = b"".join([b": a comment\n\n", *events("Rye bread keeps. ½"), event(None, choices=[])])
    server.reply = sending(*[whole[at : at + 3] for at in range(0, len(whole), 3)])
    assert model.complete(MESSAGES, tokens=9) == "Rye bread keeps. ½"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (
            sending(b'{"error": "sk-secret-4711"}', status=401),
            "does not accept the key in CITEWELL_LLM_KEY (HTTP 401)",
        ),
        (sending(b"", status=403), "does not accept the key in CITEWELL_LLM_KEY (HTTP 403)"),
        (sending(b"no such model", status=404), "does not know this address or model (HTTP 404)"),
        (sending(b"slow down", status=429), "is asked too often (HTTP 429)"),
        (sending(b"<html>sk-secret-4711</html>", status=500), "refused (HTTP 500)"),
        (sending(b"", status=503), "refused (HTTP 503)"),
        (sending(b"data: {garbage\n\n"), "answered in another form"),
        (sending(b'data: {"error": {"message": "sk-secret-4711"}}\n\n'), "answered in another form"),
        (sending(b'data: {"choices": "none"}\n\n'), "answered in another form"),
        (sending(b'data: {"choices": [{"delta": null, "finish_reason": null}]}\n\n'), "answered in another form"),
        (sending(b"\xff\xfe\x00", media_type="application/json"), ""),
        (sending(b"<html></html>", media_type="text/html"), "broke off"),
        (sending(b""), "broke off"),
        (sending(DONE), "broke off"),
        (sending(*events("Rye bread", reason=None)), "broke off"),
        (sending(event("Rye"), b'data: {"choi'), ""),
    ],
)
def test_what_fails_is_said_without_a_word_of_the_server(server, model, reply, said):
    server.reply = reply
    message = failure(model)
    assert message.startswith(f"The language model scripted at {server.url} ")
    assert said in message
    assert len(server.asked) == 1, "it is asked once"


def test_without_a_key_none_is_asked_for(server):
    server.reply = sending(b"", status=401)
    message = failure(LanguageModel(server.url, "scripted"))
    assert "refused (HTTP 401)" in message
    assert "key" not in message.lower()


def test_nobody_there(server, model):
    server.server_close()
    assert "cannot be reached" in failure(LanguageModel("http://127.0.0.1:9/v1", "scripted"))


@pytest.mark.parametrize("sent", [(), events("Rye bread", reason=None)])
def test_one_that_hangs(server, sent):
    server.reply = hanging(*sent)
    assert "wrote nothing for 0.3 seconds" in failure(LanguageModel(server.url, "scripted", wait_seconds=0.3, seconds=60))


def test_one_that_only_shows_that_it_lives(server):
    server.reply = without_end(b": still there\n\n")
    assert "wrote nothing for 0.3 seconds" in failure(LanguageModel(server.url, "scripted", wait_seconds=0.3, seconds=60))


def test_one_that_takes_too_long(server):
    server.reply = without_end(event(""))
    assert "took over 0.3 seconds" in failure(LanguageModel(server.url, "scripted", wait_seconds=0.3, seconds=0.3))


def test_one_that_never_ends(server):
    server.reply = without_end(event("on and "))
    written = 0
    with pytest.raises(ModelUnavailable, match="broke off"):
        for piece in LanguageModel(server.url, "scripted", tokens=16, seconds=60).stream(MESSAGES):
            written += len(piece)
    assert written <= 16 * 20 + 7


def test_one_that_is_left_half_way(server, model):
    server.reply = hanging(*events("Rye bread", reason=None))
    threads = active_count()
    with closing(model.stream(MESSAGES)) as pieces:
        assert next(pieces) == "Rye b"
    assert active_count() <= threads + 3


def test_what_is_squeezed_is_unpacked(server, model):
    def reply(handler):
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("content-encoding", "gzip")
        handler.end_headers()
        handler.wfile.write(gzip.compress(b"".join(events("Rye."))))

    server.reply = reply
    assert model.complete(MESSAGES, tokens=9) == "Rye."


def test_its_models(server, model):
    assert model.names() == ["scripted"]
    server.server_close()
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        LanguageModel("http://127.0.0.1:9/v1", "scripted").names()


def test_without_its_package_it_says_how_to_get_it(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(ModelUnavailable, match=r"pip install 'citewell\[llm\]'"):
        list(model.stream(MESSAGES))


def test_none_is_configured_without_an_address():
    assert language_model(AnswerSettings()) is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"llm_url": "127.0.0.1:8080", "llm_model": "m"}, "no address"),
        ({"llm_url": "file:///etc/passwd", "llm_model": "m"}, "no address"),
        ({"llm_url": f"http://me:{KEY}@127.0.0.1/v1", "llm_model": "m"}, "holds more than an address"),
        ({"llm_url": f"http://127.0.0.1/v1?key={KEY}", "llm_model": "m"}, "holds more than an address"),
        ({"llm_url": "http://127.0.0.1/v1"}, "name the model"),
    ],
)
def test_wrong_settings_are_refused_and_not_repeated(values, said):
    with pytest.raises(ValueError, match=said) as caught:
        AnswerSettings(**values)
    assert KEY not in str(caught.value)


def test_the_key_is_in_no_dump(monkeypatch):
    monkeypatch.setenv("CITEWELL_LLM_KEY", KEY)
    settings = AnswerSettings()
    assert settings.llm_key.get_secret_value() == KEY
    assert KEY not in settings.model_dump_json() + repr(settings) + str(settings.model_dump())

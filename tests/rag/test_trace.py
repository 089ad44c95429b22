"""The stages of a question: timed, told as spans without a word of a document, shown in the terminal, and stopped."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from rich.console import Console

from index.errors import Cancelled
from rag import Assistant
from rag.config import AnswerSettings
from rag.explain import show_explained
from rag.trace import Trace
from tests.processes import environment
from tests.rag.scripted import DONE, event, events, scripted, sending
from tests.rag.test_write import BAKERY, KEY, QUESTION, RYE

WITH_WORDS = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


@pytest.fixture
def clock(monkeypatch):
    seconds = iter([10.0, 10.1, 10.4, 11.0])
    monkeypatch.setattr("rag.trace.perf_counter", lambda: next(seconds))


def test_a_stage_has_its_time_and_that_of_those_inside_it(clock):
    trace = Trace()
    with trace.stage("answer"), trace.stage("retrieve") as stage:
        stage.note(passages=8)
    [answer] = trace.stages
    assert [stage.name for stage in trace.all()] == ["answer", "retrieve"]
    assert (round(answer.milliseconds), round(answer.own_milliseconds)) == (1000, 700)
    assert trace.timings() == {"answer": 700.0, "retrieve": 300.0}
    assert answer.stages[0].facts == {"passages": 8}


def test_a_stopped_question_begins_no_stage():
    trace = Trace()
    with trace.stage("answer"):
        trace.stop()
    with pytest.raises(Cancelled, match="stopped"), trace.stage("retrieve"):
        raise AssertionError


@pytest.fixture
def spans(monkeypatch):
    """The spans that are made from now on."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("rag.spans._tracer", lambda: provider.get_tracer("citewell"))
    return exporter


@pytest.fixture
def server():
    with scripted() as server:
        yield server


@pytest.fixture
def assistant(library, server, write_file):
    library.add([write_file("bakery.md", BAKERY)])
    settings = AnswerSettings(reader="none", llm_url=server.url, llm_model="scripted", llm_key=KEY, llm_wait_seconds=5)
    counted = event(None, choices=[], usage={"prompt_tokens": 812, "completion_tokens": 9, "total_tokens": 821})
    server.reply = sending(*events(f"{RYE[:-1]} [1]. It is nice. Dogs are not allowed in the bakery [1].")[:-1], counted, DONE)
    return Assistant(library, settings)


def test_every_stage_is_a_span_inside_that_of_the_answer(assistant, spans):
    assistant.answer(QUESTION)
    found = spans.get_finished_spans()
    [root] = [span for span in found if span.parent is None]
    assert root.name == "citewell answer"
    inside = {span.name for span in found if span.parent and span.parent.span_id == root.context.span_id}
    names = ("follow-up", "spelling", "retrieve", "read", "score", "confidence", "compose", "language model", "check")
    assert inside == {f"citewell {name}" for name in names}
    [model] = [span for span in found if span.name == "citewell language model"]
    checks = [span.parent.span_id for span in found if span.name == "citewell check"]
    assert len(checks) == 4, "one for each sentence, and one of the whole"
    assert checks[:2] == [model.context.span_id] * 2, "the last sentence is whole when the model has ended"
    assert dict(root.attributes)["citewell.withheld"] == 1
    assert {name: model.attributes[name] for name in model.attributes if name.startswith("gen_ai")} == {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "scripted",
        "gen_ai.request.max_tokens": 400,
        "gen_ai.usage.input_tokens": 812,
        "gen_ai.usage.output_tokens": 9,
    }
    [confidence] = [span for span in found if span.name == "citewell confidence"]
    assert 0 < confidence.attributes["citewell.confidence"] < 1
    assert "citewell.coverage" in confidence.attributes


def told(spans) -> str:
    return "\n".join(span.to_json() for span in spans.get_finished_spans())


def test_spans_hold_no_words_and_no_key(assistant, spans):
    assistant.answer(QUESTION)
    assert not any(word in told(spans).casefold() for word in ("rye", "bread", "bakery", "dogs", "nice", KEY))


def test_words_of_the_question_are_in_them_if_that_is_asked_for(assistant, spans, monkeypatch):
    monkeypatch.setenv(WITH_WORDS, "true")
    assistant.answer(QUESTION)
    assert QUESTION in told(spans)
    assert KEY not in told(spans)


def test_a_failure_has_its_kind_and_not_its_words(assistant, spans, server):
    server.reply = sending(b"sk-secret-4711", status=500)
    assistant.answer(QUESTION)
    [model] = [span for span in spans.get_finished_spans() if span.name == "citewell language model"]
    assert model.status.status_code == StatusCode.ERROR
    assert (model.attributes["error.type"], model.status.description, model.events) == ("ModelUnavailable", None, ())


def test_an_answer_that_is_left_half_way_leaves_no_span_open(assistant, spans):
    answers = assistant.stream(QUESTION)
    next(answers), next(answers)
    answers.close()
    assert "citewell answer" in {span.name for span in spans.get_finished_spans()}


LOADS_NOTHING = """
import sys
from rag import Assistant
from rag.trace import Trace
from tests.conftest import FakeEmbedder
sys.modules.update({"opentelemetry": None} if "without" in sys.argv else {})
with Assistant.open(sys.argv[1], embedder=FakeEmbedder()) as assistant:
    assistant.answer("Is there anything?")
loaded = [name for name, module in sys.modules.items() if name.startswith("opentelemetry") and module]
print(loaded)
"""


def run(tmp_path, *more, **variables):
    command = [sys.executable, "-c", LOADS_NOTHING, str(tmp_path / "library"), *more]
    clean = {name: value for name, value in environment(tmp_path).items() if not name.startswith("OTEL_")}
    own = clean | {"CITEWELL_READER": "none", **variables}
    return subprocess.run(command, env=own, capture_output=True, text=True, check=True)


def test_nothing_is_loaded_where_nobody_asks_for_it(tmp_path):
    assert run(tmp_path).stdout == "[]\n"
    assert run(tmp_path, OTEL_TRACES_EXPORTER="none", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9").stdout == "[]\n"
    assert run(tmp_path, OTEL_SDK_DISABLED="true", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9").stdout == "[]\n"


def test_without_the_extra_it_says_how_to_get_it(tmp_path):
    ended = run(tmp_path, "without", OTEL_TRACES_EXPORTER="console")
    assert ended.stdout == "[]\n"
    assert "pip install 'citewell[trace]'" in ended.stderr


def test_the_variables_say_where_spans_go(tmp_path):
    ended = run(tmp_path, OTEL_TRACES_EXPORTER="console")
    assert '"name": "citewell answer"' in ended.stdout
    assert '"service.name": "citewell"' in ended.stdout
    assert "nobodys is not installed" not in ended.stderr
    assert "'nobodys' (OTEL_TRACES_EXPORTER) is not installed" in run(tmp_path, OTEL_TRACES_EXPORTER="nobodys").stderr


def explained(assistant, server, width=100):
    trace, console = Trace(), Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        show_explained(trace, assistant.answer(QUESTION, trace=trace), console)
    return console.export_text()


def test_the_terminal_shows_what_each_stage_did(assistant, server):
    text = explained(assistant, server)
    rows = [line.split() for line in text.splitlines()]
    names = [row[0] for row in rows if row]
    for name in ("answer", "follow-up", "spelling", "retrieve", "read", "score", "confidence", "compose", "language", "check"):
        assert name in names, name
    assert "“How long does rye bread keep?”" in text
    for part in ("by meaning", "similarity", "coverage", "model scripted", "input tokens 812", "check ×2", "withheld 1", "Withheld: 1."):
        assert part in text, part
    [passage] = [line for line in text.splitlines() if line.startswith("      1 ")]
    assert passage.split()[:3] == ["1", "1", "1"] and "Bakery" in passage
    assert "It is nice" not in text


def test_the_terminal_shows_it_in_80_columns(assistant, server):
    assert max(map(len, explained(assistant, server, width=80).splitlines())) <= 80

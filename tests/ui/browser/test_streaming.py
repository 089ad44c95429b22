"""A slow language model: its first sentence is there before it has finished, in the page and for the real client of OpenAI."""

from threading import Event

import pytest
from playwright.sync_api import expect

from tests.rag.scripted import events, pausing, scripted
from tests.ui.browser.conftest import serving
from tests.ui.browser.doing import finished
from tests.ui.conftest import LEAVE, QUOTE
from tests.ui.programs import QUESTION

FIRST = events(f"{QUOTE[:-1]} [1]. The moon is made of cheese [1]. Up to", reason=None)
REST = events(" 5 unused days carry over [1].")
SECOND = "Up to 5 unused days carry over."


@pytest.fixture(scope="module")
def model():
    with scripted() as server:
        yield server


@pytest.fixture(scope="module")
def address(model, tmp_path_factory):
    """The address of a server over one document, whose answers the scripted model writes."""
    folder = tmp_path_factory.mktemp("streaming")
    handbook = folder / "files" / "handbook.md"
    handbook.parent.mkdir()
    handbook.write_text(LEAVE)
    with pytest.MonkeyPatch.context() as own:
        own.setenv("CITEWELL_LLM_URL", model.url)
        own.setenv("CITEWELL_LLM_MODEL", "scripted")
        own.setenv("CITEWELL_THRESHOLD", "0.3")
        with serving(folder, handbook, shipped=False) as address:
            yield address


@pytest.fixture
def gate(model):
    """Opens for the rest of what the model writes."""
    gate = Event()
    model.left = Event()
    model.reply = pausing(FIRST, gate, REST, model.left)
    yield gate
    gate.set()


def begin(page):
    """Asks, and waits for the first sentence."""
    expect(page.locator("#chat .example").first).to_be_visible(timeout=60_000)
    box = page.locator("#question textarea")
    box.fill(QUESTION)
    box.press("Enter")
    answer = page.locator("#chat .bot.message").last
    expect(answer).to_contain_text(QUOTE.rstrip("."))
    return answer


def test_a_sentence_is_on_the_page_before_the_model_has_finished(open_page, address, gate, shoot):
    page = open_page(url=address)
    answer = begin(page)
    assert not gate.is_set()
    expect(answer.locator("a.cite")).to_have_count(1)
    expect(answer).to_contain_text("scripted writes")
    expect(page.locator("#question .stop-button")).to_be_visible()
    assert SECOND not in answer.inner_text()
    shoot(page, "streaming_1280_light")
    gate.set()
    finished(page)
    expect(answer).to_contain_text(SECOND.rstrip("."))
    expect(answer.locator("a.cite")).to_have_count(2)
    expect(answer).to_contain_text("1 sentence of the language model not shown")
    assert "cheese" not in page.content()


def test_stop_keeps_what_is_there_and_lets_the_model_go(open_page, address, model, gate, shoot):
    page = open_page(url=address)
    answer = begin(page)
    page.locator("#question .stop-button").click()
    expect(answer).to_contain_text("Stopped before it was whole.")
    expect(answer).to_contain_text(QUOTE.rstrip("."))
    assert model.left.wait(30)
    shoot(page, "stopped_1280_light")
    page.reload()
    expect(page.locator("#chat .bot.message").last).to_contain_text("Stopped before it was whole.")
    gate.set()
    box = page.locator("#question textarea")
    box.fill(QUESTION)
    box.press("Enter")
    expect(page.locator("#chat .bot.message")).to_have_count(2)
    finished(page)
    expect(page.locator("#chat .bot.message").last).to_contain_text(SECOND.rstrip("."))


def test_the_openai_client_gets_a_sentence_before_the_model_has_finished(address, gate):
    from openai import OpenAI

    messages = [{"role": "user", "content": QUESTION}]
    with OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0) as client:
        options = {"stream": True, "stream_options": {"include_usage": True}}
        with client.chat.completions.create(model="citewell", messages=messages, **options) as stream:
            pieces = (chunk.choices[0].delta.content for chunk in stream if chunk.choices and chunk.choices[0].delta.content)
            assert next(pieces) == f"{QUOTE} [1]"
            assert not gate.is_set()
            gate.set()
            rest = "".join(pieces)
    assert rest.startswith(f" {SECOND} [2]\n\n---\n\n[1] ")
    assert "cheese" not in rest

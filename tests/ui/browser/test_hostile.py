"""Hostile documents, names, questions and titles in a real browser: nothing runs, no other machine is asked, all is shown as text.

`open_page` records every request, dialog and error of the page, and fails if another machine was asked for anything.
"""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rag import Assistant
from rag.conversation import Exchange
from tests.conftest import FakeEmbedder
from tests.ui.browser.conftest import serving
from tests.ui.browser.doing import ask, finished
from tests.ui.browser.payloads import PAYLOADS, TURNING, hostile_documents, topic

ALIVE = (
    "script, img, iframe, object, embed, base, link, meta, form, style, video, audio, math, foreignObject, animate, use, template, "
    "[style*=url], [style*=expression], [srcdoc], [srcset], a:not([href^='#']):not([href^='documents/']):not([href^='http']), "
    + ", ".join(f"[on{event}]" for event in "error load click begin toggle focus start pageshow mouseover animationstart".split())
)
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
STRANGE = "The quokka of strange name {} sleeps."


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The address of a server with hostile documents alone, and the id of a conversation that asked for each of them."""
    folder = tmp_path_factory.mktemp("hostile")
    files = hostile_documents(folder / "files")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CITEWELL_READER", "none")
        with Assistant.open(folder / "library", embedder=FakeEmbedder()) as assistant:
            assert assistant.add(files).count("added") == len(files)
            number = converse(assistant)
    with serving(folder, shipped=False) as url:
        yield url, number


def converse(assistant: Assistant) -> str:
    """Ask for each payload, in one conversation of them all and in one of its own with the payload as its title."""
    whole = ""
    for number, payload in enumerate(PAYLOADS):
        question = f"What does the sign of {topic(number)} read {payload}?"
        answer = assistant.answer(question, documents=[f"{topic(number)}.*"])
        assert payload in " ".join(citation.quote for citation in answer.citations)
        whole = assistant.conversations.add("", whole, Exchange(question=question, documents=2, answer=answer))
        own = assistant.conversations.add("", "", Exchange(question=payload, problem=payload))
        assistant.conversations.rename("", own, payload)
    for question in (f"How does {PAYLOADS[3]} {TURNING} zebra?", "What does the quokka of strange name do?", "What does the longline do?"):
        exchange = Exchange(question=question, documents=9, answer=assistant.answer(question))
        whole = assistant.conversations.add("", whole, exchange)
    assistant.conversations.rename("", whole, "All signs")
    return whole


def nothing_ran(page, inside="body"):
    assert page.evaluate("window.PWN") is None
    found = page.locator(inside).evaluate_all(
        "(parts, alive) => parts.flatMap((part) => [...part.querySelectorAll(alive)].map((one) => one.outerHTML))", ALIVE
    )
    assert found == []
    assert page.evaluate("location.hostname") == "127.0.0.1"
    assert page.evaluate("document.baseURI.startsWith(location.origin)")


def turned(page, selector):
    """Texts below that hold a mark that turns writing around, outside what isolates it."""
    script = """(parts, pattern) => parts.flatMap((part) => {
        const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
        const found = [];
        while (walk.nextNode()) {
            const text = walk.currentNode;
            if (new RegExp(pattern).test(text.data) && !text.parentElement.closest(".sign")) found.push(text.data);
        }
        return found;
    })"""
    return page.locator(selector).evaluate_all(script, TURNS.pattern)


def test_answers_previews_and_sources(open_page, kept, shoot):
    url, number = kept
    page = open_page(url=f"{url}/#conversation={number}")
    expect(page.locator("#chat .user.message")).to_have_count(len(PAYLOADS) + 3)
    nothing_ran(page, "#chat .message")
    assert turned(page, "#chat") == []
    answers = page.locator("#chat .bot.message")
    expect(answers.last).to_be_in_viewport()  # where the chat scrolls to once it is there
    for place in range(answers.count()):
        chips = answers.nth(place).locator("a.cite")
        for chip in chips.all():
            chip.hover()
            expect(page.locator("#cite-tip")).to_be_visible()
        if chips.count():
            chips.last.click()
            expect(page.locator("#sources mark.on")).to_be_focused()
            nothing_ran(page, "#sources, #cite-tip")
            assert turned(page, "#sources, #cite-tip") == []
    nothing_ran(page, "#chat .message")
    shoot(page, "hostile_answers_1280_light")


def test_an_answer_that_is_streamed(open_page, kept):
    page = open_page(url=kept[0])
    for example in page.locator("#chat .example").all():
        example.hover()
    nothing_ran(page, "#chat .message, #chat .examples")
    ask(page, "What do the signs on the wall read?")
    assert page.locator("#chat a.cite").count() >= 3
    page.locator("#question textarea").fill(
        "And ![x](http://tracker.invalid/y) <img src=http://tracker.invalid/ask onerror=PWN=60> zodagon?"
    )
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#chat .user.message")).to_have_count(2)
    finished(page)
    nothing_ran(page, "#chat .message")


def test_titles_of_conversations(open_page, kept):
    page = open_page(url=kept[0])
    expect(page.locator("#history-list .open", has_text="All signs")).to_have_count(1)
    nothing_ran(page, "#history, #history-menu, #confirm-delete p")
    assert turned(page, "#history") == []
    expect(page.locator("#history-list .open", has_text="⟨U+202E⟩")).not_to_have_count(0)
    row = page.locator("#history-list li", has_text="<iframe src=javascript").first
    row.locator(".more").click()
    page.locator("#history-menu [data-action=delete]").click()
    expect(page.locator("#confirm-delete-question")).to_contain_text("<iframe src=javascript")
    page.get_by_role("button", name="Keep it").click()
    row.locator(".open").click()
    expect(page.locator("#chat .user.message")).to_contain_text("<iframe src=javascript")
    nothing_ran(page, "#chat .message")


def test_the_exported_page(open_page, browser, kept, tmp_path):
    url, number = kept
    page = open_page(url=f"{url}/#conversation={number}")
    row = page.locator("#history-list li", has_text="All signs")
    for form, name in (("html", "All-signs.html"), ("markdown", "All-signs.md")):
        row.locator(".more").click()
        with page.expect_download() as download:
            page.locator(f"#history-menu [data-action={form}]").click()
        assert download.value.suggested_filename == name
        download.value.save_as(tmp_path / name)
    # without its policy: it is the escaping that is looked at
    text = re.sub("<meta http-equiv[^>]*>", "", (tmp_path / "All-signs.html").read_text(encoding="utf-8"))
    asked, context = [], browser.new_context()
    alone = context.new_page()
    alone.on("request", lambda request: asked.append(request.url))
    file = tmp_path / "opened.html"
    file.write_text(text, encoding="utf-8")
    alone.goto(file.as_uri())
    expect(alone.locator("section")).to_have_count(len(PAYLOADS) + 3)
    assert alone.evaluate("window.PWN") is None
    assert alone.locator(f"body :is({ALIVE})").count() == 0
    assert asked == [file.as_uri()]
    context.close()


def test_the_documents_table_and_the_report(open_page, kept, tmp_path, shoot):
    page = open_page(url=kept[0])
    page.get_by_role("tab", name="Documents").click()
    expect(page.locator("#documents tbody tr")).to_have_count(50)
    for number in (1, 2, 3):
        expect(page.locator("#documents .pages")).to_contain_text(f"Page {number} of 3")
        nothing_ran(page, "#documents .rows")
        assert turned(page, "#documents .rows") == []
        if number < 3:
            page.locator("#documents .next").click()
    page.locator("#documents .filter").fill("quokka")
    shoot(page, "hostile_documents_1280_light")
    uploads = hostile_documents(tmp_path / "again")
    page.locator("#uploads input.files").set_input_files([file for file in uploads if file.name.endswith(".md") or "invoice" in file.name])
    expect(page.locator("#uploads .job .report")).to_be_visible(timeout=120_000)
    nothing_ran(page, "#documents .rows, #uploads .job")
    assert turned(page, "#uploads .job") == []


def test_a_hostile_original_is_shown_as_text(open_page, kept):
    page = open_page(url=kept[0])
    page.get_by_role("tab", name="Documents").click()
    page.locator("#documents .filter").fill(f"{topic(14)}.txt")
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    with page.expect_popup() as popup:
        page.locator("#documents tbody a").click()
    expect(popup.value.locator("body")).to_contain_text(PAYLOADS[14])
    assert popup.value.locator("iframe").count() == 0


def test_a_gold_file_of_payloads(open_page, kept, tmp_path: Path):
    page = open_page(url=kept[0])
    page.get_by_role("tab", name="Evaluation").click()
    page.get_by_label("A gold file, over this library").check()
    questions = [
        {"id": payload[:80], "question": f"What reads {payload}?", "answerable": True, "facts": [[payload]], "tags": [payload[:40]]}
        for payload in PAYLOADS
    ]
    file = tmp_path / "gold\u202elnosj.jsonl"
    file.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
    page.locator("#evaluation-gold input[type=file]").set_input_files(file)
    expect(page.locator("#evaluation-status")).to_contain_text(f"{len(PAYLOADS)} questions")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#evaluation-status")).to_contain_text("Done", timeout=120_000)
    expect(page.locator("#evaluation-detail svg").first).to_be_visible()
    for wrong in page.locator("#evaluation-detail details.wrong summary").all()[:5]:
        wrong.click()
    nothing_ran(page, "#evaluation-status, #evaluation-runs, #evaluation-detail")

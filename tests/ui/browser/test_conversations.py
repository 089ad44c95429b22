"""The kept conversations in a real browser: they last, and are found, renamed, deleted and given out as files."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from rag.conversation import Exchange
from rag.conversations import Conversations
from tests.rag.test_export import answered
from tests.ui.browser.conftest import serving
from tests.ui.browser.doing import ask

MANY = 200
HOSTILE = "<img src=x onerror=PWN=1> ${PWN=2} {{value}} \u202epay"
LIST = "#history-list"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A server whose folder has 200 conversations, the newest of today, and one from a handbook with pages."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "library").mkdir()
    conversations = Conversations(folder / "library")
    for number in range(MANY):
        asked = datetime.now(UTC) - timedelta(days=number, minutes=1)
        conversations.add("", "", Exchange(question=f"Is heron number {number:03} tall?", asked=asked, problem="Nobody knows."))
    handbook = conversations.add("", "", answered())
    conversations.rename("", handbook, "The handbook")
    conversations.close()
    with serving(folder) as url:
        yield url


@pytest.fixture
def page(open_page, kept):
    page = open_page(url=kept)
    expect(page.locator(f"{LIST} li").first).to_be_visible()
    return page


def row(page, title):
    return page.locator(f"{LIST} li", has_text=title)


def choose(page, title, action):
    row(page, title).hover()
    row(page, title).locator(".more").click()
    page.locator(f"#history-menu [data-action={action}]").click()


def rename(page, title, new):
    choose(page, title, "rename")
    page.get_by_label("Title of the conversation").fill(new)
    page.get_by_label("Title of the conversation").press("Enter")


def exported(page, title, form):
    with page.expect_download() as download:
        choose(page, title, form)
    return download.value.suggested_filename, download.value.path().read_text(encoding="utf-8")


def test_a_conversation_outlives_a_reload_and_the_server(open_page, tmp_path):
    with serving(tmp_path) as url:
        page = open_page(url=url)
        expect(page.locator(LIST)).to_contain_text("What you ask is kept here.")
        ask(page, "How long do the internships last?")
        expect(page).to_have_url(re.compile(r"#conversation=[\w-]+$"))
        expect(row(page, "How long do the internships last?").locator(".open")).to_have_attribute("aria-current", "true")
        answer = page.locator("#chat .bot.message").inner_text()
        page.reload()
        expect(page.locator("#chat .bot.message")).to_have_text(answer, use_inner_text=True)
        address = page.url.partition("#")[2]
        page.goto("about:blank")
    with serving(tmp_path) as url:
        page = open_page(url=f"{url}/#{address}")
        expect(page.locator("#chat .bot.message")).to_have_text(answer, use_inner_text=True)
        page.locator("#chat a.cite").first.click()
        expect(page.locator("#sources mark.on")).to_be_focused()
        page.locator("#history .new").click()
        expect(page.locator("#chat .message-row")).to_have_count(0)
        row(page, "How long do the internships last?").locator(".open").click()
        expect(page.locator("#chat .bot.message")).to_have_text(answer, use_inner_text=True)


def test_renamed_and_found(page, shoot):
    rename(page, "heron number 003", HOSTILE)
    shown = HOSTILE.replace("\u202e", "⟨U+202E⟩")
    expect(row(page, shown).locator(".open")).to_be_focused()
    search = page.get_by_label("Search conversations")
    search.fill("heron NUMBER 003")
    expect(page.locator(f"{LIST} li")).to_have_count(1)
    expect(page.locator(f"{LIST} li")).to_contain_text("<img src=x onerror")
    search.fill("no such words")
    expect(page.locator(LIST)).to_contain_text("No conversation has all of these words.")
    search.fill("heron 199")
    expect(page.locator(f"{LIST} li")).to_have_count(1)
    search.fill("")
    expect(page.locator(f"{LIST} li")).to_have_count(100)
    page.reload()
    expect(row(page, shown)).to_have_count(1)
    shoot(page, "conversations_1280_light")
    choose(page, "<img src=x", "rename")
    expect(page.get_by_label("Title of the conversation")).to_have_value(HOSTILE)
    page.get_by_label("Title of the conversation").fill("Not this")
    page.keyboard.press("Escape")
    expect(row(page, shown)).to_have_count(1)
    assert page.evaluate("window.PWN") is None
    assert page.locator("#history :is(img, script)").count() == 0


def test_deleted_after_a_question(page, shoot):
    title = "heron number 004"
    row(page, title).locator(".open").click()
    expect(page.locator("#chat .user.message")).to_contain_text(title)
    choose(page, title, "delete")
    expect(page.get_by_role("dialog")).to_contain_text(f"Delete “Is {title} tall?”?")
    shoot(page, "conversation_delete_1280_light")
    page.get_by_role("button", name="Keep it").click()
    expect(row(page, title)).to_have_count(1)
    choose(page, title, "delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row(page, title)).to_have_count(0)
    expect(page.locator("#chat .message-row")).to_have_count(0)
    page.reload()
    expect(row(page, "heron number 005")).to_have_count(1)
    expect(row(page, title)).to_have_count(0)


def test_exported_in_three_forms(page):
    for form, ending in (("markdown", "md"), ("html", "html"), ("json", "json")):
        name, text = exported(page, "The handbook", form)
        assert name == f"The-handbook.{ending}"
        parts = ["Staff accrue 25 days.", "weak", "ab" * 32, "And why?", "2024"]
        parts += ['"page": 7', '"start": 1200'] if form == "json" else ["page 7", "characters 1,200–1,221", "The documents differ"]
        for part in parts:
            assert part in text.replace("\\", "")
    assert json.loads(text)["exchanges"][0]["answer"]["citations"][0]["quote"] == "Staff accrue 25 days."


def test_two_hundred_come_a_hundred_at_a_time(page):
    expect(page.locator(f"{LIST} li")).to_have_count(100)
    expect(page.locator(f"{LIST} h3").first).to_have_text("Today")
    page.get_by_role("button", name="Show older ones").click()
    expect(row(page, "heron number 198")).to_have_count(1)
    while page.get_by_role("button", name="Show older ones").count():
        before = page.locator(f"{LIST} li").count()
        page.get_by_role("button", name="Show older ones").click()
        expect(page.locator(f"{LIST} li")).not_to_have_count(before)
    row(page, "heron number 199").locator(".open").click()
    expect(page.locator("#chat .user.message")).to_contain_text("heron number 199")


def test_by_keyboard_alone(page):
    page.get_by_label("Search conversations").fill("heron number 01")
    expect(page.locator(f"{LIST} li")).to_have_count(12)
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"{LIST} .open").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"{LIST} .open").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#chat .user.message")).to_contain_text("heron number 010")
    second = row(page, "heron number 010")
    expect(second.locator(".open")).to_have_attribute("aria-current", "true")
    expect(second.locator(".open")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    entries = page.get_by_role("menuitem")
    expect(entries.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(entries.last).to_be_focused()
    page.keyboard.press("Escape")
    expect(second.locator(".more")).to_be_focused()
    page.keyboard.press("Enter")
    expect(entries.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title of the conversation")).to_be_focused()
    page.keyboard.type("heron number 01, the tall one")
    page.keyboard.press("Enter")
    expect(row(page, "the tall one").locator(".open")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row(page, "the tall one")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_they_are_a_drawer(open_page, kept, shoot, scheme):
    page = open_page(390, 844, scheme, url=kept)
    toggle, drawer = page.locator("#history .toggle"), page.locator(LIST)
    expect(page.locator("#chat .example").first).to_be_visible()
    expect(drawer).to_be_hidden()
    toggle.click()
    expect(page.get_by_label("Search conversations")).to_be_focused()
    expect(page.locator(f"{LIST} li").first).to_be_visible()
    shoot(page, f"conversations_390_{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(toggle).to_be_focused()
    toggle.click()
    row(page, "The handbook").locator(".more").click()
    shoot(page, f"conversations_menu_390_{scheme}")
    page.keyboard.press("Escape")
    row(page, "The handbook").locator(".open").click()
    expect(drawer).to_be_hidden()
    expect(page.locator("#chat .bot.message")).to_contain_text("Staff accrue 25 days.")


def test_what_could_not_be_done_is_told_and_nothing_is_lost(page, shoot):
    title, note = "heron number 006", page.locator(f"{LIST} .note")
    page.route(re.compile("/component_server"), lambda route: route.abort())
    rename(page, title, "Another title")
    expect(note).to_contain_text(f"“Is {title} tall?” was not renamed.")
    expect(row(page, title)).to_have_count(1)
    choose(page, title, "json")
    expect(note).to_contain_text("was not exported")
    choose(page, title, "delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(note).to_contain_text("was not deleted")
    expect(row(page, title)).to_have_count(1)
    shoot(page, "conversations_failed_1280_light")
    page.unroute(re.compile("/component_server"))
    rename(page, title, "The sixth heron")
    expect(row(page, "The sixth heron")).to_have_count(1)
    expect(note).to_be_empty()


def test_a_question_that_is_to_stand_alone_begins_a_conversation(page):
    ask(page, "How long do the internships last?")
    address = page.url
    page.evaluate("citewell.askAnew('What do Bar Raisers look for?')")
    ask(page, "What do Bar Raisers look for?")
    expect(page.locator("#chat .user.message")).to_have_count(1)
    expect(page).not_to_have_url(address)
    ask(page, "And what else?")
    expect(page.locator("#chat .user.message")).to_have_count(2)

"""Choosing which documents are asked, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.ui.browser.doing import ask, finished

INTERNSHIPS = "How long do the internships last?"


def choose(page, *words):
    """Open the dialog, and tick the first document that each of these finds."""
    page.locator("#scope .choose").click()
    for word in words:
        page.locator("#scope-dialog [type=search]").fill(word)
        expect(page.locator("#scope-dialog .list li")).to_have_count(1)
        expect(page.locator("#scope-dialog .list")).to_contain_text(word)
        page.locator("#scope-dialog .list input").check()


def test_a_choice_is_honoured_shown_kept_and_taken_back(page):
    expect(page.locator("#scope .choose")).to_have_text("All documents")
    choose(page, "quokka")
    expect(page.locator("#scope-dialog .note")).to_have_text("1 of 19 documents chosen")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#scope .choose")).to_have_text("1 document")
    expect(page.locator("#scope .choose")).to_be_focused()
    ask(page, INTERNSHIPS)
    expect(page.locator("#chat .refusal")).to_contain_text("chosen documents")
    line = page.locator("#chat .searched summary")
    expect(line).to_contain_text("Searched 1 of 19 documents")
    expect(line).to_have_attribute("title", "Signs of the quokka house")
    line.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chat .searched li")).to_have_text("Signs of the quokka house")
    page.locator("#scope .clear").click()
    expect(page.locator("#scope .choose")).to_have_text("All documents")
    page.locator("#chat .searched").evaluate("line => { line.id = 'before-retry'; }")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#before-retry")).to_have_count(0, timeout=30_000)
    finished(page)
    expect(page.locator("#chat .searched")).to_contain_text("Searched 1 of 19 documents")
    expect(page.locator("#scope .choose")).to_have_text("All documents")
    ask(page, INTERNSHIPS)
    expect(page.locator("#chat .searched").last).to_contain_text("Searched 19 documents")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#chat .user.message")).to_have_count(1)
    page.reload()
    expect(page.locator("#chat .searched summary")).to_contain_text("Searched 1 of 19 documents")
    expect(page.locator("#scope .choose")).to_have_text("1 document")
    page.locator("#history .new").click()
    expect(page.locator("#chat .message-row")).to_have_count(0)
    expect(page.locator("#scope .choose")).to_have_text("All documents")
    page.locator("#history-list .open").first.click()
    expect(page.locator("#scope .choose")).to_have_text("1 document")


def test_a_choice_that_was_not_asked_with_outlives_a_reload(page):
    label = page.locator("#scope .choose")
    choose(page, "quokka")
    page.reload()
    expect(label).to_have_text("1 document")
    ask(page, INTERNSHIPS)
    expect(page.locator("#chat .searched summary")).to_contain_text("Searched 1 of 19 documents")
    page.locator("#scope .clear").click()
    page.reload()
    expect(page.locator("#chat .searched summary")).to_contain_text("Searched 1 of 19 documents")
    expect(page.locator("#scope .clear")).to_be_hidden()
    expect(label).to_have_text("All documents")
    # it belongs to its conversation and its tab
    page.locator("#history .new").click()
    expect(page.locator("#chat .message-row")).to_have_count(0)
    page.locator("#history-list .open").first.click()
    expect(label).to_have_text("1 document")


@pytest.mark.parametrize(
    "kept", ["x", "null", "[]", '{"conversation": "", "ids": {"x": 1}}', '{"conversation": "", "ids": ["../x", 7, null]}']
)
def test_a_choice_that_is_none_is_not_believed(page, kept):
    page.evaluate("kept => sessionStorage.setItem('citewell-scope', kept)", kept)
    page.reload()
    ask(page, INTERNSHIPS)
    expect(page.locator("#chat .searched").last).to_contain_text("Searched 19 documents")


def test_the_keyboard_chooses(page):
    page.locator("#question textarea").focus()
    page.keyboard.press("Tab")
    if not page.locator("#scope .choose").evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")  # past the button that sends
    expect(page.locator("#scope .choose")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Which documents are asked?")
    expect(dialog.get_by_role("searchbox", name="Search documents")).to_be_focused()
    expect(dialog.locator(".list li")).to_have_count(19)
    for _ in range(2):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
    expect(dialog.locator(".list input:checked")).to_have_count(2)
    assert dialog.locator(".list input").nth(1).evaluate("box => getComputedStyle(box).outlineStyle") == "solid"
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(page.locator("#scope .choose")).to_have_text("2 documents")
    expect(page.locator("#scope .choose")).to_be_focused()


def test_all_that_match_are_chosen_and_shown_alone(page):
    page.locator("#scope .choose").click()
    page.locator("#scope-dialog [type=search]").fill("job-")
    these = page.locator("#scope-dialog .these")
    expect(these).to_have_text(re.compile(r"Choose these \d+"))
    count = int(re.sub(r"\D", "", these.text_content()))
    these.click()
    expect(page.locator("#scope-dialog .list input:checked")).to_have_count(count)
    page.locator("#scope-dialog [type=search]").fill("")
    page.get_by_label("Chosen only").check()
    expect(page.locator("#scope-dialog .list li")).to_have_count(count)
    page.get_by_role("button", name="Ask all documents", exact=True).click()
    expect(page.locator("#scope .choose")).to_have_text("All documents")


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1280, 800, "light"), (1280, 800, "dark"), (390, 844, "light"), (390, 844, "dark")]
)
def test_it_fits_the_page(open_page, shoot, width, height, scheme):
    page = open_page(width, height, scheme)
    shoot(page, f"scope_all_{width}_{scheme}")
    choose(page, "quokka", "trust")
    page.locator("#scope-dialog [type=search]").fill("")
    expect(page.locator("#scope-dialog .list li")).to_have_count(19)
    shoot(page, f"scope_dialog_{width}_{scheme}")
    page.get_by_role("button", name="Done").click()
    ask(page, "How is trust built?")
    page.locator("#chat .searched summary").click()
    expect(page.locator("#chat .searched li")).to_have_count(2)
    shoot(page, f"scope_answer_{width}_{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("#scope").bounding_box()["y"] + 28 <= height

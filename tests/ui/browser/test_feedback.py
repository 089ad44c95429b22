"""Saying what an answer is worth, in a real browser."""

import json
import shlex
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.ui.browser.doing import BAR_RAISERS, ask, finished

INTERNSHIPS = "How long do the internships last?"
GOOD, BAD = "Good answer", "Something is wrong"


def thumb(page, name):
    return page.locator("#chat .bot.message").last.get_by_role("button", name=name)


def filed(page):
    """The cases in the file that the note names, by question."""
    command = page.locator("#feedback code").last.text_content()
    file = Path(shlex.split(command)[2])
    cases = [json.loads(line) for line in file.read_text().splitlines()]
    return {case["question"]: case for case in cases}


def test_one_click_files_a_good_answer_and_another_takes_it_back(page):
    ask(page, INTERNSHIPS)
    expect(thumb(page, GOOD)).to_have_attribute("aria-pressed", "false")
    thumb(page, GOOD).click()
    expect(page.locator("#feedback .said")).to_contain_text("Filed as a right answer among the gold questions, in /")
    expect(page.locator("#feedback .said")).to_contain_text("citewell eval /")
    expect(thumb(page, GOOD)).to_have_attribute("aria-pressed", "true")
    assert filed(page)[INTERNSHIPS]["tags"] == ["feedback", "right"]
    page.reload()
    expect(thumb(page, GOOD)).to_have_attribute("aria-pressed", "true")
    thumb(page, GOOD).click()
    expect(page.locator("#feedback .said")).to_have_text("Taken back: nothing is filed of this answer.")
    expect(thumb(page, GOOD)).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Close this note").click()
    expect(page.locator("#feedback .card")).not_to_be_visible()


def test_the_keyboard_says_what_was_wrong_and_undoes_it(page):
    ask(page, BAR_RAISERS)
    thumb(page, BAD).focus()
    assert thumb(page, BAD).evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    page.keyboard.press("Space")
    dialog = page.get_by_role("dialog", name="What was wrong?")
    expect(dialog.get_by_label("It is wrong")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_label("Something is missing")).to_be_checked()
    page.keyboard.press("Tab")
    expect(dialog.get_by_label("What would be right?")).to_be_focused()
    page.keyboard.type("<img src=x onerror=window.PWN=30>")
    dialog.get_by_role("button", name="File it").press("Enter")
    said = page.locator("#feedback .said")
    expect(said).to_contain_text("It is not asked before a person has said what is missing: citewell gold review --library /")
    expect(thumb(page, BAD)).to_be_focused()
    expect(thumb(page, BAD)).to_have_attribute("aria-pressed", "true")
    case = filed(page)[BAR_RAISERS]
    assert (case["tags"], case["answers"]) == (["feedback", "incomplete"], ["<img src=x onerror=window.PWN=30>"])
    page.keyboard.press("Space")
    expect(dialog.get_by_label("Something is missing")).to_be_checked()
    expect(dialog.get_by_role("button", name="Take it back")).to_be_visible()
    page.keyboard.press("Escape")
    said.get_by_role("button", name="Undo").press("Enter")
    expect(said).to_contain_text("Taken back")
    expect(thumb(page, BAD)).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.PWN") is None


def test_a_refusal_is_judged_too(page):
    ask(page, "Who is the president of Zanzibar?")
    thumb(page, BAD).click()
    dialog = page.get_by_role("dialog", name="What was wrong?")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    expect(dialog.get_by_label("The documents do answer this")).to_be_checked()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).not_to_be_visible()
    expect(page.locator("#feedback .card")).not_to_be_visible()
    thumb(page, GOOD).click()
    expect(page.locator("#feedback .said")).to_contain_text("Filed as a right answer")
    assert filed(page)["Who is the president of Zanzibar?"]["answerable"] is False


def test_older_answers_are_judged_and_the_next_question_is_asked_without_the_thumbs(page):
    ask(page, INTERNSHIPS)
    ask(page, "And where are they?")
    page.locator("#chat .bot.message").first.get_by_role("button", name=GOOD).click()
    expect(page.locator("#feedback .said")).to_contain_text("Filed as a right answer")
    thumb(page, GOOD).click()
    expect(page.locator("#chat .rate a[aria-pressed=true]")).to_have_count(2)
    history = filed(page)["And where are they?"]["history"]
    assert "Good answer" not in json.dumps(history)
    page.get_by_role("button", name="Retry").last.click()
    expect(page.locator("#chat .rate a[aria-pressed=true]")).to_have_count(1, timeout=30_000)
    finished(page)


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1280, 800, "light"), (1280, 800, "dark"), (390, 844, "light"), (390, 844, "dark")]
)
def test_it_fits_the_page(open_page, shoot, width, height, scheme):
    page = open_page(width, height, scheme)
    ask(page, BAR_RAISERS)
    thumb(page, BAD).scroll_into_view_if_needed()
    shoot(page, f"feedback_thumbs_{width}_{scheme}")
    thumb(page, BAD).click()
    shoot(page, f"feedback_dialog_{width}_{scheme}")
    page.get_by_role("dialog").get_by_role("button", name="File it").click()
    expect(page.locator("#feedback .said")).to_contain_text("citewell gold review")
    shoot(page, f"feedback_filed_{width}_{scheme}")
    assert page.locator("#scope").bounding_box()["y"] + 28 <= height
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.locator("#feedback").get_by_role("button", name="Undo").click()
    expect(page.locator("#feedback .said")).to_contain_text("Taken back")

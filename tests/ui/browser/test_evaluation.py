"""The Evaluation tab in a real browser: runs with the real model, their figures and plots, what went wrong, two runs compared."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.ui.browser.doing import BAR_RAISERS, ask, chips, finished
from tests.ui.browser.test_chat import CONTRAST

PWN = "<img src=x onerror=PWN=40><script>PWN=41</script>${PWN=42}"
WRONG = {"id": "wrong", "question": BAR_RAISERS, "answerable": True, "facts": [["purple socks"]], "tags": ["list"]}
HOSTILE = {"id": PWN, "question": f"What do the quokka signs read {PWN}?", "answerable": True, "facts": [[PWN]], "tags": [PWN]}
TEXTS = [
    "#evaluation-runs h2",
    "#evaluation-runs .compare span",
    "#evaluation-runs th button",
    "#evaluation-runs th span",
    "#evaluation-runs td span",
]
TEXTS += ["#evaluation-status .note", "#evaluation-detail .quiet", "#evaluation-detail .tile .number", "#evaluation-detail figcaption"]
TEXTS += ["#evaluation-detail .mark", "#evaluation-detail .tag", "#evaluation-detail .problems li", "#evaluation-detail .ask"]
TEXTS += ["#evaluation-order label span", "#evaluation-actions button"]


def to_tab(page):
    page.get_by_role("tab", name="Evaluation").click()
    expect(page.locator("#evaluation-runs .hint").first).to_be_visible()


def status(page):
    return page.locator("#evaluation-status")


def start(page, sample=""):
    page.get_by_label("How many").fill(str(sample))
    page.get_by_role("button", name="Start", exact=True).click()
    expect(status(page).locator("progress")).to_be_visible()


def done(page, name):
    expect(status(page)).to_contain_text(f"Done: {name}", timeout=120_000)
    expect(page.locator("#evaluation-detail svg").first).to_be_visible()


def upload(page, tmp_path, *questions, text=None):
    file = tmp_path / "gold.jsonl"
    file.write_text(text if text is not None else "".join(json.dumps(question) + "\n" for question in questions))
    page.get_by_label("A gold file, over this library").check()
    page.locator("#evaluation-gold input[type=file]").set_input_files(file)


def look(page, shoot, name, height=2600):
    size = page.viewport_size
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    page.set_viewport_size({"width": size["width"], "height": height})
    page.evaluate("window.scrollTo(0, 0)")
    shoot(page, f"evaluation_{name}")
    page.set_viewport_size(size)


def test_run_twice_and_compare(page, shoot):
    to_tab(page)
    start(page, 40)  # five are answered before anybody could read how long it takes
    expect(status(page)).to_contain_text(re.compile(r"\d of 40 questions · [\d.]+ a second · about \d+ s left"), timeout=60_000)
    shoot(page, "evaluation_running_1280_light")
    done(page, "shipped questions, 40 asked")
    rows = page.locator("#evaluation-runs tbody tr")
    first = rows.first
    expect(first).to_contain_text("shipped questions, 40 drawn")
    expect(first.locator("[data-name='Citation validity']")).to_contain_text(re.compile(r"1\.000.*0\.\d{3} – 1\.000"))
    expect(page.locator("#evaluation-detail svg[aria-label='Risk–coverage curve'] path.line")).to_be_visible()
    expect(page.locator("#evaluation-detail svg[aria-label='Reliability diagram']")).to_be_visible()
    expect(page.locator("#evaluation-detail svg[aria-label='Latency']")).to_be_visible()
    expect(page.locator("#evaluation-detail svg[aria-label='facts by tag']")).to_be_visible()
    before = rows.count()
    start(page, 40)
    expect(rows).to_have_count(before + 1, timeout=120_000)
    done(page, "shipped questions, 40 asked")
    compare = page.get_by_role("button", name="Compare", exact=True)
    expect(compare).to_be_disabled()
    for row in (0, 1):
        rows.nth(row).get_by_role("checkbox").check()
    compare.press("Enter")
    expect(page.get_by_role("heading", name="Did it change?")).to_be_focused()
    facts = page.locator("#evaluation-detail tr", has=page.get_by_role("rowheader", name="facts", exact=True))
    expect(facts).to_contain_text("the same")
    expect(page.locator("#evaluation-detail tr", has_text="latency p50")).to_contain_text(re.compile("claimed|better|worse"))
    look(page, shoot, "compared_1280_light")
    rows.first.locator("[data-run]").press("Enter")
    expect(page.get_by_role("heading", name="Run of the shipped questions, 40 drawn")).to_be_focused()
    expect(page.locator("#evaluation-detail")).to_contain_text("Retrieval, by evidence")


def test_a_third_tick_takes_the_place_of_an_earlier_one(page, tmp_path):
    to_tab(page)
    upload(page, tmp_path, WRONG)
    expect(status(page)).to_contain_text("1 question, 1 of them answerable")
    while (runs := page.locator("#evaluation-runs [data-run]").count()) < 3:
        start(page)
        expect(page.locator("#evaluation-runs [data-run]")).to_have_count(runs + 1, timeout=60_000)
    boxes = page.locator("#evaluation-runs input[type=checkbox]")
    for place in (0, 1, 2):
        boxes.nth(place).check()
    assert [boxes.nth(place).is_checked() for place in (0, 1, 2)] == [False, True, True]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_a_question_that_went_wrong_is_one_click_from_its_answer(open_page, shoot, tmp_path, width, scheme):
    page = open_page(width, 844, scheme)
    ask(page, "How long do the internships last?")
    to_tab(page)
    upload(page, tmp_path, WRONG)
    expect(status(page)).to_contain_text("gold.jsonl: 1 question, 1 of them answerable.")
    start(page)
    done(page, "gold.jsonl")
    failing = page.locator("#evaluation-detail details.wrong")
    expect(failing).to_have_count(1)
    failing.locator("summary").press("Enter")
    expect(failing.locator(".problems")).to_contain_text("purple socks")
    expect(failing.locator(".citations li").first).to_be_visible()
    low = {selector: ratio for selector, ratio in page.evaluate(CONTRAST, TEXTS).items() if ratio < 4.5}
    assert low == {}
    look(page, shoot, f"run_{width}_{scheme}", 2600 if width == 1280 else 6200)
    failing.get_by_role("button", name="Ask it in the chat").press("Enter")
    expect(page.get_by_role("tab", name="Chat")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#chat .user.message")).to_contain_text([BAR_RAISERS])
    finished(page)
    expect(chips(page).first).to_be_visible()


def test_a_wrong_gold_file_is_told_with_line_and_field(page, tmp_path, shoot):
    to_tab(page)
    upload(page, tmp_path, WRONG, WRONG | {"id": "b", "answerable": "perhaps"})
    alert = status(page).get_by_role("alert")
    expect(alert).to_contain_text("gold.jsonl, line 2, answerable: ")
    shoot(page, "evaluation_error_1280_light")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(alert).to_contain_text("gold.jsonl, line 2, answerable: ")
    expect(page.locator("#evaluation-status progress")).to_have_count(0)
    page.locator("#evaluation-gold").get_by_role("button", name=re.compile("Clear|Remove")).first.click()
    upload(page, tmp_path, WRONG | {"evidence": [{"document": "bar-raisers.md", "quote": "no such words"}]})
    expect(status(page)).to_contain_text("1 question")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(alert).to_contain_text("'no such words' does not stand in", timeout=30_000)


def test_the_chat_answers_while_a_run_goes_on_and_the_run_can_be_left_and_stopped(page):
    to_tab(page)
    start(page)
    expect(status(page)).to_contain_text(re.compile(r"\d+ of \d+ questions"), timeout=60_000)
    page.get_by_role("tab", name="Chat").click()
    ask(page, BAR_RAISERS)
    expect(chips(page).first).to_be_visible()
    page.reload()
    to_tab(page)
    expect(status(page)).to_contain_text(re.compile(r"\d+ of \d+ questions"))
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(status(page)).to_contain_text(re.compile(r"Stopped after \d+ of \d+ questions\. It is kept"), timeout=60_000)
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    expect(page.locator("#evaluation-runs")).to_contain_text("stopped after")


def test_hostile_questions_run_nothing(page, tmp_path):
    to_tab(page)
    upload(page, tmp_path, HOSTILE)
    expect(status(page)).to_contain_text("1 question")
    start(page)
    done(page, "gold.jsonl")
    page.locator("#evaluation-detail details.wrong summary").click()
    expect(page.locator("#evaluation-detail .problems")).to_contain_text("<img")
    page.get_by_role("button", name="Ask it in the chat").click()
    finished(page)
    assert page.evaluate("window.PWN") is None
    inside = "#evaluation"
    assert page.locator(f"{inside} :is(script, img, iframe, [onerror], [onload], [href^='javascript:'])").count() == 0

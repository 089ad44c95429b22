"""The web chat in a real browser."""

import re
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from tests.ui.browser.doing import BAR_RAISERS, ask, chips, finished


def test_the_answer_is_streamed_and_every_line_is_cited(page):
    page.evaluate("""() => {
        window.lengths = [];
        new MutationObserver(() => {
            const last = [...document.querySelectorAll("#chat .bot.message")].at(-1);
            if (last) window.lengths.push(last.textContent.length);
        }).observe(document.querySelector("#chat"), { subtree: true, childList: true, characterData: true });
    }""")
    ask(page, BAR_RAISERS)
    assert len(set(page.evaluate("window.lengths"))) >= 5
    for line in page.locator("#chat .bot.message .prose").last.locator(":is(p, li)").all():
        assert line.locator("a.cite").count() >= 1
    expect(page.locator("#chat .searched").last).to_contain_text(re.compile(r"Searched 19 documents · \d+ passages · [\d.]+ m?s"))


def test_a_chip_shows_its_quote_and_opens_the_exact_words(page, client):
    ask(page, BAR_RAISERS)
    cited = client.predict(BAR_RAISERS, api_name="/ask")["citations"]
    expect(chips(page)).to_have_count(len(cited))
    for chip, citation in zip(chips(page).all(), cited, strict=True):
        chip.hover()
        expect(page.locator("#cite-tip span")).to_have_text(citation["quote"])
        expect(page.locator("#cite-tip b")).to_contain_text(citation["title"])
        chip.click()
        words = page.locator("#sources mark.on")
        expect(words).to_have_text(citation["quote"])
        assert words.text_content() == citation["quote"]
        expect(words).to_be_focused()
        expect(words).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(chip).to_be_focused()


def test_the_keyboard_opens_a_chip(page):
    ask(page, "How long do the internships last?")
    for key in ("Enter", "Space"):
        chips(page).first.focus()
        page.keyboard.press(key)
        expect(page.locator("#sources mark.on")).to_be_focused()
        page.keyboard.press("Escape")
        expect(chips(page).first).to_be_focused()


def test_the_panel_says_why(page):
    ask(page, BAR_RAISERS)
    page.locator("#sources summary").first.click()
    expect(page.locator("#sources dl").first).to_contain_text("Words in common")
    expect(page.locator("#sources dl").first).to_contain_text("Similarity")


def test_older_citations_work_on_and_after_a_reload(page):
    ask(page, BAR_RAISERS)
    chip = page.locator("#chat a.cite").nth(1)
    chip.click()
    words = page.locator("#sources mark.on").text_content()
    ask(page, "How long do the internships last?")
    page.locator("#chat a.cite").nth(1).click()
    expect(page.locator("#sources mark.on")).to_have_text(words)
    page.reload()
    expect(page.locator("#chat .user.message")).to_have_count(2)
    page.locator("#chat a.cite").nth(1).click()
    expect(page.locator("#sources mark.on")).to_have_text(words)
    ask(page, "And where are they?")
    expect(page.locator("#chat .user.message")).to_have_count(3)


def test_a_refusal_is_calm_and_shows_what_is_near(page, shoot):
    ask(page, "Who is the president of Zanzibar?")
    card = page.locator("#chat .refusal")
    expect(card).to_contain_text("I could not find an answer")
    expect(card).to_contain_text("Zanzibar")
    assert 1 <= card.locator("a.cite.near").count() <= 3
    card.locator("a.cite.near").last.click()
    expect(page.locator("#sources mark.on")).to_be_focused()
    shoot(page, "refusal_1280_light")


def test_a_follow_up_says_what_was_searched_for(page):
    ask(page, "How long do the internships last?")
    expect(page.locator("#chat .searched").last).not_to_contain_text("Searched for")
    ask(page, "And where are they?")
    expect(page.locator("#chat .searched").last).to_contain_text(re.compile("Searched for: .*internships"))


def test_what_was_searched_for_can_be_changed(page, shoot):
    ask(page, "How long do the internships last?")
    ask(page, "And where are they?")
    line = page.locator("#chat .searched").last
    resolved = line.locator("q").text_content()
    edit = line.get_by_role("button", name="Edit")
    edit.focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="Search for")
    expect(box).to_be_focused()
    expect(box).to_have_value(resolved)
    shoot(page, "reword_1280_light")
    box.fill("nothing of this is asked")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(line.locator("q")).to_have_text(resolved)
    expect(edit).to_be_focused()
    page.keyboard.press("Space")
    box.fill("Who are the <b>mentors</b> of internships?")
    box.press("Enter")
    expect(line.locator("q")).to_have_text("Who are the <b>mentors</b> of internships?", timeout=60_000)
    finished(page)
    expect(page.locator("#chat .user.message")).to_have_count(2)
    expect(page.locator("#chat .user.message").last).to_contain_text("And where are they?")


def test_an_example_is_asked_with_a_click(page):
    page.locator("#chat .example").first.click()
    expect(page.locator("#chat .user.message")).to_have_text(re.compile(re.escape(BAR_RAISERS)))
    finished(page)
    expect(chips(page).first).to_be_visible()


def test_retry_undo_stop_and_a_new_chat(page):
    ask(page, BAR_RAISERS)
    ask(page, "How long do the internships last?")
    page.locator("#chat .searched").last.evaluate("line => { line.id = 'before-retry'; }")
    page.get_by_role("button", name="Retry").last.click()
    expect(page.locator("#before-retry")).to_have_count(0, timeout=30_000)
    finished(page)
    expect(page.locator("#chat .user.message")).to_have_count(2)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator("#chat .user.message")).to_have_count(1)
    expect(page.locator("#question textarea")).to_have_value("How long do the internships last?")
    page.locator("#question textarea").press("Enter")
    page.locator("#question .stop-button").click()
    expect(page.locator("#question .submit-button")).to_be_visible()
    page.locator("#history .new").click()
    expect(page.locator("#chat .message-row")).to_have_count(0)
    expect(page.locator("#sources article")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("conversation="))
    page.reload()
    expect(page.locator("#chat .example").first).to_be_visible()
    expect(page.locator("#chat .message-row")).to_have_count(0)


def test_an_answer_that_is_stopped_and_left_at_once_is_left(page):
    """It is stopped twice; that the server's terminal shows no error of it is seen to at the end of all tests."""
    page.locator("#question textarea").fill("How long do the internships last?")
    page.locator("#question textarea").press("Enter")
    page.wait_for_function("""() => {
        const stop = document.querySelector("#question .stop-button");
        stop?.click();
        if (stop) document.querySelector("#history .new").click();
        return Boolean(stop);
    }""")
    expect(page.locator("#history-list .open").first).to_have_text("How long do the internships last?")
    expect(page.locator("#question .submit-button")).to_be_visible()
    expect(page.locator("#chat .message-row")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("conversation="))


def test_a_failure_takes_the_place_of_the_waiting_line_only_and_a_stopped_question_has_not_failed(page):
    failed = """([stopped, last]) => {
        const turn = (role, text) => ({ role, content: [{ type: "text", text }] });
        if (stopped) citewell.stop();
        return citewell.failed([turn("user", "How?"), turn("assistant", last)], "It failed.")[0].map((t) => t.content[0].text);
    }"""
    waiting = '<div class="searched">Searching 18 documents …</div>'
    assert page.evaluate(failed, [False, waiting]) == ["How?", "It failed."]
    assert page.evaluate(failed, [False, "An answer. [1]"]) == ["How?", "An answer. [1]", "It failed."]
    assert page.evaluate(failed, [True, waiting]) == ["How?", waiting]


def test_an_edited_question_is_asked_anew(page):
    ask(page, "Who is the president of Zanzibar?")
    page.get_by_role("button", name="Edit").click()
    page.locator("#chat .user.message textarea, #chat .user-row textarea").fill(BAR_RAISERS)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#chat .user.message")).to_have_text(re.compile(re.escape(BAR_RAISERS)))
    finished(page)
    expect(chips(page)).not_to_have_count(0)


def test_copy_takes_the_answer_as_it_is_read(page):
    ask(page, "How long do the internships last?")
    page.locator("#chat .bot-row").get_by_role("button", name="Copy message").click()
    expect(page.locator("#chat .bot-row").get_by_role("button", name=re.compile("Copied|Copy"))).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert ". [1]" in copied
    assert "<" not in copied and "Searched" not in copied


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_sources_come_up_from_below(open_page, shoot, scheme):
    page = open_page(390, 844, scheme)
    sheet = page.locator("#sources-column")
    shoot(page, f"start_390_{scheme}")
    ask(page, BAR_RAISERS)
    expect(sheet).not_to_be_visible()
    chips(page).nth(1).click()
    expect(sheet).to_be_visible()
    expect(page.locator("#sources mark.on")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    shoot(page, f"answer_390_{scheme}")
    box = sheet.bounding_box()
    assert box["width"] == 390 and box["y"] + box["height"] == pytest.approx(844, abs=1) and box["y"] > 844 * 0.3
    sheet.get_by_role("button", name="Close sources").click()
    expect(sheet).not_to_be_visible()
    page.get_by_role("tab", name="Documents").click()
    expect(page.locator("#documents tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    shoot(page, f"documents_390_{scheme}")


CONTRAST = """(selectors) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => {
        const colour = rgba(getComputedStyle(element).backgroundColor);
        return colour[3] === 255 ? colour : ground(element.parentElement);
    };
    return Object.fromEntries(selectors.map((selector) => {
        const element = document.querySelector(selector);
        const [a, b] = [light(rgba(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
        return [selector, (a + 0.05) / (b + 0.05)];
    }));
}"""
TEXTS = ["#chat .bot .prose p", "#chat .user .prose p", "#chat .searched", "#chat a.cite", "#chat a.cite.on", "#sources h3"]
TEXTS += ["#sources .place", "#sources mark", "#sources mark.on", "#sources sup", "#sources summary", "#sources-title h2"]
TEXTS += [".tab-container button.selected", ".tab-container button:not(.selected)"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_contrast(open_page, shoot, scheme):
    page = open_page(scheme=scheme)
    shoot(page, f"start_1280_{scheme}")
    ask(page, BAR_RAISERS)
    chips(page).nth(3).click()
    expect(page.locator("#sources mark.on")).to_be_focused()
    page.mouse.move(5, 500)
    shoot(page, f"answer_1280_{scheme}")
    low = {selector: ratio for selector, ratio in page.evaluate(CONTRAST, TEXTS).items() if ratio < 4.5}
    assert low == {}
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", background)[:3])) < 150) == (scheme == "dark")
    chips(page).nth(1).hover()
    expect(page.locator("#cite-tip")).to_be_visible()
    shoot(page, f"preview_1280_{scheme}")
    page.get_by_role("tab", name="Documents").click()
    expect(page.locator("#documents table")).to_be_visible()
    shoot(page, f"documents_1280_{scheme}")


def test_twenty_questions_at_once_are_all_answered(client):
    questions = [BAR_RAISERS, "How long do the internships last?", "Who is Belinda Zeng?", "Who is the president of Zanzibar?"] * 5
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda question: client.predict(question, api_name="/ask"), questions))
    assert [answer["question"] for answer in answers] == questions
    assert [answer["abstained"] for answer in answers] == [False, False, False, True] * 5
    assert all(answer["citations"] for answer in answers if not answer["abstained"])


def test_a_foreign_host_name_is_refused(url):
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(urllib.request.Request(url, headers={"Host": "evil.example"}))

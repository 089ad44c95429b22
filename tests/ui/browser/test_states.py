"""Every main state of the page, wide and narrow, light and dark: it fits, axe-core finds nothing grave in it, and a picture is taken.

`SCREENSHOTS=folder` keeps the pictures.
"""

import re
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.index.files import make_pdf
from tests.ui.browser.axe import axe_core, faults
from tests.ui.browser.conftest import serving
from tests.ui.browser.doing import BAR_RAISERS, ask, chips
from tests.ui.browser.test_sign_in import PASSWORD, sign_in
from ui.passwords import set_password

GUIDE = "---\ntitle: Guide {year}\ndate: {year}-03-01\n---\n\nThe marmot internship lasts {long} weeks in summer.\n"
TOWER = "The marmot tower is exactly 42 metres high.", "The marmot tower was built in 1867 of grey stone."
WIND = "Wind wears its stairs from year to year."
HEIGHT = 844
WIDE = 1101
"""Pixels from which the list of conversations stands open, and the sources have room beside the answer."""
SMALL = """() => [...document.querySelectorAll("a[href], button, summary, select, input, [role=button]")].map((element) => {
    const box = (element.closest("label") ?? element).getBoundingClientRect();
    const around = getComputedStyle(element, "::after"); // what is touched may be larger than what is shown
    const beyond = (one, other) => (around.position === "absolute" && Math.max(0, -parseFloat(one) - parseFloat(other))) || 0;
    const [wide, high] = [box.width + beyond(around.left, around.right), box.height + beyond(around.top, around.bottom)];
    const seen = Math.min(box.width, box.height) > 1 && getComputedStyle(element).visibility === "visible";
    return seen && Math.min(wide, high) < 23.5 ? `${wide} × ${high}: ${element.outerHTML.slice(0, 120)}` : "";
}).filter(Boolean)"""
"""What a finger can hardly touch: less than 24 pixels wide or high, half a pixel forgiven."""
SIZES = """() => {
    const [page, chat] = [document.documentElement, document.querySelector("#conversation")];
    return [page.scrollWidth, chat?.offsetHeight ? page.scrollHeight : 0];
}"""
"""Of the page in pixels; of the Chat tab also the height, since there the conversation scrolls and not the page."""


@pytest.fixture(scope="module")
def library_url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("states")
    files = [folder / "guide-2021.md", folder / "guide-2024.md", folder / "marmot-tower.pdf"]
    files[0].write_text(GUIDE.format(year=2021, long="ten"))
    files[1].write_text(GUIDE.format(year=2024, long="twelve"))
    files[2].write_bytes(make_pdf([["Notes on towers", "", *[WIND] * 12], [*TOWER, "", *[WIND] * 24]]))
    with serving(folder, *files, model="real") as url:
        yield url


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    set_password(folder / "users", "alice", PASSWORD)
    with serving(folder, auth=str(folder / "users"), shipped=False) as url:
        yield url


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    return axe_core(tmp_path_factory.mktemp("axe-core"))


def is_wide(page: Page) -> bool:
    return page.viewport_size["width"] >= WIDE


# what is to be seen, one after the other; each leaves the page so that the next can begin


def empty(page):
    expect(page.locator("#chat .example")).to_have_count(4)


def answer(page):
    ask(page, BAR_RAISERS)
    expect(chips(page).first).to_be_visible()


def preview(page):
    chips(page).first.hover()
    expect(page.locator("#cite-tip")).to_be_visible()


def sources(page):
    page.mouse.move(0, 0)
    chips(page).first.click()
    expect(page.locator("#sources mark.on")).to_be_focused()


def page_picture(page):
    page.keyboard.press("Escape")
    ask(page, "How high is the marmot tower and when was it built?")
    chips(page).last.click()
    expect(page.locator("#sources mark.on")).to_be_focused()
    card = page.locator("#sources .source.on")
    if not is_wide(page):
        card.get_by_text("Picture of page").click()
    card.locator("details.page").evaluate("details => details.scrollIntoView({ block: 'start' })")
    expect(card.locator("img")).to_be_visible()


def refusal(page):
    page.keyboard.press("Escape")
    ask(page, "Who is the president of Zanzibar?")
    expect(page.locator("#chat .refusal")).to_be_visible()


def conflict(page):
    ask(page, "How long does the marmot internship last?")
    expect(page.locator("#chat .difference li")).to_have_count(2)


def follow_up(page):
    ask(page, "And where are they?")
    expect(page.locator("#chat .searched").last).to_contain_text("Searched for")


def rewording(page):
    page.locator("#chat .searched").last.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("textbox", name="Search for")).to_be_focused()


def scope(page):
    page.keyboard.press("Escape")
    page.locator("#scope .choose").click()
    expect(page.locator("#scope-dialog .list li").first).to_be_visible()
    for box in (0, 1):
        page.locator("#scope-dialog .list input").nth(box).check()


def scope_chosen(page):
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#scope .choose")).to_have_text("2 documents")


def feedback(page):
    page.locator("#scope .clear").click()
    page.locator("#chat .bot.message").last.get_by_role("button", name="Something is wrong").click()
    expect(page.get_by_role("dialog", name="What was wrong?")).to_be_visible()


def feedback_filed(page):
    page.get_by_role("dialog").get_by_role("button", name="File it").click()
    expect(page.locator("#feedback .said")).to_contain_text("Filed")


def conversations(page):
    page.locator("#feedback").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Close this note").click()
    if not is_wide(page):
        page.locator("#history .toggle").click()
    expect(page.locator("#history-list li").first).to_be_visible()


def conversation_menu(page):
    page.locator("#history-list li").first.hover()
    page.locator("#history-list .more").first.click()
    expect(page.get_by_role("menuitem").first).to_be_visible()


def conversation_delete(page):
    page.locator("#history-menu [data-action=delete]").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_visible()


def documents(page):
    page.get_by_role("button", name="Keep it").click()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Documents").click()
    expect(page.locator("#documents tbody tr").first).to_be_visible()


def evaluation(page):
    page.get_by_role("tab", name="Evaluation").click()
    expect(page.locator("#evaluation-runs .hint").first).to_be_visible()
    if not page.locator("#evaluation-runs tbody tr").count():
        page.get_by_label("How many").fill("3")
        page.get_by_role("button", name="Start", exact=True).click()
        expect(page.locator("#evaluation-status")).to_contain_text(re.compile("Done"), timeout=120_000)
    page.locator("#evaluation-runs [data-run]").first.click()
    expect(page.locator("#evaluation-detail svg").first).to_be_visible()
    page.evaluate("window.scrollTo(0, 0)")


STATES = [empty, answer, preview, sources, page_picture, refusal, conflict, follow_up, rewording, scope, scope_chosen, feedback]
STATES += [feedback_filed, conversations, conversation_menu, conversation_delete, documents, evaluation]


def looked_at(page, shoot, axe, name, width, scheme):
    """What is wrong with what is to be seen, after its picture has been taken."""
    shoot(page, f"{name}_{width}_{scheme}")
    wide, high = page.evaluate(SIZES)
    found = faults(page, axe) + [f"the page is {wide} × {high} pixels"] * (wide > width or high > HEIGHT)
    found += page.evaluate(SMALL) if not is_wide(page) else []
    return [f"{name}: {fault}" for fault in found]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_every_state(open_page, library_url, guarded, shoot, axe, width, scheme):
    look = partial(looked_at, shoot=shoot, axe=axe, width=width, scheme=scheme)
    page = open_page(width, HEIGHT, scheme, url=library_url)
    wrong = []
    for state in STATES:
        state(page)
        wrong += look(page, name=state.__name__)
    page = open_page(width, HEIGHT, scheme, url=guarded)
    expect(page.get_by_label("Name")).to_be_focused()
    wrong += look(page, name="sign_in")
    sign_in(page)
    expect(page.locator("#account")).to_be_visible()
    expect(page.locator("#chat .placeholder")).to_be_visible()
    expect(page.locator("#scope .choose")).to_be_in_viewport(ratio=1)
    wrong += look(page, name="signed_in")
    assert wrong == [], "\n".join(wrong)

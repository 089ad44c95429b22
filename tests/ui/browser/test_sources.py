"""The cards of the sources panel, in a real browser: what opens the document, and more of it around the words, the picture of its page."""

import re

import pytest
from playwright.sync_api import expect

from tests.index.files import make_pdf
from tests.ui.browser.conftest import serving
from tests.ui.browser.doing import ask, chips

CITED = "The marmot tower is exactly 42 metres high."
SLEEP, EAT = "Marmots sleep in deep burrows below the tower.", "Marmots eat grass and herbs near the tower."
FILLING = "Wind and weather wear the old wooden stairs from year to year."


@pytest.fixture(scope="module")
def marmots(tmp_path_factory):
    folder = tmp_path_factory.mktemp("marmots")
    file = folder / "marmots.pdf"
    file.write_bytes(make_pdf([["Notes on towers", "", *[FILLING] * 30], [CITED, "", *[FILLING] * 30], [SLEEP, FILLING, EAT, FILLING]]))
    with serving(folder, file) as url:
        yield url


def test_a_card_opens_the_document_and_shows_more_of_it_and_its_page(open_page, marmots, shoot):
    page = open_page(url=marmots)
    ask(page, "How high is the marmot tower?")
    chips(page).first.click()
    card = page.locator("#sources .source.on")
    expect(card.locator("mark.on")).to_contain_text(CITED)
    link = card.get_by_role("link", name="Open ")
    assert link.get_attribute("href").startswith("documents/") and link.get_attribute("href").endswith("#page=2")
    assert page.request.get(f"{marmots}/{link.get_attribute('href')}").headers["content-type"] == "application/pdf"
    before = len(card.locator(".text").text_content())
    card.get_by_role("button", name="Show more around").click()
    expect(card.locator(".more")).to_have_attribute("data-steps", "1")
    expect(card.locator(".more")).to_be_focused()
    assert len(card.locator(".text").text_content()) > before + 500
    expect(card.locator("mark.on")).to_contain_text(CITED)
    picture = card.get_by_role("img", name="Page 2 of")
    expect(picture).to_have_attribute("alt", re.compile("the cited words boxed$"))
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") >= 1000
    card.get_by_text("Picture of page 2").click()
    expect(picture).not_to_be_visible()
    chips(page).first.click()
    expect(picture).not_to_be_visible()  # closed by hand, it stays so


def test_the_picture_turns_to_the_words_that_are_opened(open_page, marmots):
    page = open_page(url=marmots)
    drawn = []
    page.on("request", lambda request: "/page/" in request.url and drawn.append(request.url))
    ask(page, "Where do marmots sleep and what do marmots eat?")
    expect(page.locator("#sources details.page").first).to_be_visible()
    assert drawn == []
    for chip in (chips(page).first, chips(page).last):
        chip.click()
        opened = page.locator("#sources mark.on")
        expect(page.locator("#sources .source.on img")).to_be_visible()
        expect(page.locator("#sources details.page[open]")).to_have_count(1)
        expect(opened).to_be_in_viewport()
        link = opened.get_attribute("data-picture")
        expect(page.locator("#sources .source.on details.page")).to_have_attribute("data-shown", link)
        assert drawn[-1].endswith(link)


def test_on_a_phone_the_picture_waits_to_be_opened(open_page, marmots):
    page = open_page(390, 844, url=marmots)
    ask(page, "How high is the marmot tower?")
    chips(page).first.click()
    expect(page.locator("#sources mark.on")).to_be_focused()
    expect(page.locator("#sources details.page[open]")).to_have_count(0)
    page.get_by_text("Picture of page 2").click()
    expect(page.locator("#sources .source.on img")).to_be_visible()

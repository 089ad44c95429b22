"""The cards of the sources panel, in a real browser: what opens the document, and more of it around the words, the picture of its page."""

import re

import pytest
from playwright.sync_api import expect

from tests.index.files import make_pdf
from tests.ui.browser.conftest import serving
from tests.ui.browser.doing import ask, chips

CITED = "The marmot tower is exactly 42 metres high."
FILLING = "Wind and weather wear the old wooden stairs from year to year."


@pytest.fixture(scope="module")
def marmots(tmp_path_factory):
    folder = tmp_path_factory.mktemp("marmots")
    file = folder / "marmots.pdf"
    file.write_bytes(make_pdf([["Notes on towers", "", *[FILLING] * 30], [CITED, "", *[FILLING] * 30], [FILLING] * 40]))
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
    card.get_by_text("Picture of page 2").click()
    picture = card.get_by_role("img", name="Page 2 of")
    expect(picture).to_have_attribute("alt", re.compile("the cited words boxed$"))
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") >= 1000
    picture.scroll_into_view_if_needed()
    shoot(page, "sources")

"""axe-core finds no serious or critical fault on any page, wide and narrow, light and dark."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.ui.browser.conftest import serving
from tests.ui.browser.doing import BAR_RAISERS, ask, chips
from tests.ui.browser.test_sign_in import PASSWORD, sign_in
from ui.passwords import set_password

GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("accessible")
    set_password(folder / "users", "alice", PASSWORD)
    with serving(folder, auth=str(folder / "users"), model="real") as url:
        yield url


def faults(page) -> list[str]:
    """What is found, a line each: the rule, the element, what is wrong with it."""
    page.evaluate("document.getAnimations().forEach((moving) => moving.finish())")
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']} ({fault['impact']}): {node['html'][:160]} {node['failureSummary'][:300]}"
        for fault in found
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_no_grave_fault(open_page, guarded, width, scheme):
    found = {}
    page = open_page(width, 844, scheme, url=guarded)
    found["sign-in"] = faults(page)
    sign_in(page)
    expect(page.locator("#chat .example").first).to_be_visible()
    expect(page.locator("#history-column")).to_contain_text("Conversations")
    found["start"] = faults(page)
    ask(page, BAR_RAISERS)
    chips(page).first.click()
    expect(page.locator("#sources mark.on")).to_be_focused()
    found["answer"] = faults(page)
    page.keyboard.press("Escape")
    ask(page, "Who is the president of Zanzibar?")
    expect(page.locator("#chat .refusal")).to_be_visible()
    found["refusal"] = faults(page)
    if width < 1101:
        page.locator("#history .toggle").click()
    page.locator("#history-list .more").first.click()
    found["menu of a conversation"] = faults(page)
    page.locator("#history-menu [data-action=delete]").click()
    found["question before deleting"] = faults(page)
    page.get_by_role("button", name="Keep it").click()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Documents").click()
    expect(page.locator("#documents tbody tr").first).to_be_visible()
    found["documents"] = faults(page)
    page.get_by_role("tab", name="Evaluation").click()
    expect(page.locator("#evaluation-runs .hint").first).to_be_visible()
    page.get_by_label("How many").fill("3")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#evaluation-status")).to_contain_text(re.compile("Done"), timeout=120_000)
    expect(page.locator("#evaluation-detail svg").first).to_be_visible()
    found["evaluation"] = faults(page)
    assert {state: lines for state, lines in found.items() if lines} == {}

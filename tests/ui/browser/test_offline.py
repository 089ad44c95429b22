"""The whole page, every tab of it, with a server that has no network: all works, and nothing was tried."""

import re

from playwright.sync_api import expect

from tests.processes import CITEWELL, serving
from tests.test_offline import notes, shut  # noqa: F401  (fixtures)
from tests.ui.browser.doing import BAR_RAISERS, ask, chips


def test_every_tab_works_offline(open_page, shut, notes, tmp_path):  # noqa: F811
    note = tmp_path / "heron.md"
    note.write_text("# Herons\n\nThe grey heron nests in tall oaks near the weir.\n")
    with serving([CITEWELL, "serve", "--port", "0", "--no-browser"], env=shut, cwd=tmp_path) as (url, _):
        page = open_page(url=url)
        expect(page.locator("#chat .example").first).to_be_visible(timeout=60_000)
        ask(page, BAR_RAISERS)
        chips(page).first.click()
        expect(page.locator("#sources mark.on")).to_be_visible()
        page.get_by_role("tab", name="Documents").click()
        page.locator("#uploads input.files").set_input_files(note)
        expect(page.locator("#documents tbody")).to_contain_text("Herons", timeout=60_000)
        page.get_by_role("tab", name="Evaluation").click()
        expect(page.locator("#evaluation-runs .hint").first).to_be_visible()
        page.get_by_label("How many").fill("3")
        page.get_by_role("button", name="Start", exact=True).click()
        expect(page.locator("#evaluation-status")).to_contain_text(re.compile("Done"), timeout=120_000)
        page.get_by_role("tab", name="Chat").click()
        ask(page, "Where does the grey heron nest?")
        expect(page.locator("#chat .bot.message").last).to_contain_text("tall oaks")
    assert not notes.exists(), notes.read_text()

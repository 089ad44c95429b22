"""The Documents tab in a real browser."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.ui.browser.doing import BAR_RAISERS, ask, chips

REPORT = "#uploads .job .report"
SENTENCES = "\n\n".join(f"Paragraph {n} tells of the heron {n}, which stands in shallow water and waits." for n in range(600))


@pytest.fixture
def tab(page):
    return opened(page)


def opened(page):
    page.get_by_role("tab", name="Documents").click()
    expect(page.locator("#documents tbody tr").first).to_be_visible()
    return page


def choose(page, paths):
    page.locator("#uploads input.files").set_input_files(paths)


def row(page, text):
    return page.locator("#documents tbody tr", has_text=text)


def remove_all(page, filter_text):
    """Remove the documents that the filter leaves, together."""
    page.locator("#documents .filter").fill(filter_text)
    expect(page.locator("#documents caption")).to_contain_text(" of ")
    page.locator("#documents input.all").check()
    page.locator("#documents .remove-selected").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("#documents tbody tr")).to_have_count(0)
    page.locator("#documents .filter").fill("")


def test_a_folder_is_added_with_its_folders_and_without_hidden_files(tab, tmp_path, shoot):
    folder = tmp_path / "herons"
    for name in ("grey.md", "white/great.md", "white/little.md", ".hidden.md", ".git/config.md", "picture.xyz"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# Heron {path.stem}\n\nThe {path.stem} heron waits.\n")
    tab.locator("#uploads input.folder").set_input_files(folder)
    report = tab.locator(REPORT)
    expect(report).to_contain_text("2 hidden files left out")
    expect(report).to_contain_text("Not added herons/picture.xyz · files of the kind .xyz cannot be read.")
    for name in ("herons/grey.md", "herons/white/great.md", "herons/white/little.md"):
        expect(report).to_contain_text(f"Added {name}")
        expect(row(tab, f"uploaded:{name}")).to_have_count(1)
    shoot(tab, "documents_report_1280_light")
    tab.reload()
    opened(tab)
    expect(tab.locator(REPORT)).to_contain_text("Added herons/grey.md")
    tab.locator("#uploads .dismiss").click()
    expect(tab.locator("#uploads .job")).to_have_count(0)
    remove_all(tab, "herons")
    expect(tab.locator(REPORT)).to_contain_text("Removed Heron")


def test_upload_ask_remove(page, tmp_path):
    file = tmp_path / "lighthouse.md"
    file.write_text("# The lighthouse of Oddness\n\nThe lighthouse of Oddness was built in 1867 by Agnes Marlow.\n")
    ask(page, "Who built the lighthouse of Oddness?")
    expect(page.locator("#chat .refusal")).to_be_visible()
    opened(page)
    choose(page, file)
    expect(page.locator(f"{REPORT} .added")).to_contain_text("lighthouse.md")
    lighthouse = row(page, "The lighthouse of Oddness")
    expect(lighthouse).to_contain_text("uploaded:lighthouse.md")

    page.get_by_role("tab", name="Chat").click()
    ask(page, "When was the lighthouse of Oddness built?")
    expect(page.locator("#chat .bot.message").last).to_contain_text("1867")
    chips(page).first.click()
    expect(page.locator("#sources mark.on")).to_contain_text("1867")

    page.get_by_role("tab", name="Documents").click()
    lighthouse.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Remove “The lighthouse of Oddness” from the library?")
    dialog.get_by_role("button", name="Keep it").click()
    expect(lighthouse).to_have_count(1)
    lighthouse.get_by_role("button", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.locator(REPORT).first).to_contain_text("Removed The lighthouse of Oddness")
    expect(lighthouse).to_have_count(0)

    page.get_by_role("tab", name="Chat").click()
    chips(page).first.click()
    expect(page.locator("#sources .notice")).to_contain_text("no longer in the library")


@pytest.fixture
def herons(tmp_path, request):
    """Files that take many seconds to add, also on a fast machine, and that no other test has added."""
    sentences = SENTENCES.replace("waits", f"waits for {request.node.name}")
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(40):
        (folder / f"heron-{number:02}.md").write_text(f"# Heron book {number}\n\n{sentences.replace('heron', f'heron of book {number}')}\n")
    return folder


def test_adding_shows_its_progress_and_the_chat_answers_meanwhile(tab, herons, shoot):
    tab.locator("#uploads input.folder").set_input_files(herons)
    job = tab.locator("#uploads .job")
    bar = job.get_by_role("progressbar", name="Adding 40 files")
    expect(bar).to_have_attribute("aria-valuenow", re.compile("[1-9]"), timeout=60_000)
    expect(job.locator(".name")).to_contain_text("many/heron-")
    expect(job.locator(".line")).to_have_text(re.compile(r"\d+ of 40 files · [\d,]+ chunks, [\d,]+ a second · [\d.]+ (s|min|h) left"))
    shoot(tab, "documents_adding_1280_light")
    tab.get_by_role("tab", name="Chat").click()
    ask(tab, BAR_RAISERS)
    expect(chips(tab).first).to_be_visible()
    assert tab.locator(f"{REPORT} p").count() == 0, "the files were added before the question was answered: more are needed"
    tab.get_by_role("tab", name="Documents").click()
    expect(tab.locator(REPORT)).to_contain_text("Added 40 (", timeout=120_000)
    tab.locator(f"{REPORT} summary").click()
    expect(tab.locator(f"{REPORT} li")).to_have_count(40)
    expect(tab.locator("#documents caption")).to_contain_text("59 documents")
    expect(tab.locator("#documents .pages")).to_contain_text("Page 1 of 2")
    tab.locator("#documents .next").click()
    expect(tab.locator("#documents tbody tr")).to_have_count(9)
    expect(tab.locator("#documents .next")).to_be_disabled()
    shoot(tab, "documents_many_1280_light")
    remove_all(tab, "many/heron")
    expect(tab.locator(REPORT).first).to_contain_text("Removed 40 documents", timeout=60_000)


def test_adding_is_cancelled_and_what_was_added_stays(tab, herons):
    tab.locator("#uploads input.folder").set_input_files(herons)
    job = tab.locator("#uploads .job")
    expect(job.locator(".line")).to_have_text(re.compile(r"^[1-9]\d* of 40 files"), timeout=60_000)
    job.get_by_role("button", name="Cancel").click()
    report = tab.locator(REPORT)
    expect(report).to_contain_text(re.compile(r"Added \d+ \(.*Not added \d+"), timeout=60_000)
    added, skipped = map(int, re.search(r"Added (\d+) .*Not added (\d+)", report.inner_text()).groups())
    assert added >= 1 and added + skipped == 40
    report.locator("details.skipped summary").click()
    expect(report.locator("details.skipped li").first).to_contain_text("cancelled")
    tab.locator("#documents .filter").fill("many/heron")
    expect(tab.locator("#documents caption")).to_contain_text(f"{added} document")
    tab.locator("#documents .filter").fill("")
    remove_all(tab, "many/heron")


def test_a_large_file_moves_the_bar_and_can_be_cancelled_inside(tab, tmp_path):
    large = tmp_path / "large.md"
    large.write_text("# Large\n\n" + "\n\n".join(f"Section {n} tells of tide {n} and moon {n} in many words. " * 8 for n in range(2500)))
    choose(tab, large)
    bar = tab.locator("#uploads .job").get_by_role("progressbar", name="Adding 1 file")
    expect(bar).to_have_attribute("aria-valuenow", re.compile("[1-9]"), timeout=60_000)
    tab.locator("#uploads .job .cancel").click()
    expect(tab.locator(REPORT)).to_contain_text("Not added large.md · cancelled.", timeout=60_000)
    expect(row(tab, "large.md")).to_have_count(0)


def test_a_dropped_folder_keeps_its_folders(tab, tmp_path):
    (tmp_path / "birds" / "sea").mkdir(parents=True)
    (tmp_path / "birds" / "sea" / "gull.md").write_text("# Gulls\n\nThe gull cries.\n")
    (tmp_path / "birds" / ".secret.md").write_text("# Secret\n\nNo.\n")
    (tmp_path / "loose.md").write_text("# Loose\n\nA loose file.\n")
    box = tab.locator("#uploads .drop").bounding_box()
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + 20}
    files = {"items": [], "files": [str(tmp_path / "birds"), str(tmp_path / "loose.md")], "dragOperationsMask": 1}
    devtools = tab.context.new_cdp_session(tab)
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, **place, "data": files})
    report = tab.locator(REPORT)
    expect(report).to_contain_text("Added birds/sea/gull.md")
    expect(report).to_contain_text("Added loose.md")
    expect(report).to_contain_text("1 hidden file left out")
    remove_all(tab, "uploaded")


def test_the_table_is_sorted_and_filtered_by_keyboard(tab):
    words = tab.locator("#documents tbody td[data-name=Words]")
    button = tab.get_by_role("button", name="Words")
    button.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#documents th[aria-sort=ascending]")).to_contain_text("Words")
    expect(button).to_be_focused()
    counts = [int(text.replace(",", "")) for text in words.all_inner_texts()]
    assert counts == sorted(counts) and len(set(counts)) > 5
    tab.keyboard.press("Space")
    expect(tab.locator("#documents th[aria-sort=descending]")).to_contain_text("Words")
    assert [int(text.replace(",", "")) for text in words.all_inner_texts()] == counts[::-1]
    tab.locator("#documents .filter").fill("quokka house")
    expect(tab.locator("#documents tbody tr")).to_have_count(1)
    expect(tab.locator("#documents caption")).to_contain_text("1 document of 19")
    tab.locator("#documents .filter").fill("zebra")
    expect(tab.locator("#documents .rows")).to_contain_text("No document has these words")


def test_a_document_is_read_again_and_opened(tab):
    quokka = row(tab, "quokka.txt")
    quokka.get_by_role("button", name="Re-add").click()
    expect(tab.locator(REPORT)).to_contain_text("Unchanged")
    with tab.expect_popup() as opened_page:
        quokka.get_by_role("link", name="Open").click()
    expect(opened_page.value.locator("body")).to_contain_text("The quokka sign number 1 reads <script>")
    shipped = row(tab, "citewell:corpus/").first.get_by_role("button", name="Re-add")
    assert shipped.get_attribute("aria-disabled") == "true"
    shipped.click(force=True)
    expect(tab.locator("#documents .told")).to_contain_text("It ships with Citewell")


HOSTILE = [
    '<img src=x onerror="window.PWN=1">.md',
    "\"'`quotes`'\".md",
    "invoice\u202efdp.md",
    "two\nlines.md",
    "..md",
    "%2e%2e%2f&lt;b&gt;.md",
    "x" * 240 + ".md",
    "${window.PWN=2}{{value}}.md",
]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_hostile_names_are_shown_harmlessly(open_page, tmp_path, shoot, width, scheme):
    tab = opened(open_page(width, 844, scheme))
    folder = tmp_path / "bad"
    folder.mkdir()
    for number, name in enumerate(HOSTILE):
        (folder / name.replace("/", "_")).write_text(f"Word {number} stands here, alone in its file.\n")
    tab.locator("#uploads input.files").set_input_files(list(folder.iterdir()))
    report = tab.locator(REPORT)
    expect(report).to_contain_text("Not added")
    expect(report).to_contain_text("Not added ..md · files without ending cannot be read.")
    report.locator("details.added summary").click()
    expect(report).to_contain_text("invoice⟨U+202E⟩fdp.md")
    expect(report).to_contain_text("two⟨U+000A⟩lines.md")
    tab.locator("#documents .filter").fill("uploaded")
    expect(tab.locator("#documents caption")).to_contain_text(" of ")
    shoot(tab, f"documents_hostile_{width}_{scheme}")
    tab.locator("#documents").scroll_into_view_if_needed()
    tab.locator("#documents tbody tr").first.scroll_into_view_if_needed()
    shoot(tab, f"documents_hostile_table_{width}_{scheme}")
    assert tab.evaluate("window.PWN") is None
    assert tab.locator(":is(#documents, #uploads) :is(img, script, [onerror])").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    text = tab.locator("#documents").inner_text() + tab.locator("#uploads").inner_text()
    assert "\u202e" not in text
    row(tab, "img src=x").get_by_role("button", name="Remove").click()
    expect(tab.get_by_role("dialog")).to_contain_text("Remove “")
    shoot(tab, f"documents_dialog_{width}_{scheme}")
    tab.get_by_role("button", name="Keep it").click()
    tab.locator("#documents .filter").fill("")
    remove_all(tab, "uploaded") if width > 768 else remove_one_by_one(tab)


def remove_one_by_one(tab):
    """On a phone there is no head with a box for all: each is ticked."""
    tab.locator("#documents .filter").fill("uploaded")
    expect(tab.locator("#documents caption")).to_contain_text(" of ")
    for box in tab.locator("#documents .select input:not(.all)").all():
        box.check()
    tab.locator("#documents .remove-selected").click()
    tab.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(tab.locator("#documents tbody tr")).to_have_count(0)


def test_two_people_add_at_once_and_nothing_is_lost(open_page, tmp_path):
    pages = [opened(open_page()) for _ in range(2)]
    for person, page in enumerate(pages):
        folder = tmp_path / f"person{person}"
        folder.mkdir()
        for number in range(15):
            # the same words and file names from both
            (folder / f"note-{number}.md").write_text(f"# Note {number}\n\n{SENTENCES}\n")
        page.locator("#uploads input.folder").set_input_files(folder)
    for page in pages:
        expect(page.locator(REPORT)).to_contain_text("Added 15 (", timeout=120_000)
    pages[0].reload()
    opened(pages[0])
    pages[0].locator("#documents .filter").fill("uploaded:person")
    expect(pages[0].locator("#documents caption")).to_contain_text("30 documents of")
    pages[0].locator("#documents .filter").fill("")
    remove_all(pages[0], "uploaded:person")
    expect(pages[0].locator(REPORT).first).to_contain_text("Removed 30 documents", timeout=60_000)


def test_a_call_that_names_a_file_of_the_server_is_refused(tab, tmp_path):
    """What the page says to the server is changed on its way, as whoever writes such calls by hand can do."""
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n\nNobody may read this.\n")
    elsewhere = ["/etc/passwd", str(secret), f"/tmp/gradio/{'a' * 64}/../../../etc/passwd"]
    changed = []

    def change(route):
        body = route.request.post_data_json
        for file, path in zip((body.get("event_data") or {}).get("files", []), elsewhere, strict=False):
            changed.append(file["path"])
            file["path"] = path
        route.continue_(post_data=json.dumps(body))

    tab.route(re.compile("/gradio_api/(run|queue/join|call)"), change)
    files = [tmp_path / f"{name}.md" for name in "abc"]
    for file in files:
        file.write_text("# A\n\nWords.\n")
    choose(tab, files)
    expect(tab.locator(REPORT)).to_contain_text("The server knows nothing of this", timeout=30_000)
    assert len(changed) == 3
    assert secret.exists()
    assert tab.evaluate("() => document.querySelector('#documents caption').textContent").startswith("19 documents")

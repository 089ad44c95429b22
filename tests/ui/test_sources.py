import re
from html import unescape

import pytest

from tests.index.files import make_pdf
from tests.ui.conftest import QUOTE, SECOND, cite, passage
from ui.reference import Reference
from ui.sources import EMPTY_PANEL, MOST_STEPS, source_panel, source_preview, wider_text

MARKED = re.compile(r'<mark data-number="(\d+)"[^>]*>(.*?)</mark>', re.S)


def refer(document, quote, number=1):
    return Reference.of(cite(document, quote, number), [passage(document)])


def marked(panel):
    return {int(number): unescape(words) for number, words in MARKED.findall(panel)}


def test_marks_the_exact_words_of_every_citation(handbook, library):
    panel = source_panel([refer(handbook, QUOTE), refer(handbook, SECOND, 2)], "How much leave?", library)
    assert marked(panel) == {1: QUOTE, 2: SECOND}


def test_citations_from_one_section_share_a_card(handbook, library):
    panel = source_panel([refer(handbook, SECOND, 2), refer(handbook, QUOTE)], "", library)
    assert panel.count("<article") == 1
    other = source_panel([refer(handbook, QUOTE), refer(handbook, "Tell your manager", 2)], "", library)
    assert other.count("<article") == 2


def test_the_same_words_cited_twice_are_marked_twice(handbook, library):
    panel = source_panel([refer(handbook, QUOTE, 1), refer(handbook, QUOTE, 2)], "", library)
    assert marked(panel) == {1: QUOTE, 2: QUOTE}


def test_shows_place_and_surrounding_text(handbook, library):
    panel = source_panel([refer(handbook, QUOTE)], "", library)
    assert "<h3>Employee Handbook</h3>" in panel
    assert f"Annual leave · {handbook.source}" in panel
    assert "Leave is governed by local law." in panel
    assert "## Annual leave" not in panel
    assert "\n• Requests go through the portal." in panel


def test_says_why_this_passage(handbook, library):
    panel = source_panel([refer(handbook, QUOTE)], "How many days of paid leave?", library)
    assert "<dt>Words in common</dt><dd>days, paid, leave</dd>" in panel
    assert "<dt>By meaning</dt><dd>rank 2</dd>" in panel
    assert "<dt>By words</dt><dd>not among the nearest</dd>" in panel
    assert "<dt>Similarity</dt><dd>73 %</dd>" in panel


def test_says_how_sure_the_reader_was(handbook, library):
    read = passage(handbook).model_copy(update={"reader_score": 0.0})
    panel = source_panel([Reference.of(cite(handbook, QUOTE), [read])], "", library)
    assert "<dt>The reader</dt><dd>50 % sure that it answers</dd>" in panel
    assert "The reader" not in source_panel([refer(handbook, QUOTE)], "", library)


def test_opens_the_document_itself_of_a_pdf_at_the_page(assistant, handbook, library, write_file):
    assert f'href="documents/{handbook.id}" target="_blank"' in source_panel([refer(handbook, QUOTE)], "", library)
    number = assistant.add(write_file("two.pdf", make_pdf([["First page of words."], ["Second page of words."]]))).files[0].document_id
    document = assistant.document(number)
    panel = source_panel([Reference.of(cite(document, "Second page of words."), [])], "", library)
    assert f'href="documents/{number}#page=2" target="_blank"' in panel
    start = document.text.index("Second")
    words = f"{start}-{start + 21}"
    link = f'data-page="2" data-picture="documents/{number}/page/2?words={words}&amp;on={words}"'
    assert f'<details class="page" {link} data-title="{document.title}"><summary>Picture of page 2</summary></details>' in panel
    assert "data-picture" not in source_panel([refer(handbook, QUOTE)], "", library)


def test_each_citation_of_a_card_names_its_page_with_all_of_the_cards_words_on_it(assistant, library, write_file):
    lines = ["First words stand here.", "Second words stand here."], ["Third words stand here."]
    number = assistant.add(write_file("two.pdf", make_pdf(lines))).files[0].document_id
    document = assistant.document(number)
    citations = [cite(document, words, place) for place, words in enumerate([*lines[0], *lines[1]], start=1)]
    panel = source_panel([Reference.of(citation, []) for citation in citations], "", library)
    assert panel.count("<article") == 1
    first, second, third = (f"{citation.start}-{citation.end}" for citation in citations)
    at = f"documents/{number}/page"
    pictures = dict(re.findall(r'<mark data-number="(\d)".*?data-picture="(.*?)"', panel))
    assert pictures == {
        "1": f"{at}/1?words={first},{second}&amp;on={first}",
        "2": f"{at}/1?words={first},{second}&amp;on={second}",
        "3": f"{at}/2?words={third}&amp;on={third}",
    }


def test_shows_more_around_until_the_whole_document_is_there(assistant, library, write_file):
    text = "# Long\n\n" + "alpha beta. " * 150 + "Here it stands. " + "gamma delta. " * 400
    number = assistant.add(write_file("long.md", text)).files[0].document_id
    reference = Reference.of(cite(assistant.document(number), "Here it stands."), [])
    panel = source_panel([reference], "", library)
    assert f'<button type="button" class="more" value="{reference}">' in panel
    sizes = [len(wider_text([reference], steps, library)["text"]) for steps in range(4)]
    assert sizes[0] + 1500 < sizes[1] < sizes[2] < sizes[3]
    whole = wider_text([reference], 6, library)
    assert whole["more"] is False and "…" not in whole["text"]
    assert marked(whole["text"]) == {1: "Here it stands."}


@pytest.mark.parametrize("steps", [-(10**9), 10**9])
def test_more_around_is_bounded(assistant, library, write_file, steps):
    number = assistant.add(write_file("long.md", "word here. " * 100 + "Here it stands. " + "word here. " * 6000)).files[0].document_id
    reference = Reference.of(cite(assistant.document(number), "Here it stands."), [])
    assert len(wider_text([reference], steps, library)["text"]) < 1000 * MOST_STEPS + 3000


def test_nothing_more_of_what_is_gone(assistant, handbook, library):
    assistant.remove(handbook.id)
    assert "no longer in the library" in wider_text([refer(handbook, QUOTE)], 1, library)["text"]
    assert wider_text([], 1, library)["more"] is False


def test_a_document_that_is_gone_is_said_to_be(assistant, handbook, library):
    reference = refer(handbook, QUOTE)
    assistant.remove(handbook.id)
    assert "no longer in the library" in source_panel([reference], "", library)
    assert "no longer in the library" in source_preview(reference, library)["quote"]


def test_a_document_that_has_changed_is_said_to_have(assistant, handbook, library, write_file):
    reference = refer(handbook, QUOTE)
    assistant.add(write_file("handbook.md", "# Employee Handbook\n\nAll is new here, and long enough to hold any place." * 9))
    panel = source_panel([reference], "", library)
    assert "has changed since it was cited" in panel
    assert "<mark" not in panel


@pytest.mark.parametrize("start, end", [(5, 5), (9, 3), (0, 10**8)])
def test_a_span_outside_the_document_is_not_shown(handbook, library, start, end):
    reference = Reference(1, handbook.id, start, end, handbook.sha256[:12])
    assert "<mark" not in source_panel([reference], "", library)


def test_of_a_long_section_a_window_is_shown_cut_between_words(assistant, write_file):
    text = "# Long\n\n" + "alpha beta gamma delta. " * 200 + "Here it stands. " + "epsilon zeta eta theta. " * 200
    assistant.add(write_file("long.md", text))
    document = next(d for d in map(lambda s: assistant.document(s.id), assistant.documents()) if d.title == "Long")
    panel = source_panel([Reference.of(cite(document, "Here it stands."), [])], "", assistant.library)
    shown = unescape(re.sub(r"<[^>]*>", "", panel[panel.index('<div class="text">') : panel.index('<p class="actions">')]))
    assert 600 < len(shown) < 1100
    assert shown.startswith("… ") and shown.rstrip().endswith(" …")
    assert set(re.findall(r"[a-z]{2,}", shown)) <= {
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "ere",
        "it",
        "stands",
    }


def test_only_the_web_is_linked(assistant, write_file, library):
    folder = write_file("page.md", "# Page\n\nSome words to cite.").parent
    library.add_folder_as(folder, 'https://example.org/a"b/')
    library.add_folder_as(folder, "javascript:alert(1)//")
    documents = [assistant.document(s.id) for s in assistant.documents() if s.title == "Page"]
    panels = {d.source: source_panel([Reference.of(cite(d, "Some words to cite."), [])], "", library) for d in documents}
    assert (
        '<a href="https://example.org/a&quot;b/page.md" target="_blank" rel="noopener noreferrer">'
        in panels['https://example.org/a"b/page.md']
    )
    assert 'href="javascript' not in panels["javascript:alert(1)//page.md"]


def test_a_hostile_document_stays_text(assistant, write_file, library):
    text = (
        "# <script>x()</script>\n\nBefore <img src=x onerror=y()>. Cited ${alert(1)} {{value}} <b>words</b> here. After </article><iframe>."
    )
    assistant.add(write_file("hostile.md", text))
    document = next(d for d in (assistant.document(s.id) for s in assistant.documents()) if "Cited" in d.text)
    start = document.text.index("Cited")
    reference = Reference(1, document.id, start, document.text.index(" After"), document.sha256[:12])
    panel = source_panel([reference], "<script>question</script>", library)
    tags = {tag.lower() for tag in re.findall(r"</?([A-Za-z0-9]+)", panel)}
    assert tags <= {"article", "header", "h3", "p", "div", "sup", "mark", "details", "summary", "dl", "dt", "dd", "strong", "a", "button"}
    assert marked(panel)[1] == document.text[reference.start : reference.end]


def test_the_preview_is_plain(handbook, library):
    assert source_preview(refer(handbook, QUOTE), library) == {"place": "Employee Handbook › Annual leave", "quote": QUOTE}


def test_no_references_no_cards(library):
    assert source_panel([], "", library) == EMPTY_PANEL

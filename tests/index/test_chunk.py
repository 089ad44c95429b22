import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chunk import chunk_document, searched_context
from index.documents import Parsed, document_from
from index.sentences import sentence_spans
from index.structure import parse_blocks
from tests.conftest import FakeEmbedder

count_tokens = FakeEmbedder().count_tokens


def document(text, *, markdown=True):
    return document_from(Parsed(text, markup="markdown" if markdown else "plain"), source="test", name="test", digest="")


def chunks(text, max_tokens=30, *, markdown=True):
    return chunk_document(document(text, markdown=markdown), count_tokens, max_tokens=max_tokens)


def texts(text, max_tokens=30, *, markdown=True):
    return [chunk.text for chunk in chunks(text, max_tokens, markdown=markdown)]


def test_a_short_text_is_one_chunk():
    assert texts("# Tea\n\nBoil water.\n\nPour it.") == ["# Tea\n\nBoil water.\n\nPour it."]


def test_sections_that_do_not_fit_together_are_chunks_of_their_own():
    found = chunks("# Tea\n\nBoil water.\n\n## Green\n\nNot too hot.\n", 8)
    assert [(chunk.text, chunk.heading_path) for chunk in found] == [
        ("# Tea\n\nBoil water.", ()),
        ("## Green\n\nNot too hot.", ("Green",)),
    ]


def test_small_neighbouring_sections_share_a_chunk_with_the_headings_they_share():
    found = chunks("# Tea\n\n## Green\n\nHot.\n\n### Sencha\n\nNot too hot.\n\n### Matcha\n\nWhisk it.\n\n## Black\n\nBoiling.\n", 15)
    assert [(chunk.text, chunk.heading_path) for chunk in found] == [
        ("# Tea\n\n## Green\n\nHot.\n\n### Sencha\n\nNot too hot.", ()),
        ("### Matcha\n\nWhisk it.", ("Green", "Matcha")),
        ("## Black\n\nBoiling.", ("Black",)),
    ]


def test_headings_without_text_between_them_open_one_chunk():
    assert texts("# Tea\n\n## Green\n\n### Sencha\n\nNot too hot.") == ["# Tea\n\n## Green\n\n### Sencha\n\nNot too hot."]


def test_an_empty_section_at_the_end_is_a_chunk_of_its_heading():
    assert texts("# Tea\n\nHot.\n\n## Black\n", 3) == ["# Tea\n\nHot.", "## Black"]


def test_paragraphs_stay_whole_where_they_fit():
    assert texts("One two three. Four five.\n\nSix seven eight.", 8) == ["One two three. Four five.", "Six seven eight."]


def test_a_paragraph_too_long_is_divided_between_sentences():
    assert texts("One two three. Four five six. Seven.", 8) == ["One two three. Four five six.", "Seven."]


def test_only_a_sentence_too_long_is_divided_at_a_space():
    assert texts("One two three four five six.", 4) == ["One two three", "four five six."]


def test_a_text_without_blank_lines_is_divided():
    assert len(texts("Here are six tokens each. " * 50, 30, markdown=False)) == 10


def test_a_very_long_word_is_divided():
    found = texts("x" * 1000, 20)
    assert "".join(found) == "x" * 1000
    assert max(map(len, found)) <= 20 * 8 + 8


def test_text_without_spaces_is_divided():
    text = "犬は走る。" * 20
    found = texts(text, 12)
    assert "".join(found) == text
    assert set(found) == {"犬は走る。犬は走る。"}


def test_a_list_stays_with_its_sentence():
    text = "A sentence of some seven words.\n\nYou need:\n\n- salt\n- oil\n\nMix it."
    assert texts(text, 9) == ["A sentence of some seven words.", "You need:\n\n- salt\n- oil", "Mix it."]


def test_a_list_that_goes_on_in_the_next_chunk_keeps_its_lead():
    found = chunks("You need:\n\n- salt and oil\n- flour and eggs\n- milk and sugar", 8)
    assert [(chunk.text, chunk.lead) for chunk in found] == [
        ("You need:\n\n- salt and oil", ""),
        ("- flour and eggs\n- milk and sugar", "You need:"),
    ]


def test_a_line_without_a_full_stop_introduces_a_list_and_a_sentence_does_not():
    assert chunks("What you need\n\n- salt and oil\n- eggs", 8)[-1].lead == "What you need"
    assert chunks("Here it comes.\n\n- salt and oil\n- eggs", 8)[-1].lead == ""


def test_nested_items_have_the_item_above_as_lead():
    found = chunks("You need:\n- fruit such as:\n  - red apples\n  - ripe pears\n- nuts", 6)
    assert [(chunk.text, chunk.lead) for chunk in found] == [
        ("You need:", ""),
        ("- fruit such as:", "You need:"),
        ("- red apples\n  - ripe pears", "- fruit such as:"),
        ("- nuts", "You need:"),
    ]


def test_inline_lists_have_a_lead_too():
    found = chunks("We are nine. Perks include; • free tea • free bread • free soup", 6, markdown=False)
    assert [(chunk.text, chunk.lead) for chunk in found] == [
        ("We are nine.", ""),
        ("Perks include; • free tea", ""),
        ("• free bread • free soup", "Perks include;"),
    ]


def test_prose_behind_an_inline_list_has_no_lead():
    found = chunks("Perks include; • free tea • free bread. Dogs are welcome.", 6, markdown=False)
    assert [(chunk.text, chunk.lead) for chunk in found] == [
        ("Perks include; • free tea", ""),
        ("• free bread.", "Perks include;"),
        ("Dogs are welcome.", ""),
    ]


def test_rows_have_the_first_row_as_lead():
    found = chunks("Prices:\n\n| tea | cost |\n|---|---|\n| green | 3 |\n| black | 4 |", 14)
    assert found[-1].text.endswith("| black | 4 |")
    assert found[-1].lead == "| tea | cost |"


def test_removed_spans_are_in_no_chunk():
    text = "The ferry leaves at nine.\n\nRelated content\nA tale of two ferries.\n\nIt comes back at ten."
    assert texts(text, markdown=False) == ["The ferry leaves at nine.", "It comes back at ten."]


def test_the_byline_is_parted_from_the_text_but_not_from_the_title():
    text = "A day at sea\n\nBy Ana Sousa and her crew\n\nThe ferry leaves at nine.\n\nIt comes back at ten."
    assert texts(text, markdown=False) == [
        "A day at sea\n\nBy Ana Sousa and her crew",
        "The ferry leaves at nine.\n\nIt comes back at ten.",
    ]


POSTINGS = """Jobs at sea

We hire all year round and in each port.

PT, Lagos
We look for a pilot who knows each rock of this coast by name and by night. Key job responsibilities As a pilot, \
you will bring ships in. Perks include; • a boat • Pilots may sail once a year About the team Pilots start in autumn. \
No pilot works from home.
PT, Faro
We look for a cook who can feed a crew of thirty on a ship that never stands still, through storms and in every season, \
with a smile."""


def test_the_place_of_a_posting_is_the_heading_of_all_its_chunks():
    found = [(chunk.heading_path, chunk.text) for chunk in chunks(POSTINGS, 32, markdown=False)][1:]
    assert [path for path, _ in found] == [
        ("PT, Lagos",),
        ("PT, Lagos", "Key job responsibilities"),
        ("PT, Lagos", "About the team"),
        ("PT, Faro",),
    ]
    assert found[0][1].startswith("PT, Lagos\nWe look")
    assert found[2][1] == "About the team Pilots start in autumn. No pilot works from home."


def test_searched_context_names_each_thing_once():
    assert searched_context("Tea", ("Tea", "Green"), "You need:") == "Tea > Green > You need:"
    assert searched_context("Tea", (), "") == "Tea"


PARTS = st.sampled_from(
    [
        "# Tea\n\n",
        "## Green\n\n",
        "Boil the water. ",
        "Pour it, e.g. slowly. ",
        "You need:\n\n",
        "- salt\n",
        "  - sea salt\n",
        "1. oil\n",
        "| a | b |\n",
        "\n\n",
        "\n",
        "perks: • one • two • three ",
        "Do - Weld - Grind - Paint ",
        "About the team We weld. ",
        "Related content\nA tale.\n\n",
        "Courtesy of Ana\n",
        "By Ana Sousa\n\n",
        "```\ncode # x\n```\n",
        "犬は走る。",
        "🎉 ",
        "x" * 90 + " ",
        "word " * 40,
        "Dr. Mbeki said so (see p. 3). ",
        "The same long paragraph stands here twice, and it is long enough to count as a repeat of what was said before it. All of it.\n\n",
    ]
)
TEXTS = st.lists(PARTS | st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=25).map("".join)


def outside_removed(found):
    kept = list(found.text)
    for gap in found.removed:
        kept[gap.start : gap.end] = " " * (gap.end - gap.start)
    return "".join(kept)


@given(TEXTS, st.integers(1, 60), st.booleans())
def test_chunks_are_slices_in_order_that_hold_everything_once(text, max_tokens, markdown):
    found = document(text, markdown=markdown)
    cut = chunk_document(found, count_tokens, max_tokens=max_tokens)
    assert all(found.text[chunk.start : chunk.end] == chunk.text == chunk.text.strip() != "" for chunk in cut)
    assert all(a.end <= b.start for a, b in zip(cut, cut[1:], strict=False))
    rest = list(outside_removed(found))
    for chunk in cut:
        assert not any(gap.start < chunk.end and chunk.start < gap.end for gap in found.removed)
        rest[chunk.start : chunk.end] = " " * (chunk.end - chunk.start)
    assert "".join(rest).strip() == ""


@given(TEXTS, st.integers(1, 60), st.booleans())
def test_chunks_have_at_most_max_tokens_beside_their_headings(text, max_tokens, markdown):
    found = document(text, markdown=markdown)
    for chunk in chunk_document(found, count_tokens, max_tokens=max_tokens):
        blocks = parse_blocks(found.text, markdown=markdown)
        heads = [(max(b.start, chunk.start), min(b.end, chunk.end)) for b in blocks if b.kind == "heading"]
        without = sum(count_tokens([found.text[start:end]])[0] for start, end in heads if start < end)
        assert count_tokens([chunk.text])[0] - without <= max_tokens or len(chunk.text) == 1


@given(TEXTS, st.integers(5, 60), st.booleans())
def test_no_sentence_that_fits_a_chunk_is_cut(text, max_tokens, markdown):
    found = document(text, markdown=markdown)
    edges = {edge for chunk in chunk_document(found, count_tokens, max_tokens=max_tokens) for edge in (chunk.start, chunk.end)}
    for block in parse_blocks(found.text, markdown=markdown):
        if any(gap.start < block.end and block.start < gap.end for gap in found.removed):
            continue
        whole = block.kind in ("item", "row", "heading")
        spans = [(block.start, block.end)] if whole else sentence_spans(found.text, block.start, block.end, keep_bullets=True)
        for start, end in spans:
            sentence = found.text[start:end]
            if max(count_tokens([sentence])[0], len(sentence) // 8) <= max_tokens:
                assert not any(start < edge < end for edge in edges), sentence


def test_every_chunk_has_the_headings_of_its_section():
    text = "intro\n\n# A\n\none\n\n## B\n\ntwo\n\n# C\n\nthree"
    paths = {re.sub(r"\W+", " ", chunk.text).strip(): chunk.heading_path for chunk in chunks(text, 3)}
    assert paths == {"intro": (), "A one": ("A",), "B two": ("A", "B"), "C three": ("C",)}


@pytest.mark.parametrize("text", ["# Tea\n", "- salt", "| a | b |", "```\nx\n```"])
def test_a_single_block(text):
    assert texts(text) == [text.strip()]

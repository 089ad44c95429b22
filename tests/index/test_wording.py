import pytest

from index.records import Chunk
from index.wording import searched_print, wording_print

LONG = "The tide turns twice a day, and the harbour master writes its height into a book that lies open on the table. " * 2


@pytest.mark.parametrize(
    "other",
    [LONG.upper(), LONG.replace(" ", "\n"), f"**{LONG.strip()}**", f"- {LONG}", LONG.replace(",", ""), LONG.replace("day", "“day”")],
)
def test_case_spacing_and_layout_do_not_matter(other):
    assert wording_print(other) == wording_print(LONG) is not None


@pytest.mark.parametrize("word", ["not turns", "turned", "turns -5", "turns 5", "turns 5.0", "turns C++", "turns C", "turns ✓", "turns ✗"])
def test_one_other_word_number_or_sign_does(word):
    words = ("not turns", "turned", "turns -5", "turns 5", "turns 5.0", "turns C++", "turns C", "turns ✓", "turns ✗", "turns")
    prints = [wording_print(LONG.replace("turns", each)) for each in words]
    assert prints.count(wording_print(LONG.replace("turns", word))) == 1


def test_a_short_text_has_no_wording_of_its_own():
    assert wording_print("It closes at nine.") is None


def test_a_chunk_is_searched_by_title_headings_and_lead_too():
    chunk = Chunk(document_id="d", start=0, end=1, text="x", heading_path=("H",), lead="L")
    same = Chunk(document_id="e", start=5, end=6, text="X", heading_path=("h",), lead="l")
    assert searched_print("T", chunk) == searched_print("t.", same)
    assert len({searched_print("T", chunk), searched_print("U", chunk), searched_print("T", chunk.model_copy(update={"lead": ""}))}) == 3
    assert searched_print("T H", chunk.model_copy(update={"heading_path": ()})) != searched_print("T", chunk)

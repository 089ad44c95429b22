from hypothesis import given
from hypothesis import strategies as st

from rag.drafts import Draft, read_drafts


def texts(written):
    return [draft.text for draft in read_drafts([written])]


def test_sentences_with_the_numbers_behind_them():
    assert list(read_drafts("Rye keeps [1]. Wheat keeps. [2][3] Spelt [4, 5].\nAll do")) == [
        Draft("Rye keeps.", (1,), begins=True),
        Draft("Wheat keeps.", (2, 3)),
        Draft("Spelt.", (4, 5)),
        Draft("All do", begins=True, finished=False),
    ]


def test_items_and_marks():
    assert list(read_drafts("# Breads:\n- **rye** [1]\n2. `wheat`\n* _spelt_")) == [
        Draft("Breads:", begins=True),
        Draft("rye", (1,), item=True, begins=True),
        Draft("wheat", item=True, begins=True),
        Draft("spelt", item=True, begins=True, finished=False),
    ]


def test_abbreviations_and_numbers_end_nothing():
    assert texts("Dr. Berg pays 5.50 euros. She is here.") == ["Dr. Berg pays 5.50 euros.", "She is here."]


def test_thoughts_are_left_out():
    assert texts("<think>It is 9. No, 7.</think>\n\nSeven days.") == ["Seven days."]
    assert texts("<think>and so on") == []


def test_what_cannot_be_seen_is_left_out():
    assert texts("Sev\u200ben d\u202eays\x00.") == ["Seven days."]


def test_a_sentence_comes_as_soon_as_the_next_one_begins():
    pieces = iter(["Rye keeps [1", "]. ", "W", "heat"])
    drafts = read_drafts(pieces)
    assert next(drafts).text == "Rye keeps."
    assert list(pieces) == ["heat"]


PARTS = ["Rye keeps.", "[1]", "\n", " ", "- ", "Dr. ", "[", "]", "<think>", "**", "5.5"]


@given(st.lists(st.sampled_from(PARTS)).map("".join), st.integers(1, 9))
def test_the_size_of_the_pieces_loses_no_word(written, size):
    """Where a sentence ends may hang on what follows it."""
    pieces = [written[at : at + size] for at in range(0, len(written), size)]
    cut = " ".join(draft.text for draft in read_drafts(pieces))
    assert cut.count("keeps") == " ".join(texts(written)).count("keeps")

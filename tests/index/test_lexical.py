import pytest

from index.lexical import LexicalIndex
from index.records import Chunk


def chunk(number, text, *headings, lead=""):
    return Chunk(id=number, document_id="d", start=0, end=len(text), text=text, heading_path=headings, lead=lead)


CHUNKS = [
    chunk(1, "The lock lifts a barge."),
    chunk(2, "Barges are lifted by locks, and lifting takes time.", "Canals"),
    chunk(3, "A café near the water.", "Food", lead="We serve:"),
]


@pytest.fixture(params=["memory", "disk"])
def index(request, tmp_path):
    found = LexicalIndex.in_memory() if request.param == "memory" else LexicalIndex.create(tmp_path)
    found.update([], [(each, "Locks of the north") for each in CHUNKS], 1)
    return found


def ids(index, text, k=10):
    return [number for number, _ in index.search(text, k)]


def test_words_are_found_by_their_stems_and_without_accents(index):
    assert set(ids(index, "lifting")) == {1, 2}
    assert ids(index, "CAFE") == [3]


def test_headings_title_and_lead_are_searched(index):
    assert ids(index, "canal") == [2]
    assert ids(index, "serving") == [3]
    assert set(ids(index, "north")) == {1, 2, 3}


def test_a_word_in_the_text_weighs_more_than_in_the_headings():
    index = LexicalIndex.in_memory()
    index.update([], [(chunk(1, "about other things", "Tide"), ""), (chunk(2, "about the tide now", "Sea"), "")], 1)
    assert ids(index, "tide") == [2, 1]


def test_ties_are_in_order_of_id_and_k_is_a_limit():
    index = LexicalIndex.in_memory()
    index.update([], [(chunk(number, "tide"), "") for number in (3, 1, 2)], 1)
    assert ids(index, "tide") == [1, 2, 3]
    assert len(ids(index, "tide", 2)) == 2


@pytest.mark.parametrize("text", ["", "…!?", "submarine", "OR NOT", '"unclosed (', "x" * 500])
def test_nothing_is_found_for_what_is_not_there(index, text):
    assert ids(index, text) == []


def test_terms_frequency_and_similar_words(index):
    assert index.terms("Barges lifted the barge") == ["barg", "lift", "the"]
    assert (index.frequency("barg"), index.frequency("north"), index.frequency("submarin")) == (2, 3, 0)
    assert index.similar("cafx", 1) == [3]


def test_a_character_is_a_word_where_words_have_no_spaces():
    index = LexicalIndex.in_memory()
    index.update([], [(chunk(1, "犬は走る。"), ""), (chunk(2, "猫は眠る。"), "")], 1)
    assert ids(index, "猫") == [2]
    assert index.terms("犬ABC犬 3.5") == ["犬", "abc", "3", "5"]


def test_an_index_of_other_words_is_built_again(tmp_path, monkeypatch):
    LexicalIndex.create(tmp_path).update([], [(CHUNKS[0], "")], 5)
    monkeypatch.setattr("index.lexical._ANALYZER", 99)
    assert LexicalIndex.read(tmp_path) is None


def test_removed_chunks_are_gone_at_once(index):
    index.update([1], [(chunk(4, "A barge sank."), "Locks")], 2)
    assert set(ids(index, "barge")) == {2, 4}


def test_what_is_written_is_read(tmp_path):
    LexicalIndex.create(tmp_path).update([], [(CHUNKS[0], "")], 5)
    read, generation = LexicalIndex.read(tmp_path)
    assert (generation, ids(read, "barge")) == (5, [1])
    read.update([1], [(CHUNKS[2], "")], 6)
    again, generation = LexicalIndex.read(tmp_path)
    assert (generation, ids(again, "barge"), ids(again, "café")) == (6, [], [3])


def test_create_replaces_what_was_there(tmp_path):
    LexicalIndex.create(tmp_path).update([], [(CHUNKS[0], "")], 5)
    LexicalIndex.create(tmp_path)
    assert LexicalIndex.read(tmp_path) is None


def test_an_index_is_made_anew_in_a_folder_that_would_not_go(tmp_path, monkeypatch):
    """A thread that watched the old one may put its lock there at any moment."""
    index = LexicalIndex.create(tmp_path)
    index.update([], [(Chunk(id=1, document_id="d", start=0, end=4, text="tide"), "T")], 1)
    monkeypatch.setattr("index.lexical.shutil.rmtree", lambda folder, ignore_errors: None)
    assert len(LexicalIndex.create(tmp_path)) == 0

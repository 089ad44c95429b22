"""Two lists, by meaning and by words, become one ranking."""

import math

import numpy as np
import pytest

from index.library import Library
from rag.retrieve import Fusion, retrieve

SCORES = Fusion()
RANKS = Fusion(by="ranks", k=20)

BREADS = {
    "rye.md": "# Rye\n\nRye bread is dark and keeps for a week.\n",
    "wheat.md": "# Wheat\n\nWheat bread is light and is sold on Mondays.\n",
    "oven.md": "# Oven\n\nThe oven is lit at three in the morning.\n",
}


@pytest.fixture
def bakery(library, write_file):
    library.add([write_file(name, text) for name, text in BREADS.items()])
    return library


class TwoWords:
    """A flat model: the share of two words in a text is its direction, so that cosines are known by hand."""

    name, dimension = "two words", 2

    def embed(self, texts):
        counts = [[text.lower().count("rye") + 1e-9, text.lower().count("oven") + 1e-9] for text in texts]
        return np.array([np.array(count) / np.linalg.norm(count) for count in counts], dtype=np.float32)

    def embed_tokens(self, texts):
        return [self.embed(text.split()) for text in texts]

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]


@pytest.fixture
def flat(tmp_path, write_file):
    with Library(tmp_path / "flat", TwoWords()) as opened:
        opened.add([write_file("a.txt", "rye rye rye and the table"), write_file("b.txt", "oven and the chair")])
        opened.add([write_file("c.txt", "rye oven and the lamp")])
        yield opened


def titles(passages):
    return [passage.title for passage in passages]


def test_fusion_by_scores(flat):
    found = retrieve("rye table", flat, count=3, fusion=Fusion(dense_weight=0.4))
    scores = {passage.text[:3]: passage for passage in found}
    lexical = dict(flat.search_words("rye table", 10))
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5)) + math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))  # rye in two of three, table in one
    for passage, cosine in zip(found, (1.0, math.sqrt(0.5), 0.0), strict=True):
        assert passage.similarity == pytest.approx(cosine, abs=1e-6)
        assert passage.score == pytest.approx(0.4 * cosine + 0.6 * lexical.get(passage.chunk_id, 0.0) / (2.2 * idf), abs=1e-6)
    assert [passage.text for passage in found] == ["rye rye rye and the table", "rye oven and the lamp", "oven and the chair"]
    assert (scores["ove"].dense_rank, scores["ove"].lexical_rank) == (3, None)


def test_fusion_by_ranks(flat):
    found = retrieve("oven lamp", flat, count=3, fusion=Fusion(by="ranks", dense_weight=0.4, k=20))
    # by meaning: chair, lamp, table; by words: lamp, chair
    assert [passage.text.split()[-1] for passage in found] == ["lamp", "chair", "table"]
    assert [passage.dense_rank for passage in found] == [2, 1, 3]
    assert [passage.lexical_rank for passage in found] == [1, 2, None]
    assert [passage.score for passage in found] == pytest.approx([0.4 / 22 + 0.6 / 21, 0.4 / 21 + 0.6 / 22, 0.4 / 23])


def test_meaning_alone_and_words_alone(flat):
    by_meaning = retrieve("oven lamp", flat, count=3, fusion=Fusion(dense_weight=1))
    assert [passage.score for passage in by_meaning] == pytest.approx([1, math.sqrt(0.5), 0], abs=1e-6)
    by_words = retrieve("oven lamp", flat, count=1, fusion=Fusion(dense_weight=0))
    assert by_words[0].text == "rye oven and the lamp"


@pytest.mark.parametrize("fusion", [SCORES, RANKS])
def test_words_that_are_found_nowhere_leave_it_to_meaning(flat, fusion):
    found = retrieve("zeppelin", flat, count=3, fusion=fusion)
    assert len(found) == 3
    assert {passage.lexical_rank for passage in found} == {None}


@pytest.mark.parametrize("fusion", [SCORES, RANKS])
def test_ties_are_broken_by_id(tmp_path, write_file, fusion):
    with Library(tmp_path / "ties", TwoWords()) as library:
        library.add([write_file(f"{name}.txt", f"rye for the {name}") for name in ("aunt", "niece", "uncle")])
        found = retrieve("rye", library, count=3, fusion=fusion)
        if fusion is SCORES:
            assert len({passage.score for passage in found}) == 1
        assert [passage.chunk_id for passage in found] == sorted(passage.chunk_id for passage in found)


@pytest.mark.parametrize("fusion", [SCORES, RANKS])
def test_the_same_question_finds_the_same(bakery, fusion):
    first = retrieve("Which bread keeps?", bakery, count=3, fusion=fusion)
    assert all(retrieve("Which bread keeps?", bakery, count=3, fusion=fusion) == first for _ in range(3))


def test_the_best_come_first_and_are_numbered(bakery):
    found = retrieve("How long does rye bread keep?", bakery, count=3, fusion=SCORES)
    assert titles(found)[0] == "Rye"
    assert [passage.rank for passage in found] == [1, 2, 3]
    assert [passage.score for passage in found] == sorted((passage.score for passage in found), reverse=True)


def test_count(bakery):
    assert len(retrieve("bread", bakery, count=1, fusion=SCORES)) == 1
    assert len(retrieve("bread", bakery, count=50, fusion=SCORES)) == 3
    assert retrieve("bread", bakery, count=0, fusion=SCORES) == []


def test_depth_limits_both_lists(bakery):
    found = retrieve("rye bread", bakery, count=3, fusion=Fusion(depth=1))
    assert titles(found) == ["Rye"]


@pytest.mark.parametrize("fusion", [SCORES, RANKS])
def test_an_empty_library(library, fusion):
    assert retrieve("bread", library, count=5, fusion=fusion) == []


@pytest.mark.parametrize("question", ["", "???", "\x00"])
def test_a_question_without_words(bakery, question):
    assert len(retrieve(question, bakery, count=5, fusion=SCORES)) == 3


def test_a_passage_is_a_span_with_its_place(bakery):
    for passage in retrieve("bread", bakery, count=3, fusion=SCORES):
        document = bakery.document(passage.document_id)
        assert document.text[passage.start : passage.end] == passage.text
        assert (passage.title, passage.source) == (document.title, document.source)
        assert passage.page is None


def test_a_removed_document_is_not_found(bakery):
    bakery.remove("rye.md")
    assert "Rye" not in titles(retrieve("rye bread", bakery, count=3, fusion=SCORES))

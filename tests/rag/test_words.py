"""Words are weighed by how rare they are."""

import math

import pytest

from rag.words import QuestionWords, names_nothing_there, question_words, stems_of


def weight(found, share=1.0):
    """Inverse document frequency of a word in `found` of the four chunks, as in BM25."""
    return pytest.approx(share * math.log(1 + (4 - found + 0.5) / (found + 0.5)))


def test_weights(bakery):
    words = question_words("Is the pretzel in the cellar a Zeppelin?", bakery)
    # pretzel: 1 chunk; cellar: 2; zeppelin: nowhere, weighs as 1
    assert words.weights == {"pretzel": weight(1), "cellar": weight(2), "zeppelin": weight(1)}
    assert words.unknown == ("Zeppelin",)
    assert words.weights["pretzel"] == pytest.approx(math.log(1 + 3.5 / 1.5))


def test_titles_and_headings_count(bakery):
    assert question_words("wood", bakery).weights == {"wood": weight(1)}


def test_function_words_weigh_nothing(bakery):
    assert question_words("What does it mean, and who can't be there?", bakery) == QuestionWords({}, ())
    assert question_words("can’t", bakery).weights == {}


def test_an_unknown_word_is_named_once(bakery):
    assert question_words("Zeppelin zeppelins Zeppelin", bakery).unknown == ("Zeppelin",)


def test_a_particle_makes_a_pair(bakery):
    words = question_words("What do we look for?", bakery)
    assert words.weights == {"look": weight(2, 0.5), "look~for": weight(2, 0.5)}
    assert words.coverage(stems_of("We look for the smoke.", bakery.lexical())) == pytest.approx(1)
    assert words.coverage(stems_of("We look after it.", bakery.lexical())) == pytest.approx(0.5)


def test_coverage_is_the_weighted_share():
    words = QuestionWords({"rye": 3.0, "bread": 1.0}, ())
    assert words.coverage({"rye"}) == 0.75
    assert words.coverage({"bread", "oven"}) == 0.25
    assert words.coverage(set()) == 0
    assert QuestionWords({}, ()).coverage({"rye"}) == 0


@pytest.mark.parametrize(
    ("word", "stems", "share"),
    [
        ("mentor", {"mentorship"}, 0.7),  # of one kin
        ("mentorship", {"mentor"}, 0.7),
        ("mentor", {"mentor", "mentorship"}, 1.0),
        ("rest", {"restaurant"}, 0.0),  # too short to tell
        ("mentor", {"mental"}, 0.0),
        ("carri~over", {"carri", "carri~back"}, 0.0),  # a pair is found whole or not
        ("carri~over", {"carri", "carri~over"}, 1.0),
    ],
)
def test_kin_count_in_part(word, stems, share):
    assert QuestionWords({word: 2.0}, ()).coverage(stems) == pytest.approx(share)


def test_stems(bakery):
    lexical = bakery.lexical()
    assert stems_of("Heated ovens", lexical) == {"heat", "oven"}
    assert stems_of("They carry over", lexical) == {"they", "carri", "over", "carri~over"}
    assert "the~up" not in stems_of("the up", lexical)
    assert stems_of("", lexical) == set()


def test_an_empty_library_knows_no_word(library):
    words = question_words("rye bread", library)
    assert words.unknown == ("rye", "bread")
    assert set(words.weights) == {"rye", "bread"}
    assert all(value > 0 for value in words.weights.values())


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Who runs the mill in Sweden?", True),
        ("who runs the mill in sweden?", False),
        ("Sweden: who runs the mill?", False),
        ("Is it far? Sweden comes to mind.", False),
        ('What does "Sweden" mean?', False),
        ("Who runs the SWEDEN mill?", False),
        ("Who runs Sweden's mill?", False),
        ("Who runs the mill in Lund?", False),
        ("What does E11 mean?", True),
        ("What does E12 mean?", False),
        ("Who ran the mill in the 1700s?", False),
    ],
)
def test_a_name_that_stands_nowhere(question, named):
    assert names_nothing_there(question, QuestionWords({}, ("Sweden", "Sweden's", "sweden", "SWEDEN", "E11", "1700s"))) == named

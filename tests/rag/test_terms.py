"""Which words of a conversation a question leaves out, by the shipped model."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.followup.terms import LeftOutWords, as_written, place_words

TALK = ["Who was Ida Falk?", "Ida Falk was a Swedish painter who led the Harbour School.", "Where was she born?", "She was born in Lund."]


@pytest.fixture(scope="module")
def left_out():
    return LeftOutWords()


def test_the_name_that_a_pronoun_stands_for_is_left_out_and_the_rest_is_not(left_out):
    found = left_out("When did she start to paint?", TALK)
    assert min(found["ida"], found["falk"]) > 0
    assert max(found["swedish"], found["lund"]) < min(found["ida"], found["falk"])


def test_a_question_on_another_topic_leaves_nothing_out(left_out):
    assert max(left_out("What is the price of a ticket for the night train?", TALK).values()) < 0


def test_function_words_are_none(left_out):
    assert {"who", "was", "in"}.isdisjoint(left_out("Why?", TALK))


def test_of_a_long_conversation_the_end_is_read(left_out):
    found = left_out("When did she start to paint?", ["Who was Mary Baker?", "A miller. " * 200, *TALK])
    assert "falk" in found
    assert "baker" not in found


@pytest.mark.parametrize(("question", "turns"), [("", [""]), ("why? " * 500, ["x " * 5000]), ("\x00\ud7ff", ["\x00", "é" * 99])])
def test_odd_texts(left_out, question, turns):
    assert all(isinstance(odds, float) for odds in left_out(question, turns).values())


def test_several_threads(left_out):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: left_out("When did she start to paint?", TALK), range(16)))
    assert all(one == found[0] for one in found)


def test_places_of_words():
    assert place_words("In Falk's Hall") == dict.fromkeys(range(3, 7), "falk") | dict.fromkeys(range(10, 14), "hall")


def test_words_as_they_stand_in_the_conversation():
    assert as_written({"harbour", "school", "lund"}, TALK) == ["Harbour School", "Lund"]
    assert as_written(["falk"], ["In Falk’s hall"]) == ["Falk"]
    assert as_written([], TALK) == []

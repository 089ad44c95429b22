"""Confidence is a logistic model over signs, which are worked out by hand here."""

import math
from dataclasses import astuple, fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import confidence as module
from rag.confidence import Signs, confidence, signs
from rag.question import parse_question
from rag.reader import Span
from rag.records import Passage
from rag.units import Unit
from rag.words import QuestionWords

NAMES = [field.name for field in fields(Signs)]
NONE = Signs(*[0.0] * len(NAMES))
ALL = Signs(*[1.0] * len(NAMES))
WORDS = QuestionWords({"rye": 3.0, "bread": 1.0}, ())
QUESTION = parse_question("Tell me of rye bread")


def stems(text):
    return set(text.lower().replace(".", "").split())


def passage(text="Rye is dark.", **fields):
    given = {"similarity": 0.5, "dense_rank": 1, "lexical_rank": 1} | fields
    return Passage(
        chunk_id=1, document_id="d", title="Handbook", source="h.md", start=0, end=len(text), text=text, score=1.0, rank=1, **given
    )


def unit(text="Rye is dark.", score=1.0, similarity=0.6, **fields):
    return Unit("d", 0, len(text), text, "Handbook", (), score=score, similarity=similarity, **fields)


def one_hot(texts):
    """A token for each word, as a unit vector that no other word has."""
    known = sorted({word for text in texts for word in stems(text.replace(":", "").replace("?", ""))})
    words = [text.lower().replace(".", "").replace(":", "").replace("?", "").split() for text in texts]
    return [np.array([[float(word == other) for other in known] for word in said], np.float32).reshape(-1, len(known)) for said in words]


def found(passages=None, units=None, question=QUESTION, words=WORDS):
    passages = [passage()] if passages is None else passages
    units = [unit()] if units is None else units
    return signs(question, passages, units, words, stems, one_hot)


def test_the_logistic_function(monkeypatch):
    monkeypatch.setattr(module, "INTERCEPT", -1.0)
    monkeypatch.setattr(module, "WEIGHTS", (2.0, *[0.0] * (len(NAMES) - 1)))
    assert confidence(replace(NONE, similarity=0.5)) == 0.5
    assert confidence(NONE) == pytest.approx(1 / (1 + math.e))
    assert confidence(replace(NONE, similarity=1.0)) == pytest.approx(math.e / (1 + math.e))


def test_there_is_a_weight_a_sign():
    assert len(module.WEIGHTS) == len(NAMES)


def test_with_no_sign_a_question_is_refused_and_with_all_it_is_answered():
    assert confidence(NONE) < 0.05
    assert confidence(ALL) > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_no_sign_speaks_against_an_answer(name):
    assert confidence(replace(NONE, **{name: 1.0})) >= confidence(NONE)


@given(st.lists(st.floats(0, 1), min_size=len(NAMES), max_size=len(NAMES)), st.sampled_from(range(len(NAMES))), st.floats(0, 1))
def test_more_of_a_sign_is_never_less_confident(values, position, more):
    one = Signs(*values)
    other = Signs(*[*values[:position], max(values[position], more), *values[position + 1 :]])
    assert 0 <= confidence(one) <= confidence(other) <= 1


def test_signs_by_hand():
    passages = (passage(similarity=0.5, dense_rank=2, lexical_rank=4), passage("Wheat bread.", similarity=0.7))
    units = (unit("Rye is dark.", score=0.9, similarity=0.3), unit("Wheat bread.", score=0.2, similarity=0.6), unit("Snow.", score=0.0))
    assert found(passages, units) == Signs(
        similarity=0.7,
        coverage=0.75,  # rye, of the best unit
        any_reader=0.5,
        lead=0.9,
        fact=1.0,
        kind=1.0,
        names=1.0,
        met=0.0,  # tell, me, of: not there
    )


def test_the_worst_met_tokens_count():
    question = parse_question("Rye is dark bread")
    assert found(units=[unit("Rye bread is white.")], question=question).met == pytest.approx(2 / 3)
    assert found(units=[unit("Snow.", score=0.9), unit("Rye bread is dark.", score=0.5)], question=question).met == 1.0


def test_the_reader_by_hand():
    def answer(logits):
        return Span(logits, 0, 3)

    units = [unit(score=0.9, answer=answer(2 * math.log(3))), unit(score=0.5, answer=answer(2 * math.log(9))), unit(score=0.4)]
    assert found(units=units).any_reader == pytest.approx(0.9)
    assert found(units=[units[0], unit(score=0.4)]).any_reader == pytest.approx(0.75)
    assert found(units=[unit(score=0.9)]).any_reader == 0.5


def test_a_fact_that_the_reader_does_not_find():
    question = parse_question("How many loaves?")
    units = (unit("Rye makes 12.", answer=Span(2 * math.log(0.04 / 0.96), 0, 3)),)
    assert found(units=units, question=question).fact == pytest.approx(0.4)
    assert found(units=units).fact == 1.0
    assert found(units=(unit("Rye makes 12."),), question=question).fact == 1.0
    assert found(units=(replace(units[0], kind="heading"),), question=question).fact == 1.0


def test_the_best_unit_lacks_what_the_question_asks_for():
    question = parse_question("How many loaves?")
    units = [unit("Rye makes loaves.", score=0.9), unit("Rye makes 12.", score=0.8)]
    assert found(units=units, question=question).kind == 0.0
    assert found(units=units[::-1], question=question).kind == 0.0
    assert found(units=units[1:], question=question).kind == found(units=units).kind == 1.0
    assert found(units=units, question=parse_question("Which cities are the loaves from?")).kind == 1.0  # a list's lead names none


def test_the_lead_of_the_best_unit():
    assert found(units=[unit(score=score) for score in (0.9, 0.8, 0.7, 0.6, 0.1)]).lead == pytest.approx(0.3)
    assert found(units=[unit(score=1.4)]).lead == 1.0


def test_context_and_the_sentence_before_cover_words():
    assert found(units=(unit("It is dark.", before="We bake rye."),)).coverage == 0.75
    assert found(units=(replace(unit("Rye is dark."), context="Bread"),)).coverage == 1.0


@pytest.mark.parametrize(
    "nothing",
    [{"passages": ()}, {"units": ()}, {"units": (unit(score=0.0),)}, {"words": QuestionWords({}, ())}],
)
def test_where_nothing_is_found_there_is_no_sign(nothing):
    assert found(**nothing) == NONE


def test_no_similarity_is_below_none():
    assert found((passage(similarity=-0.2),)).similarity == 0.0


def test_all_signs_are_shares():
    assert all(0 <= sign <= 1 for sign in astuple(found()))


def test_a_row_that_begins_with_what_is_asked_about():
    asked, words = parse_question("What should I do when error E11 appears?"), QuestionWords({"appears": 3.0, "error": 3.0, "e11": 1.0}, ())
    row = unit("| E11 | Empty the tray |", columns=("Code", "What to do"))
    far = [passage(similarity=0.1)]
    told = found(far, [row], asked, words)
    assert (told.similarity, told.coverage, told.met) == (0.5, 0.5, 0.5)
    at = parse_question("What happened at 09:12?")
    assert found(far, [replace(row, text="| 09:12 | The tray fell |")], at, words).met == 0.5
    assert found(far, [replace(row, text="| 19:12 | The tray fell |")], at, words).met < 0.5
    other = found(far, [replace(row, text="| E12 | Empty the tray |")], asked, words)
    assert max(other.similarity, other.coverage, other.met) < 0.5

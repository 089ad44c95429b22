"""Units with the reader's answers inside, and passages in the order of their best units."""

from dataclasses import replace
from itertools import pairwise

import pytest

from rag.read import by_best_unit, probability, read_units
from rag.reader import Reading, Span
from rag.records import Passage
from rag.units import Unit


def passage(rank, text, *, score=1.0, start=100):
    place = {"document_id": "d", "title": "A title", "source": "s", "start": start, "end": start + len(text)}
    return Passage(chunk_id=rank, **place, text=text, score=score, rank=rank, heading_path=("Work", "Hours"))


def unit(passage, words, *, score=0.0):
    at = passage.start + passage.text.index(words)
    return Unit("d", at, at + len(words), words, "A title", ("Work", "Hours"), passage_rank=passage.rank, score=score)


class Finds:
    """A reader for which a word is the answer, wherever it stands."""

    def __init__(self, word):
        self.word, self.asked = word, []

    def read(self, question, passages):
        self.asked.append((question, passages))
        return [Found(text, self.word) for _, text in passages]


class Found(Reading):
    def __init__(self, text, word):
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "word", word)

    def within(self, start, end):
        at = self.text.find(self.word, start, end)
        return Span(4.0, at, at + len(self.word)) if at >= 0 else Span(-4.0, start, start + 1)


def test_units_get_the_answers_inside_them_counted_in_the_document():
    first = passage(1, "It is paid. It lasts twelve weeks.")
    units = [unit(first, "It is paid."), unit(first, "It lasts twelve weeks.")]
    reader = Finds("twelve")
    no, yes = read_units("How long?", [first], units, reader)
    assert no.answer.score == -4.0
    assert yes.answer == Span(4.0, 121, 127)
    assert reader.asked == [("How long?", [("A title. Hours", first.text)])]


def test_without_a_reader_units_stay_as_they_are():
    first = passage(1, "It is paid.")
    units = [unit(first, "It is paid.")]
    assert read_units("How long?", [first], units, None) == units


def test_a_passage_is_as_good_as_its_best_unit():
    one, two = passage(1, "It is paid.", score=0.6), passage(2, "It lasts. Twelve weeks.", score=0.5)
    units = [unit(one, "It is paid.", score=0.1), unit(two, "It lasts.", score=0.2), unit(two, "Twelve weeks.", score=0.9)]
    passages, moved = by_best_unit([one, two], units, 0.5)
    assert [(p.chunk_id, p.rank) for p in passages] == [(2, 1), (1, 2)]
    assert passages[0].score == pytest.approx(0.5 + 0.5 * 0.6 * 0.9)
    assert [(u.text, u.passage_rank) for u in moved] == [("It lasts.", 1), ("Twelve weeks.", 1), ("It is paid.", 2)]
    assert all(a.score >= b.score for a, b in pairwise(passages))


def test_without_weight_the_order_stays():
    passages = [passage(n, "It is paid.", score=1 / n) for n in range(1, 5)]
    units = [replace(unit(p, "It is paid."), score=float(p.rank)) for p in passages]
    assert by_best_unit(passages, units, 0.0)[0] == passages
    assert by_best_unit([], [], 1.0) == ([], [])


def test_the_best_answer_of_a_passage_is_its_readers_score():
    first, second = passage(1, "It is paid. It lasts twelve weeks."), passage(2, "It is paid.", score=0.5)
    units = [unit(first, "It is paid."), unit(first, "It lasts twelve weeks."), unit(second, "It is paid.")]
    read = read_units("How long?", [first, second], units, Finds("twelve"))
    assert [p.reader_score for p in by_best_unit([first, second], read, 1.0)[0]] == [4.0, -4.0]
    assert by_best_unit([first], units[:2], 1.0)[0][0].reader_score is None


@pytest.mark.parametrize(("score", "expected"), [(0.0, 0.5), (800.0, 1.0), (-800.0, 0.0)])
def test_probability_of_any_score(score, expected):
    assert probability(score) == pytest.approx(expected)

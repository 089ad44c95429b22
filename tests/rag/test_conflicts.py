import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.gate.conflicts import Statement, find_conflicts, statements_of
from rag.retrieve import Fusion, retrieve
from rag.units import find_units

with (Path(__file__).parents[1] / "data" / "conflict_pairs.tsv").open(encoding="utf-8") as file:
    PAIRS = list(csv.DictReader(file, delimiter="\t"))
KNOWN_MISSES = {"The prize is $1.5 million."}
CASES = Path(__file__).parents[2] / "eval" / "cases" / "documents"
HOURS = (("seven", "six", "morning"), ("eight", "nine", "evening"))


def said(text, document="a", title="Handbook", headings=(), score=1.0):
    return Statement(document, title, "", text, 0, len(text), headings, score)


def differ(one, other):
    return bool(find_conflicts([one, other]))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['one']} / {pair['other']}")
def test_pairs(pair):
    one, other = pair["one"], pair["other"]
    if one in KNOWN_MISSES:
        pytest.xfail("known to be missed")
    for first, second in ((one, other), (other, one)):
        assert differ(said(first), said(second, "b", "Frequent questions")) == (pair["conflict"] == "yes")


def test_the_pairs_are_many_and_mixed():
    assert len(PAIRS) >= 60
    assert min(sum(pair["conflict"] == answer for pair in PAIRS) for answer in ("yes", "no")) >= 30


def test_both_sides_with_their_values_the_better_answer_first():
    one, other = said("The internship lasts 12 weeks.", score=0.5), said("The internship lasts ten weeks.", "b", score=0.9)
    (conflict,) = find_conflicts([one, other])
    assert [(side.value, side.statement) for side in conflict.sides] == [("ten weeks", other), ("12 weeks", one)]


def test_three_documents_are_one_conflict():
    texts = ("The internship lasts 12 weeks.", "The internship lasts 10 weeks.", "The internship lasts 8 weeks.")
    (conflict,) = find_conflicts([said(text, str(n)) for n, text in enumerate(texts)])
    assert [side.value for side in conflict.sides] == ["12 weeks", "10 weeks", "8 weeks"]


def test_one_document_does_not_differ_from_itself():
    assert not differ(said("The internship lasts 12 weeks."), said("The internship lasts 10 weeks."))


def test_titles_that_name_different_things():
    one, other = "The notice period is three months.", "The notice period is six weeks."
    assert not differ(said(one, title="Contract Miller"), said(other, "b", "Contract Smith"))
    assert differ(said(one, title="Handbook, edition of 2021"), said(other, "b", "Handbook, edition of 2024"))


def test_headings_that_have_nothing_in_common():
    one, other = "The course lasts 12 weeks.", "The course lasts 10 weeks."
    assert not differ(said(one, headings=("Chemistry",)), said(other, "b", headings=("History",)))
    assert differ(said(one, headings=("Courses",)), said(other, "b", headings=("Our courses",)))


def test_conflicts_of_the_shipped_cases(library):
    library.add(sorted(CASES.glob("garden-handbook-*.md")))
    passages = retrieve("garden bed fee gate shed", library, count=30, fusion=Fusion(50, "scores", 0.4, 20))
    units = [replace(unit, score=1.0) for unit in find_units(passages, library)]
    conflicts = find_conflicts(statements_of(units, library))
    values = {frozenset(side.value for side in conflict.sides) for conflict in conflicts}
    assert values >= {frozenset({"40 euros", "55 euros"}), frozenset({"ten minutes", "five minutes"}), frozenset({"March", "January"})}
    assert values >= {frozenset({f"{one} in the {part}", f"{other} in the {part}"}) for one, other, part in HOURS}
    assert len(conflicts) == 5
    for side in (side for conflict in conflicts for side in conflict.sides):
        place = side.statement
        assert " ".join(library.document(place.document_id).text[place.start : place.end].split()) == place.text


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_texts_are_compared(texts):
    find_conflicts([said(text, str(n)) for n, text in enumerate(texts)])

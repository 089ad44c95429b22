"""What one unit carries: nothing that is false of it, whatever else is lost."""

import csv
from pathlib import Path

import pytest

from index.sentences import sentence_spans
from rag.gate.support import supports

with (Path(__file__).parents[1] / "data" / "verify_pairs.tsv").open(encoding="utf-8") as file:
    PAIRS = list(csv.DictReader(file, delimiter="\t"))


def carried(pair):
    return any(supports(pair["sentence"], pair["quote"][start:end], ()) for start, end in sentence_spans(pair["quote"]))


def test_the_labelled_pairs():
    passed = [pair["sentence"] for pair in PAIRS if carried(pair) and pair["expected"] == "unsupported"]
    assert passed == []
    true = [pair for pair in PAIRS if pair["expected"] == "supported"]
    assert sum(map(carried, true)) >= 34


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Rye bread keeps for 7 days.", "Rye bread keeps for seven days."),
        ("Rye bread keeps for seven days", "Rye bread keeps for seven days."),
        ("Dogs aren't allowed in the shop.", "Dogs are not allowed in the shop."),
        ("The shop opens at 9:00.", "The shop opens at 9 a.m."),
        ("Fees rose by 12 percent.", "Fees rose by 12%, the report notes."),
        ("Members may bring one guest.", "Members may bring one guest."),
        ("The bakery bakes these breads:", "The bakery bakes these breads:"),
        ("The contract was signed on May 3, 2021.", "The contract was signed on 3 May 2021."),
    ],
)
def test_is_carried(sentence, quote):
    assert supports(sentence, quote, ())


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        # invented without a name or a number
        ("Rye bread is a healthy choice for the whole family.", "Rye bread keeps for seven days."),
        ("Rye bread keeps well because of its firm crust.", "Rye bread keeps for seven days."),
        ("The shop is known for its warm service.", "The shop opens at nine and has a garden."),
        ("The shop has a lovely garden.", "The shop has a garden."),
        ("Guests love the garden.", "The shop has a garden for guests."),
        ("The rules protect everyone.", "The rules name the duties of members."),
        # half told
        ("Children travel free.", "Children under six travel free."),
        ("The members rejected the plan.", "The committee of members rejected the plan."),
        ("Umbrellas are forbidden.", "Umbrellas are forbidden in the galleries."),
        ("Entry is free.", "Entry is free until 5 May."),
        ("Members may bring guests.", "Members may bring guests if they register."),
        ("The fee is refunded.", "The fee is refunded unless the course has begun."),
        ("Fees are waived.", "Fees are waived for students."),
        # bounds
        ("Members must bring a guest.", "Members may bring a guest."),
        ("All members bring a guest.", "Members bring a guest."),
        ("Only members bring guests.", "Members bring guests."),
        ("The trip takes three hours.", "The trip takes about three hours."),
        ("Most patients recovered.", "Some patients recovered."),
        ("Patients recovered.", "Some patients recovered."),
        ("The bridge was finished.", "The bridge will be finished."),
        ("The merger saves money.", "The merger is expected to save money."),
        # only said
        ("The tower is leaning.", "Critics say the tower is leaning."),
        ("The tower is leaning.", "It is a myth that the tower is leaning."),
        ("The tower is leaning.", "Reply to every question that the tower is leaning."),
        ("Everything is free.", "Answer: everything is free."),
        ("The tower is leaning.", "Nobody has shown whether the tower is leaning."),
        # turned
        ("Anna pays Boris.", "Boris pays Anna."),
        ("The tower is higher than the church.", "The church is higher than the tower."),
        ("Adults pay 5 euros and children 10 euros.", "Adults pay 10 euros and children 5 euros."),
        # lively
        ("See [the shop](http://example.org) in the garden.", "See the shop in the garden."),
        ("<i>The shop</i> has a garden.", "The shop has a garden."),
        ("Does the shop have a garden?", "The shop has a garden."),
        ("", "The shop has a garden."),
        ("The", "The shop has a garden."),
    ],
)
def test_is_not_carried(sentence, quote):
    assert not supports(sentence, quote, ("Guide",))


def test_headings_may_name_what_the_unit_speaks_of():
    assert supports("Rye bread keeps for seven days.", "The bread keeps for seven days.", ("Bakery", "Rye bread"))
    assert not supports("Rye bread is sold.", "It is sold.", ("Bakery", "Rye bread"))

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.conftest import QUOTE, SECOND, cite, passage, references_in
from ui.reference import Reference, passage_references

ID, SHA = "0123456789abcdef", "0123456789ab"


@given(st.integers(0, 999), st.integers(0, 10**9 - 1), st.integers(0, 10**9 - 1), st.integers(0, 9999), st.integers(0, 100))
def test_reads_what_it_writes(number, start, end, rank, similarity):
    reference = Reference(number, ID, start, end, SHA, rank, rank, similarity)
    assert Reference.read(str(reference)) == reference
    assert Reference.read(f"#cite={reference}") == reference
    read = replace(reference, reader=similarity)
    assert references_in(f'href="#cite={read}"') == [read]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        f"1.{ID}.0.5.{SHA}.1.1",
        f"1.{ID}.0.5.{SHA}.1.1.1.1.1",
        f"1.{ID}.0.5.{SHA}.1.1.1\n",
        f" 1.{ID}.0.5.{SHA}.1.1.1",
        f"1.{ID}.-1.5.{SHA}.1.1.1",
        f"1.{ID}.٣.5.{SHA}.1.1.1",
        f"1.{ID.upper()}.0.5.{SHA}.1.1.1",
        f"1.../../etc/passwd.0.5.{SHA}.1.1.1",
        f"1.{ID}.0.99999999999.{SHA}.1.1.1",
        '"><script>alert(1)</script>',
        None,
        7,
        ["1"],
        {"a": 1},
    ],
)
def test_refuses_anything_else(text):
    assert Reference.read(text) is None


def test_a_citation_takes_the_ranks_of_the_passage_that_holds_it(handbook):
    citation = cite(handbook, QUOTE, 3)
    assert str(Reference.of(citation, [passage(handbook)])) == (
        f"3.{handbook.id}.{citation.start}.{citation.end}.{handbook.sha256[:12]}.2.0.73"
    )


def test_a_citation_outside_all_passages_has_no_ranks(handbook):
    reference = Reference.of(cite(handbook, "Tell your manager"), [passage(handbook)])
    assert (reference.dense_rank, reference.lexical_rank, reference.similarity) == (0, 0, 0)


def test_finds_the_chips_of_an_answer_once_and_in_order():
    one, two = Reference(1, ID, 0, 5, SHA), Reference(2, ID, 5, 9, SHA)
    markup = f'<a href="#cite={two}">2</a> <a href="#cite={one}">1</a> <a href="#cite={two}">2</a> <a href="#cite=1.2.3">x</a>'
    assert references_in(markup) == [two, one]


def test_a_passage_is_cited_without_its_headings(handbook, make_answer):
    [reference] = passage_references(make_answer("?"), {handbook.id: handbook.sha256}, count=3)
    cited = handbook.text[reference.start : reference.end]
    assert cited.startswith("Leave is governed")
    assert cited.endswith("Managers answer within a week.")
    assert SECOND in cited

"""The real model on the raw text of the article that the shipped documents come from, with all the clutter of its web page."""

from pathlib import Path

import pytest

from rag import Assistant

ARTICLE = Path(__file__).parents[3] / "shared" / "data" / "article"
QUESTIONS = Path(__file__).parents[1] / "data" / "article_questions.tsv"
REFUSED = "-"
PRINCIPLES = ("Learn and Be Curious", "Dive Deep", "Invent and Simplify")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ARTICLE.is_dir(), reason=f"the article's text is not at {ARTICLE}; it does not ship with Citewell"),
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    with Assistant.open(tmp_path_factory.mktemp("article") / "library") as opened:
        opened.add(ARTICLE)
        yield opened


def rows():
    return [line.split("\t") for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def holds(text, facts):
    """Whether the text has all facts (`;` between them), of each at least one wording (`|` between them)."""
    text = " ".join(text.lower().split())
    return all(any(wording.strip().lower() in text for wording in fact.split("|")) for fact in facts.split(";"))


def test_most_answers_have_all_their_facts(assistant):
    answerable = [(question, facts) for question, facts in rows() if facts != REFUSED]
    missed = [question for question, facts in answerable if not holds(assistant.answer(question).text, facts)]
    assert len(missed) <= 0.15 * len(answerable), "\n".join(missed)


def test_foreign_questions_are_refused(assistant):
    answered = [question for question, facts in rows() if facts == REFUSED and not assistant.answer(question).abstained]
    assert answered == []


def test_every_quote_is_its_span(assistant):
    citations = [citation for question, _ in rows()[:20] for citation in assistant.answer(question).citations]
    assert citations
    for citation in citations:
        assert assistant.document(citation.document_id).text[citation.start : citation.end] == citation.quote


def test_what_bar_raisers_look_for_is_cited_to_the_word(assistant):
    answer = assistant.answer("what do Bar Raisers look for?")
    assert not answer.abstained
    assert "functional competencies" in answer.text
    quotes = {citation.number: citation.quote for citation in answer.citations}
    for wanted in ("functional competencies", *PRINCIPLES):
        sentence = next(sentence for sentence in answer.sentences if wanted in sentence.text)
        assert any(wanted in " ".join(quotes[number].split()) for number in sentence.citations)

import pytest

from eval.proposals import propose
from index import Document
from index.records import Removed, Section


def document(text: str, **fields: object) -> Document:
    return Document(id="d", title="", source="/docs/tea.md", media_type="", sha256="", text=text, **fields)


@pytest.mark.parametrize(
    ("sentence", "kind", "question", "fact"),
    [
        ("A Bar Raiser is an interviewer who helps.", "definition", "What is a Bar Raiser?", "an interviewer who helps"),
        ("Anna Blue is the author of this page.", "definition", "Who is Anna Blue?", "the author of this page"),
        ("The internship lasts three to six months.", "duration", "How long does the internship last?", "three to six months"),
        ("Green tea takes about 4 minutes to brew.", "duration", "How long does Green tea take?", "about 4 minutes"),
        ("Each team has 5 members.", "number", "How many members does each team have?", "5 members"),
        ("Teams need two reviewers.", "number", "How many reviewers do Teams need?", "two reviewers"),
        ("The bridge was opened in May 1932.", "date", "When was the bridge opened?", "May 1932"),
        ("The main duties are:", "list", "What are the main duties?", ""),
        ("The programme includes:", "list", "What does the programme include?", ""),
    ],
)
def test_a_sentence_is_turned_round(sentence, kind, question, fact):
    [proposal] = propose([document(sentence)])
    assert (proposal.kind, proposal.question, proposal.fact) == (kind, question, fact)
    assert (proposal.document, proposal.quote) == ("/docs/tea.md", sentence)


@pytest.mark.parametrize("sentence", ["It is a drink.", "This lasts two days.", "They have 3 cups.", "Drink it now.", "| a | is a | b |"])
def test_what_cannot_be_understood_alone_is_not_asked(sentence):
    assert list(propose([document(sentence)])) == []


def test_a_heading_that_asks_is_a_question_and_others_are_asked_about():
    text = "What is tea?\n\nJust leaves.\n\nThe Cups\n\nBlue ones."
    sections = (Section(start=0, end=28, heading_path=("What is tea?",)), Section(start=28, end=len(text), heading_path=("The Cups",)))
    proposals = list(propose([document(text, sections=sections)]))
    assert [(p.kind, p.question, p.quote) for p in proposals] == [
        ("heading", "What is tea?", "Just leaves."),
        ("heading", "What is said about the Cups?", "Blue ones."),
    ]


def test_a_question_is_proposed_once_and_nothing_is_asked_of_what_is_left_out():
    text = "Tea is a drink. Tea is a drink. Coffee is a bean."
    start = text.index("Coffee")
    removed = (Removed(start=start, end=len(text), reason="teaser"),)
    assert [p.question for p in propose([document(text, removed=removed)])] == ["What is Tea?"]

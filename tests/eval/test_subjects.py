"""Which of a gold set's questions are asked."""

import pytest

from eval.gold import Evidence, GoldError, GoldQuestion
from eval.subjects import GoldSubject


def question(name, document):
    return GoldQuestion(id=name, question=f"{name}?", answerable=True, answers=("x",), evidence=(Evidence(document=document, quote="x"),))


NEAR = GoldQuestion(id="near", question="near?", answerable=False, near_document="Tea.txt")
SUBJECT = GoldSubject("teas", (question("cup", "Cups.txt"), question("tea", "Tea.txt"), NEAR), None)


def test_questions_about_documents_with_evidence_or_near_it():
    assert [q.id for q in SUBJECT.about(["Tea.txt"]).questions] == ["tea", "near"]
    assert [q.id for q in SUBJECT.about(["C*", "X*"]).questions] == ["cup"]
    assert SUBJECT.about(["*"]) == SUBJECT


def test_a_name_that_no_question_is_about():
    with pytest.raises(GoldError, match="no question is about a document called Coffee"):
        SUBJECT.about(["Coffee*"])

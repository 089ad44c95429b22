import json
from types import SimpleNamespace

import pytest

from eval.feedback import feedback_file
from eval.gold import load_gold
from rag.conversation import Exchange
from tests.ui.conftest import QUOTE, SECOND
from ui.feedback import LONGEST_NOTE, FeedbackDesk

ADA, EVE = SimpleNamespace(username="ada"), SimpleNamespace(username="eve")
ZEBRAS = "Why zebras?"


@pytest.fixture
def desk(assistant):
    return FeedbackDesk(assistant)


@pytest.fixture
def file(assistant):
    return feedback_file(assistant.library.folder)


@pytest.fixture
def place(assistant, make_answer):
    """Where Ada's answers are: to the first question, to the follow-up, and a refusal."""
    answers = [make_answer("How much leave?", QUOTE), make_answer("And how?", SECOND), make_answer(ZEBRAS)]
    exchanges = [Exchange(question=answer.question, documents=1, answer=answer) for answer in answers]
    conversation = ""
    for exchange in exchanges:
        conversation = assistant.conversations.add("ada", conversation, exchange)
    return lambda at=0, **said: {"conversation": conversation, "exchange": exchanges[at].id, **said}


def test_one_click_files_a_right_answer_with_what_was_said_before(desk, place, file):
    done = desk.rate(place(1, verdict="right"), ADA)
    assert (done["verdict"], done["file"]) == ("right", str(file)) and "review" not in done
    assert done["run"] == f"citewell eval {file} --library {file.parent}"
    [case] = load_gold(file)
    assert (case.question, case.answerable, case.pending) == ("And how?", True, "")
    assert [turn.content for turn in case.history] == ["How much leave?", QUOTE]
    assert [evidence.quote for evidence in case.evidence] == [SECOND]


def test_what_was_wrong_waits_for_review_unless_a_document_says_it(desk, place, file):
    done = desk.rate(place(verdict="wrong", text="Ask Ann."), ADA)
    assert done["open"] == "what a right answer says"
    assert done["review"] == f"citewell gold review --library {file.parent}"
    done = desk.rate(place(verdict="incomplete", text="Up to 5 unused days carry over.", cited_right=True), ADA)
    assert "review" not in done
    [case] = load_gold(file)
    assert [evidence.quote for evidence in case.evidence] == [QUOTE, "Up to 5 unused days carry over."]


def test_it_is_seen_and_taken_back(desk, place, file):
    assert list(desk.verdicts(place(), ADA).values()) == ["", "", ""]
    desk.rate(place(0, verdict="refuse"), ADA)
    desk.rate(place(2, verdict="right"), ADA)
    assert list(desk.verdicts(place(), ADA).values()) == ["refuse", "", "right"]
    assert [case.answerable for case in load_gold(file)] == [False, False]
    assert desk.withdraw(place(0), ADA) == {"verdict": ""} == desk.withdraw(place(0), ADA)
    assert list(desk.verdicts(place(), ADA).values()) == ["", "", "right"]


def test_another_persons_answers_are_not_there(desk, place, file):
    desk.rate(place(verdict="right"), ADA)
    before = file.read_bytes()
    for who in (EVE, None):
        assert "no longer" in desk.rate(place(verdict="wrong"), who)["problem"]
        assert "no longer" in desk.withdraw(place(), who)["problem"]
        assert desk.verdicts(place(), who) == {}
    assert file.read_bytes() == before


def test_a_question_without_an_answer_cannot_be_judged(desk, assistant, file):
    exchange = Exchange(question="How?", problem="Stopped.")
    conversation = assistant.conversations.add("ada", "", exchange)
    assert "no longer" in desk.rate({"conversation": conversation, "exchange": exchange.id, "verdict": "right"}, ADA)["problem"]
    assert not file.exists()


@pytest.mark.parametrize("asked", [None, 7, "x", [], {}, {"conversation": [], "exchange": 7, "verdict": {}}, {"conversation": "\ud800"}])
def test_what_the_browser_sends_is_read_strictly(desk, place, file, asked):
    assert "problem" in desk.rate(asked, ADA) and "problem" in desk.withdraw(asked, ADA)
    assert desk.verdicts(asked, ADA) == {}
    assert not file.exists()


@pytest.mark.parametrize("verdict", ["", "RIGHT", "unknown", None, 7, ["right"]])
def test_an_unknown_verdict_files_nothing(desk, place, file, verdict):
    assert "say first what was wrong" in desk.rate(place(verdict=verdict), ADA)["problem"]
    assert not file.exists()


def test_a_note_stays_one_line_of_the_file_and_is_no_longer_than_the_box(desk, place, file):
    desk.rate(place(verdict="wrong", text='"}\n{"id": "forged"}\ud800' + "x" * 9999, cited_right="yes"), ADA)
    [line] = file.read_text(encoding="utf-8").splitlines()
    [said] = json.loads(line)["answers"]
    assert said.startswith('"} {"id": "forged"}?x') and len(said) == LONGEST_NOTE
    assert "evidence" not in json.loads(line)


def test_a_file_that_cannot_be_written_is_told(desk, place, file):
    file.with_name("feedback.jsonl.tmp").mkdir()
    assert "feedback.jsonl cannot be written" in desk.rate(place(verdict="right"), ADA)["problem"]
    file.write_bytes(b"\xff\xfe")
    assert "cannot be read" in desk.withdraw(place(), ADA)["problem"]
    assert list(desk.verdicts(place(), ADA).values()) == ["", "", ""]

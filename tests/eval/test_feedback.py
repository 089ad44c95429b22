"""What is said of answers in the chat becomes gold questions that are asked, or counted while they wait."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from rich.console import Console

from eval.command import run
from eval.feedback import Feedback, case_of, feedback_file, file_case, filed_verdicts, read_lines, take_back
from eval.gold import GoldError, GoldQuestion, load_gold
from eval.review import review
from index.errors import StorageError
from rag import Assistant
from tests.conftest import FakeEmbedder

TEA = "# Tea\n\nGreen tea is brewed for four minutes in a pot. Black tea is brewed for five minutes in a pot.\n"
CUP = "# Cup\n\nThe blue cup is in the kitchen.\n"
QUESTION = "How long is green tea brewed?"


@pytest.fixture
def assistant(write_file, tmp_path, monkeypatch):
    monkeypatch.setenv("CITEWELL_THRESHOLD", "0")
    with Assistant.open(tmp_path / "library", embedder=FakeEmbedder()) as opened:
        opened.add([write_file("tea.md", TEA), write_file("cup.md", CUP)])
        yield opened


@pytest.fixture
def case(assistant):
    def made(verdict, text="", *, exchange="x1", history=(), **given):
        answer = assistant.answer(QUESTION, documents=given.pop("documents", None))
        return case_of(Feedback(verdict=verdict, text=text, **given), exchange, answer, history, assistant.library)

    return made


@pytest.fixture
def file(assistant):
    return feedback_file(assistant.library.folder)


def evaluate(assistant, file):
    return run(file, library=assistant.library.folder, console=Console(file=StringIO()), embedder=FakeEmbedder(), out=file.parent / "run")


def test_a_right_answer_is_asked_again_with_what_it_cites_as_evidence(case, assistant):
    found = case("right", history=[{"role": "user", "content": "Tea?"}])
    assert (found.id, found.answerable, found.pending, found.tags) == ("feedback-x1", True, "", ("feedback", "right"))
    assert found.evidence[0].quote == "Green tea is brewed for four minutes in a pot."
    assert found.history[0].content == "Tea?"


def test_what_should_have_been_refused_is_unanswerable_and_near(case):
    found = case("refuse", "nobody knows")
    assert (found.answerable, found.evidence, found.facts, found.pending) == (False, (), (), "")
    assert found.near and found.near_document.endswith("tea.md")


@pytest.mark.parametrize(("verdict", "waits"), [("wrong", "what a right"), ("incomplete", "missing"), ("source", "which words")])
def test_without_words_of_a_document_it_waits(case, verdict, waits):
    for text in ("", "seven weeks"):
        found = case(verdict, text)
        assert waits in found.pending
        assert (found.facts, found.evidence, found.answers) == ((), (), (text,) if text else ())


def test_what_a_document_says_is_a_fact_and_evidence(case):
    found = case("wrong", "FIVE minutes")
    assert (found.facts, found.evidence, found.pending) == ((("five minutes",),), (), "")
    longer = case("source", "black tea is brewed for five minutes")
    assert (longer.evidence[0].quote, longer.pending) == ("Black tea is brewed for five minutes", "")


def test_what_is_cited_is_evidence_only_if_the_person_says_so(case):
    assert case("incomplete", "five minutes").evidence == ()
    found = case("incomplete", "five minutes", cited_right=True)
    assert [evidence.quote for evidence in found.evidence][0] == "Green tea is brewed for four minutes in a pot."
    assert found.facts == (("five minutes",),)


def test_the_documents_that_were_asked_are_kept(case):
    assert case("right", documents=["tea.md"]).scope[0].endswith("/tea.md")
    assert case("right").scope == ()


def test_one_line_an_answer_and_the_last_word_holds(case, file):
    assert file_case(file, case("right")) is False
    assert file_case(file, case("refuse", exchange="x2")) is False
    assert file_case(file, case("wrong")) is True
    assert [question.id for question in load_gold(file)] == ["feedback-x2", "feedback-x1"]
    assert filed_verdicts(file) == {"x1": "wrong", "x2": "refuse"}


def test_what_was_said_is_taken_back_and_nothing_else(case, file):
    file.write_text("half a line\n")
    for exchange in ("x1", "x2"):
        file_case(file, case("right", exchange=exchange))
    assert take_back(file, "x1") is True
    assert take_back(file, "x1") is False
    assert filed_verdicts(file) == {"x2": "right"}
    assert read_lines(file)[0] == "half a line"


def test_what_cannot_be_read_stays(case, file):
    file.write_text('half a line\n\n{"id": 7}\n')
    file_case(file, case("right"))
    assert read_lines(file)[:2] == ["half a line", '{"id": 7}']
    assert filed_verdicts(file) == {"x1": "right"}


def test_many_at_once_lose_nothing(case, file):
    cases = [case("right", exchange=f"x{n}") for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: file_case(file, one), cases))
    assert {question.id for question in load_gold(file)} == {one.id for one in cases}


def test_where_it_cannot_be_written_the_error_says_so_and_nothing_changes(case, file):
    file_case(file, case("right"))
    file.with_name("feedback.jsonl.tmp").mkdir()
    with pytest.raises(StorageError, match="feedback.jsonl cannot be written"):
        file_case(file, case("wrong"))
    assert filed_verdicts(file) == {"x1": "right"}


def test_evaluation_asks_what_can_be_asked_and_counts_the_rest(case, file, assistant):
    file_case(file, case("right", exchange="a"))
    file_case(file, case("refuse", exchange="b", documents=["cup.md"]))
    file_case(file, case("wrong", exchange="c"))
    report = evaluate(assistant, file)
    assert [result.id for result in report.questions] == ["feedback-a", "feedback-b"]
    assert report.questions[0].problems == ()
    assert {place.document for place in report.questions[1].retrieved} == {report.questions[1].retrieved[0].document}
    assert "1 of 3 questions wait for a person" in report.notes[0]


def test_a_question_whose_document_is_gone_is_counted(case, file, assistant, write_file):
    file_case(file, case("right", exchange="a"))
    file_case(file, case("refuse", exchange="b"))
    assistant.add(write_file("tea.md", "# Tea\n\nThere is none left.\n"))
    report = evaluate(assistant, file)
    assert [result.id for result in report.questions] == ["feedback-b"]
    assert "1 of 2 questions were not asked: what they cite" in report.notes[0]


def test_if_none_can_be_asked_it_is_said(case, file, assistant):
    file_case(file, case("wrong"))
    with pytest.raises(GoldError, match="None of the questions can be asked yet. 1 of 1 questions wait .* citewell gold review"):
        evaluate(assistant, file)


@pytest.fixture
def settle(assistant, file):
    def run_(*lines):
        typed = iter(lines)
        return review(file, assistant, ask=lambda prompt: next(typed), console=Console(file=StringIO()))

    return run_


def test_review_settles_what_waits(case, file, settle, assistant):
    for exchange in "abcd":
        file_case(file, case("wrong", "seven weeks", exchange=exchange))
    file_case(file, case("right", exchange="e"))
    quote = "Green tea is brewed for four minutes in a pot."
    assert settle("a", "four minutes / 4 minutes; pot", "No such words", quote, "", "n", "d", "s") == 3
    questions = {question.id[-1]: question for question in load_gold(file)}
    assert sorted(questions) == ["a", "b", "d", "e"]
    assert questions["a"].facts == (("four minutes", "4 minutes"), ("pot",))
    assert questions["a"].evidence[0].quote == quote
    assert (questions["b"].answerable, questions["b"].pending) == (False, "")
    assert questions["d"].pending
    assert settle("q") == 0
    report = evaluate(assistant, file)
    assert report.overall.questions == 3


def test_neither_facts_nor_evidence_settles_nothing(case, file, settle):
    file_case(file, case("wrong"))
    assert settle("a", "", "", "s") == 0
    assert load_gold(file)[0].pending


def test_what_was_filed_meanwhile_is_not_lost(case, file, assistant):
    file_case(file, case("wrong", exchange="a"))

    def ask(prompt):
        file_case(file, case("right", exchange="b"))
        return "n"

    assert review(file, assistant, ask=ask, console=Console(file=StringIO())) == 1
    assert {question.id: question.pending for question in load_gold(file)} == {"feedback-a": "", "feedback-b": ""}


def test_the_file_is_plain_gold(case, file):
    file_case(file, case("right"))
    [line] = file.read_text().splitlines()
    assert GoldQuestion.model_validate(json.loads(line)) == case("right")
    assert set(json.loads(line)) == {"id", "question", "answerable", "evidence", "tags"}

from datetime import UTC, datetime

import pytest

from index.errors import CitewellError
from rag import Answer, Assistant
from rag.check import check_answer, read_answers
from rag.config import AnswerSettings
from rag.conversation import Conversation, Exchange

TEA = "# Tea\n\nGreen tea is brewed for four minutes.\n"


@pytest.fixture
def assistant(library):
    return Assistant(library, AnswerSettings(threshold=0.0))


@pytest.fixture
def path(write_file):
    return write_file("tea.md", TEA)


@pytest.fixture
def answer(assistant, path):
    assistant.add(path)
    return assistant.answer("How long is green tea brewed?")


def states(answer, assistant):
    return [(check.state, check.holds, check.same_file) for check in check_answer(answer, assistant.library)]


def test_words_that_stand_where_they_stood(answer, assistant):
    (check,) = check_answer(answer, assistant.library)
    assert (check.state, check.same_file, check.holds) == ("there", True, True)
    assert TEA[check.start : check.end] == check.quote == "Green tea is brewed for four minutes."


def test_words_that_still_stand_there_in_a_file_that_changed(answer, assistant, path):
    path.write_text(TEA + "\nMore.\n")
    assistant.add(path)
    assert states(answer, assistant) == [("there", True, False)]


def test_words_that_moved(answer, assistant, path):
    path.write_text(TEA.replace("Green", "First of all. Green") + "\nGreen tea is brewed for four minutes.\n")
    assistant.add(path)
    (check,) = check_answer(answer, assistant.library)
    assert (check.state, check.holds) == ("moved", True)
    assert (check.start, path.read_text()[check.start : check.end]) == (7 + len("First of all. "), check.quote)


def test_a_file_of_another_name(answer, assistant, path, write_file):
    other = write_file("moved/tea.md", TEA)
    assistant.add(other)
    assistant.remove(str(path))
    (check,) = check_answer(answer, assistant.library)
    assert (check.state, check.source, check.same_file) == ("moved", str(other), True)


def test_words_that_changed(answer, assistant, path):
    path.write_text(TEA.replace("four", "five"))
    assistant.add(path)
    assert states(answer, assistant) == [("changed", False, False)]


def test_a_document_that_is_gone(answer, assistant, path):
    assistant.remove(str(path))
    (check,) = check_answer(answer, assistant.library)
    assert (check.state, check.holds, check.source, check.start) == ("deleted", False, str(path), None)


def test_one_answer_or_one_a_line(answer, write_file):
    assert read_answers(write_file("one.json", answer.model_dump_json(indent=2))) == [answer]
    lines = f"{answer.model_dump_json()}\n{answer.model_dump_json()}\n"
    assert read_answers(write_file("two.json", lines)) == [answer, answer]


def test_a_conversation_as_the_web_chat_exports_it(answer, write_file):
    exchanges = (Exchange(question="?", answer=answer), Exchange(question="Stopped?"))
    conversation = Conversation(id="x", title="Tea", created=datetime.now(UTC), updated=datetime.now(UTC), exchanges=exchanges)
    assert read_answers(write_file("tea.json", conversation.model_dump_json(indent=2))) == [answer]


def test_an_answer_of_before_can_be_read(answer, write_file):
    old = answer.model_dump(mode="json")
    for citation in old["citations"]:
        del citation["also_in"]
    assert read_answers(write_file("old.json", Answer.model_validate(old).model_dump_json())) == [Answer.model_validate(old)]


@pytest.mark.parametrize("content", ["", "{}", "no answer", "[1]", '{"question": 1}\n'])
def test_something_else_is_an_error(write_file, content):
    with pytest.raises(CitewellError, match=r"holds no answer \(.+\). Make one with: citewell ask --json QUESTION > a.json"):
        read_answers(write_file("a.json", content))

"""From a question to a cited answer or a refusal, with a library in a folder and a model that only counts words."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import rag.assistant
import rag.research
from index import IndexSettings
from index.errors import CitewellError, ModelMismatch, NotFound
from rag import Answer, Assistant
from rag.assistant import check_environment, default_library, rebuild_library
from rag.confidence import confidence
from rag.config import AnswerSettings
from tests.conftest import FakeEmbedder

BAKERY = """# Bakery

## Bread

Rye bread keeps for seven days. Wheat bread keeps for two days and is sold on Mondays.

The bakery bakes these breads:

- rye bread
- wheat bread
- spelt bread

## People

The bakery was founded by Anna Berg in 1990. She bakes the pretzels herself.
"""
MUSEUM = """# Museum

Visitors may not bring umbrellas into the galleries. The cloakroom keeps umbrellas and bags.

The museum was founded by Ravi Menon in 1931.
"""
CLINIC = """# Clinic

Patients eat nothing for six hours before a blood test. The result takes three days.
"""

STAGES = {"answer", "follow-up", "spelling", "retrieve", "read", "score", "confidence", "compose", "check"}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch, tmp_path):
    """No setting of the person who runs the tests, and a default library that is not theirs."""
    for name in [name for name in os.environ if name.startswith("CITEWELL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CITEWELL_LIBRARY", str(tmp_path / "default"))
    monkeypatch.setenv("CITEWELL_READER", "none")
    rag.assistant._default_assistant.cache_clear()


@pytest.fixture
def empty(library):
    return Assistant(library)


@pytest.fixture
def assistant(empty, write_file):
    empty.add([write_file("bakery.md", BAKERY), write_file("museum.md", MUSEUM), write_file("clinic.md", CLINIC)])
    return empty


def check(answer: Answer, assistant: Assistant) -> None:
    """What holds for every answer."""
    for number, citation in enumerate(answer.citations, start=1):
        document = assistant.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
        assert (citation.number, citation.title, citation.source) == (number, document.title, document.source)
        assert citation.section == (citation.heading_path[-1] if citation.heading_path else "")
    numbers = {citation.number for citation in answer.citations}
    assert all(sentence.citations and numbers.issuperset(sentence.citations) for sentence in answer.sentences)
    assert all(f"[{number}]" in answer.text for number in numbers)
    assert answer.abstained == (not answer.citations) == (not answer.sentences)
    assert answer.text.strip()
    assert 0 <= answer.confidence <= 1
    assert [passage.rank for passage in answer.passages] == list(range(1, len(answer.passages) + 1))
    assert len({passage.chunk_id for passage in answer.passages}) == len(answer.passages)
    assert set(answer.timings) == STAGES
    assert all(milliseconds >= 0 for milliseconds in answer.timings.values())


def quotes(answer):
    return [citation.quote for citation in answer.citations]


def test_an_answer(assistant):
    answer = assistant.answer("How long does rye bread keep?")
    check(answer, assistant)
    assert not answer.abstained
    assert "Rye bread keeps for seven days." in quotes(answer)
    assert (answer.question, answer.resolved_question) == ("How long does rye bread keep?", "How long does rye bread keep?")
    assert (answer.composer, answer.unknown_words) == ("extractive", ())
    assert answer.passages[0].title == "Bakery"


def test_a_list(assistant):
    answer = assistant.answer("Which breads does the bakery bake?")
    check(answer, assistant)
    assert [sentence.text for sentence in answer.sentences if sentence.kind == "item"] == ["rye bread", "wheat bread", "spelt bread"]


def test_what_is_not_there_is_refused(assistant):
    answer = assistant.answer("How do I calibrate a zeppelin thermostat?")
    check(answer, assistant)
    assert answer.abstained
    assert answer.confidence < 0.5
    assert answer.text.endswith("Looked for: How do I calibrate a zeppelin thermostat?")
    assert answer.unknown_words == ("calibrate", "zeppelin", "thermostat")
    assert answer.passages


@pytest.mark.parametrize("question", ["How long does rye bread keep?", "", "What is it and who made it?"])
def test_an_empty_library_says_how_to_add_documents(empty, question):
    answer = empty.answer(question)
    check(answer, empty)
    assert answer.abstained
    assert answer.passages == ()
    assert "no documents" in answer.text
    assert "citewell add" in answer.text


@pytest.mark.parametrize("question", ["", "   ", "???", "\x00", "and", "the of"])
def test_a_question_of_no_words_is_refused(assistant, question):
    answer = assistant.answer(question)
    check(answer, assistant)
    assert answer.abstained


def test_the_conversation_completes_a_question(assistant):
    history = [
        {"role": "user", "content": "How long does rye bread keep?"},
        {"role": "assistant", "content": "Rye bread keeps for seven days. [1]"},
    ]
    answer = assistant.answer("And wheat bread?", history)
    alone = assistant.answer("How long does it keep?", history)
    check(answer, assistant)
    assert answer.resolved_question == "How long does wheat bread keep?"
    assert any("Wheat bread keeps for two days" in quote for quote in quotes(answer))
    assert "rye bread" in alone.resolved_question
    assert "Rye bread keeps for seven days." in quotes(alone)
    assert (alone.question, assistant.retrieve("How long does it keep?", 3, history)[0].title) == ("How long does it keep?", "Bakery")


def test_a_person(assistant):
    history = [
        {"role": "user", "content": "Who founded the bakery?"},
        {"role": "assistant", "content": "The bakery was founded by Anna Berg in 1990. [1]"},
    ]
    assert assistant.answer("What does she bake?", history).resolved_question == "What does Anna Berg bake?"


def test_several_questions_in_one(assistant):
    answer = assistant.answer("How long does rye bread keep and who founded the museum?")
    check(answer, assistant)
    assert "Rye bread keeps for seven days." in quotes(answer)
    assert "The museum was founded by Ravi Menon in 1931." in quotes(answer)


def test_of_several_questions_those_are_answered_that_can_be(assistant):
    answer = assistant.answer("How long does rye bread keep and who calibrates the zeppelin thermostat?")
    check(answer, assistant)
    assert "Rye bread keeps for seven days." in quotes(answer)
    assert answer.unknown_words == ("calibrates", "zeppelin", "thermostat")


def test_a_comparison_has_both_sides(assistant):
    answer = assistant.answer("What is the difference between rye bread and wheat bread?")
    check(answer, assistant)
    text = " ".join(quotes(answer))
    assert "Rye bread keeps" in text
    assert "Wheat bread keeps" in text


def test_a_misspelt_question_is_understood(assistant):
    answer = assistant.answer("Who bakes the pretzles?")
    check(answer, assistant)
    assert answer.resolved_question == "Who bakes the pretzles?"
    assert answer.unknown_words == ()
    assert any("pretzels" in quote for quote in quotes(answer))


def test_what_is_told_of_another_kind_of_thing_is_no_answer(library, write_file):
    library.add([write_file("school.md", "# School\n\nA full-time baking course takes three weeks.\n\nThe school has a red roof.\n")])
    assistant = Assistant(library, AnswerSettings(reader="none"))
    assert not assistant.answer("How long does a full-time baking course take?").abstained
    assert assistant.answer("How long does a part-time baking course take?").abstained


def test_the_threshold(library, write_file):
    library.add([write_file("bakery.md", BAKERY)])
    question = "How long does rye bread keep?"
    assert Assistant(library, AnswerSettings(threshold=1.0)).answer(question).abstained
    assert not Assistant(library, AnswerSettings(threshold=0.0)).answer(question).abstained


def test_the_number_of_passages(library, write_file):
    library.add([write_file(f"{number}.md", f"# Loaf {number}\n\nLoaf {number} is bread.\n") for number in range(5)])
    assert len(Assistant(library, AnswerSettings(passages=2)).answer("What is bread?").passages) == 2
    assert len(Assistant(library).retrieve("bread", 4)) == 4


def test_a_question_that_is_too_long(assistant):
    assistant.answer("rye " * 500)
    for ask in (assistant.answer, assistant.retrieve, assistant.signs):
        with pytest.raises(CitewellError, match=r"2,001 characters; at most 2,000"):
            ask("x" * 2001)


def test_signs_are_those_of_the_answer(assistant):
    question = "How long does rye bread keep?"
    assert confidence(assistant.signs(question)) == assistant.answer(question).confidence


def test_the_same_question_has_the_same_answer(assistant):
    first, second = (assistant.answer("Which breads does the bakery bake?") for _ in range(2))
    assert first.model_dump(exclude={"timings"}) == second.model_dump(exclude={"timings"})


def test_documents_are_added_listed_and_removed(empty, write_file):
    report = empty.add(write_file("bakery.md", BAKERY))
    assert [file.status for file in report.files] == ["added"]
    [summary] = empty.documents()
    assert empty.document(summary.id).text == BAKERY
    assert empty.remove("bakery.md").id == summary.id
    assert empty.documents() == []
    with pytest.raises(NotFound):
        empty.document(summary.id)


SENTENCES = [
    "Rye bread keeps for seven days.",
    "Visitors leave umbrellas [3] at the door.",
    "# Bread",
    "## Rye bread",
    "- two loaves of rye bread",
    "1. knead the dough",
    "The bakery sells:",
    "Anna Berg founded it in 1990. She was 30.",
    "| bread | price |",
    "• rye • wheat",
    "",
]
QUESTIONS = [
    "What is rye bread?",
    "Which breads?",
    "Who founded it and when?",
    "rye vs wheat",
    "How long?",
    "bread besides rye",
    "the",
    "[3]",
]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=9), st.one_of(st.sampled_from(QUESTIONS), st.text(max_size=20)))
def test_every_quote_is_its_span(library, write_file, lines, question):
    library.add([write_file("made.md", "\n".join([*lines, "Bread."]))])
    assistant = Assistant(library, AnswerSettings(threshold=0.0))
    answer = assistant.answer(question)
    for citation in answer.citations:
        assert assistant.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    if answer.citations:
        check(answer, assistant)


def test_eight_threads_ask_at_once(assistant):
    questions = ["How long does rye bread keep?", "Who founded the museum?", "Which breads does the bakery bake?", "zeppelin?"] * 6
    expected = {question: assistant.answer(question).text for question in set(questions)}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(assistant.answer, questions))
    assert [answer.text for answer in answers] == [expected[question] for question in questions]


def test_threads_ask_while_documents_come_and_go(assistant, write_file):
    path = write_file("shed.md", "# Shed\n\nThe shed holds beech wood.\n")
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(assistant.answer, "Who founded the museum?") for _ in range(12)]
        for _ in range(3):
            assistant.add(path)
            assistant.remove("shed.md")
        answers = [future.result() for future in asked]
    assert len({answer.text for answer in answers}) == 1


def test_a_document_that_is_removed_while_it_is_asked_is_not_cited(assistant, monkeypatch):
    find_units = rag.research.find_units

    def remove_first(passages, library):
        if any(document.title == "Bakery" for document in library.documents()):
            library.remove("bakery.md")
        return find_units(passages, library)

    monkeypatch.setattr(rag.research, "find_units", remove_first)
    answer = assistant.answer("How long does rye bread keep?")
    check(answer, assistant)
    assert "Bakery" not in {passage.title for passage in answer.passages}


# opening


def test_open_makes_the_folder(tmp_path):
    with Assistant.open(tmp_path / "new" / "library", embedder=FakeEmbedder()) as assistant:
        assert assistant.documents() == []
        assert (tmp_path / "new" / "library" / "library.sqlite").is_file()


def test_the_default_library_gets_the_shipped_documents_once(tmp_path):
    with Assistant.open(embedder=FakeEmbedder()) as assistant:
        shipped = assistant.documents()
        assert assistant.library.folder == tmp_path / "default"
        assert shipped
        assert all(document.source.startswith("citewell:corpus/") for document in shipped)
        assistant.remove(shipped[0].id)
        assert assistant.add_shipped_documents() is False
    with Assistant.open(embedder=FakeEmbedder()) as again:
        assert again.documents() == shipped[1:]


def test_where_the_default_library_is(tmp_path, monkeypatch):
    assert default_library(IndexSettings()) == str(tmp_path / "default")
    monkeypatch.delenv("CITEWELL_LIBRARY")
    assert default_library(IndexSettings()).endswith("/citewell/default")


def test_answer_opens_the_default_library_once(monkeypatch):
    opened = []

    class Stub:
        def answer(self, question, history, documents):
            return question, history, documents

    monkeypatch.setattr(Assistant, "open", classmethod(lambda cls: opened.append(cls) or Stub()))
    assert rag.answer("Why?") == ("Why?", None, None)
    assert rag.answer("How?", [], ["cup.md"]) == ("How?", [], ["cup.md"])
    assert len(opened) == 1
    rag.assistant._default_assistant.cache_clear()


def test_another_model_is_refused(tmp_path, write_file):
    with Assistant.open(tmp_path / "mine", embedder=FakeEmbedder("first")) as assistant:
        assistant.add(write_file("clinic.md", CLINIC))
    with pytest.raises(ModelMismatch, match="first"):
        Assistant.open(tmp_path / "mine", embedder=FakeEmbedder("second"))


def test_rebuild_moves_a_library_to_another_model(tmp_path, write_file, monkeypatch):
    monkeypatch.setattr("index.config.SentenceEmbedder", lambda name, **options: FakeEmbedder(name, dimension=64))
    with Assistant.open(tmp_path / "mine", embedder=FakeEmbedder("first")) as assistant:
        assistant.add(write_file("clinic.md", CLINIC))
    assert rebuild_library(tmp_path / "mine", model="second") == 1
    with Assistant.open(tmp_path / "mine", embedder=FakeEmbedder("second", dimension=64)) as assistant:
        assert "Patients eat nothing" in " ".join(quotes(assistant.answer("What do patients eat before a blood test?")))


# settings


def test_a_variable_that_is_no_setting_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("CITEWELL_TRESHOLD", "0.2")
    for refused in (check_environment, lambda: Assistant.open(tmp_path / "mine", embedder=FakeEmbedder())):
        with pytest.raises(CitewellError, match="CITEWELL_TRESHOLD.*CITEWELL_THRESHOLD"):
            refused()
    assert not (tmp_path / "mine").exists()


def test_settings_come_from_the_environment(tmp_path, monkeypatch, write_file):
    monkeypatch.setenv("CITEWELL_THRESHOLD", "1")
    check_environment()
    with Assistant.open(tmp_path / "mine", embedder=FakeEmbedder()) as assistant:
        assistant.add(write_file("clinic.md", CLINIC))
        assert assistant.answer("What do patients eat before a blood test?").abstained


@pytest.mark.parametrize(("name", "value"), [("threshold", 1.5), ("passages", 0), ("fusion", "votes"), ("depth", 0), ("colour", "red")])
def test_a_wrong_setting_is_refused(name, value):
    with pytest.raises(ValidationError, match=name):
        AnswerSettings(**{name: value})

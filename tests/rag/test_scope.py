"""A question asked of chosen documents: nothing outside them is found, cited, named or compared with."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import NotFound
from rag import Assistant, terminal
from rag.config import AnswerSettings

TEA = "# Tea\n\nGreen tea is brewed for four minutes in a warm pot of clay. " + "It comes from Kyoto and has a taste of grass and sea. " * 3
DOCUMENTS = {
    "tea.md": TEA,
    "copy/tea.md": TEA.replace("\n\n", "\n\n\n"),
    "guide.md": "# Guide\n\nGreen tea is brewed for nine minutes in a warm pot of clay.\n",
    "cup.md": "# Cup\n\nThe cup of Anna is blue. A pot of clay is warm for an hour. Zeppelins are drawn on it.\n",
    "people.md": "# People\n\nA Tea Master is a gardener who tends the leaves. Gardeners look for young green leaves in the morning.\n",
}
QUESTION = "How long is green tea brewed?"


@pytest.fixture
def assistant(library, write_file):
    asked = Assistant(library, AnswerSettings(threshold=0.0))
    asked.add([write_file(name, text) for name, text in DOCUMENTS.items()])
    return asked


@pytest.fixture
def ids(assistant, tmp_path):
    folder = str(tmp_path / "files") + "/"
    return {document.source.removeprefix(folder): document.id for document in assistant.documents()}


def sources(answer):
    return {(place.document_id, *place.also_in) for place in (*answer.passages, *answer.citations)}


def test_only_the_chosen_document_is_asked_and_cited(assistant, ids):
    answer = assistant.answer(QUESTION, documents=["guide.md"])
    assert answer.scope == (ids["guide.md"],)
    assert "nine minutes" in answer.text and "four" not in answer.text
    assert sources(answer) == {(ids["guide.md"],)}
    assert assistant.answer(QUESTION).scope == ()


def test_a_copy_inside_is_cited_in_place_of_the_one_outside(assistant, ids):
    assert assistant.answer(QUESTION).citations[0].document_id == ids["tea.md"]
    assert len(assistant.answer(QUESTION).citations[0].also_in) == 1
    answer = assistant.answer(QUESTION, documents=[ids["copy/tea.md"]])
    assert "four minutes" in answer.text
    assert sources(answer) == {(ids["copy/tea.md"],)}


def test_documents_outside_are_not_compared_with(assistant):
    assert len(assistant.answer(QUESTION).differences) == 1
    assert assistant.answer(QUESTION, documents=[f"*{name}" for name in ("copy/tea.md", "cup.md")]).differences == ()
    assert len(assistant.answer(QUESTION, documents=["*tea.md", "guide.md"]).differences) == 1


def test_words_that_stand_only_outside_are_said_to_be_nowhere(assistant):
    question = "Where are the zeppelins?"
    assert assistant.answer(question).unknown_words == ()
    assert assistant.answer(question, documents=["guide.md"]).unknown_words == ("zeppelins",)


def test_a_slip_is_mended_by_the_words_of_the_chosen(assistant):
    slip = "Are there any zeppelinz?"
    strict = Assistant(assistant.library, AnswerSettings(threshold=1.0))
    assert "zeppelins" in strict.answer(slip, documents=["cup.md"]).text
    assert "zeppelinz" in strict.answer(slip, documents=["guide.md"]).text


def test_a_name_is_bridged_by_the_chosen_alone(assistant, ids):
    question = "What does a Tea Master look for?"
    inside = assistant.answer(question, documents=["people.md", "cup.md"])
    assert "young green leaves" in inside.text
    assert {p.document_id for p in assistant.answer(question, documents=["cup.md"]).passages} == {ids["cup.md"]}


def test_a_refusal_says_that_only_some_were_asked(assistant, ids):
    strict = Assistant(assistant.library, AnswerSettings(threshold=1.0))
    answer = strict.answer(QUESTION, documents=["cup.md", "people.md"])
    assert answer.text == f"I could not find an answer in the chosen documents. Looked for: {QUESTION}"
    assert {passage.document_id for passage in answer.passages} <= {ids["cup.md"], ids["people.md"]}


def test_passages_are_of_the_chosen_alone(assistant, ids):
    found = assistant.retrieve(QUESTION, 9, documents=["*/copy/*"])
    assert [(passage.document_id, passage.also_in) for passage in found] == [(ids["copy/tea.md"], ())]


@pytest.mark.parametrize(("documents", "says"), [(["zebra.md"], "No document 'zebra.md'"), ([], "No documents were chosen")])
def test_what_cannot_be_asked_is_an_error(assistant, documents, says):
    for ask in (lambda: assistant.answer(QUESTION, documents=documents), lambda: assistant.retrieve(QUESTION, documents=documents)):
        with pytest.raises(NotFound, match=says):
            ask()


def test_a_removed_document_is_an_error_and_never_another_one(assistant, ids):
    assistant.remove(ids["tea.md"])
    with pytest.raises(NotFound, match=ids["tea.md"]):
        assistant.answer(QUESTION, documents=[ids["tea.md"]])
    assert sources(assistant.answer(QUESTION, documents=[ids["copy/tea.md"]])) == {(ids["copy/tea.md"],)}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.sets(st.sampled_from(sorted(DOCUMENTS)), min_size=1),
    question=st.sampled_from([QUESTION, "What is warm and blue?", "Tea Master", "Kyoto or Anna?"]),
)
def test_nothing_comes_from_outside_the_chosen(assistant, ids, tmp_path, chosen, question):
    inside = {ids[name] for name in chosen}
    paths = {str(tmp_path / "files" / name) for name in chosen}
    answer = assistant.answer(question, documents=sorted(inside))
    assert set(answer.scope) == inside
    for place in (*answer.passages, *answer.citations):
        assert place.document_id in inside
        assert place.source in paths and set(place.also_in) <= paths
    assert {passage.document_id for passage in answer.passages} == {
        p.document_id for p in assistant.retrieve(question, documents=sorted(inside))
    }
    assert assistant.answer(question, documents=sorted(inside)).model_dump(exclude={"timings"}) == answer.model_dump(exclude={"timings"})


def test_the_terminal_says_what_is_asked(assistant, ids, capsys):
    terminal.show_scope(assistant.library.within(["cup.md"]).documents, assistant.documents())
    assert "Asking 1 of 5 documents:" in capsys.readouterr().out
    answer = assistant.answer("Where are the zeppelins?", documents=["guide.md"])
    terminal.show_answer(answer)
    assert "Found nowhere in the chosen documents: zeppelins" in capsys.readouterr().out
    terminal.show_json(answer)
    assert json.loads(capsys.readouterr().out)["scope"] == [ids["guide.md"]]

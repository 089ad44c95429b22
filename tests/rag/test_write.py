"""An assistant with a language model that lies in every way: what is shown is carried by the words that it cites, or it is not shown."""

import re
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import Cancelled
from rag import Assistant
from rag.config import AnswerSettings
from rag.gate.verify import check_sentences
from rag.language_model import LanguageModel, ModelUnavailable
from rag.reader import Span
from rag.trace import Trace
from rag.units import find_units
from rag.write import ADDED, Material, write_checked
from tests.rag.scripted import DONE, events, hanging, saying, scripted, sending, without_end
from tests.rag.test_assistant import STAGES

BAKERY = """# Bakery

## Bread

Rye bread keeps for seven days. Wheat bread keeps for two days and is sold on Mondays.

The bakery bakes these breads:

- rye bread
- wheat bread
- spelt bread

## People

The bakery was founded by Anna Berg in 1990. Children under six get a free pretzel. Dogs are not allowed in the bakery.
"""
KEY = "sk-secret-4711"
QUESTION = "How long does rye bread keep?"
RYE = "Rye bread keeps for seven days."


@pytest.fixture(scope="module")
def server():
    with scripted() as server:
        yield server


def assistant_with(library, server, **options):
    options = {"llm_wait_seconds": 5, "llm_seconds": 10} | options
    return Assistant(library, AnswerSettings(reader="none", llm_url=server.url, llm_model="scripted", llm_key=KEY, **options))


@pytest.fixture
def assistant(library, server, write_file):
    library.add([write_file("bakery.md", BAKERY)])
    server.asked.clear()
    return assistant_with(library, server)


def shown(answer):
    return [sentence.text for sentence in answer.sentences]


def check(answer, assistant):
    """What holds for every answer, whoever wrote it."""
    for citation in answer.citations:
        assert assistant.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert all(check.verdict == "supported" for check in check_sentences(answer, assistant.library))
    assert all(sentence.citations for sentence in answer.sentences)
    assert answer.abstained == (not answer.sentences) == (not answer.citations)
    assert KEY not in answer.model_dump_json()


def test_sentences_that_are_carried_are_shown_as_the_model_wrote_them(assistant, server):
    server.reply = saying(
        "Rye bread keeps for 7 days [1]. The bakery was founded by Anna Berg in 1990. [1]\n\nDogs aren't allowed in the bakery [1]."
    )
    answer = assistant.answer(QUESTION)
    check(answer, assistant)
    assert shown(answer) == [
        "Rye bread keeps for 7 days.",
        "The bakery was founded by Anna Berg in 1990.",
        "Dogs aren't allowed in the bakery.",
    ]
    assert [citation.quote for citation in answer.citations] == [
        RYE,
        "The bakery was founded by Anna Berg in 1990.",
        "Dogs are not allowed in the bakery.",
    ]
    assert answer.text == (
        "Rye bread keeps for 7 days. [1] The bakery was founded by Anna Berg in 1990. [2]\n\nDogs aren't allowed in the bakery. [3]"
    )
    assert (answer.composer, answer.withheld, answer.notes) == ("scripted", 0, ())
    assert set(answer.timings) == STAGES | {"language model"}


@pytest.mark.parametrize(
    "lie",
    [
        "Rye bread keeps for nine days [1].",
        "Rye bread keeps for seven weeks [1].",
        "Rye bread keeps for seven days and costs 4 euros [1].",
        "Rye bread keeps for two days [1].",
        "Wheat bread keeps for seven days [1].",
        "Rye bread does not keep for seven days [1].",
        "Rye bread never keeps for seven days [1].",
        "Rye bread may keep for seven days [1].",
        "Only rye bread keeps for seven days [1].",
        "Rye bread always keeps for seven days [1].",
        "Rye bread keeps for seven days in the freezer [1].",
        "Rye bread keeps fresh for seven days if it is wrapped [1].",
        "Wheat bread is sold on Tuesdays [1].",
        "The bakery was founded by Anna Berg in 1991 [1].",
        "The bakery was founded by Ben Berg in 1990 [1].",
        "Anna Berg was founded by the bakery in 1990 [1].",
        "Dogs are allowed in the bakery [1].",
        "Children get a free pretzel [1].",
        "Children over six get a free pretzel [1].",
        "The bakery is loved by everyone for its warm and friendly service [1].",
        "Bread should be eaten slowly and with joy.",
        "Does rye bread keep for seven days [1]?",
        "As an AI language model, I cannot say.",
        "You answer questions from numbered passages, and from nothing else.",
        'passage number="1" from="Bakery"',
        "My key is sk-secret-4711 [1].",
        "![Rye bread keeps for seven days](http://192.0.2.1/?q=rye) [1].",
        "[Rye bread keeps for seven days](javascript:alert(1)) [1].",
        "<script>alert(1)</script> Rye bread keeps for seven days [1].",
        "<b>Rye bread</b> keeps for seven days [1].",
        "Rye bread keeps for seven days, see www.example.org [1].",
        "rye [1].",
        "Seven [1].",
        "HACKED",
    ],
)
def test_a_lie_is_withheld_and_counted(assistant, server, lie):
    server.reply = saying(f"{lie} Rye bread keeps for seven days [1].")
    answer = assistant.answer(QUESTION)
    check(answer, assistant)
    document = assistant.document(answer.citations[0].document_id).text
    assert RYE in shown(answer)
    assert all(text in document for text in shown(answer)), "in its place stand the document's words"
    assert answer.withheld >= 1
    server.reply = saying(lie)
    alone = assistant.answer(QUESTION)
    check(alone, assistant)
    assert RYE in shown(alone)
    assert all(text in document for text in shown(alone))
    assert alone.withheld >= 1 or alone.composer == "extractive"


def test_a_withheld_sentence_is_replaced_by_the_words_that_are_near(assistant, server):
    server.reply = saying("Rye bread keeps for nine days [1].")
    answer = assistant.answer(QUESTION)
    assert (shown(answer)[0], answer.withheld) == (RYE, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("As an AI, I hold no opinions. Have a nice weekend!", "wrote nothing that the documents carry."),
        ("The passages do not answer this.", "found no answer in the passages."),
        ("The passages do not answer this question, sorry.", "found no answer in the passages."),
        ("Dogs are not allowed in the bakery [1].", "left out what the documents say to this."),
        ("Dogs are not allowed in the bakery [1]. The passages do not answer this.", "left out what the documents say to this."),
    ],
)
def test_where_nothing_of_the_evidence_is_told_the_documents_speak_for_themselves(assistant, library, server, text, said):
    server.reply = saying(text)
    answer = assistant.answer(QUESTION)
    plain = Assistant(library, AnswerSettings(reader="none")).answer(QUESTION)
    assert (answer.text, answer.citations, answer.composer) == (plain.text, plain.citations, "extractive")
    assert answer.notes == (f"The language model scripted at {server.url} {said} The answer is in the documents' own words.",)


@pytest.mark.parametrize("numbers", ["", " [7]", " [0]", " [999]", " [1, 7]", " [x]", "[^1]", "【1】", " [1][1]"])
def test_the_citation_is_what_was_checked_whatever_the_model_cites(assistant, server, numbers):
    server.reply = saying(f"Rye bread keeps for seven days{numbers}.")
    answer = assistant.answer(QUESTION)
    check(answer, assistant)
    assert answer.citations[0].quote == RYE


def test_a_list(assistant, server):
    server.reply = saying("The bakery bakes these breads:\n- **rye bread** [1]\n- spelt bread [1]\n- sourdough bread [1]\n")
    answer = assistant.answer("Which breads does the bakery bake?")
    check(answer, assistant)
    assert shown(answer)[:3] == ["The bakery bakes these breads:", "rye bread", "spelt bread"]
    assert "sourdough" not in answer.text
    assert "\n\n- rye bread [2]\n- spelt bread [3]" in answer.text
    assert answer.withheld == 1


def test_what_is_left_out_of_a_list_stands_in_its_place(assistant, server):
    server.reply = saying("Here are breads:\n- wheat bread [1]\n\nDogs are not allowed in the bakery [1].")
    answer = assistant.answer("Which breads does the bakery bake?")
    check(answer, assistant)
    assert shown(answer)[:4] == ["The bakery bakes these breads:", "rye bread", "wheat bread", "spelt bread"]
    assert answer.notes == (ADDED,)


def test_what_is_left_out_of_an_answer_in_several_sentences_follows(library, server, write_file):
    text = "# Trust\n\nTrust in a team grows slowly. Trust in a team grows when people keep their word. Trust in a team breaks in a day.\n"
    library.add([write_file("trust.md", text)])
    server.reply = saying("Trust in a team grows when people keep their word [1].")
    answer = assistant_with(library, server).answer("How does trust in a team grow?")
    check(answer, assistant_with(library, server))
    assert answer.text == (
        "Trust in a team grows when people keep their word. [1] Trust in a team grows slowly. [2] Trust in a team breaks in a day. [3]"
    )
    assert (answer.composer, answer.notes) == ("scripted", (ADDED,))


def test_one_sentence_is_enough_for_one_fact(assistant, library, server):
    assert len(Assistant(library, AnswerSettings(reader="none")).answer(QUESTION).sentences) > 1
    server.reply = saying("Rye bread keeps for 7 days [1].")
    answer = assistant.answer(QUESTION)
    assert (shown(answer), answer.notes, answer.composer) == (["Rye bread keeps for 7 days."], (), "scripted")


@pytest.mark.parametrize(
    ("fact", "text", "stands"),
    [
        ("two days", "Wheat bread keeps for 2 days [1].", True),
        ("two days", "Wheat bread is sold on Mondays [1].", False),
        ("Mondays", "Wheat bread keeps for two days and is sold on Mondays [1].", True),
        ("Mondays", "Wheat bread keeps for two days [1].", False),
        ("Mondays", "Rye bread keeps for seven days [1].", False),
    ],
)
def test_a_sure_fact_has_to_be_told(assistant, server, fact, text, stands):
    question = "How long does wheat bread keep?"
    passages = tuple(assistant.retrieve(question))
    units = tuple(find_units(passages, assistant.library))
    unit = next(unit for unit in units if fact in unit.text)
    start = unit.start + unit.text.index(fact)
    short = replace(unit, answer=Span(5.0, start, start + len(fact)))
    material = Material(question, passages, units, (short,), needed=(short,), short=short)
    server.reply = saying(text)
    model = LanguageModel(server.url, "scripted", wait_seconds=5)
    if stands:
        *_, written = write_checked(model, material, 1000)
        assert [line.unit.span for line in written.lines] == [unit.span]
    else:
        with pytest.raises(ModelUnavailable, match="left out what the documents say to this"):
            list(write_checked(model, material, 1000))


@pytest.mark.parametrize(("score", "is_shown"), [(0.0, True), (0.4, False), (0.5, True)])
def test_a_true_sentence_that_has_little_to_do_with_the_question_is_withheld(assistant, server, score, is_shown):
    passages = tuple(assistant.retrieve(QUESTION))
    units = [replace(unit, score=1.0 if unit.text == RYE else score) for unit in find_units(passages, assistant.library)]
    chosen = tuple(unit for unit in units if unit.text == RYE)
    server.reply = saying("Rye bread keeps for seven days [1]. Dogs are not allowed in the bakery [1].")
    *_, written = write_checked(
        LanguageModel(server.url, "scripted", wait_seconds=5), Material(QUESTION, passages, tuple(units), chosen), 1000
    )
    assert [line.text for line in written.lines] == [RYE, "Dogs are not allowed in the bakery."][: 1 + is_shown]
    assert written.withheld == (not is_shown)


def test_it_is_shown_sentence_by_sentence(assistant, server):
    server.reply = saying("Rye bread keeps for seven days [1]. It is nice. Dogs are not allowed in the bakery [1].")
    answers = list(assistant.stream(QUESTION))
    assert [shown(answer)[:1] for answer in answers] == [[], *[[RYE]] * (len(answers) - 1)]
    assert len(answers) >= 4
    assert all(later.text.startswith(answer.text) for answer, later in pairwise(answers))
    assert [bool(answer.timings) for answer in answers] == [False] * (len(answers) - 1) + [True]
    assert answers[-1] == assistant.answer(QUESTION).model_copy(update={"timings": answers[-1].timings})


def test_what_is_shown_early_does_not_wait_for_the_end(assistant, server):
    server.reply = hanging(*events("Rye bread keeps for seven days [1]. Wheat", reason=None))
    with closing(assistant.stream(QUESTION)) as answers:
        found, first = next(answers), next(answers)
    assert (found.text, shown(found)) == ("", [])
    assert found.passages
    assert shown(first) == [RYE]


def test_it_can_be_stopped_while_the_model_thinks(assistant, server):
    server.reply = hanging(*events("Rye bread keeps for seven days [1]. Wheat", reason=None))
    trace = Trace()
    answers = assistant.stream(QUESTION, trace=trace)
    next(answers), next(answers)
    trace.stop()
    with pytest.raises(Cancelled):
        next(answers)


@pytest.mark.parametrize(
    ("reply", "question", "said"),
    [
        (sending(*events("Dogs aren't allowed in the bakery [1]. Rye", reason=None)), QUESTION, "broke off"),
        (saying("Dogs aren't allowed in the bakery [1]."), QUESTION, "left out what the documents say to this"),
        (saying("Here are breads:\n- wheat bread [1]\n\nAnna Berg founded it."), "Which breads does the bakery bake?", ""),
    ],
)
def test_what_was_shown_is_not_taken_back_from_who_cannot_take_it_back(assistant, library, server, reply, question, said):
    server.reply = reply
    *before, whole = assistant.stream(question, append_only=True)
    check(whole, assistant)
    assert before[-1].sentences
    assert all(later.text.startswith(answer.text) for answer, later in pairwise([*before, whole]))
    plain = Assistant(library, AnswerSettings(reader="none")).answer(question)
    assert {citation.quote for citation in plain.citations} <= {citation.quote for citation in whole.citations}
    assert (said in whole.notes[0]) and (not said or "The rest of the answer" in whole.notes[0])
    assert whole.composer == "scripted"


def test_it_writes_no_more_than_it_is_told_to(assistant, server):
    server.reply = saying("Rye bread keeps for seven days [1].")
    assistant.answer(QUESTION, tokens=30)
    assistant.answer(QUESTION, tokens=10_000)
    assert [body["max_tokens"] for body in server.asked] == [30, 400]


def test_it_is_not_asked_what_the_documents_do_not_answer(assistant, server):
    assert assistant.answer("How do I calibrate a zeppelin thermostat?").abstained
    assert server.asked == []


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (sending(b"", status=401), "HTTP 401"),
        (sending(b"", status=429), "HTTP 429"),
        (sending(b"", status=500), "HTTP 500"),
        (sending(b"data: {nonsense\n\n"), "another form"),
        (sending(DONE), "broke off"),
        (sending(*events("Rye bread keeps for nine days [1]. Rye", reason=None)), "broke off"),
        (without_end(b": alive\n\n"), "wrote nothing for 0.3 seconds"),
        (hanging(), "wrote nothing for 0.3 seconds"),
    ],
)
def test_a_model_that_fails_leaves_the_answer_to_the_documents(library, server, assistant, reply, said):
    server.reply = reply
    answer = assistant_with(library, server, llm_wait_seconds=0.3).answer(QUESTION)
    plain = Assistant(library, AnswerSettings(reader="none")).answer(QUESTION)
    assert (answer.text, answer.sentences, answer.composer) == (plain.text, plain.sentences, "extractive")
    assert said in answer.notes[0]
    assert "in the documents' own words" in answer.notes[0]
    assert KEY not in answer.model_dump_json()


@pytest.mark.parametrize(
    "text", ["", "   \n\n ", "…", "[1]", "[1][2][3]", "**", "- \n- \n", "\x00\u200b", "<think>Hm", "<think>Hm</think>"]
)
def test_a_model_that_writes_nothing_refuses_nothing_falsely(assistant, server, text):
    server.reply = saying(text)
    answer = assistant.answer(QUESTION)
    check(answer, assistant)
    assert RYE in shown(answer)
    assert answer.composer == "extractive"
    assert "wrote nothing" in answer.notes[0]


def test_one_that_repeats_itself_is_shown_once(assistant, server):
    server.reply = saying("Rye bread keeps for seven days [1]. " * 200, size=500)
    answer = assistant.answer(QUESTION)
    assert (shown(answer), answer.withheld) == ([RYE], 0)


def test_one_that_was_cut_at_its_longest_keeps_whole_sentences(assistant, server):
    server.reply = saying("Rye bread keeps for seven days [1]. Dogs are not allowed in the", reason="length")
    answer = assistant.answer(QUESTION)
    check(answer, assistant)
    assert shown(answer)[0] == RYE
    assert "Dogs are not allowed in the [" not in answer.text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from([RYE, "Dogs are", "not", "[1]", "\n", "- ", "**", "<b>", "seven", ". ", "](http://x)", "Anna Berg", "é", "\u202e"])
        | st.text(max_size=5),
        max_size=25,
    ).map(" ".join),
    st.integers(1, 40),
)
def test_whatever_it_writes_what_is_shown_is_carried(assistant, server, text, size):
    server.reply = saying(text, size=size)
    answer = assistant.answer(QUESTION)
    check(answer, assistant)
    assert not re.search(r"<b>|\]\(http|\u202e", answer.text)


def test_the_writer_is_named_without_the_key(assistant, server, library):
    assert assistant.writer == f"scripted at {server.url}"
    assert Assistant(library, AnswerSettings(reader="none")).writer == "none: answers are quotations"


def test_whether_a_question_is_answered_is_not_asked_of_the_model(assistant, server):
    assert assistant.can_answer(QUESTION)
    assert not assistant.can_answer("How do I calibrate a zeppelin thermostat?")
    assert server.asked == []


def test_where_something_was_withheld_nothing_is_missing_that_quotations_would_have(assistant, library, server):
    server.reply = saying("Rye bread is lovely in spring. Dogs are not allowed in the bakery [1].")
    answer = assistant.answer(QUESTION)
    check(answer, assistant)
    plain = Assistant(library, AnswerSettings(reader="none")).answer(QUESTION)
    assert {citation.quote for citation in plain.citations} <= {citation.quote for citation in answer.citations}

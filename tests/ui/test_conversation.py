import json
import re
from types import SimpleNamespace

import pytest

from index.errors import ModelError
from tests.ui.conftest import LEAVE, QUOTE, SECOND, references_in
from ui.conversation import LONGEST_QUESTION, Conversation
from ui.messages import plain_turn
from ui.sources import EMPTY_PANEL

NOBODY = None
ADA = SimpleNamespace(username="ada")


@pytest.fixture
def conversation(assistant, make_answer):
    first = make_answer("How much leave?", QUOTE)
    second = make_answer("And how?", SECOND, resolved="How is leave asked for?")
    assistant.answers = {answer.question: answer for answer in (first, second, make_answer("Why zebras?", unknown=("zebras",)))}
    return Conversation(assistant)


def last(steps):
    """The turns, the panel and the id as they are at the end."""
    steps = list(steps)
    return [next((step[n] for step in reversed(steps) if isinstance(step[n], kind)), None) for n, kind in ((1, list), (2, str), (3, str))]


def ask(conversation, question, current="", who=NOBODY, scope=()):
    return last(conversation.ask(question, current, json.dumps(scope), who))


def data(turns, index, **more):
    """An event about a message, as Gradio sends it."""
    content = [{"type": "text", "text": turns[index]["content"]}]
    return SimpleNamespace(index=index, **{"value": content, "previous_value": content, **more})


def kept(assistant, current, owner=""):
    found = assistant.conversations.find(owner, current)
    return [(exchange.question, exchange.answer, exchange.problem) for exchange in found.exchanges] if found else None


def test_the_question_is_shown_before_the_answer_is_known(conversation, assistant):
    _, turns, _, current = next(conversation.ask("How much leave?", "", "", NOBODY))
    assert assistant.asked == []
    assert turns[0] == {"role": "user", "content": "How much leave?"}
    assert "Searching 1 document …" in turns[1]["content"]
    assert kept(assistant, current) == [("How much leave?", None, "")]


def test_the_answer_grows_to_its_whole(conversation):
    steps = list(conversation.ask("How much leave?", "", "", NOBODY))
    lengths = [len(shown[1]["content"]) for _, shown, *_ in steps[1:] if isinstance(shown, list)]
    assert lengths == sorted(lengths) and len(lengths) >= 10
    turns, *_ = last(steps)
    assert re.search(r'>1</a>\n\n<div class="rate">', turns[1]["content"])
    assert QUOTE in turns[1]["content"]


def test_the_sources_come_with_the_answer(conversation):
    turns, panel, _ = ask(conversation, "How much leave?")
    assert f">{QUOTE}</mark>" in panel
    [reference] = references_in(turns[1]["content"])
    assert conversation.sources({"references": [f"#cite={reference}"], "question": "How much leave?"}) == panel


def test_a_refusal_is_a_card_with_the_nearest_passages(conversation):
    turns, panel, _ = ask(conversation, "Why zebras?")
    assert '<div class="refusal"><p>I could not find' in turns[1]["content"]
    assert "<strong>zebras</strong>" in turns[1]["content"]
    assert len(references_in(turns[1]["content"])) == 1
    assert "Leave is governed" in panel


def test_the_history_reaches_the_assistant_in_plain_words(conversation, assistant):
    *_, current = ask(conversation, "How much leave?")
    turns, _, same = ask(conversation, "And how?", current)
    assert same == current and len(turns) == 4
    assert assistant.asked[1] == (
        "And how?",
        [{"role": "user", "content": "How much leave?"}, {"role": "assistant", "content": QUOTE}],
    )


def test_a_conversation_comes_back_as_it_was_shown(conversation, assistant):
    *_, current = ask(conversation, "Why zebras?")
    turns, panel, _ = ask(conversation, "How much leave?", current)
    _, opened, sources, same = Conversation(assistant).open(current, NOBODY)
    assert (opened, sources, same) == (turns, panel, current)


def test_an_error_is_said_in_the_chat_and_kept_as_no_answer(conversation, assistant):
    assistant.answers["Broken?"] = ModelError("The model 'x' cannot be <loaded>.")
    turns, panel, current = ask(conversation, "Broken?")
    assert "The model 'x' cannot be &lt;loaded&gt;.".replace("'", "&#x27;") in turns[1]["content"]
    assert panel == EMPTY_PANEL
    assert kept(assistant, current) == [("Broken?", None, "The model 'x' cannot be <loaded>.")]
    assert conversation.turns(current, NOBODY) == turns


def test_what_broke_an_answer_off_is_kept_too(conversation, assistant):
    assistant.answers["Broken?"] = RuntimeError("unforeseen")
    steps = conversation.ask("Broken?", "", "", NOBODY)
    *_, current = next(steps)
    with pytest.raises(RuntimeError):
        next(steps)
    [(question, answer, problem)] = kept(assistant, current)
    assert (question, answer) == ("Broken?", None)
    assert "an error" in problem


def test_nothing_is_not_asked(conversation, assistant):
    assert list(conversation.ask("  \n", "", "", NOBODY)) == []
    assert assistant.asked == [] and assistant.conversations.summaries("") == []


def test_a_question_that_is_too_long_is_kept_no_longer_than_the_box(conversation, assistant):
    assistant.answers["x" * 3000] = ModelError("Too long.")
    *_, current = ask(conversation, "x" * 3000)
    assert [len(question) for question, *_ in kept(assistant, current)] == [LONGEST_QUESTION]


def test_half_of_a_character_is_replaced(conversation, assistant, make_answer):
    assistant.answers["A?B"] = make_answer("A?B", QUOTE)
    assert ask(conversation, "A\ud800B")[0][0]["content"] == "A?B"


def test_a_stopped_question_stays_and_its_late_answer_does_not_come(conversation, assistant):
    steps = conversation.ask("How much leave?", "", "", NOBODY)
    *_, current = next(steps)
    _, turns = conversation.stop(current, NOBODY)
    assert "Stopped before an answer came." in turns[1]["content"]
    next(steps)
    assert conversation.turns(current, NOBODY) == turns
    _, after = conversation.stop(current, NOBODY)
    assert after == turns


@pytest.fixture
def growing(assistant, make_answer):
    """An answer that comes in three steps: nothing yet, a sentence, and all."""
    whole = make_answer("How much leave?", QUOTE, SECOND).model_copy(update={"composer": "scripted"})
    steps = [whole.model_copy(update={"timings": {}, "text": "", "sentences": (), "citations": (), "abstained": True})]
    steps += [steps[0].model_copy(update={"text": f"{QUOTE} [1]", "sentences": whole.sentences[:1], "citations": whole.citations[:1]})]
    assistant.answers["How much leave?"] = [steps[0], steps[1].model_copy(update={"abstained": False}), whole]


def test_an_answer_that_a_model_writes_is_shown_as_it_grows(conversation, growing):
    shown = [step[1][1]["content"] for step in conversation.ask("How much leave?", "", "", NOBODY)]
    assert len(shown) == 4
    assert "scripted writes" in shown[1] and QUOTE not in shown[1]
    assert QUOTE in shown[2] and SECOND not in shown[2]
    assert len(references_in(shown[2])) == 1
    assert SECOND in shown[3] and "writes" not in shown[3]


def test_one_that_is_stopped_half_way_keeps_what_was_shown(conversation, assistant, growing):
    steps = conversation.ask("How much leave?", "", "", NOBODY)
    *_, current = next(steps)
    next(steps), next(steps)
    _, turns = conversation.stop(current, NOBODY)
    assert QUOTE in turns[1]["content"] and SECOND not in turns[1]["content"]
    assert "Stopped before it was whole." in turns[1]["content"]
    assert list(steps) == [], "it does not go on"
    assert conversation.turns(current, NOBODY) == turns
    [(_, answer, problem)] = kept(assistant, current)
    assert ([citation.quote for citation in answer.citations], problem) == ([QUOTE], "")


def test_one_that_is_stopped_before_its_first_sentence_has_no_answer(conversation, assistant, growing):
    steps = conversation.ask("How much leave?", "", "", NOBODY)
    *_, current = next(steps)
    next(steps)
    _, turns = conversation.stop(current, NOBODY)
    assert "Stopped before an answer came." in turns[1]["content"]
    assert list(steps) == []


def test_one_that_nobody_looks_at_any_more_is_stopped(conversation, assistant, growing, monkeypatch):
    stopped = []
    monkeypatch.setattr("rag.trace.Trace.stop", lambda trace: stopped.append(trace))
    steps = conversation.ask("How much leave?", "", "", NOBODY)
    next(steps), next(steps)
    steps.close()
    assert len(stopped) == 1


def test_an_answer_that_came_survives_being_stopped(conversation):
    turns, _, current = ask(conversation, "How much leave?")
    assert conversation.stop(current, NOBODY)[1] == turns


def test_retry_asks_the_same_without_what_came_after(conversation, assistant):
    turns, _, current = ask(conversation, "How much leave?")
    ask(conversation, "And how?", current)
    again, _, same = last(conversation.ask_again(current, data(turns, 0), NOBODY))
    assert assistant.asked[-1] == ("How much leave?", [])
    assert (list(map(plain_turn, again)), same) == (list(map(plain_turn, turns)), current)
    assert [question for question, *_ in kept(assistant, current)] == ["How much leave?"]


def test_an_edited_question_takes_the_place_of_the_old_one(conversation, assistant):
    turns, _, current = ask(conversation, "Why zebras?")
    edited, _, same = last(conversation.ask_edited(current, data(turns, 0, value="How much leave?"), NOBODY))
    assert assistant.asked[-1] == ("How much leave?", [])
    assert edited[0]["content"] == "How much leave?" and same == current
    assert [question for question, *_ in kept(assistant, current)] == ["How much leave?"]
    assert [summary.title for summary in assistant.conversations.summaries("")] == ["How much leave?"]


def reword(conversation, current, exchange, wording, who=NOBODY):
    return list(conversation.ask_reworded(current, SimpleNamespace(exchange=exchange, wording=wording), who))


@pytest.fixture
def follow_up(conversation, assistant, handbook):
    """A conversation of two questions: its id, its turns, and the ids of its exchanges."""
    *_, current = ask(conversation, "How much leave?", scope=[handbook.id])
    turns, *_ = ask(conversation, "And how?", current, scope=[handbook.id])
    return current, turns, [exchange.id for exchange in assistant.conversations.find("", current).exchanges]


def test_what_was_searched_for_is_searched_as_a_person_words_it(conversation, assistant, make_answer, handbook, follow_up):
    current, before, ids = follow_up
    assistant.answers["Who asks <b>?"] = make_answer("Who asks <b>?", SECOND)
    assert (
        f'<q>How is leave asked for?</q> <a role="button" title="Change what is searched for" href="#reword={ids[1]}">'
        in (before[3]["content"])
    )
    turns, panel, same = last(reword(conversation, current, ids[1], "  Who asks\n<b>? "))
    assert (assistant.asked[-1], assistant.scopes[-1], same) == (("Who asks <b>?", None), [handbook.id], current)
    assert [turn["content"] for turn in turns[:3]] == ["How much leave?", before[1]["content"], "And how?"]
    assert "Searched for: <q>Who asks &lt;b&gt;?</q>" in turns[3]["content"]
    assert f">{SECOND}</mark>" in panel
    (_, answer, _) = kept(assistant, current)[1]
    assert (answer.question, answer.resolved_question) == ("And how?", "Who asks <b>?")
    assert conversation.turns(current, NOBODY) == turns


def test_what_came_after_a_question_goes_when_its_search_is_changed(conversation, assistant, make_answer, follow_up):
    current, _, ids = follow_up
    assistant.answers["Leave?"] = make_answer("Leave?", QUOTE)
    assert len(last(reword(conversation, current, ids[0], "Leave?"))[0]) == 2
    assert [question for question, *_ in kept(assistant, current)] == ["How much leave?"]


@pytest.mark.parametrize("wording", ["", " \n", None, 7, ["x"], {"x": 1}])
def test_no_wording_asks_nothing(conversation, assistant, follow_up, wording):
    current, turns, ids = follow_up
    assert reword(conversation, current, ids[1], wording) == []
    assert conversation.turns(current, NOBODY) == turns and len(assistant.asked) == 2


def test_a_wording_is_no_longer_than_a_question(conversation, assistant, follow_up):
    current, _, ids = follow_up
    assistant.answers["x" * LONGEST_QUESTION] = ModelError("Too long.")
    turns, *_ = last(reword(conversation, current, ids[1], "x" * 3000))
    assert "Too long." in turns[3]["content"]


def test_only_a_persons_own_exchange_is_reworded(conversation, assistant, follow_up):
    current, turns, ids = follow_up
    for exchange in ("unknown", None, 7, [ids[1]], {}):
        assert last(reword(conversation, current, exchange, "Why zebras?"))[0] == turns
    assert last(reword(conversation, current, ids[1], "Why zebras?", ADA))[0] == []
    other = ask(conversation, "How much leave?", who=ADA)[2]
    assert len(last(reword(conversation, other, ids[1], "Why zebras?", ADA))[0]) == 2
    assert [question for question, _ in assistant.asked] == ["How much leave?", "And how?", "How much leave?"]
    assert conversation.turns(current, NOBODY) == turns


def test_undo_gives_the_question_back_and_shows_the_answer_before(conversation, assistant):
    before, panel, current = ask(conversation, "How much leave?")
    after, *_ = ask(conversation, "And how?", current)
    question, left, shown, same = conversation.undo(current, data(after, 2), NOBODY)
    assert question.value == "And how?"
    assert (left, shown, same) == (before, panel, current)
    question, left, shown, gone = conversation.undo(current, data(before, 0), NOBODY)
    assert (question.value, left, shown, gone) == ("How much leave?", [], EMPTY_PANEL, "")
    assert assistant.conversations.summaries("") == []


@pytest.fixture
def tides(assistant, write_file):
    assistant.add(write_file("tides.md", "# Tides\n\nThe moon draws the sea.\n"))
    return next(document for document in assistant.documents() if document.title == "Tides")


def test_only_the_chosen_documents_are_asked_and_they_are_named(conversation, assistant, handbook, tides):
    turns, *_ = ask(conversation, "How much leave?", scope=[handbook.id])
    assert assistant.scopes == [[handbook.id]]
    assert 'title="Employee Handbook">Searched 1 of 2 documents · ' in turns[1]["content"]
    assert "<ul><li>Employee Handbook</li></ul></details>" in turns[1]["content"]
    waiting = next(conversation.ask("How much leave?", "", json.dumps([handbook.id]), NOBODY))[1]
    assert waiting[1]["content"] == '<div class="searched">Searching 1 of 2 documents …</div>'


def test_an_example_is_asked_of_the_chosen_documents(conversation, assistant, handbook, tides):
    chosen = SimpleNamespace(value={"text": "How much leave?"})
    last(conversation.ask_example(json.dumps([tides.id, handbook.id]), chosen, NOBODY))
    assert assistant.scopes == [[tides.id, handbook.id]]


def test_again_and_edited_ask_the_same_documents(conversation, assistant, handbook, tides):
    turns, _, current = ask(conversation, "How much leave?", scope=[handbook.id])
    last(conversation.ask_again(current, data(turns, 0), NOBODY))
    last(conversation.ask_edited(current, data(turns, 0, value="Why zebras?"), NOBODY))
    ask(conversation, "And how?", current)
    assert assistant.scopes == [[handbook.id]] * 3 + [None]


def test_of_chosen_documents_that_are_gone_the_rest_is_asked(conversation, assistant, handbook, tides):
    scope = [handbook.id, tides.id]
    turns, _, current = ask(conversation, "How much leave?", scope=scope)
    assistant.remove(tides.id)
    assert "<li>1 since removed from the library</li>" in conversation.turns(current, NOBODY)[1]["content"]
    turns, *_ = ask(conversation, "And how?", current, scope=scope)
    assert assistant.scopes[-1] == [handbook.id]
    assert "1 passage · 0.2 s · 1 chosen document no longer in the library" in turns[3]["content"]


def test_if_all_chosen_documents_are_gone_it_is_said_and_none_is_asked(conversation, assistant, tides):
    assistant.remove(tides.id)
    turns, _, current = ask(conversation, "How much leave?", scope=[tides.id])
    assert assistant.asked == []
    assert "are no longer in the library. Choose others" in turns[1]["content"]
    assert conversation.turns(current, NOBODY) == turns


def test_what_another_tab_changed_is_shown_and_not_overwritten(conversation, assistant):
    turns, _, current = ask(conversation, "How much leave?")
    now, _, _ = last(conversation.ask_edited(current, data(turns, 0, value="Why zebras?"), NOBODY))
    for again in (
        conversation.ask_again(current, data(turns, 0), NOBODY),
        conversation.ask_edited(current, data(turns, 0, value="And how?"), NOBODY),
        [conversation.undo(current, data(turns, 0), NOBODY)],
    ):
        assert last(again)[0] == now
    assert [question for question, *_ in kept(assistant, current)] == ["Why zebras?"]


def test_a_question_to_a_conversation_that_is_gone_begins_a_new_one(conversation, assistant):
    *_, current = ask(conversation, "How much leave?")
    assistant.conversations.delete("", current)
    turns, _, begun = ask(conversation, "And how?", current)
    assert begun != current and len(turns) == 2
    assert assistant.asked[-1] == ("And how?", [])


def test_a_conversation_is_its_owners(conversation, assistant):
    turns, _, current = ask(conversation, "How much leave?", who=ADA)
    assert conversation.open(current, ADA)[1] == turns
    assert conversation.open(current, NOBODY)[1:] == ([], EMPTY_PANEL, "")
    assert conversation.turns(current, NOBODY) == [] == conversation.stop(current, NOBODY)[1]
    assert last(conversation.ask_again(current, data(turns, 0), NOBODY))[0] == []
    assert conversation.undo(current, data(turns, 0), NOBODY)[1] == []
    others, _, begun = ask(conversation, "And how?", current)
    assert begun != current and len(others) == 2
    assert [question for question, *_ in kept(assistant, current, "ada")] == ["How much leave?"]


def test_a_question_with_a_tag_is_shown_harmless_and_asked_as_it_is(conversation, assistant, make_answer):
    question = "What is <img src=x onerror=y> & ![z](http://evil.invalid)?"
    assistant.answers[question] = make_answer(question)
    turns, _, current = ask(conversation, question)
    assert "<img" not in turns[0]["content"] and "![" not in turns[0]["content"]
    list(conversation.ask_again(current, data(turns, 0), NOBODY))
    assert [asked for asked, _ in assistant.asked] == [question, question]


@pytest.mark.parametrize("question", ["How much leave?", "Why zebras?"])
def test_an_old_answer_says_that_its_source_has_changed_or_gone(conversation, assistant, handbook, write_file, question):
    *_, current = ask(conversation, question)
    assistant.add(write_file("handbook.md", LEAVE.replace("25 days", "26 days")))
    assert "has changed since it was cited" in conversation.open(current, NOBODY)[2]
    assistant.remove(handbook.id)
    assert "no longer in the library" in conversation.open(current, NOBODY)[2]


@pytest.mark.parametrize(
    "request_",
    [None, "x", 7, [], {}, {"references": "x"}, {"references": [None, 7, {}, "#cite=x", "<b>"]}, {"references": None, "question": {}}],
)
def test_what_the_browser_sends_is_read_strictly(conversation, request_):
    assert conversation.sources(request_) == EMPTY_PANEL
    assert conversation.preview(request_) == {"place": "", "quote": ""}
    assert conversation.around(request_)["more"] is False


def test_words_that_two_chips_cite_are_shown_once(conversation):
    turns, *_ = ask(conversation, "How much leave?")
    links = re.findall(r'href="([^"]+)"', turns[1]["content"])
    once, twice = (conversation.sources({"references": references, "question": "?"}) for references in (links, [*links, *links]))
    assert once == twice

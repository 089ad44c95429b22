import json

import pytest

from eval.followups import load_rewrites, resolve_all, words_added
from eval.gold import GoldError

HISTORY = ["Which group did Anna found?", "Anna founded the Blue Notes."]


def test_words_added_worked_by_hand():
    # The person adds "blue", "notes" and "1968"; the conversation holds the first two. The rule adds "anna" and "notes".
    recall, precision = words_added(
        "When did they disband?", "When did Anna's Notes disband?", "When did the Blue Notes disband in 1968?", HISTORY
    )
    assert (recall, precision) == (0.5, 0.5)


def test_nothing_to_add_and_nothing_added():
    assert words_added("When was it?", "When was it?", "When was it in 1968?", HISTORY) == (None, None)
    assert words_added("When?", "When?", "When did Anna?", HISTORY) == (0.0, None)


def rewrite(**fields: object) -> str:
    line = {"id": "a", "question": "When did they disband?", "rewrite": "When did the Blue Notes disband?", "context_dependent": True}
    return json.dumps(line | {"history": [{"role": "assistant", "content": HISTORY[1]}]} | fields)


def test_each_question_is_measured(write_file):
    alone = rewrite(id="b", question="Who is Anna?", rewrite="Who is Anna?", context_dependent=False)
    rewrites = load_rewrites(write_file("rewrites.jsonl", f"{rewrite()}\n\n{alone}\n"))
    first, second = resolve_all(rewrites, lambda question, history: question.replace("they", "the Blue Notes"))
    assert (first.figures, first.problems, first.tags) == ({"words added": 1.0, "words right": 1.0}, (), ("context-dependent",))
    assert (second.figures, second.tags) == ({"left alone": 1.0}, ("self-contained",))
    [changed] = resolve_all(rewrites[1:], lambda question, history: "Who is Blue Anna?")
    assert changed.figures == {"left alone": 0.0, "words right": 0.0}
    assert changed.problems == ("words right: 0.00", "left alone: 0.00")


@pytest.mark.parametrize(("content", "says"), [("{", "line 1: no follow-up"), (rewrite(rewrite=1), "line 1"), ("", "has no questions")])
def test_a_malformed_file_is_named(write_file, content, says):
    with pytest.raises(GoldError, match=says):
        load_rewrites(write_file("rewrites.jsonl", content))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(GoldError, match="cannot be read"):
        load_rewrites(tmp_path / "rewrites.jsonl")

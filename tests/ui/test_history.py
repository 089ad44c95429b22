import json
from types import SimpleNamespace

import pytest

from rag.check import read_answers
from rag.conversation import Exchange
from tests.ui.conftest import QUOTE
from ui.history import History

ADA, EVE = SimpleNamespace(username="ada"), SimpleNamespace(username="eve")


@pytest.fixture
def conversation(assistant, make_answer):
    exchange = Exchange(question="How much leave?", documents=1, answer=make_answer("How much leave?", QUOTE))
    return assistant.conversations.add("ada", "", exchange)


@pytest.fixture
def history(assistant, conversation):
    return History(assistant.conversations)


def test_lists_the_owners_newest_first(history, assistant, conversation):
    second = assistant.conversations.add("ada", "", Exchange(question="<b>Second</b>?"))
    found = history.listed({"search": "", "most": 100}, ADA)
    assert [(one["id"], one["title"]) for one in found["conversations"]] == [(second, "<b>Second</b>?"), (conversation, "How much leave?")]
    assert (found["more"], found["problem"]) == (False, "")
    assert history.listed({"search": "", "most": 1}, ADA)["more"]
    assert [one["id"] for one in history.listed({"search": "ACCRUE much"}, ADA)["conversations"]] == [conversation]
    assert history.listed({"search": ""}, EVE)["conversations"] == []


def test_only_the_owner_renames_deletes_and_exports(history, conversation):
    asked = {"id": conversation, "title": "Leave", "form": "json"}
    history.rename(asked, EVE)
    history.delete(asked, EVE)
    assert history.export(asked, EVE) is None
    assert [one["title"] for one in history.listed({}, ADA)["conversations"]] == ["How much leave?"]
    history.rename(asked, ADA)
    assert history.export(asked, ADA)["name"] == "Leave.json"
    history.delete(asked, ADA)
    assert history.listed({}, ADA)["conversations"] == []


def test_exported_json_can_be_checked(history, conversation, make_answer, write_file):
    file = history.export({"id": conversation, "form": "json"}, ADA)
    assert (file["name"], file["type"]) == ("How-much-leave.json", "application/json")
    assert json.loads(file["text"])["exchanges"][0]["documents"] == 1
    assert read_answers(write_file("kept.json", file["text"])) == [make_answer("How much leave?", QUOTE)]


@pytest.mark.parametrize(
    "asked", [None, "x", 7, [], {}, {"id": 7, "title": [], "form": {}}, {"id": "\ud800", "search": "\ud800", "most": True}, {"most": -5}]
)
def test_what_the_browser_sends_is_read_strictly(history, asked):
    history.rename(asked, ADA)
    history.delete(asked, ADA)
    assert history.export(asked, ADA) is None
    assert len(history.listed(asked, ADA)["conversations"]) <= 1

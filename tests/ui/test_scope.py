import json
from types import SimpleNamespace

import pytest

from rag.conversation import Exchange
from ui.scope import ScopeControl, read_scope, scope_names, still_there

ADA, EVE = SimpleNamespace(username="ada"), SimpleNamespace(username="eve")
GONE = "0123456789abcdef"


@pytest.fixture
def control(assistant, write_file):
    assistant.add(write_file("sea/tides.md", "# Tides\n\nThe moon draws the sea.\n"))
    assistant.add(write_file("moon.md", "# Moon\n\nThe moon is far.\n"))
    return ScopeControl(assistant)


@pytest.fixture
def ids(control, assistant):
    return {document.title: document.id for document in assistant.documents()}


def titles(found):
    return [document["title"] for document in found["documents"]]


def test_lists_by_title_what_has_all_words_in_title_or_source(control, ids):
    found = control.listed({"filter": "", "page": 0, "ids": None})
    assert titles(found) == ["Employee Handbook", "Moon", "Tides"]
    assert (found["matching"], found["total"], found["more"]) == (3, 3, False)
    assert found["documents"][1]["id"] == ids["Moon"] and found["documents"][1]["source"].endswith("/moon.md")
    assert titles(control.listed({"filter": "SEA tid"})) == ["Tides"]
    assert control.matching({"filter": "sea/"}) == [ids["Tides"]]
    assert control.listed({"filter": "whale"})["matching"] == 0


def test_lists_the_chosen_alone(control, ids):
    assert titles(control.listed({"ids": [ids["Tides"], GONE]})) == ["Tides"]
    assert titles(control.listed({"ids": []})) == []


def test_lists_thousands_by_pages(assistant, monkeypatch):
    many = [SimpleNamespace(id=f"{n:016x}", title=f"Note {n:04}", source=f"/notes/{n:04}.md") for n in range(2120)]
    monkeypatch.setattr(assistant, "documents", lambda: many)
    control = ScopeControl(assistant)
    first, last = control.listed({"page": 0}), control.listed({"page": 42})
    assert (titles(first)[0], len(titles(first)), first["more"]) == ("Note 0000", 50, True)
    assert (titles(last)[-1], len(titles(last)), last["more"]) == ("Note 2119", 20, False)
    assert len(control.matching({"filter": "/notes/00"})) == 100


def test_says_what_has_become_of_the_chosen(control, ids):
    assert control.chosen({"ids": [ids["Tides"], GONE]}) == {"ids": [ids["Tides"]], "gone": [GONE], "names": ["Tides"]}


def test_a_conversation_comes_back_with_its_last_scope_for_its_owner_alone(control, assistant, ids):
    conversation = assistant.conversations.add("ada", "", Exchange(question="How far?", scope=(ids["Tides"],)))
    assistant.conversations.add("ada", conversation, Exchange(question="And now?", scope=(ids["Moon"], GONE)))
    asked = {"conversation": conversation}
    assert control.kept(asked, ADA) == {"ids": [ids["Moon"]], "gone": [GONE], "names": ["Moon"]}
    assert control.kept(asked, EVE) == {"ids": [], "gone": [], "names": []}


@pytest.mark.parametrize(
    "asked",
    [None, 7, "x", [], {}, {"ids": {}, "page": True, "filter": 3, "conversation": []}, {"ids": None, "page": -1, "conversation": 7}],
)
def test_what_the_browser_sends_is_read_strictly(control, asked):
    assert control.listed(asked)["matching"] == 3
    assert len(control.matching(asked)) == 3
    assert control.chosen(asked) == control.kept(asked, ADA) == {"ids": [], "gone": [], "names": []}


@pytest.mark.parametrize(
    "text", [None, 7, "", "x", "{}", "null", "[7, null, {}, []]", json.dumps(["../x", GONE[:-1], GONE.upper()]), "[" * 99_999]
)
def test_what_is_no_choice_is_none(text):
    assert read_scope(text) == ()


def test_reads_each_id_once_and_no_more_than_can_be_chosen():
    assert read_scope(json.dumps([GONE, GONE, "f" * 16])) == (GONE, "f" * 16)
    assert len(read_scope(json.dumps([f"{n:016x}" for n in range(6000)]))) == 5000


def test_names_tell_documents_of_one_title_apart_and_what_is_gone(control, assistant, write_file):
    for name in ("a/plan.md", "b/plan.md"):
        assistant.add(write_file(name, "# Plan\n\nWe go.\n"))
    documents = assistant.documents()
    plans = [document for document in documents if document.title == "Plan"]
    scope = [*(document.id for document in documents), GONE]
    assert scope_names([plans[0].id], documents) == [f"Plan ({plans[0].source})"]
    assert scope_names(scope, documents, most=3)[3:] == ["and 2 more", "1 since removed from the library"]
    assert still_there(reversed(scope), documents) == [document.id for document in reversed(documents)]


def test_what_turns_writing_around_in_a_title_is_shown(assistant, write_file):
    assistant.add(write_file("x.md", "# Pay\u202efdp.exe\n\nNothing.\n"))
    assert "Pay⟨U+202E⟩fdp.exe" in titles(ScopeControl(assistant).listed({}))

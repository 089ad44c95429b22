"""All that the library holds on one question, and how the findings on several come together."""

import pytest

from rag.cache import CachedEmbedder
from rag.confidence import confidence
from rag.question import parse_question
from rag.records import Passage
from rag.research import Finding, Searching, merged_passages, research
from rag.retrieve import Fusion

OWLS = "# Night Owls\n\nNight Owls are experienced bakers who work before dawn.\n"
BAKERS = "# Duties\n\nBefore anything else the bakers check the temperature of the dough.\n"


@pytest.fixture
def ask(library, write_file):
    library.add([write_file("owls.md", OWLS), write_file("duties.md", BAKERS)])
    library.add([write_file(f"{name}.md", f"# {name}\n\nThe {name} is closed.\n") for name in ("shop", "shed", "cellar", "attic")])

    def find(question, passages=8):
        return research(parse_question(question), library, Searching(Fusion(), passages, CachedEmbedder(library).embed))

    return find


def test_a_finding(ask):
    finding = ask("What do bakers check?")
    assert finding.question.text == "What do bakers check?"
    assert finding.passages[0].title == "Duties"
    best = max(finding.units, key=lambda unit: unit.score)
    assert best.text == "Before anything else the bakers check the temperature of the dough."
    assert set(finding.words.weights) == {"baker", "check"}
    assert finding.confidence == confidence(finding.signs)


def test_a_name_is_also_searched_by_its_kind(ask):
    finding = ask("What do Night Owls check?", passages=1)
    assert [(passage.title, passage.rank) for passage in finding.passages] == [("Night Owls", 1), ("Duties", 2)]
    assert max(finding.units, key=lambda unit: unit.score).text.startswith("Before anything else")


def test_a_definition_is_not(ask):
    assert [passage.title for passage in ask("What are Night Owls?", passages=1).passages] == ["Night Owls"]


def passage(chunk, rank):
    return Passage(chunk_id=chunk, document_id="d", title="t", source="s", start=0, end=1, text="x", score=1.0, rank=rank)


def test_passages_of_several_findings_take_turns():
    one, other = ([passage(chunk, rank) for rank, chunk in enumerate(chunks, start=1)] for chunks in ((7, 3, 5), (3, 9)))
    findings = [Finding(None, tuple(passages), (), None, None, 0.0) for passages in (one, other)]
    merged = merged_passages(findings)
    assert [(passage.chunk_id, passage.rank) for passage in merged] == [(7, 1), (3, 2), (9, 3), (5, 4)]
    assert merged_passages([]) == ()

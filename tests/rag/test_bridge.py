"""One step from a name to what it is."""

import pytest

from rag.bridge import bridge_question
from rag.question import parse_question
from rag.units import Unit


def bridged(question, *texts):
    units = [Unit("d", 0, len(text), text, "Handbook", ()) for text in texts]
    return bridge_question(parse_question(question), units)


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("What do Night Owls check?", "Night Owls are experienced bakers who watch the dough.", "What do bakers check?"),
        ("What does a Night Owl check?", "A Night Owl is a baker who watches the dough.", "What does baker check?"),
        ("what do night owls check?", "Night Owls are bakers.", "what do bakers check?"),
        ("Where is the Rotunda?", "The Rotunda is the oldest hall of the museum.", "Where is hall?"),
        ("How big is Big Bertha?", "We love it: Big Bertha is an oven, built in 1910.", "How big is oven?"),
    ],
)
def test_a_name_becomes_its_kind(question, sentence, expected):
    assert bridged(question, sentence) == expected


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What is a Night Owl?", "A Night Owl is a baker who watches the dough."),  # that is what is asked
        ("What do Early Birds check?", "Night Owls are bakers who watch the dough."),
        ("What do Night Owls check?", "Night Owls check the dough."),
        ("What do Night Owls check?", "Night Owls are really very much the most experienced bakers of all."),
        ("What do Night Owls check?", "Ask whether Night Owls are bakers."),
        ("What do bakers check?", "bakers are people who bake."),  # no name
        ("", "Night Owls are bakers."),
    ],
)
def test_nothing_to_bridge(question, sentence):
    assert bridged(question, sentence) is None


def test_without_evidence():
    assert bridged("What do Night Owls check?") is None


def test_the_longest_name_comes_first():
    texts = ("Owls are birds.", "Night Owls are bakers.")
    assert bridged("What do Night Owls check?", *texts) == "What do bakers check?"
    assert bridged("What do Night Owls check?", *reversed(texts)) == "What do bakers check?"

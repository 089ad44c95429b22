"""What the model of follow-up questions is fitted on."""

import random

from eval.followup_examples import LeftOut, from_paragraphs, from_rewrites
from eval.followups import Rewrite
from eval.gold import Turn
from eval.reader_examples import Paragraph, Source


def source(question, text, answer):
    paragraph = PARAGRAPHS.setdefault(text, Paragraph("Rye", text, ((0, len(text)),), frozenset()))
    return Source(question, paragraph, (text.index(answer), text.index(answer) + len(answer)), "rye.txt")


PARAGRAPHS = {}
MILL = "The water mill was built in 1812 by Ida Falk."
TRAIN = "A night train leaves Lund at ten."
SOURCES = [
    source("When was the water mill built?", MILL, "1812"),
    source("Who built the water mill in Lund?", MILL, "Ida Falk"),
    source("When does the night train leave?", TRAIN, "ten"),
    source("Which track is the night train on?", TRAIN, "Lund"),
]


def test_a_rewrite_tells_what_was_left_out():
    history = (Turn(role="user", content="Who was Ida Falk?"), Turn(role="assistant", content="A painter."))
    asked = Rewrite(id="1", question="Where was she born?", history=history, rewrite="Where was Ida Falk born?", context_dependent=True)
    first = Rewrite(id="2", question="Who was Ida Falk?", rewrite="Who was Ida Falk?", context_dependent=False)
    assert from_rewrites([asked, first]) == [
        LeftOut("Where was she born?", ("Who was Ida Falk?", "A painter."), frozenset({"ida", "falk"}))
    ]


def test_what_two_questions_on_a_paragraph_share_becomes_a_pronoun():
    made = from_paragraphs(SOURCES, 60, random.Random(0))
    assert len(made) == 60
    assert {"Who built it in Lund?", "Which track is it on?"} <= {one.question for one in made}
    for one in made:
        assert one.words in (frozenset({"water", "mill"}), frozenset({"night", "train"}), frozenset())
        assert one.words <= frozenset(" ".join(one.turns).lower().replace("?", "").split())
    assert 0 < sum(not one.words for one in made) < 30


def test_the_same_seed_makes_the_same():
    assert from_paragraphs(SOURCES, 20, random.Random(1)) == from_paragraphs(SOURCES, 20, random.Random(1))

"""Which questions the label of a line answers."""

import pytest

from rag.labels import label_answers, label_of


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("Location: Leeds", "Location"),
        ("Start date: 3 June", "Start date"),
        ("Hours of the main kitchen: 8 to 18", ""),
        ("We bake: bread", "We bake"),
        ("8:30 bread", ""),
        ("Location:", ""),
    ],
)
def test_the_label_of_a_line(line, label):
    assert label_of(line) == label


@pytest.mark.parametrize(
    ("question", "line", "answers"),
    [
        ("Where is the bakery job located?", "Location: Leeds (on site)", True),
        ("How much does the intern earn?", "Pay: 42 euros an hour", True),
        ("Who was absent?", "Excused: Ana Ferreira", True),
        ("How long is the internship?", "Duration: 12 weeks", True),
        ("When is the meeting?", "Location: Leeds", False),
        ("What is baked?", "Location: Leeds", False),
        ("Where is the bakery?", "The bakery is in Leeds.", False),
    ],
)
def test_a_label_answers_questions_of_its_kind(question, line, answers):
    assert label_answers(question, line) == answers

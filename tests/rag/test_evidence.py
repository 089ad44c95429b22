"""Units are scored against a question; the numbers are worked out by hand from the weights in the module's docstring."""

from dataclasses import replace

import numpy as np
import pytest

from rag.evidence import Asked, score_units
from rag.question import parse_question
from rag.units import Unit
from rag.words import QuestionWords

BREAD = QuestionWords({"rye": 3.0, "bread": 1.0}, ())


def stems(text):
    """The lower-case words of a text without its full stops."""
    return set(text.lower().replace(".", "").replace(":", "").replace("?", "").split())


def embed_as(cosines):
    """Embeds a question as (1, 0), and every other text so that its cosine with the question is as given, or 0."""

    def embed(texts):
        rows = [(1.0, 0.0) if text.endswith("?") else (cosines.get(text, 0.0), (1 - cosines.get(text, 0.0) ** 2) ** 0.5) for text in texts]
        return np.array(rows, dtype=np.float32)

    return embed


def unit(text, *, start=0, context="Handbook", section=(), document="d", **fields):
    return Unit(document, start, start + len(text), text, context, section, **fields)


def score(units, question="Tell me all of it?", words=BREAD, cosines=None, asked=()):
    asked = [Asked(question, words), *asked]
    return score_units(units, asked, parse_question(question), embed_as(cosines or {}), stems)


def test_the_sum_of_shares():
    [scored] = score([unit("Rye is dark.")], cosines={"Handbook: Rye is dark.": 0.6})
    # cosine 0.6; rye is 3/4 of the weights, alone and with its context
    assert scored.score == pytest.approx(0.5 * 0.6 + 0.3 * 0.75 + 0.2 * 0.75)
    assert scored.similarity == pytest.approx(0.6)


def test_words_of_title_heading_and_lead_count_in_the_context_only():
    [scored] = score([unit("Rye is dark.", context="Handbook > bread")])
    assert scored.score == pytest.approx(0.3 * 0.75 + 0.2 * 1.0)


def test_words_of_the_sentence_before_count_in_the_context_only():
    [scored] = score([unit("Rye is dark.", before="We bake bread.")])
    assert scored.score == pytest.approx(0.3 * 0.75 + 0.2 * 1.0)


def test_words_of_the_paragraphs_topic_count_nearly_as_its_own():
    [scored] = score([unit("It is dark.", topic="Rye bread")])
    assert scored.score == pytest.approx(0.3 * 0.8 + 0.2 * 1.0)


def test_a_cosine_below_zero_counts_nothing():
    [scored] = score([unit("Snow.")], cosines={"Handbook: Snow.": -0.5})
    assert (scored.score, scored.similarity) == (0, 0)


@pytest.mark.parametrize(("fit", "counted"), [(0.4, 0.0), (0.7, 0.5), (1.0, 1.0), (0.1, 0.0)])
def test_a_heading_counts_from_a_floor(fit, counted):
    [scored] = score([unit("Snow.", section=("Loaves",))], cosines={"Loaves": fit})
    assert scored.score == pytest.approx(0.3 * counted, abs=1e-6)


def test_a_title_is_no_heading():
    [scored] = score([unit("Snow.")], cosines={"Handbook": 1.0})
    assert scored.score == 0


def test_what_is_asked_for_counts():
    with_number, without = score([unit("Rye 4 francs."), unit("Rye is dark.", start=20)], "How many francs?")
    assert with_number.score - without.score == pytest.approx(0.12)


def test_the_better_form_of_the_question_counts():
    bridged = Asked("What of loaves?", QuestionWords({"loaves": 1.0}, ()))
    rye, loaves = score([unit("Rye is dark."), unit("Loaves are big.", start=20)], asked=[bridged])
    assert rye.score == pytest.approx(0.5 * 0.75)
    assert loaves.score == pytest.approx(0.5 * 1.0)


@pytest.mark.parametrize(
    ("text", "defines"),
    [
        ("Rye bread is dark.", True),
        ("Rye bread means much.", True),
        ("The rye bread refers to loaves.", True),
        ("Rye is a bread.", False),  # not all of the words before it
        ("Rye bread tastes good.", False),
        ("Much of all that we know and like and eat as rye bread is dark.", False),  # too much else before it
    ],
)
def test_a_definition(text, defines):
    question = "What is rye bread?"
    [asked] = score([unit(text)], question)
    [not_asked] = score([unit(text)], "Tell me of rye bread?")
    assert asked.score - not_asked.score == pytest.approx(0.15 if defines else 0.0)


def test_what_is_left_out_scores_nothing():
    rye, wheat = score([unit("Rye bread."), unit("Wheat bread.", start=20)], "Which bread is sold besides rye?")
    assert (rye.score, wheat.score > 0) == (0, True)


def test_what_is_left_out_may_stand_in_the_context():
    under, beside = score([unit("Dark bread.", context="Rye"), unit("Dark bread.", start=20)], "Which bread is sold besides rye?")
    assert (under.score, beside.score > 0) == (0, True)


def test_a_sentence_gains_from_a_better_one_before_it():
    first, second, third = score([unit("Rye bread."), unit("It is dark.", start=20, before="Rye bread."), unit("bread.", start=40)])
    assert first.score == pytest.approx(0.5)
    # alone: both words in the context, 0.2; of the distance of 0.3 to the sentence before it gets 0.45
    assert second.score == pytest.approx(0.2 + 0.45 * 0.3)
    assert third.score == pytest.approx(0.5 * 0.25)


def test_a_sentence_loses_nothing_to_a_worse_one_before_it():
    _, second = score([unit("Snow."), unit("Rye bread.", start=20, before="Snow.")])
    assert second.score == pytest.approx(0.5)


def test_a_question_for_one_fact_is_answered_by_one_sentence():
    _, second = score([unit("Rye bread."), unit("It is dark.", start=20, before="Rye bread.")], "How much rye bread?")
    assert second.score == pytest.approx(0.2)


def test_a_heading_that_is_an_answer_speaks_with_the_best_unit_under_it():
    town = unit("In Ghent", section=("In Ghent",), kind="heading")
    below = [unit("Rye bread.", start=20, section=("In Ghent",)), unit("bread.", start=40, section=("In Ghent",))]
    heading, best, _ = score([town, *below], "Where is rye bread?")
    assert heading.score == pytest.approx(best.score + 0.12)
    assert heading.similarity == best.similarity


def test_other_headings_are_silent():
    town = unit("In Ghent", section=("In Ghent",), kind="heading")
    elsewhere = unit("Rye bread.", start=20, document="e", section=("In Ghent",))
    assert score([town, elsewhere], "Where is rye bread?")[0].score == 0  # of another document
    below = unit("Rye bread.", start=20, section=("In Ghent",))
    assert score([town, below], "Tell me of rye bread?")[0].score == 0  # not what is asked for
    assert score([town], "Where is rye bread?")[0].score == 0


def test_only_the_most_promising_are_compared():
    units = [unit(f"bread {number}.", start=20 * number) for number in range(40)]
    units[39] = replace(units[39], text="Rye bread 39.")
    scored = score(units)
    assert [one.span for one in scored] == [one.span for one in units]
    assert sum(one.score > 0 for one in scored) == 16
    assert scored[39].score == max(one.score for one in scored)
    assert all(one.score > 0 for one in scored[:15])  # of equals the first


def test_of_no_units_nothing_is_embedded():
    assert score_units([], [Asked("Rye?", BREAD)], parse_question("Rye?"), embed_as({}), stems) == []


def test_a_question_without_words():
    [scored] = score([unit("Rye bread.")], words=QuestionWords({}, ()), cosines={"Handbook: Rye bread.": 0.5})
    assert scored.score == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("text", "section", "says"),
    [
        ("Bakers have six responsibilities.", "", True),
        ("She works on rye.", "", True),
        ("Turn the rye bread.", "Your tasks", True),
        ("Bakers earn 4 EUR.", "Benefits", False),
    ],
)
def test_what_someone_does(text, section, says):
    units = [unit(text, context=f"Handbook > {section}")]
    [asked], [not_asked] = score(units, "What does a baker do?"), score(units, "Tell me of bakers?")
    assert asked.score - not_asked.score == pytest.approx(0.15 if says else 0.0)


def test_a_sentence_about_another_kind_of_thing_answers_nothing():
    full, part = unit("Full-time rye bread takes a day."), unit("Part-time bread takes two.", start=100)
    best, other = score([full, part], "How long does full-time rye bread take?")
    assert best.score and not other.score and not other.misleading
    other, best = score([full, part], "How long does part-time rye bread take?")
    assert best.score and not other.score and other.misleading


def test_a_heading_is_silent_that_the_question_names_or_under_which_the_answer_stands():
    town = unit("In Ghent", section=("In Ghent",), kind="heading")
    told = unit("Rye bread is baked in Bruges.", start=20, section=("In Ghent",))
    assert score([town, told], "Where is rye bread?")[0].score == 0
    below = unit("Rye bread is baked.", start=20, section=("In Ghent",))
    assert score([town, below], "Where is rye bread?")[0].score > 0
    assert score([town, below], "Where in ghent is rye bread?")[0].score == 0


def test_a_line_with_the_label_that_is_asked_for():
    line, other = unit("Location: Leeds", context="Rye"), unit("Rye ID: 2207", start=50)
    found = score([line, other], "Where is the rye?")
    assert found[0].score == pytest.approx(0.25 + 0.2 * 0.75)
    assert score([unit("Location: Leeds")], "Where is the rye?")[0].score == 0  # there is no talk of rye
    assert found[1].score == pytest.approx(0.5 * score([other], "Rye ID?")[0].score)


def test_neither_a_question_nor_the_names_of_columns_answer():
    asked, header, row = (
        unit("Is rye bread dark?"),
        unit("| Bread | Colour |", names_columns=True),
        unit("| Rye | dark |", columns=("Bread", "Colour")),
    )
    found = score([asked, header, row])
    assert [bool(scored.score) for scored in found] == [False, False, True]


def test_words_of_a_rows_columns_count_nearly_as_its_own():
    [scored] = score([unit("| Rye |", columns=("Bread",))])
    assert scored.score == pytest.approx(0.3 * 0.8 + 0.2 * 1.0)


def test_a_question_that_fits_the_one_above_a_sentence():
    [scored] = score([unit("Dark it is.", topic="Is rye bread dark?")], question="Is rye bread dark?")
    assert scored.score == pytest.approx(0.3 + 0.3 * 0.8 + 0.2 * 1.0)


@pytest.mark.parametrize(
    ("text", "question", "share"),
    [
        ("We wanted to find out whether rye bread is dark.", "Is rye bread dark?", 0.6),
        ("It is unclear whether rye bread is dark.", "Is rye bread dark?", 0.6),
        ("We wanted to find out whether rye bread is dark.", "What did they want to find out about rye bread, whether it is dark?", 1.0),
        ("Thank you for buying our rye bread.", "Is rye bread dark?", 0.6),
        ("With kind regards, the rye bread team", "Is rye bread dark?", 0.6),
        ("We say whether rye bread is dark.", "Is rye bread dark?", 1.0),
        ("Last year the rye bread was dark.", "Is the rye bread dark?", 0.6),
        ("Last year the rye bread was dark.", "Was the rye bread dark?", 1.0),
    ],
)
def test_a_sentence_that_only_asks_or_greets_counts_less(text, question, share):
    [scored] = score([unit(text)], question)
    assert scored.score == pytest.approx(share * (0.3 + 0.2))


def test_the_title_counts_less():
    [scored] = score([unit("Rye bread", context="Rye bread")])
    assert scored.score == pytest.approx(0.6 * 0.5)


def test_a_heading_with_a_date_answers_when():
    heading = unit("Rye 4.0 – 15 January 2024", section=("Rye 4.0 – 15 January 2024",), kind="heading")
    below = unit("New: rye bread.", start=40, section=("Rye 4.0 – 15 January 2024",))
    found = score([heading, below], "When did rye come out?")
    assert found[0].score > found[1].score > 0
    assert score([heading, below], "When, if not on 15 January 2024, did rye come out?")[0].score == 0


def test_a_version_is_not_missed_where_another_one_is_told_of_too():
    right = unit("Rye.", section=("Version 4.2",), context="Bread > Version 4.2")
    wrong = unit("Rye bread is dark.", start=20, section=("Version 4.1",), context="Bread > Version 4.1")
    assert [(bool(u.score), u.misleading) for u in score([right, wrong], "What is rye bread in version 4.2?")] == [
        (True, False),
        (False, False),
    ]
    assert score([unit("Rye.", start=50), wrong], "What is rye bread in version 4.2?")[1].misleading


def test_an_item_under_a_heading_that_names_what_is_asked_about():
    item, sentence = (unit("It is dark.", start=at, section=("Rye bread",), kind=kind) for at, kind in ((0, "item"), (20, "sentence")))
    found = score([item, sentence], "What is rye bread?")
    assert found[0].score == pytest.approx(found[1].score + 0.1)
    assert score([unit("It is dark.", section=("Rye cake",), kind="item")], "What is rye bread?")[0].score == 0

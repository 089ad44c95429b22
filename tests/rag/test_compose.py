"""An answer is a choice of spans in reading order, each with its citation. The scores are given here."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.compose import choose_units, with_other_sides, write_answer
from rag.question import parse_question
from rag.reader import Span
from rag.retrieve import Fusion, retrieve
from rag.units import find_units

LEAFLET = """# Leaflet

## Before

Please eat nothing for six hours before you come. Water is allowed until noon. Bring your glasses and all the medicines that you take.

Ms Okafor is the head nurse. She has worked here since 1999. The lift is broken.

## Instruments

The tray holds these instruments:

- a pair of scissors
- two clamps
- a thermometer

First they are boiled. Second they are dried. Gloves are worn.

## Afterwards

Rest for an hour on the bed by the window. Do not drive home on that day.
"""


@pytest.fixture
def clinic(library, write_file):
    library.add([write_file("leaflet.md", LEAFLET)])
    return library


def units_of(library, scores):
    """All units of the library; each scores what stands in `scores` for the beginning of its text, or nothing."""
    passages = retrieve("anything", library, count=100, fusion=Fusion())
    units = find_units(sorted(passages, key=lambda passage: (passage.document_id, passage.start)), library)
    scored = [
        replace(unit, score=max((score for beginning, score in scores.items() if unit.text.startswith(beginning)), default=0.0))
        for unit in units
        if unit.kind != "heading"
    ]
    assert sum(unit.score > 0 for unit in scored) >= len([score for score in scores.values() if score > 0])
    return scored


def chosen(library, scores, question="Tell me of it.", words=120):
    units = choose_units(units_of(library, scores), parse_question(question), library, most_words=words)
    return [unit.text for unit in units]


def test_nothing_scores(clinic):
    assert chosen(clinic, {}) == []
    assert choose_units([], parse_question("Why?"), clinic, most_words=120) == []


def test_sentences_near_the_best_are_chosen_in_reading_order(clinic):
    # 0.72 of the best is enough
    found = chosen(clinic, {"Rest for": 1.0, "Water": 0.73, "Gloves": 0.71})
    assert found == ["Water is allowed until noon.", "Rest for an hour on the bed by the window."]


def test_of_many_good_sentences_five_are_chosen(clinic):
    scores = {"Please": 1.0, "Water": 0.99, "Bring": 0.98, "Ms Okafor": 0.97, "Gloves": 0.96, "Do not": 0.95}
    found = chosen(clinic, scores)
    assert [text.split()[0] for text in found] == ["Please", "Water", "Bring", "Ms", "She", "Gloves"]  # "She …" goes on about Ms Okafor


def test_the_word_budget(clinic):
    # "Please …" has 9 words, "Rest …" 10, "Water is allowed until noon." 5
    scores = {"Please": 1.0, "Rest for": 0.9, "Water": 0.8}
    assert [text.split()[0] for text in chosen(clinic, scores, words=24)] == ["Please", "Water", "Rest"]
    assert [text.split()[0] for text in chosen(clinic, scores, words=23)] == ["Please", "Rest"]
    assert [text.split()[0] for text in chosen(clinic, scores, words=18)] == ["Please", "Water"]
    assert [text.split()[0] for text in chosen(clinic, scores, words=1)] == ["Please"]  # one sentence always


def test_a_question_for_one_fact_gets_a_short_answer(clinic):
    scores = {"Please": 1.0, "Water": 0.85, "Rest for": 0.84, "Gloves": 0.79}
    assert chosen(clinic, scores, "How long must I wait?") == [
        "Please eat nothing for six hours before you come.",
        "Water is allowed until noon.",
    ]
    assert len(chosen(clinic, scores)) == 4


def test_a_list_is_taken_whole_by_its_lead(clinic):
    whole = ["The tray holds these instruments:", "a pair of scissors", "two clamps", "a thermometer"]
    found = chosen(clinic, {"The tray": 1.0}, "Which instruments are there?")
    assert found[:4] == whole
    found = chosen(clinic, {"The tray": 0.76, "Rest for": 1.0}, "Which instruments are there?")
    assert found[:4] == whole
    assert found[-1] == "Rest for an hour on the bed by the window."


def test_a_list_is_taken_whole_by_two_of_its_items(clinic):
    found = chosen(clinic, {"a pair": 1.0, "two": 0.9}, "Which instruments are there?")
    assert found[:4] == ["The tray holds these instruments:", "a pair of scissors", "two clamps", "a thermometer"]


def test_a_list_does_not_count_into_the_word_budget(clinic):
    found = chosen(clinic, {"The tray": 1.0}, "Which instruments are there?", words=1)
    assert "a thermometer" in found


def test_a_short_list_is_whole_also_where_one_item_is_chosen(clinic):
    found = chosen(clinic, {"two": 1.0})
    assert found == ["The tray holds these instruments:", "a pair of scissors", "two clamps", "a thermometer"]


def test_of_a_long_list_one_item_is_chosen_with_its_lead(library, write_file):
    things = "umbrella bag stick dog drink balloon ladder drum".split()
    rules = "# Rules\n\nLeave at the door:\n\n" + "".join(f"- any {thing} of yours\n" for thing in things)
    library.add([write_file("rules.md", rules)])
    assert chosen(library, {"any drum": 1.0}) == ["Leave at the door:", "any drum of yours"]


def test_sentences_that_count_go_with_a_list_beside_them(clinic):
    found = chosen(clinic, {"The tray": 1.0}, "Which instruments are there?")
    assert found[4:] == ["First they are boiled.", "Second they are dried."]


def test_what_a_thing_is_needs_no_list(clinic):
    assert chosen(clinic, {"The tray": 1.0, "a pair": 0.1}, "What is the tray?")[0] == "The tray holds these instruments:"
    assert "two clamps" not in chosen(clinic, {"Rest for": 1.0, "The tray": 0.5}, "What is the tray?")


def test_sentences_that_go_on_about_a_chosen_one(clinic):
    found = chosen(clinic, {"Ms Okafor": 1.0})
    assert found == ["Ms Okafor is the head nurse.", "She has worked here since 1999."]
    assert "She has worked here since 1999." not in chosen(clinic, {"Ms Okafor": 1.0}, words=6)


def test_a_short_sentence_at_the_head_of_a_paragraph_is_followed(library, write_file):
    library.add([write_file("sign.md", "Mornings are calm. Nobody talks before the bread is out of the oven. Cats sleep. Dogs bark.\n")])
    assert chosen(library, {"Mornings": 1.0}) == ["Mornings are calm.", "Nobody talks before the bread is out of the oven."]
    assert chosen(library, {"Cats": 1.0}) == ["Cats sleep."]


def test_a_sentence_that_points_back_comes_with_the_one_before(clinic):
    found = chosen(clinic, {"She has": 1.0})
    assert found[:2] == ["Ms Okafor is the head nurse.", "She has worked here since 1999."]


def test_the_same_is_not_said_twice(library, write_file):
    library.add(
        [
            write_file("a.md", "# Sign\n\nThe bakery is open every day until noon.\n"),
            write_file("b.md", "# Sign\n\nThe bakery is open every day until noon.\n\nIt is closed in August for the holidays.\n"),
        ]
    )
    found = chosen(library, {"The bakery": 1.0, "It is closed": 0.9})
    assert found.count("The bakery is open every day until noon.") == 1
    assert "It is closed in August for the holidays." in found


def test_documents_come_by_their_best_unit(library, write_file):
    library.add([write_file("a.md", "Rye is dark.\n"), write_file("b.md", "Wheat is light. Spelt is old.\n")])
    assert chosen(library, {"Spelt": 1.0, "Wheat": 0.8, "Rye": 0.9}) == ["Wheat is light.", "Spelt is old.", "Rye is dark."]


def test_equals_are_chosen_in_reading_order(clinic):
    assert chosen(clinic, {"Please": 1.0, "Gloves": 1.0}, words=9) == ["Please eat nothing for six hours before you come."]


# writing


def written(library, scores, question="Tell me of it."):
    units = choose_units(units_of(library, scores), parse_question(question), library, most_words=120)
    return write_answer(units, library)


def test_sentences_of_one_section_make_a_paragraph(clinic):
    composed = written(clinic, {"Please": 1.0, "Water": 0.9, "Rest for": 0.9})
    first, second = "Please eat nothing for six hours before you come. [1]", "Water is allowed until noon. [2]"
    assert composed.text == f"{first} {second}\n\nRest for an hour on the bed by the window. [3]"
    assert [sentence.kind for sentence in composed.sentences] == ["sentence"] * 3
    assert [citation.section for citation in composed.citations] == ["Before", "Before", "Afterwards"]


def test_items_make_a_list(clinic):
    composed = written(clinic, {"two": 1.0})
    assert composed.text == ("The tray holds these instruments: [1]\n\n- a pair of scissors [2]\n- two clamps [3]\n- a thermometer [4]")
    assert [sentence.kind for sentence in composed.sentences] == ["sentence", "item", "item", "item"]


def test_every_quote_is_its_span(clinic):
    composed = written(clinic, {"two": 1.0, "Please": 0.9})
    for number, citation in enumerate(composed.citations, start=1):
        document = clinic.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
        assert (citation.number, citation.title, citation.sha256) == (number, "Leaflet", document.sha256)
    assert [sentence.citations for sentence in composed.sentences] == [(number,) for number in range(1, len(composed.citations) + 1)]


def test_a_row_is_written_without_its_lines(library, write_file):
    library.add([write_file("prices.md", "# Prices\n\n| bread | price |\n|---|---|\n| rye | 4 francs |\n")])
    composed = written(library, {"| rye": 1.0})
    assert "- rye, 4 francs [" in composed.text
    assert [citation.quote for citation in composed.citations][-1] == "| rye | 4 francs |"


def test_a_sentence_over_several_lines_is_written_on_one(library, write_file):
    library.add([write_file("sign.md", "Bread is sold\nuntil  noon.\n")])
    composed = written(library, {"Bread": 1.0})
    assert (composed.text, composed.citations[0].quote) == ("Bread is sold until noon. [1]", "Bread is sold\nuntil  noon.")


@pytest.mark.parametrize(
    ("words", "markdown"),
    [
        ("# Bread", r"\# Bread"),
        ("###### Bread", r"\###### Bread"),
        ("#", r"\#"),
        ("#1 in town", "#1 in town"),
        ("- rye", r"\- rye"),
        ("* rye", r"\* rye"),
        ("+ rye", r"\+ rye"),
        ("-3 degrees", "-3 degrees"),
        ("> rye", r"\> rye"),
        (">rye", r"\>rye"),
        ("1. rye", r"1\. rye"),
        ("12) rye", r"12\) rye"),
        ("1.5 kilos", "1.5 kilos"),
        ("1999 was good.", "1999 was good."),
        ("```python", r"\```python"),
        ("~~~", r"\~~~"),
        ("As was shown [3].", r"As was shown \[3]."),
        ("[12] Okafor, 1999.", r"\[12] Okafor, 1999."),
        ("Both [1][2].", r"Both \[1]\[2]."),
        ("A list [a] stays.", "A list [a] stays."),
        ("Plain words.", "Plain words."),
    ],
)
def test_a_documents_words_stay_words(clinic, words, markdown):
    unit = replace(units_of(clinic, {"Please": 1.0})[0], text=words)
    composed = write_answer([unit], clinic)
    assert composed.text == f"{markdown} [1]"
    assert composed.sentences[0].text == words


def test_of_no_units_nothing_is_written(clinic):
    assert write_answer([], clinic).text == ""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0.5, 0.75, 0.9, 1.0]), min_size=16, max_size=16),
    st.sampled_from(["Tell me of it.", "Which instruments are there?", "How long?", "What is the tray?"]),
    st.integers(1, 60),
)
def test_no_span_is_chosen_twice_and_all_are_in_order(clinic, scores, question, words):
    units = [replace(unit, score=score) for unit, score in zip(units_of(clinic, {}), scores, strict=False)]
    found = choose_units(units, parse_question(question), clinic, most_words=words)
    assert bool(found) == any(unit.score for unit in units)
    assert [unit.start for unit in found] == sorted({unit.start for unit in found})
    assert all(LEAFLET[unit.start : unit.end] == unit.text for unit in found)


def read_unit(library, words, *, score=5.0):
    """The nurse's sentence about her years, as a reader that found `words` in it leaves it."""
    unit = next(unit for unit in units_of(library, {"She has worked": 1.0}) if unit.score)
    at = unit.start + unit.text.index(words)
    return replace(unit, answer=Span(score, at, at + len(words)))


def test_the_short_answer_stands_above_its_sentence_in_bold(clinic):
    unit = read_unit(clinic, "1999")
    composed = write_answer([unit], clinic, short=unit)
    assert composed.text == "**1999** [1]\n\nShe has worked here since 1999. [1]"
    assert [(sentence.text, sentence.kind, sentence.citations) for sentence in composed.sentences] == [
        ("1999", "short", (1,)),
        ("She has worked here since 1999.", "sentence", (1,)),
    ]


def test_the_short_answer_cites_its_own_sentence_where_others_stand_before_it(clinic):
    first = next(unit for unit in units_of(clinic, {"Water is": 0.5}) if unit.score)
    unit = read_unit(clinic, "1999")
    assert write_answer([first, unit], clinic, short=unit).text.startswith("**1999** [2]\n\nWater is allowed until noon. [1]")


def test_where_documents_differ_both_sides_are_cited_and_named(library, write_file):
    library.add(
        [
            write_file("guide-2021.md", "---\ntitle: Guide 2021\ndate: 2021-03-01\n---\n\nThe internship lasts ten weeks in summer.\n"),
            write_file("guide-2024.md", "---\ntitle: Guide 2024\ndate: 2024-03-01\n---\n\nThe internship lasts twelve weeks in summer.\n"),
        ]
    )
    units = units_of(library, {"The internship": 0.9})
    newest = next(unit for unit in units if "twelve" in unit.text)
    chosen, conflicts = with_other_sides([newest], units, library)
    assert {unit.text for unit in chosen} == {"The internship lasts ten weeks in summer.", "The internship lasts twelve weeks in summer."}
    composed = write_answer(chosen, library, conflicts=conflicts)
    difference = composed.differences[0]
    assert {(side.value, side.title, side.date) for side in difference.sides} == {
        ("ten weeks", "Guide 2021", "2021-03-01"),
        ("twelve weeks", "Guide 2024", "2024-03-01"),
    }
    for side in difference.sides:
        assert side.value in composed.citations[side.citation - 1].quote
        assert f"**{side.value}** ({side.title}, {side.date}) [{side.citation}]" in composed.text
    assert "The documents differ: " in composed.text


def test_where_documents_agree_nothing_is_added(clinic):
    units = units_of(clinic, {"She has worked": 0.9, "Ms Okafor": 0.8})
    chosen = [unit for unit in units if unit.score == 0.9]
    assert with_other_sides(chosen, units, clinic) == (chosen, [])


def test_rows_of_several_values_are_shown_under_the_names_of_their_columns(library, write_file):
    prices = "# Prices\n\n| Bread | Small | Large |\n|---|---|---|\n| Rye | 2 | 4 |\n| Wheat | 1 | 3 |\n\n"
    library.add([write_file("a.md", f"{prices}# Codes\n\n| Code | Cause |\n|---|---|\n| E1 | hot |\n")])
    assert chosen(library, {"| Wheat": 1.0}) == ["| Bread | Small | Large |", "| Wheat | 1 | 3 |"]
    assert chosen(library, {"| E1": 1.0}) == ["| E1 | hot |"]  # what is what is plain


HANDBOOK = """# Oven

## Cleaning

Clean the oven once a week.

1. Open the door.
2. Take out the tray.
3. Wipe the floor.

## Daring

Bakers try out with joy what nobody has baked. On cold days the oven is lit early. On such mornings they come at three.

## Saving

Nothing is thrown away.

## Tray

- a scale
- a brush
- a spoon
"""


@pytest.fixture
def oven(library, write_file):
    library.add([write_file("oven.md", HANDBOOK)])
    return library


def test_steps_are_shown_whole_where_it_is_asked_how(oven):
    steps = ["Open the door.", "Take out the tray.", "Wipe the floor."]
    assert chosen(oven, {"Take out": 1.0}, "How do I clean it?") == steps
    assert chosen(oven, {"Take out": 1.0}, "What is taken out?") == ["Take out the tray."]


def test_a_list_without_a_lead_is_taken_whole_by_two_of_its_items_unless_it_is_long(library, write_file, oven):
    assert chosen(oven, {"a scale": 1.0, "a brush": 0.9}, "What do I need?") == ["a scale", "a brush", "a spoon"]
    assert chosen(oven, {"a scale": 1.0}, "What do I need?") == ["a scale"]
    things = "".join(f"- thing {letter}\n" for letter in "abcdefghijklmnop")
    library.add([write_file("long.md", f"# Long\n\n{things}")])
    assert chosen(library, {"thing a": 1.0, "thing b": 0.9}, "What do I need?") == ["thing a", "thing b"]
    units = [unit for unit in units_of(library, {"thing a": 1.0, "thing b": 0.9}) if unit.score]  # the others are in no passage
    assert [u.text for u in choose_units(units, parse_question("What do I need?"), library, most_words=120)] == ["thing a", "thing b"]


def with_headings(library, scores, question):
    passages = retrieve("anything", library, count=100, fusion=Fusion())
    units = [
        replace(u, score=max((s for text, s in scores.items() if u.text.startswith(text)), default=0.0))
        for u in find_units(passages, library)
    ]
    return [unit.text for unit in choose_units(units, parse_question(question), library, most_words=120)]


def test_which_of_several_is_named_by_the_heading(oven):
    assert with_headings(oven, {"Bakers try out": 1.0}, "Which principle is about trying?") == [
        "Daring",
        "Bakers try out with joy what nobody has baked.",
    ]
    assert with_headings(oven, {"Bakers try out": 1.0}, "Which bakers try anything?")[0] != "Daring"
    assert with_headings(oven, {"Bakers try out": 1.0}, "What do they try?") == ["Bakers try out with joy what nobody has baked."]


def test_where_one_of_several_is_asked_for_their_announcement_is_no_answer(clinic):
    scores = {"The tray holds": 1.0, "two clamps": 0.9}
    assert chosen(clinic, scores, "Which tool is for holding?")[0] == "The tray holds these instruments:"  # as the lead of what was chosen
    assert "Ms Okafor is the head nurse." in chosen(clinic, {"The tray holds": 1.0, "Ms Okafor": 0.9}, "Which nurse has a tray?")
    assert "The tray holds these instruments:" not in chosen(clinic, {"The tray holds": 1.0, "Ms Okafor": 0.9}, "Which nurse has a tray?")


def test_a_pronoun_behind_a_few_words_comes_with_the_sentence_before(oven):
    found = chosen(oven, {"On such mornings": 1.0})
    assert found == ["On cold days the oven is lit early.", "On such mornings they come at three."]


def test_beside_a_sentence_that_decides_others_hold_as_much(clinic):
    units = units_of(clinic, {"Water": 1.0, "Gloves": 0.9})
    for held, texts in ((0.5, ["Water is allowed until noon."]), (0.7, ["Water is allowed until noon.", "Gloves are worn."])):
        shared = [replace(unit, held=held if unit.text.startswith("Gloves") else 1.0) for unit in units]
        assert [u.text for u in choose_units(shared, parse_question("Is water allowed?"), clinic, most_words=120)] == texts


def test_other_documents_hold_as_much_where_one_sentence_tells_it_all(library, write_file):
    library.add(
        [write_file("a.md", "# A\n\nThe mill opens at three.\n"), write_file("b.md", "# B\n\nThe shop opens at nine on all days.\n")]
    )
    units = units_of(library, {"The mill": 1.0, "The shop": 0.9})
    for held, texts in ((0.5, ["The mill opens at three."]), (0.9, ["The mill opens at three.", "The shop opens at nine on all days."])):
        shared = [replace(unit, held_around=held if unit.text.startswith("The shop") else 1.0) for unit in units]
        assert [u.text for u in choose_units(shared, parse_question("Tell me of the mill."), library, most_words=120)] == texts


def test_an_exception_goes_on_about_a_sentence(library, write_file):
    library.add(
        [write_file("c.md", "# C\n\nThe guild repays half of the fee in the first month. After that nothing is repaid. Cakes are sold.\n")]
    )
    found = chosen(library, {"The guild": 1.0})
    assert found == ["The guild repays half of the fee in the first month.", "After that nothing is repaid."]

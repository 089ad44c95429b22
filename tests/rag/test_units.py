"""Passages are divided into units, and every unit is a span of its document."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.library import Library
from rag.retrieve import Fusion, retrieve
from rag.units import complete_list, find_units

HANDBOOK = """# Handbook

## Baking

The oven is lit at three. It needs an hour.

Mornings are calm. Nobody talks much, and the radio is off.

A baker has these duties:

- feed the sourdough
- sweep the floor
- lock the cellar

First the rye is baked. Then the wheat follows.

## Prices

| bread | price |
|---|---|
| rye | 4 francs |
| wheat | 3 francs |
"""


@pytest.fixture
def units_of(library, write_file):
    """The units of a document of this text, in reading order."""

    def find(text, name="handbook.md", into=library):
        into.add([write_file(name, text)])
        return find_units(all_passages(into), into)

    return find


def all_passages(library):
    found = retrieve("anything", library, count=100, fusion=Fusion())
    return sorted(found, key=lambda passage: (passage.document_id, passage.start))


def named(units, beginning):
    [unit] = [unit for unit in units if unit.text.startswith(beginning) and unit.kind != "heading"]
    return unit


def test_sentences_items_rows_and_headings(units_of):
    units = units_of(HANDBOOK)
    assert [unit.text for unit in units if unit.kind == "sentence"] == [
        "The oven is lit at three.",
        "It needs an hour.",
        "Mornings are calm.",
        "Nobody talks much, and the radio is off.",
        "A baker has these duties:",
        "First the rye is baked.",
        "Then the wheat follows.",
    ]
    assert [unit.text for unit in units if unit.kind == "item"] == [
        "feed the sourdough",
        "sweep the floor",
        "lock the cellar",
        "| bread | price |",
        "| rye | 4 francs |",
        "| wheat | 3 francs |",
    ]
    assert [unit.text for unit in units if unit.kind == "heading"] == ["Prices", "Baking"]


def test_every_unit_is_a_span(units_of, library):
    for unit in units_of(HANDBOOK):
        assert library.document(unit.document_id).text[unit.start : unit.end] == unit.text
        assert unit.span == (unit.document_id, unit.start, unit.end)


def test_a_unit_knows_its_section(units_of):
    units = units_of(HANDBOOK)
    oven, rye = named(units, "The oven"), named(units, "| rye")
    assert (oven.section, oven.heading, oven.context) == (("Baking",), "Baking", "Handbook > Baking")
    assert (rye.section, rye.place) == (("Prices",), (rye.document_id, ("Prices",)))


def test_without_a_heading_the_title_is_the_heading(units_of):
    [unit] = units_of("Bread is sold until noon.\n", "sign.md")
    assert (unit.section, unit.heading) == ((), "sign")


def test_an_item_has_its_lead(units_of, library):
    units = units_of(HANDBOOK)
    lead, item = named(units, "A baker"), named(units, "sweep")
    assert item.lead == (lead.start, lead.end)
    assert item.list_id == lead.list_id == (lead.document_id, lead.start)
    assert lead.lead is None
    assert item.context == "Handbook > Baking > A baker has these duties:"
    assert named(units, "First").list_id is None


def test_the_sentence_before_and_the_topic(units_of):
    units = units_of(HANDBOOK)
    assert (named(units, "The oven").before, named(units, "It needs").before) == ("", "The oven is lit at three.")
    # a short sentence that opens a paragraph says what it is about
    assert (named(units, "Mornings").topic, named(units, "Nobody").topic) == ("", "Mornings are calm")


@pytest.mark.parametrize(
    ("paragraph", "topic"),
    [
        ("Trust is a start. We build on it.", "Trust is a start"),
        ("Opening hours: We are open until noon. On Sundays we rest.", "Opening hours"),
        ("The many visitors of the museum come on Sundays. Nobody comes on Mondays.", ""),
        ("closed on Mondays. We rest.", ""),
    ],
)
def test_run_in_topics(units_of, paragraph, topic):
    last = units_of(f"# Sign\n\n{paragraph}\n")[-1]
    assert last.topic == topic


def test_sentences_that_count(units_of):
    units = units_of(HANDBOOK)
    assert [unit.text for unit in units if unit.ordinal] == ["First the rye is baked."]


def test_a_heading_is_cited_where_it_stands_even_if_a_sentence_begins_with_the_same_words(units_of):
    text = "# Guide\n\n## Rye\n\nRye is dark. Rye keeps for a week.\n"
    units = units_of(text)
    assert [(unit.kind, unit.start, unit.text) for unit in units] == [
        ("heading", text.index("Rye"), "Rye"),
        ("sentence", text.index("Rye is dark"), "Rye is dark."),
        ("sentence", text.index("Rye keeps"), "Rye keeps for a week."),
    ]


def test_headings_above_come_innermost_first(units_of):
    units = units_of("# Guide\n\n## Bread\n\nWe bake.\n\n### Rye\n\nRye is dark and it keeps for a week.\n")
    rye = [unit for unit in units if unit.section == ("Bread", "Rye") and unit.kind != "heading"]
    assert [unit.text for unit in rye] == ["Rye is dark and it keeps for a week."]
    assert [unit.text for unit in units if unit.kind == "heading"] == ["Rye", "Bread"]


def test_bullets_inside_a_line_are_items_of_the_sentence_before_them(units_of):
    units = units_of("# Leaflet\n\nThe clinic offers the following: • vaccines • blood tests • advice\n")
    assert [(unit.kind, unit.text) for unit in units] == [
        ("sentence", "The clinic offers the following:"),
        ("item", "vaccines"),
        ("item", "blood tests"),
        ("item", "advice"),
    ]
    assert len({unit.list_id for unit in units}) == 1


def test_a_long_item_is_cited_sentence_by_sentence(units_of):
    first, second = f"Wash {'very ' * 30}well.", f"Dry {'very ' * 20}well."
    units = units_of(f"# Leaflet\n\nSteps:\n\n- {first} {second}\n- Rest.\n")
    assert [(unit.kind, unit.text) for unit in units] == [
        ("sentence", "Steps:"),
        ("item", first),
        ("sentence", second),
        ("item", "Rest."),
    ]


@pytest.fixture
def small_chunks(tmp_path, embedder):
    with Library(tmp_path / "small", embedder, chunk_tokens=16) as opened:
        yield opened


RULES = "# Museum\n\nVisitors may not bring any of these things:\n\n" + "".join(
    f"- {thing} of any size or colour\n" for thing in ("umbrellas", "bags", "drinks", "dogs", "balloons", "ladders")
)


def test_the_lead_of_items_in_a_later_chunk_is_found(units_of, small_chunks):
    units = units_of(RULES, into=small_chunks)
    assert small_chunks.chunk_count() > 2
    lead = RULES.index("Visitors")
    items = [unit for unit in units if unit.kind == "item"]
    assert len(items) == 6
    assert {unit.list_id for unit in items} == {(items[0].document_id, lead)}
    assert {RULES[slice(*unit.lead)] for unit in items} == {"Visitors may not bring any of these things:"}


def test_a_list_is_completed_beyond_its_passages(units_of, small_chunks):
    units_of(RULES, into=small_chunks)
    last = all_passages(small_chunks)[-1]
    known = [unit for unit in find_units([last], small_chunks) if unit.kind == "item"]
    assert 0 < len(known) < 6
    scored = [replace(unit, score=1.0) for unit in known]
    whole = complete_list(scored, small_chunks)
    assert [unit.text.split()[0] for unit in whole] == ["Visitors", "umbrellas", "bags", "drinks", "dogs", "balloons", "ladders"]
    assert [unit.score for unit in whole[-len(scored) :]] == [1.0] * len(scored)
    assert {unit.score for unit in whole[: -len(scored)]} == {0.0}
    for unit in whole:
        assert RULES[unit.start : unit.end] == unit.text


def test_a_list_ends_with_its_section(units_of, library):
    units = units_of("# Museum\n\n## Bags\n\nNot allowed:\n\n- bags\n- sticks\n\n## Food\n\n- bread\n- cheese\n")
    whole = complete_list([named(units, "bags")], library)
    assert [unit.text for unit in whole] == ["Not allowed:", "bags", "sticks"]


def test_each_span_once(units_of, library):
    units = units_of(HANDBOOK)
    twice = all_passages(library) * 2
    assert [unit.span for unit in find_units(twice, library)] == [unit.span for unit in units]


def test_a_document_that_was_replaced_has_no_units_at_its_old_passages(units_of, library, write_file):
    units_of("# Sign\n\nBread is sold until noon.\n", "sign.md")
    old = all_passages(library)
    library.add([write_file("sign.md", "# Sign\n\nSpelt and rye are sold until noon.\n")])
    assert find_units(old, library) == []


def test_of_no_passages_there_are_no_units(library):
    assert find_units([], library) == []


LINES = [
    "# Bread",
    "## Rye",
    "Rye",
    "- rye bread",
    "* 2 loaves",
    "1. knead it",
    "The rye rests. It is dark:",
    "| a | b |",
    "|---|---|",
    "",
    "x • y • z",
]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=14))
def test_units_of_any_document_are_its_spans(small_chunks, write_file, lines):
    path = write_file("any.md", "\n".join(lines) + "\nThe end.\n")
    small_chunks.add([path])
    units = find_units(all_passages(small_chunks), small_chunks)
    [summary] = small_chunks.documents()
    text = small_chunks.document(summary.id).text
    assert units
    for unit in units:
        assert text[unit.start : unit.end] == unit.text.strip() != ""
        assert unit.lead is None or text[slice(*unit.lead)].strip()
    starts = [unit.start for unit in units]
    assert len(starts) == len(set(starts))


TABLES = """# Oven

| Code | Cause |
|---|---|
| E1 | too hot |
| E2 | no gas |

Some words between.

| a | b |
| c | d |
"""


def test_rows_stand_under_the_names_of_their_columns(units_of):
    rows = [unit for unit in units_of(TABLES) if unit.kind == "item"]
    assert [(unit.text, unit.names_columns, unit.columns) for unit in rows] == [
        ("| Code | Cause |", True, ()),
        ("| E1 | too hot |", False, ("Code", "Cause")),
        ("| E2 | no gas |", False, ("Code", "Cause")),
        ("| a | b |", False, ()),
        ("| c | d |", False, ()),
    ]
    assert rows[1].said.endswith("Oven: Code E1, Cause too hot")
    assert rows[1].above.endswith("Oven > Code, Cause")
    assert rows[3].said.endswith("Oven: | a | b |")
    assert replace(rows[1], text="| E1 |").said.endswith("Oven: | E1 |")  # a cell is missing


def test_a_row_far_from_its_header_stands_under_its_columns_too(units_of):
    text = "# Oven\n\n| Code | Cause |\n|---|---|\n" + "".join(
        f"| E{n} | the valve {n} is closed and has to be opened |\n" for n in range(80)
    )
    rows = [unit for unit in units_of(text) if unit.kind == "item" and "valve" in unit.text]
    assert len({unit.passage_rank for unit in rows}) > 1
    assert {unit.columns for unit in rows} == {("Code", "Cause")}


def test_a_question_stands_over_what_follows_until_the_next(units_of):
    units = units_of(
        "Is there parking?\n\nYes. It is free.\n\nWhat does a loaf cost?\n\nFour francs.\n\n# Other\n\nBread is good.\n", "faq.md"
    )
    assert {unit.text: unit.topic for unit in units if unit.kind != "heading"} == {
        "Is there parking?": "",
        "Yes.": "Is there parking?",
        "It is free.": "Is there parking?",
        "What does a loaf cost?": "",
        "Four francs.": "What does a loaf cost?",
        "Bread is good.": "",
    }
    assert named(units, "It is free").heading == "Is there parking?"


MINUTES = """# Minutes

Present: Ana, Joon
Apologies: none

1. Money. Ana said that the guild has 300 euros. Joon asked for more of it. They agreed on 20 euros for a new broom.

2. Mill. The mill is closed.
"""


def test_a_numbered_paragraph_with_a_title_is_cited_sentence_by_sentence(units_of):
    units = units_of(MINUTES, name="minutes.md")
    money = named(units, "Money.")
    assert money.text == "Money. Ana said that the guild has 300 euros."
    assert (money.kind, money.topic) == ("sentence", "")
    follower = named(units, "Joon asked")
    assert (follower.kind, follower.topic, follower.before) == ("sentence", "Money", money.text)
    assert named(units, "Mill.").kind == "item"  # short


def test_a_label_with_a_value_is_no_lead_nor_about_the_label_before_it(units_of):
    units = units_of(MINUTES, name="minutes.md")
    assert named(units, "Apologies").list_id is None
    assert named(units, "Apologies").topic == ""
    assert named(units, "Mill.").lead is None


def test_items_without_a_lead_are_a_list_from_the_first(library, write_file):
    steps = "\n".join(f"{number}. Step {word} of the {word}s in the oven" for number, word in enumerate(["rye", "wheat", "oat"] * 14, 1))
    library.add([write_file("steps.md", f"# Oven\n\n## Baking\n\n{steps}\n")])
    units = [unit for unit in find_units(all_passages(library), library) if unit.kind == "item"]
    assert len({unit.passage_rank for unit in units}) > 1
    assert {unit.list_id for unit in units} == {(units[0].document_id, units[0].start - len("1. "))}
    assert all(unit.step and unit.lead is None for unit in units)
    assert complete_list(units[-1:], library)[0].start == units[0].start

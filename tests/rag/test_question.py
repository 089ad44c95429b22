"""A question is read by its form: what it asks for, its sides, its parts, and what it leaves out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question import parse_question


@pytest.mark.parametrize(
    "text",
    [
        "Which breads are baked daily?",
        "What are the opening hours of the museum?",
        "List the vaccines that the clinic offers.",
        "What kinds of flour are there?",
        "What ways are there to pay?",
        "Name all the rooms.",
        "Who are the nurses?",
    ],
)
def test_questions_for_several_things(text):
    assert parse_question(text).wants_list


@pytest.mark.parametrize(
    "text", ["What is a sourdough?", "How warm is the oven?", "Which is best?", "What was this?", "What does it cost?"]
)
def test_questions_for_one_thing(text):
    assert not parse_question(text).wants_list


@pytest.mark.parametrize(
    ("text", "definition", "about_one"),
    [
        ("What is a sourdough?", True, True),
        ("So what is the Night School?", True, True),
        ("What's an appointment?", True, True),
        ("What does proofing mean?", True, True),
        ("What is gouache?", True, False),
        ("Who is the curator?", True, False),
        ("What does ECG stand for?", True, False),
        ("Define proofing.", True, False),
        ("How is bread baked?", False, False),
        ("Where is the museum?", False, False),
    ],
)
def test_definitions(text, definition, about_one):
    parsed = parse_question(text)
    assert (parsed.wants_definition, parsed.about_one) == (definition, about_one)


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("What is the difference between rye bread and wheat bread?", ("rye bread", "wheat bread")),
        ("What are the similarities between an oil painting and a print?", ("oil painting", "print")),
        ("How do rye and wheat bread differ?", ("rye bread", "wheat bread")),
        ("How do oil paintings and prints compare in price?", ("oil paintings: price", "prints: price")),
        ("Compare the red ward with the blue ward.", ("red ward", "blue ward")),
        ("Compare bread and butter", ("bread", "butter")),
        ("How does a gouache differ from a watercolour?", ("gouache", "watercolour")),
        ("How does rye compare to wheat?", ("rye", "wheat")),
        ("How does rye compare to wheat and spelt?", ("rye", "wheat and spelt")),
        ("rye vs. wheat", ("rye", "wheat")),
        ("How do a nurse and a doctor compare, and which is paid more?", ("nurse", "doctor")),
        ("What are the differences between a nurse and a doctor when it comes to training?", ("nurse", "doctor")),
        ("What is between the oven and the door?", ()),
        ("How are bread and butter made?", ()),
        ("rye versus ?", ()),
    ],
)
def test_comparisons_and_their_sides(text, sides):
    assert parse_question(text).sides == sides


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("When does the bakery open and what does it sell?", ("When does the bakery open", "what does it sell?")),
        ("Who leads the clinic? How many nurses work there?", ("Who leads the clinic", "How many nurses work there?")),
        ("Which hours does the nurse keep, and when is the doctor in?", ("Which hours does the nurse keep", "when is the doctor in?")),
        ("What are the rules for visitors and for members?", ("What are the rules for visitors?", "What are the rules for members?")),
        ("Which rooms are open in summer, and in winter?", ("Which rooms are open in summer?", "Which rooms are open in winter?")),
        ("What are the rules for visitors and members?", ()),
        ("How do bakers and nurses wash hands?", ()),
        ("What is the difference between bread for toast and for soup?", ()),
        ("Is it open and when?", ()),
    ],
)
def test_several_questions_in_one(text, parts):
    assert parse_question(text).parts == parts


@pytest.mark.parametrize(
    ("text", "rest", "excluded"),
    [
        ("What breads are baked besides rye?", "What breads are baked?", "rye"),
        ("What breads besides rye are baked?", "What breads are baked?", "rye"),
        ("What other breads, besides a rye loaf, are baked here?", "What other breads are baked here?", "rye loaf"),
        ("What breads other than rye contain nuts?", "What breads contain nuts?", "rye"),
        ("Besides rye bread, which breads are baked?", "which breads are baked?", "rye bread"),
        ("Which vaccines are given other than the measles vaccine?", "Which vaccines are given?", "measles vaccine"),
        ("Which rooms can I visit, except for the attic?", "Which rooms can I visit?", "attic"),
        ("List all vaccines except the measles vaccine.", "List all vaccines.", "measles vaccine"),
        ("Who is responsible apart from the chef when the oven fails?", "Who is responsible when the oven fails?", "chef"),
        ("Which rooms are open?", "Which rooms are open?", ""),
    ],
)
def test_exceptions(text, rest, excluded):
    parsed = parse_question(text)
    assert (parsed.text, parsed.excluded) == (rest, excluded)


ANSWERS = {
    "a duration": "It takes six weeks.",
    "a number": "There are 14 of them.",
    "a share": "About 60% is rye.",
    "a date": "It opened in 1987.",
    "a person": "That was Anna Berg.",
    "a place": "It stands in Ghent.",
    "nothing special": "it is done with care and patience.",
}


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ("How long does proofing take?", {"a duration"}),
        ("What is the duration of a visit?", {"a duration"}),
        ("How many rooms are there?", {"a duration", "a number", "a share", "a date"}),
        ("What percentage of the flour is rye?", {"a duration", "a number", "a share", "a date"}),
        ("When was the clinic founded?", {"a date"}),
        ("What year did the museum open?", {"a date"}),
        ("Since when is the museum open?", {"a date"}),
        ("Tell me when the clinic opens.", {"a date"}),
        ("Who founded the bakery?", {"a person"}),
        ("And who is the curator?", {"a person"}),
        ("Whose painting hangs in the hall?", {"a person"}),
        ("Where is the museum?", {"a place"}),
        ("Which city is the clinic in?", {"a place"}),
    ],
)
def test_the_kind_of_answer_that_is_expected(text, fitting):
    expected = parse_question(text).expected
    assert expected is not None
    assert {kind for kind, answer in ANSWERS.items() if expected.search(answer)} == fitting


@pytest.mark.parametrize(
    "text",
    [
        "Who can borrow a key?",
        "Who must wear gloves?",
        "Who is allowed to enter?",
        "Who has to wash hands?",
        "What is a sourdough?",
        "What happens when the dough is too wet?",
        "When the oven fails, whom do I call?",
        "Which pan is best when it comes to rye?",
    ],
)
def test_open_questions_expect_nothing(text):
    assert parse_question(text).expected is None


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("How long does proofing take?", "How does proofing take?"),
        ("What does proofing mean?", "What does proofing ?"),
        ("Which city is the clinic in?", "Which is the clinic in?"),
        ("Who can borrow the long ladder?", "Who can borrow the long ladder?"),
    ],
)
def test_the_subject_has_no_words_that_only_say_what_is_wanted(text, subject):
    assert " ".join(parse_question(text).subject.split()) == subject


@pytest.mark.parametrize("answer", ["In Ghent we bake.", "It is near the Louvre.", "Ghent, Belgium", "The shop (Ghent) is open."])
def test_places(answer):
    assert parse_question("Where is it?").expected.search(answer)


def test_white_space_is_nothing():
    assert parse_question("  What \n is\t a   sourdough? ").text == "What is a sourdough?"


WORDS = (
    "what who when where which how is are the a rye bread and or for in besides except compare with versus between difference ? , .".split()
)


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map(" ".join)))
def test_any_text_is_read(text):
    parsed = parse_question(text)
    assert len(parsed.parts) != 1
    assert len(parsed.sides) in (0, 2)
    assert not (parsed.parts and parsed.sides)
    assert parse_question(parsed.text).text == parsed.text or parsed.excluded


def test_a_company_is_no_town():
    expected = parse_question("Which city hosts the internship?").expected
    assert expected.search("The posting is listed under Luxembourg.")
    assert not expected.search("Interns at Amazon receive several benefits.")
    assert parse_question("Where is the internship?").expected.search("It is at Northpole Labs.")


@pytest.mark.parametrize("text", ["what do bakers look for", "And how long does it rest", "is rye dark"])
def test_a_question_is_read_with_its_question_mark(text):
    assert parse_question(text) == parse_question(f"{text}?")


@pytest.mark.parametrize("text", ["rye bread oven", "Tell me about rye", "Is rye dark or light …", ""])
def test_what_is_no_question_or_ends_in_a_mark_is_left_alone(text):
    assert parse_question(text).text == text


def test_what_someone_does():
    assert all(parse_question(text).wants_duties for text in ("What does a baker do?", "what will I be doing there", "What do they do?"))
    others = ("What should I do when it burns?", "What are bakers forbidden to do?", "What does a baker earn?")
    assert not any(parse_question(text).wants_duties for text in others)


def test_a_second_question_that_is_none_without_the_first_is_no_part():
    assert parse_question("Which towns have a mill, and how many in each?") == parse_question("Which towns have a mill?")
    asked = parse_question("How many mills are there and which are they?")
    assert (asked.text, asked.parts, asked.expected, asked.wants_list) == ("How many mills are there?", (), None, True)
    assert parse_question("Which towns have a mill, and who owns the mills?").parts != ()
    assert parse_question("Who built the mill and why?").text == "Who built the mill and why?"


@pytest.mark.parametrize(
    ("question", "one"),
    [
        ("Which principle is about details?", "principle"),
        ("And which baking course has a test?", "course"),
        ("Which of them has a test?", ""),
        ("Which courses have a test?", ""),
        ("Which city is it in?", ""),
        ("What is a course?", ""),
    ],
)
def test_which_of_several_is_asked_for(question, one):
    assert parse_question(question).wants_name == one


@pytest.mark.parametrize(
    ("question", "steps"),
    [("How do I clean it?", True), ("What should I do if it stops?", True), ("How much do I pay?", False), ("What is it?", False)],
)
def test_how_something_is_done(question, steps):
    assert parse_question(question).wants_steps == steps

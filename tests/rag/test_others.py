"""Sentences about another one of several than the question."""

import pytest

from rag.others import is_of_another
from rag.question import parse_question

OF_ANOTHER_KIND = [
    ("How long is a part-time course?", "A full time course takes three weeks."),
    ("How long is the course if it is part-time?", "It takes three weeks if it is full-time."),
    ("What is the dose for adults?", "Children take half a spoon."),
    ("When does it open on Sundays?", "Open from Monday to Friday, 9 to 5."),
    ("What does the red light mean?", "A green light means that the oven is ready."),
    ("How many public schools are there?", "There are 40 private schools."),
    ("What is the notice during probation?", "After probation the notice is three months."),
    ("What is asked in the third round?", "In the second round a cake is baked."),
    ("Who is the chief operating officer?", "The chief financial officer is Ana."),
    ("What happens in step 3?", "Step 2: fold the dough."),
    ("When are bins emptied in zone B?", "Zone A: Tuesdays."),
]
OF_THE_SAME_KIND = [
    ("How long is a part-time course?", "A part time course takes six weeks, a full-time one three."),
    ("How long is a course?", "A full-time course takes three weeks."),
    ("Is the course full-time?", "The course is part-time."),
    ("Which courses are not full-time?", "The baking course is part-time."),
    ("What is the dose for adults and children?", "Children take half a spoon."),
    ("What is the notice after probation?", "After probation the notice is three months."),
    ("What is the notice after probation?", "Before and after the probation the notice is three months."),
    ("Who ran the mill after the war?", "During the storm Ana ran the mill."),
    ("What does the red light mean?", "It means that the oven is hot."),
    ("What is asked in the third round?", "The second round is short, the third round is long."),
    ("Who is the head of marketing?", "Marketing is led by Ana, the chief commercial officer."),
    ("Who is the wife of the president of France?", "The president of the republic has a wife."),
    ("What is asked in the third round?", "The first day is for baking."),
    ("How large is the senior class?", "It has twelve bakers, no junior class is larger, and no senior one."),
]


@pytest.mark.parametrize(("question", "sentence"), OF_ANOTHER_KIND)
def test_a_sentence_about_another_kind_of_thing(question, sentence):
    assert is_of_another(parse_question(question).meant, sentence, around="Baking")


@pytest.mark.parametrize(("question", "sentence"), OF_THE_SAME_KIND)
def test_a_sentence_that_is_not_about_another_kind_of_thing(question, sentence):
    assert not is_of_another(parse_question(question).meant, sentence, around="Baking")


def test_what_stands_above_a_sentence_says_its_kind_too():
    asked = parse_question("How long is a part-time course?").meant
    assert not is_of_another(asked, "It takes as long as two full-time ones.", around="Part-time courses")


ANOTHER_YEAR = [
    ("How many loaves were sold in 2022?", "In 2021 the bakery sold 300 loaves."),
    ("Who led the guild in 1899?", "Ana led the guild from 1874 to 1880."),
    ("Who led the guild in 1899?", "Ana led the guild in the 1880s."),
    ("Who led the guild in 1899?", "Ana led the guild in 1874–78."),
]
NOT_ANOTHER_YEAR = [
    ("How many loaves were sold in 2022?", "The bakery sold 300 loaves."),
    ("How many loaves were sold in 2022?", "In 2022 the bakery sold 300 loaves, in 2021 it sold 200."),
    ("Who led the guild in 1877?", "Ana led the guild from 1874 to 1880."),
    ("Who led the guild in 1877?", "Ana led the guild in the 1870s."),
    ("Who led the guild in 1877?", "Ana led the guild in 1874–78."),
    ("Who led the guild in 1877?", "Ana has led the guild since 1874."),
    ("Who led the guild before 1877?", "Ana led the guild in 1874."),
    ("Who led the guild between 1870 and 1877?", "Ana led the guild in 1874."),
    ("What does a 2000 gram loaf cost?", "A loaf of 2,000 grams costs 4 euros."),
    ("Who led the guild?", "Ana led the guild in 1874."),
]


@pytest.mark.parametrize(("question", "sentence"), ANOTHER_YEAR)
def test_a_sentence_about_another_year(question, sentence):
    assert is_of_another(parse_question(question).meant, sentence, around="The guild")


@pytest.mark.parametrize(("question", "sentence"), NOT_ANOTHER_YEAR)
def test_a_sentence_that_is_not_about_another_year(question, sentence):
    assert not is_of_another(parse_question(question).meant, sentence, around="The guild")


def test_what_stands_above_a_sentence_says_its_year_too():
    assert not is_of_another(parse_question("Who led the guild in 1877?").meant, "Ana led it as in 1870.", around="The guild in 1877")


def test_the_heading_right_above_says_what_kind_a_sentence_is_about_that_does_not():
    asked = parse_question("What are the preferred qualifications?").meant
    assert is_of_another(asked, "Three years of baking.", around="Baker > Basic qualifications", heading="Basic qualifications")
    assert not is_of_another(asked, "Three years of baking.", around="Baker > Preferred qualifications", heading="Preferred qualifications")
    assert not is_of_another(
        asked, "Preferred: three years of baking.", around="Baker > Basic qualifications", heading="Basic qualifications"
    )


@pytest.mark.parametrize(
    ("question", "sentence", "another"),
    [
        ("How many lamps has the P3-60?", "The P3-25 has three lamps.", True),
        ("When was release 4.17.0 baked?", "Release 4.18.0 was baked at noon.", True),
        ("What were the sales in Q3?", "In Q2 the sales were 300.", True),
        ("What is new in version 4.2?", "Version 10 has a timer.", True),
        ("What is new in version 4.2?", "Since v4.2 it has a timer.", False),
        ("What is new in version 4.2?", "It takes 4.1 minutes.", False),
        ("How many lamps has the P3-60?", "The P3-25 and the P3-60 have three lamps.", False),
        ("How many lamps has the P3-60?", "The P3-25 to P3-80 have three lamps.", False),
        ("How many lamps has the P3-60?", "It has three lamps, and an E11 fuse.", False),
        ("How many lamps are there?", "The P3-25 has three lamps.", False),
    ],
)
def test_a_sentence_about_another_model_or_version(question, sentence, another):
    assert is_of_another(parse_question(question).meant, sentence, around="Ovens") == another
    assert not is_of_another(parse_question(question).meant, sentence, around="Ovens P3-60 4.17.0 in Q3, version 4.2")


def test_the_heading_right_above_says_of_which_version_a_sentence_is_that_names_none():
    asked = parse_question("What is new in version 4.2?").meant
    assert is_of_another(asked, "New: a timer.", around="Oven", heading="Version 4.1 – 20 May 2024")
    assert not is_of_another(asked, "New: a timer.", around="Oven", heading="Version 4.2 – 12 June 2024")
    assert not is_of_another(asked, "New: the timer of version 4.2.", around="Oven", heading="Version 4.3")


@pytest.mark.parametrize(
    ("question", "sentence", "another"),
    [
        ("When is it open on Sunday?", "Saturday: 9 to 13", True),
        ("Who teaches spin on Friday?", "Spin | Monday 6.30 pm | Tess", True),
        ("When is it open on Sunday?", "Saturday and Sunday: 9 to 13", False),
        ("When is it open on Sundays?", "Friday to Monday: 9 to 13", False),
        ("When is it open on Tuesday?", "Weekdays 9 to 13", False),
        ("When is it open on Tuesday?", "Open daily, on Saturdays from 9", False),
        ("Is it open on Sunday?", "Open from Monday to Saturday", False),
        ("When is it open?", "Saturday: 9 to 13", False),
    ],
)
def test_a_sentence_about_another_day(question, sentence, another):
    assert is_of_another(parse_question(question).meant, sentence, around="Hours") == another


@pytest.mark.parametrize(
    ("question", "sentence", "another"),
    [
        ("How many loaves were sold in May?", "On 17 April 1,270 loaves were sold.", True),
        ("How many loaves were sold in May?", "On 17 May 1,270 loaves were sold.", False),
        ("How many loaves were sold in May?", "From April to June 1,270 loaves were sold.", False),
        ("How many loaves were sold in May?", "1,270 loaves were sold.", False),
        ("How many loaves were sold before May?", "In April 1,270 loaves were sold.", False),
        ("Were loaves sold in May?", "Loaves were sold in April.", False),
    ],
)
def test_a_sentence_about_another_month(question, sentence, another):
    assert is_of_another(parse_question(question).meant, sentence, around="Bakery") == another
    assert not is_of_another(parse_question(question).meant, sentence, around="Bakery in May")

"""What an answer cannot do without, by the form of its question."""

import pytest

from rag.kinds import holds_kind, is_of_another_code, is_of_another_kind, is_of_another_year
from rag.question import parse_question

HOLDS = [
    ("Who owns the mill?", "He owns it."),
    ("Who owns the mill?", "It belongs to the miller."),
    ("Who owns the mill?", "The owner is Joon Park."),
    ("Who may bake?", "On Sundays."),
    ("How many bakers work at the mill?", "Twelve people bake there."),
    ("How many bakers work at the mill?", "The mill employs 3,500."),
    ("how many loaves?", "None was left."),
    ("What percentage of the flour is rye?", "A third of it is rye."),
    ("How old is the mill?", "It was built in 1820."),
    ("How long does the dough rest?", "The dough rests for a day and a night."),
    ("How long does the dough rest?", "It rests until it has doubled."),
    ("How long does the dough rest?", "Overnight, for several hours."),
    ("How often is the oven swept?", "The oven is swept daily."),
    ("How often is the oven swept?", "Before each batch."),
    ("How often is the oven swept?", "It is swept every 3 weeks."),
    ("In which year was the mill built?", "The mill dates from 1820."),
    ("In what year did it burn?", "It burnt in 79 AD."),
    ("Which month is the fair?", "The fair is in October."),
    ("What date is the fair?", "On the 3rd of October."),
    ("When was the mill built?", "After the great fire."),
    ("When does it open?", "It opens at dawn."),
    ("What is the application deadline?", "Applications close on 1 May."),
    ("What is the notice period?", "Bakers give three months' notice."),
    ("How much does a loaf cost?", "A loaf is sold for $4."),
    ("How much do bakers earn?", "They earn 2,000 euros a month."),
    ("What is the salary of a baker?", "EUR 2000 a month."),
    ("What are the fees?", "Entry is free."),
    ("Which city hosts the fair?", "The fair is held in Leipzig."),
    ("Which country signed in 1985?", "Greenland signed in 1985."),
    ("At which university did she study?", "She studied at the University of Turin."),
    ("What is the phone number of the mill?", "Call +49 341 123456."),
    ("What is the website of the mill?", "See https://mill.example."),
    ("How long is the internship?", "The posting does not state a length."),
    ("And what do they pay?", "Bakers get 2,000 euros a month."),
    ("What does a loaf cost?", "A loaf is 4 dollars."),
    ("When is the deadline?", "Applications close on 1 May."),
]
LACKS = [
    ("Who swept the oven?", "| 13:02 | The oven is swept |"),
    ("Who wrote the note?", "The note was written in May."),
    ("How many bakers work at the mill?", "The mill employs bakers."),
    ("How many weeks does the Day 1 course take?", "The Day 1 course is for new bakers."),
    ("How far is the mill?", "The mill is by the river."),
    ("What GPA is needed?", "Good marks are needed."),
    ("How long does the dough rest?", "The dough rests under a cloth."),
    ("How often is the oven swept?", "The oven is swept with a broom of twigs."),
    ("In which year was the mill built?", "The mill was built of stone in 3 parts."),
    ("Which month is the fair?", "The fair lasts four days."),
    ("What day is the fair?", "The fair is loud."),
    ("When was the mill built?", "The mill was built of stone."),
    ("What is the notice period?", "Bakers are told beforehand."),
    ("How much does a loaf cost?", "A loaf weighs 2 kg."),
    ("What is the salary of a baker in Turin?", "A baker in Turin rises early."),
    ("Which city hosts the Rye Fair?", "The Rye Fair is held by the river."),
    ("At which university did Ada study?", "Ada wrote a book on bread."),
    ("What is the e-mail address of the mill?", "The mill is at 3 River Lane."),
    ("what do the bakers earn", "The bakers bake rye at night."),
    ("What does the mill charge per hour?", "The mill grinds rye."),
    ("When is the application deadline for bakers?", "The bakers are asked for while others sleep."),
]
SAYS_NOTHING = [
    "What do bakers look for?",
    "Why is rye dark?",
    "What is the cost of living made of?",
    "What happens when the oven is cold?",
    "What do bakers pay attention to?",
    "What do bakers have to pay for?",
    "What does a rise in pay change?",
    "What school of thought is this?",
    "Who bakes?",
    "How much does it help?",
    "",
]


@pytest.mark.parametrize(("question", "answer"), HOLDS)
def test_what_holds_the_kind(question, answer):
    assert holds_kind(question, answer) > 0


@pytest.mark.parametrize(("question", "answer"), LACKS)
def test_what_lacks_it(question, answer):
    assert holds_kind(question, answer) == 0


@pytest.mark.parametrize("question", SAYS_NOTHING)
def test_a_question_whose_form_says_nothing(question):
    assert holds_kind(question, "The mill is by the river.") == 1


@pytest.mark.parametrize(
    ("question", "answer", "held"),
    [
        ("How many loaves does the mill bake?", "It bakes 300 loaves a day.", True),
        ("How many loaves does the mill bake?", "Of the 300 dark rye loaves none is left.", True),
        ("How many rye loaves are there?", "There are twelve bakers.", False),
        ("How many bakeries are there?", "One bakery is left.", True),
        ("how many people bake", "Five bakers bake.", True),
        ("how many mills are there", "M5 stands for five words.", False),
        ("How many does the mill bake?", "It bakes 300 loaves a day.", True),
        ("How many visitors came to the mill?", "The open day on 13 July 2025 drew 260 visitors.", True),
    ],
)
def test_a_number_may_count_something_else(question, answer, held):
    assert holds_kind(question, answer) == 1 if held else 0 < holds_kind(question, answer) < 1


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
    assert is_of_another_kind(parse_question(question).kinds, sentence, "Baking")


@pytest.mark.parametrize(("question", "sentence"), OF_THE_SAME_KIND)
def test_a_sentence_that_is_not_about_another_kind_of_thing(question, sentence):
    assert not is_of_another_kind(parse_question(question).kinds, sentence, "Baking")


def test_what_stands_above_a_sentence_says_its_kind_too():
    asked = parse_question("How long is a part-time course?").kinds
    assert not is_of_another_kind(asked, "It takes as long as two full-time ones.", "Part-time courses")


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
    assert is_of_another_year(parse_question(question).years, sentence, "The guild")


@pytest.mark.parametrize(("question", "sentence"), NOT_ANOTHER_YEAR)
def test_a_sentence_that_is_not_about_another_year(question, sentence):
    assert not is_of_another_year(parse_question(question).years, sentence, "The guild")


def test_what_stands_above_a_sentence_says_its_year_too():
    assert not is_of_another_year(parse_question("Who led the guild in 1877?").years, "Ana led it as in 1870.", "The guild in 1877")


def test_the_heading_right_above_says_what_kind_a_sentence_is_about_that_does_not():
    asked = parse_question("What are the preferred qualifications?").kinds
    assert is_of_another_kind(asked, "Three years of baking.", "Baker > Basic qualifications", "Basic qualifications")
    assert not is_of_another_kind(asked, "Three years of baking.", "Baker > Preferred qualifications", "Preferred qualifications")
    assert not is_of_another_kind(asked, "Preferred: three years of baking.", "Baker > Basic qualifications", "Basic qualifications")


@pytest.mark.parametrize(
    ("question", "sentence", "another"),
    [
        ("How many lamps has the P3-60?", "The P3-25 has three lamps.", True),
        ("When was release 4.17.0 baked?", "Release 4.18.0 was baked at noon.", True),
        ("What were the sales in Q3?", "In Q2 the sales were 300.", True),
        ("How many lamps has the P3-60?", "The P3-25 and the P3-60 have three lamps.", False),
        ("How many lamps has the P3-60?", "The P3-25 to P3-80 have three lamps.", False),
        ("How many lamps has the P3-60?", "It has three lamps, and an E11 fuse.", False),
        ("How many lamps are there?", "The P3-25 has three lamps.", False),
    ],
)
def test_a_sentence_about_another_model_or_version(question, sentence, another):
    assert is_of_another_code(parse_question(question).codes, sentence, "Ovens") == another
    assert not is_of_another_code(parse_question(question).codes, sentence, "Ovens P3-60 4.17.0 in Q3")

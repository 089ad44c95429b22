"""What an answer cannot do without, by the form of its question."""

import pytest

from rag.kinds import holds_kind

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

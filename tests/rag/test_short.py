"""Which words of a sentence are shown in bold as the fact that was asked for, and where none are."""

from dataclasses import replace

import pytest

from rag.gate.polarity import read_words
from rag.question import parse_question
from rag.reader import Span
from rag.short import answer_words, short_answer
from rag.units import Unit
from rag.words import QuestionWords


def read(text, words, *, score=5.0):
    """A sentence in which the reader takes these words for the answer."""
    start = 7 + text.index(words)
    return Unit("d", 7, 7 + len(text), text, "Bakery", (), score=1.0, answer=Span(score, start, start + len(words)))


def short(question, text, words, *, score=5.0, unknown=()):
    weights = {word.stem: 1.0 for word in read_words(question) if word.content}
    unit = short_answer([read(text, words, score=score)], parse_question(question), QuestionWords(weights, tuple(unknown)))
    return answer_words(unit) if unit else None


SHOWN = [
    ("When did she begin to work here?", "She has worked here since 1999.", "1999", "1999"),
    ("How much is a loaf?", "A loaf is 4 euros, and a roll is 1 euro.", "4 euros", "4 euros"),
    (
        "How long is the walk?",
        "The walk to the mill is 2 km, about half an hour in good weather.",
        "2 km, about half an hour",
        "about half an hour",
    ),
    ("How long does the dough rest?", "The dough rests for two days and a night.", "two days and a night", "two days and a night"),
    ("How many bakers are there?", "There are between 5 and 10 bakers at the mill in summer.", "between 5 and 10", "between 5 and 10"),
    ("How often is the oven swept?", "The oven is swept three times a week by the apprentice.", "three times a week", "three times a week"),
    ("How much is the Plus plan?", "The Basic plan costs 24.90 a month, the Plus plan 34.90.", "34.90", "34.90"),
    ("When did Ana Ferreira die?", "Ana Ferreira (1920–1999) ran the mill for forty years.", "1999", "1999"),
    ("When was the mill founded?", "The mill was established in 1999 by the guild.", "1999", "1999"),
    ("Who is the treasurer?", "Present: Ana Ferreira (chair), Joon Park (treasurer), Mika Salo (secretary).", "Ana Ferreira", "Joon Park"),
    ("How long is the walk?", "The walk takes 2 h 15 min in good weather and light wind.", "2 h 15 min", "2 h 15 min"),
    ("How many members paid?", "Fees for the year were paid by 41 of 46 members.", "41 of 46", "41 of 46"),
    ("Who owns the mill?", "The mill belongs to Ana Ferreira, who bought it in 1999.", "Ana Ferreira", "Ana Ferreira"),
    ("How many mills did the Bread Guild own in 1820?", "In 1820 the Bread Guild owned 14 mills, which is few.", "14", "14"),
    # the value of the clause that is asked about, where the reader took another
    ("How many cellar keys are there?", "We get four door keys, two letterbox keys and one cellar key.", "four", "one"),
    ("How long is the final exam?", "The midterm exam takes 75 minutes, the final exam 120 minutes.", "75 minutes", "120 minutes"),
    (
        "How long is the warranty of the D20?",
        "The D12 has a warranty of two years, and the D20 has a warranty of three years.",
        "two years",
        "three years",
    ),
    # a number with its unit
    ("How much water does it hold?", "The water tank of the steamer holds 1.8 litres in all.", "1.8", "1.8 litres"),
    ("How much is a cake?", "A cake costs £12 at the counter of the mill.", "12", "£12"),
]
NOT_SHOWN = [
    ("Who will be the new miller?", "The miller Joon Park will retire in June after twenty years.", "Joon Park"),
    ("When did Ana Ferreira die?", "He died in 1961, three years after Ana Ferreira had left the mill.", "1961"),
    ("Where in Lund is the bakery?", "The bakery of the guild has been in Lund for years.", "in Lund"),
    ("How much is a loaf for members?", "A loaf is 4 euros, for members it is 3 euros.", "4 euros"),
    ("How much do children pay?", "Tickets cost 15 euros for adults; children under 12 enter free.", "15 euros"),
    ("Who owns the mill now?", "Built by Ana Ferreira, the mill is now owned by Joon Park and Mika Salo.", "Ana Ferreira"),
    ("How much is a roll?", "A loaf is 4.90 a piece, a roll 1.20 and a cake 14.90.", "4.90 a piece, a roll 1.20"),
    ("How many eggs are in the cake?", "Beat the butter and add the eggs one at a time.", "one"),
    ("How many loaves may I take?", "Take half a loaf, up to three times a day.", "three"),
    ("How much is the baker's rate?", "The baker can be reached at 555-0199 on weekdays.", "555-0199"),
    ("When did she begin to work here?", "She has worked here since 1999.", "worked"),
    ("When was Ana Ferreira born?", "Ana Ferreira married a miller in 1999.", "1999"),
    ("How many languages did she speak?", "Her book on bread was translated into seven languages.", "seven"),
    ("How much was the bill in 2023?", "The bill rose to 890 euros from 760 in 2023.", "890 euros from 760"),
    ("Who is the owner?", "Present: Ana Ferreira (chair), Joon Park (treasurer).", "Ana Ferreira"),
    ("Who is the baker?", "The deputy baker of the mill is Ana Ferreira.", "Ana Ferreira"),
    ("How many classes are there?", "The school has 312 pupils in 14 classes.", "312 pupils in 14"),
    ("How many suitcases may I take?", "You may take two suitcases of 20 kg on board.", "20 kg"),
    ("How long does the Hygiene programme take?", "Delay starts the programme up to 24 hours later.", "24 hours"),
    ("Why does she work here?", "She has worked here since 1999.", "1999"),
    ("When did she begin to work here?", "She has worked here since 1999.", "She has worked here since 1999"),
]


@pytest.mark.parametrize(("question", "text", "words", "shown"), SHOWN)
def test_a_short_answer(question, text, words, shown):
    assert short(question, text, words) == shown


@pytest.mark.parametrize(("question", "text", "words"), NOT_SHOWN)
def test_no_short_answer(question, text, words):
    assert short(question, text, words) is None


def test_none_where_another_sentence_has_more_of_the_question():
    question = parse_question("How long does unopened jam keep?")
    weights = QuestionWords({word.stem: 1.0 for word in read_words(question.text) if word.content}, ())
    best = read("After that use the jam within four weeks.", "four weeks")
    other = read("Unopened jars keep for two years.", "two years")
    other = replace(other, start=100, end=133, score=0.9)
    assert short_answer([best], question, weights)
    assert short_answer([other, best], question, weights) is None
    assert short_answer([replace(other, score=0.5), best], question, weights)


def test_none_where_the_reader_is_not_sure_or_a_word_of_the_question_stands_nowhere():
    asked = ("When did she begin to work here?", "She has worked here since 1999.", "1999")
    assert short(*asked, score=-1.0) is None
    assert short(*asked, unknown=["begin"]) is None
    assert short_answer([], parse_question(asked[0]), QuestionWords({}, ())) is None


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("three to six months (3-6 months", "three to six months (3-6 months)"),
        ("six months (3", "six months"),
        ("(3-6 months)", "(3-6 months)"),
        ("six months", "six months"),
    ],
)
def test_no_bracket_is_left_open(found, shown):
    assert answer_words(read("It runs for three to six months (3-6 months) a year.", found)) == shown


def cell(question, text, columns, *beside):
    """What is shown in bold of a row, with other rows of its table beside it."""
    weights = {word.stem: 1.0 for word in read_words(question) if word.content}
    rows = [Unit("d", 100 * n, 100 * n + len(row), row, "Bakery", (), "item", columns=columns) for n, row in enumerate((text, *beside))]
    best = replace(rows[0], score=1.0)
    unit = short_answer([best, *rows[1:]], parse_question(question), QuestionWords(weights, ()))
    return answer_words(unit) if unit else None


YEARS, PLANS, PRICES = ("Item", "2021", "2022"), ("Plan", "Price", "Storage"), ("Item", "Price")
CELLS = [
    ("What were the sales in 2022?", "Sales | 300 | 412", YEARS, "412"),
    ("What is the storage of the Basic plan?", "| Basic | 4 euros | 10 GB |", PLANS, "10 GB"),
    ("How much is a loaf?", "Loaf | 4 euros", PRICES, "4 euros"),
    ("How much is a day ticket for members?", "Item: day ticket; Adults: 4 euros; Members: 3 euros", (), "3 euros"),
    (
        "How many lessons has the swimming course?",
        "Course: swimming; Adults: 120 euros; Members: 100 euros; Time: 10 lessons",
        (),
        "10 lessons",
    ),
    ("Who is the deputy head?", "Rafiq Chowdhury | Deputy head | Room 2", ("Name", "Role", "Room"), "Rafiq Chowdhury"),
    ("When does the summer term end?", "Summer | 13 April | 21 July", ("Term", "Begins", "Ends"), "21 July"),
    ("What does E7 mean?", "| E7 | Tank is empty | Fill the tank |", ("Code", "Meaning", "What to do"), "Tank is empty"),
    ("What should I do about E7?", "| E7 | Tank is empty | Fill the tank |", ("Code", "Meaning", "What to do"), "Fill the tank"),
    ("What does the Plus plan cost?", "Plus | 9 euros | 100 GB", PLANS, "9 euros"),
    ("When is it open on Saturday?", "Saturday | 9 to 13", ("Day", "Hours"), "9 to 13"),
    ("What is the price of a loaf?", "Loaf | 4 euros", PRICES, "4 euros"),
]
NO_CELL = [
    ("What is the price of a yearly ticket?", "Item: day ticket; Price: 4 euros; Members: 3 euros", ()),
    ("How did the sales develop?", "Sales | 300 | 412", YEARS),
    ("What were the sales in 2021 and 2022?", "Sales | 300 | 412", YEARS),
    ("Which plan has the most storage?", "Plus | 9 euros | 100 GB", PLANS),
    ("What storage do I get?", "Plus | 9 euros | 100 GB", PLANS),
    ("How much is a loaf?", "Loaf | ask the baker", PRICES),
    ("How much is a loaf?", "Loaf | 4 euros | sold out", PRICES),
]


@pytest.mark.parametrize(("question", "row", "columns", "shown"), CELLS)
def test_the_cell_that_is_asked_for(question, row, columns, shown):
    assert cell(question, row, columns) == shown


@pytest.mark.parametrize(("question", "row", "columns"), NO_CELL)
def test_no_cell(question, row, columns):
    assert cell(question, row, columns) is None


def test_no_cell_where_another_row_is_as_near():
    question = "What is the price of the rye loaf?"
    assert cell(question, "Rye bread | 4 euros", PRICES, "Rye roll | 1 euro") is None
    assert cell(question, "Rye loaf | 4 euros", PRICES, "Rye roll | 1 euro") == "4 euros"
    assert cell("What do a loaf and a roll cost?", "Loaf | 4 euros", PRICES, "Roll | 1 euro") is None

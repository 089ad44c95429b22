"""What a word of a question meant that stands nowhere in the documents."""

import pytest

from rag.spelling import correct_spelling


def test_an_empty_library_corrects_nothing(library):
    assert correct_spelling("Which pretzzels?", library) == "Which pretzzels?"


@pytest.mark.parametrize(
    ("question", "corrected"),
    [
        ("Which pretzles are sold?", "Which pretzels are sold?"),  # a transposition is one edit
        ("Which pretzls are sold?", "Which pretzels are sold?"),
        ("Is focacia sold?", "Is focaccia sold?"),
        ("Is fokakcia sold?", "Is focaccia sold?"),  # eight letters, two edits
        ("Who is Margurite?", "Who is marguerite?"),
        ("Where is the celar?", "Where is the cellar?"),
    ],
)
def test_a_misspelt_word_is_corrected(bakery, question, corrected):
    assert correct_spelling(question, bakery) == corrected


@pytest.mark.parametrize(
    "question",
    [
        "Where is the cellar?",  # known
        "How are ovens heated?",  # known by its stem
        "Is a ppetzls sold?",  # seven letters but more than one edit
        "Is it DOUHG?",  # capitals: a name
        "Is it d0ugh?",  # a digit
        "Is the ryo dark?",  # three letters
        "Who wrote it?",  # English words, whatever is near them
        "Is the board stored?",
        "Is the house open?",
        "Zeppelin?",
        "",
    ],
)
def test_other_words_are_left_alone(bakery, question):
    assert correct_spelling(question, bakery) == question


def test_an_irregular_form_is_not_corrected_to_another_word(library, write_file):
    library.add([write_file("letters.md", "# Letters\n\nApprentices write and drive, sing and begin at dawn.\n")])
    for question in ("Who wrote letters?", "Who drove?", "Who sang?", "Who began?", "Who had written?"):
        assert correct_spelling(question, library) == question


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("Is there wifi?", "Is there Wi-Fi?"),
        ("Is there WiFi?", "Is there Wi-Fi?"),
        ("May I send an e-mail?", "May I send an email?"),
        ("Is the guesthouse open?", "Is the guest house open?"),
        ("Where is the wife?", "Where is the wife?"),
        ("Is there a mower?", "Is there a mower?"),  # no slip for "power": nobody slips in the first letter
    ],
)
def test_what_is_written_together_or_apart_is_found(library, write_file, question, written):
    library.add([write_file("house.md", "# House\n\nThe guest house has Wi-Fi and power. My wife answers each email.\n")])
    assert correct_spelling(question, library) == written


def test_the_commonest_of_equally_near_words_is_taken(library, write_file):
    library.add(
        [
            write_file("a.md", "# A\n\nThe gantrok hums.\n"),
            write_file("b.md", "# B\n\nThe gantrox hums. The gantrox stands.\n"),
        ]
    )
    assert correct_spelling("gantrol?", library) == "gantrox?"

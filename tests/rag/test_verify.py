import csv
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rag import Answer, Assistant
from rag.config import AnswerSettings
from rag.gate.verify import check_sentence, check_sentences, verify_answer
from rag.records import Citation, Sentence

with (Path(__file__).parents[1] / "data" / "verify_pairs.tsv").open(encoding="utf-8") as file:
    PAIRS = list(csv.DictReader(file, delimiter="\t"))
KNOWN_MISSES = {
    "Written notice is not valid.",
    "Let the bread rest for 35 minutes.",
    "Mia Olsen won the race ahead of Ruth Cheruiyot.",
    "Ruth Cheruiyot of Norway won the race.",
    "A member writes to the treasurer, Tom Reyes.",
}
TEA = "# Tea\n\nGreen tea is brewed for four minutes.\n"


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["sentence"])
def test_pairs(pair):
    """What is expected to be supported may be weak: it is only never refused."""
    check = check_sentence(pair["sentence"], [pair["quote"]])
    refused = check.verdict == "unsupported"
    if pair["sentence"] in KNOWN_MISSES:
        pytest.xfail("known to be missed")
    assert refused == (pair["expected"] == "unsupported"), check.problems
    assert bool(check.problems) == (check.verdict != "supported")


def test_the_pairs_are_many_and_mixed():
    expected = Counter(pair["expected"] for pair in PAIRS)
    assert len({(pair["quote"], pair["sentence"]) for pair in PAIRS}) == len(PAIRS) >= 150
    assert min(expected.values()) >= 70


@pytest.mark.parametrize(
    ("sentence", "quote", "kind", "what"),
    [
        ("It lasts 12 weeks.", "It lasts ten weeks.", "number", "12 weeks is not in the cited words"),
        ("It lasts 12 weeks.", "It lasts 10 to 12 weeks.", "number", "12 weeks is only one end of 10 to 12 weeks"),
        ("It began on 3 May 2021.", "It began on 3 May 2020.", "date", "3 May 2021 is not in the cited words"),
        ("It was led by Kim.", "It was led by Lee.", "name", "Kim is not in the cited words"),
        ("The room is heated.", "The room is not heated.", "negation", "the cited words deny “heated”"),
        ("Prices increased.", "Prices fell.", "comparison", "“increased” stands against “fell” in the cited words"),
        ("Anna pays Boris.", "Boris pays Anna.", "words", "the cited words have “boris” and “anna” the other way round"),
    ],
)
def test_says_why(sentence, quote, kind, what):
    check = check_sentence(sentence, [quote])
    assert check.verdict == "unsupported"
    assert (kind, what) in [(problem.kind, problem.what) for problem in check.problems]


def test_marks_are_no_words():
    assert check_sentence("- **12 weeks.** The internships last `12` weeks. [1]", ["The internships last 12 weeks."]).verdict == "supported"


def test_a_short_answer_before_its_sentence_must_be_cited_too():
    assert check_sentence("**10 weeks.** The internships last 12 weeks. [1]", ["The internships last 12 weeks."]).verdict == "unsupported"


def test_names_and_years_may_stand_in_title_or_heading():
    quote = "He died in March, in a city far from home."
    assert check_sentence("Chopin died in March 1849.", [quote]).verdict == "unsupported"
    assert check_sentence("Chopin died in March 1849.", [quote], ["Frédéric Chopin", "The year 1849"]).verdict != "unsupported"


def test_words_of_several_quotes():
    assert (
        check_sentence("The fee is 40 euros and is paid in March.", ["The fee is 40 euros.", "The fee is paid in March."]).verdict
        == "supported"
    )


def test_a_piece_whose_negation_is_left_out():
    assert check_sentence("Guests are served.", ["No guests are served."]).verdict == "unsupported"


def test_the_very_words_are_supported_however_long():
    quote = "Tea is brewed for four minutes. " * 1000
    assert check_sentence(quote, [quote]).verdict == "supported"
    assert check_sentence(quote.replace("four", "five"), [quote]).verdict == "unsupported"


LETTERS = st.text(alphabet="abcdefghij ", min_size=1, max_size=20)


@settings(deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=8), st.data())
def test_any_run_of_whole_words_is_supported(pieces, data):
    words = " ".join(pieces).split()
    assume(words)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert check_sentence(" ".join(words[start:end]), [" ".join(words)]).verdict == "supported"


@settings(deadline=None)
@given(LETTERS, st.integers(2, 999_999), st.sampled_from(["weeks", "kg", "euros", "%", "people", "metres"]), st.data())
def test_another_digit_is_never_supported(before, number, unit, data):
    digits = str(number)
    at = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([digit for digit in "123456789" if digit != digits[at]]))
    quote = f"{before} it has {number} {unit} in all"
    assert check_sentence(quote.replace(digits, digits[:at] + other + digits[at + 1 :]), [quote]).verdict == "unsupported"


@settings(deadline=None)
@given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=3), st.lists(st.text(max_size=50), max_size=2))
def test_any_text_is_judged(sentence, quotes, context):
    check_sentence(sentence, quotes, context)


@pytest.mark.parametrize(
    "piece", ["1,", "five and ", "1 ", "May ", "a", " ", "12 weeks to ", "not ", "Anna ", "from A to ", "**", "\\", "3/3/", "A.B."]
)
def test_long_texts_take_no_long_time(piece):
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    check_sentence(text, [text[1:]])
    check_sentence(text[:2999], [text[1:9990]])
    assert time.process_time() - start < 10


@pytest.fixture
def answer(library, write_file):
    assistant = Assistant(library, AnswerSettings(threshold=0.0, reader="none"))
    assistant.add(write_file("tea.md", TEA))
    return assistant.answer("How long is green tea brewed?")


def kinds(answer: Answer, library):
    return [{problem.kind for problem in check.problems} for check in check_sentences(answer, library)]


def test_an_answer_in_the_words_of_its_documents_is_supported(answer, library):
    verified = verify_answer(answer, library)
    assert verified.sentences
    assert verified == answer


def test_another_number_is_not(answer, library):
    wrong = answer.model_copy(update={"sentences": (Sentence(text="Green tea is brewed for five minutes.", citations=(1,)),)})
    assert [sentence.verdict for sentence in verify_answer(wrong, library).sentences] == ["unsupported"]
    assert kinds(wrong, library) == [{"number"}]


def test_a_short_answer_must_be_in_the_very_words(answer, library):
    short = answer.model_copy(update={"sentences": (Sentence(text="4 minutes", citations=(1,), kind="short"),)})
    assert kinds(short, library) == [{"words"}]


def changed(answer: Answer, **update):
    citation: Citation = answer.citations[0].model_copy(update=update)
    return answer.model_copy(update={"citations": (citation, *answer.citations[1:])})


def test_citations_must_be_true(answer, library):
    first = answer.citations[0]
    assert kinds(changed(answer, start=first.start + 1), library)[0] == {"quote"}
    assert kinds(changed(answer, sha256="0" * 64), library)[0] == {"document"}
    assert kinds(changed(answer, document_id="other"), library)[0] == {"document"}
    elsewhere = tuple(passage.model_copy(update={"document_id": "other"}) for passage in answer.passages)
    assert kinds(answer.model_copy(update={"passages": elsewhere}), library)[0] == {"document"}
    assert kinds(answer.model_copy(update={"sentences": (Sentence(text=first.quote, citations=(9,)),)}), library)[0] >= {"document"}
    assert kinds(answer.model_copy(update={"sentences": (Sentence(text=first.quote),)}), library)[0] >= {"document"}


def test_a_refusal_has_nothing_to_check(answer, library):
    refusal = answer.model_copy(update={"sentences": (), "citations": (), "abstained": True})
    assert verify_answer(refusal, library) == refusal

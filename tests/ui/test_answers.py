import pytest

from rag.records import Difference, DifferenceSide, Sentence
from tests.ui.conftest import QUOTE, SECOND
from ui.answers import answer_body, whole_answer_markup
from ui.markup import words_in_turn
from ui.reference import Reference

ONE = Reference(1, "0123456789abcdef", 0, 5, "0123456789ab")
TWO = Reference(2, "0123456789abcdef", 6, 9, "0123456789ab")
SIDES = (
    DifferenceSide(value="10 <b>weeks</b>", title="Guide *a*", date="2024-01-01", citation=1),
    DifferenceSide(value="12", title="B", citation=2),
)
DIFFER = "The documents differ: **10** (Guide, 2024-01-01) [1] or **12** (B) [2]"


def judged(answer, *verdicts):
    pairs = zip(answer.sentences, verdicts, strict=True)
    return answer.model_copy(update={"sentences": tuple(sentence.model_copy(update={"verdict": verdict}) for sentence, verdict in pairs)})


def test_a_supported_answer_has_no_notes(make_answer):
    assert "verdict" not in whole_answer_markup(make_answer("?", QUOTE, SECOND), [ONE, TWO])


@pytest.mark.parametrize("verdict, note", [("weak", "partly supported"), ("unsupported", "not supported")])
def test_a_note_stands_behind_the_sentence_and_its_chip(make_answer, verdict, note):
    markup = whole_answer_markup(judged(make_answer("?", QUOTE, SECOND), verdict, "supported"), [ONE, TWO])
    before, after = markup.split(f'">{note}</span>')
    assert before.count("<a ") == 1 and f'<span class="verdict {verdict}" role="note" title="The cited words' in before
    assert after.startswith(f" {SECOND}<a ")
    assert words_in_turn(markup) == f"{QUOTE} {SECOND}"


def test_a_short_answer_in_bold_and_its_sentence_have_their_own_notes(make_answer):
    answer = make_answer("?", QUOTE).model_copy(
        update={
            "text": f"**25 days** [1]\n\n{QUOTE} [1]",
            "sentences": (Sentence(text="25 days", citations=(1,), kind="short"), Sentence(text=QUOTE, citations=(1,), verdict="weak")),
        }
    )
    markup = whole_answer_markup(answer, [ONE])
    assert markup.startswith("**25 days**<a ") and "</a>\n\nFull-time" in markup
    assert markup.endswith(">partly supported</span>")


def test_a_sentence_that_is_not_found_in_the_text_is_noted_at_the_end(make_answer):
    answer = make_answer("?", QUOTE)
    markup = whole_answer_markup(answer.model_copy(update={"sentences": (Sentence(text="Else <i>x</i>.", verdict="unsupported"),)}), [ONE])
    assert "<li>Else &lt;i&gt;x&lt;/i&gt;. <span" in markup


def test_differences_stand_side_by_side_and_not_in_the_text_too(make_answer):
    answer = make_answer("?", QUOTE)
    answer = answer.model_copy(update={"text": f"{answer.text}\n\n{DIFFER}", "differences": (Difference(sides=SIDES),)})
    markup = whole_answer_markup(answer, [ONE, TWO])
    assert answer_body(answer) == f"{QUOTE} [1]"
    assert markup.count("The documents differ") == 1 and markup.count("<li>") == 2
    assert "<strong>10 &lt;b&gt;weeks&lt;/b&gt;</strong><a class" in markup
    assert "<p>Guide &#42;a&#42;</p> <p>2024-01-01</p>" in markup and "<p>B</p> <p>no date</p>" in markup
    assert words_in_turn(markup).endswith("The documents differ: 10 <b>weeks</b> Guide *a* 2024-01-01 12 B no date")


def test_what_is_not_answered_is_shown_as_a_list(make_answer):
    answer = make_answer("?", QUOTE)
    answer = answer.model_copy(update={"text": f"{answer.text}\n\nNot found in the documents: Why <b>?", "missing": ("Why <b>?",)})
    markup = whole_answer_markup(answer, [ONE])
    assert markup.endswith("<p>Not found in the documents:</p> <ul><li>Why &lt;b&gt;?</li></ul></div>")
    assert markup.count("Not found in the") == 1


def test_a_text_without_such_paragraphs_is_kept_whole(make_answer):
    answer = make_answer("?", QUOTE).model_copy(update={"missing": ("Why?",), "differences": (Difference(sides=SIDES),)})
    assert answer_body(answer) == f"{QUOTE} [1]"

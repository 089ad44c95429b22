from tests.ui.conftest import QUOTE, SECOND
from ui.footnotes import with_footnotes, without_footnotes


def test_each_citation_has_a_footnote_and_they_come_off_again(make_answer):
    answer = make_answer("?", QUOTE, SECOND)
    text = with_footnotes(answer)
    lines = text.removeprefix(f"{QUOTE} [1] {SECOND} [2]\n\n---\n\n").split("\n\n")
    assert [line[:24] for line in lines] == ["[1] Employee Handbook · ", "[2] Employee Handbook · "]
    assert lines[1].endswith(f": “{SECOND}”")
    assert without_footnotes(text) == answer.text


def test_a_quote_is_one_line_in_which_nothing_comes_to_life(make_answer):
    answer = make_answer("?", QUOTE)
    hostile = answer.citations[0].model_copy(update={"quote": "![x](http://a/b)\n\n<script>", "title": "[y](z)"})
    last = with_footnotes(answer.model_copy(update={"citations": (hostile,)})).split("\n\n")[-1]
    assert last.startswith(r"[1] \[y\](z) · ")
    assert last.endswith(r": “\!\[x\](http://a/b) \<script\>”")


def test_a_line_of_another_kind_stays():
    assert without_footnotes("One.\n\n---\n\nTwo.") == "One.\n\n---\n\nTwo."


def test_a_refusal_has_none(make_answer):
    assert with_footnotes(make_answer("?")) == make_answer("?").text

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.conftest import QUOTE, SECOND, passage
from ui.markup import answer_markup, escape_inline, plain_text, rate_markup, refusal_markup, safe_markdown, searched_line, words_in_turn
from ui.reference import MARK, Reference

ONE = Reference(1, "0123456789abcdef", 0, 5, "0123456789ab", 1, 2, 50)
TAG = re.compile(r"<[A-Za-z/!?]")

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<IMG SRC=//evil.invalid/x.png>",
    "</div></div><iframe src=https://evil.invalid>",
    "<!-- <svg onload=alert(1)> -->",
    "<form action=https://evil.invalid><input></form>",
    "`` ` `` <b onclick=alert(1)>x</b>",
    "```\n<style>*{display:none}</style>",
    "&lt;script&gt;",
    "<?php phpinfo(); ?>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_tag_survives(text):
    assert not TAG.search(safe_markdown(text))
    assert not TAG.search(escape_inline(text))


@pytest.mark.parametrize("text", ["![x](https://evil.invalid/x.png)", "![x][1]", "![](data:image/svg+xml,x)"])
def test_no_image_survives(text):
    assert not re.search(r"(?<!\\)!\[|!\[", safe_markdown(text))


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "#cite=1", " javascript:x", "JAVASCRIPT:x"]
)
def test_only_links_to_the_web_survive(target):
    assert f"[x\\]({target})" in safe_markdown(f"[x]({target})")


def test_what_turns_writing_around_is_shown():
    assert safe_markdown("pay \u202e001\n\x07") == "pay ⟨U+202E⟩001\n⟨U+0007⟩"
    assert escape_inline("pay \u202e001\u200b") == "pay ⟨U+202E⟩001⟨U+200B⟩"


def test_what_is_harmless_stays_as_it_is():
    text = "R & D: a < b, 5 > 4, **bold**, `code`, [site](https://example.org), AT&T costs $5"
    assert safe_markdown(text).replace("&amp;", "&") == text


@given(st.text(alphabet=st.sampled_from("<>&;!/[]()#abltgm \n")))
def test_plain_text_is_the_inverse(text):
    assert plain_text(safe_markdown(text)) == text.replace("!\\[", "![")


def test_each_number_that_cites_becomes_a_chip():
    markup = answer_markup("It is so. [1] It is not. [2]", [ONE])
    assert markup == f'It is so.<a class="cite" role="button" href="{MARK}{ONE}">1</a> It is not. [2]'


def test_an_escaped_number_is_the_documents_own():
    assert answer_markup(r"As shown in \[1]. [1]", [ONE]).count("<a ") == 1


def test_says_what_was_searched(make_answer):
    line = searched_line(make_answer("How much leave?", QUOTE), 18)
    assert line == '<div class="searched">Searched 18 documents · 1 passage · 0.2 s</div>\n\n'


def test_names_what_was_chosen(make_answer):
    answer = make_answer("How much leave?", QUOTE).model_copy(update={"scope": ("a" * 16, "b" * 16)})
    line = searched_line(answer, 1800, ["Tides", '"<b>*Moon*'], gone=1)
    assert (
        'title="Tides, &quot;&lt;b&gt;&#42;Moon&#42;">Searched 2 of 1,800 documents · 1 passage · 0.2 s · 1 chosen document no longer'
        in line
    )
    assert "not in any chosen document: zebra" in searched_line(answer.model_copy(update={"unknown_words": ("zebra",)}), 3, ["Tides"])
    assert "<ul><li>Tides</li><li>&quot;&lt;b&gt;&#42;Moon&#42;</li></ul></details></div>" in line
    assert words_in_turn(f"{line}An answer.") == "An answer."


def test_an_answer_names_the_words_that_are_in_no_document(make_answer):
    line = searched_line(make_answer("How much leave do <b>dogs</b> get?", QUOTE).model_copy(update={"unknown_words": ("<b>", "dogs")}), 1)
    assert "· not in any document: &lt;b&gt;, dogs</div>" in line


def test_a_short_time_is_said_in_milliseconds(make_answer):
    answer = make_answer("?", QUOTE).model_copy(update={"timings": {"search": 41.6}})
    assert "· 42 ms<" in searched_line(answer, 2)


def test_says_what_was_searched_for_when_it_is_not_the_question(make_answer):
    line = searched_line(make_answer("And how long?", QUOTE, resolved="How long is <b>leave</b>?"), 1)
    assert "Searched for: <q>How long is &lt;b&gt;leave&lt;/b&gt;?</q><br>Searched 1 document ·" in line


def test_what_was_searched_for_can_be_changed(make_answer):
    line = searched_line(make_answer("And how long?", QUOTE, resolved="How long is leave?"), 1, exchange="x-1")
    assert '</q> <a role="button" title="Change what is searched for" href="#reword=x-1">Edit</a><br>' in line
    assert words_in_turn(f"{line}An answer.") == "An answer."
    assert "Edit" not in searched_line(make_answer("How long?", QUOTE), 1, exchange="x-1")


def test_a_refusal_names_unknown_words_and_the_nearest_passages(handbook, make_answer):
    near = passage(handbook).model_copy(update={"title": "<b>*Hand*</b>"})
    markup = refusal_markup(make_answer("?", unknown=("zebra", "<i>x</i>")), [(ONE, near)])
    assert "Not in any document: <strong>zebra</strong>, <strong>&lt;i&gt;x&lt;/i&gt;</strong>" in markup
    assert f'href="{MARK}{ONE}">&lt;b&gt;&#42;Hand&#42;&lt;/b&gt; › Annual leave</a>' in markup
    assert "\n" not in markup


def test_a_turn_can_be_read_without_its_chips(make_answer):
    answer = make_answer("And how long?", QUOTE, SECOND, resolved="How long?")
    markup = searched_line(answer, 3) + answer_markup(answer.text, [ONE]) + rate_markup("x-1")
    assert words_in_turn(markup) == f"{QUOTE} {SECOND} [2]"


def test_what_became_of_a_language_model_is_said(make_answer):
    answer = make_answer("How much leave?", QUOTE).model_copy(update={"withheld": 2, "notes": ("The model at <b>http</b> broke off.",)})
    line = searched_line(answer, 2)
    assert "2 sentences of the language model not shown" in line
    assert "<br>The model at &lt;b&gt;http&lt;/b&gt; broke off." in line

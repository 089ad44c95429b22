import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import sentence_spans

TEXTS = st.text(st.sampled_from('aZ9 .!?;:\n\t•-*\u3002é😀"(”“') | st.characters(exclude_categories=["Cs"]), max_size=80)


def sentences(text, **options):
    return [text[start:end] for start, end in sentence_spans(text, **options)]


def test_sentences_end_at_full_stops_but_not_at_abbreviations():
    text = "Dr. Okafor joined in May.  She leads the lab, e.g. its robots! Who else?"
    assert sentences(text) == ["Dr. Okafor joined in May.", "She leads the lab, e.g. its robots!", "Who else?"]


def test_offsets_are_into_the_whole_text():
    text = "Skip this. One. Two."
    assert sentence_spans(text, 11, len(text)) == [(11, 15), (16, 20)]


def test_inline_bullets_begin_sentences_and_stay_outside():
    assert sentences("We offer: • a desk • two days at home") == ["We offer:", "a desk", "two days at home"]


def test_inline_bullets_are_kept_on_request():
    assert sentences("We offer: • a desk • tea", keep_bullets=True) == ["We offer:", "• a desk", "• tea"]


def test_last_bullet_does_not_swallow_the_prose_behind_it():
    text = (
        "Perks include; • Free tea • Trainees may travel once a year About the team Trainees start in autumn. Desks vary. No remote work."
    )
    assert sentences(text) == [
        "Perks include;",
        "Free tea",
        "Trainees may travel once a year",
        "About the team",
        "Trainees start in autumn.",
        "Desks vary.",
        "No remote work.",
    ]


@pytest.mark.parametrize("marker", ["•", "-", "*", "–", "▪"])
def test_text_behind_a_leading_bullet_is_split(marker):
    assert sentences(f"{marker} It is warm. It is dry.") == ["It is warm.", "It is dry."]


def test_a_leading_number_is_no_sentence():
    assert sentences("1. Open the lid. Then pour.\n2. Close it.") == ["1. Open the lid.", "Then pour.", "2. Close it."]


def test_three_dashes_with_capitals_are_bullets_and_two_are_not():
    assert sentences("Tasks - Build arms - Test hands - Write reports") == ["Tasks", "Build arms", "Test hands", "Write reports"]
    assert sentences("Paris - Rome - by train") == ["Paris - Rome - by train"]
    assert sentences("Lisbon - Porto - Braga by bus") == ["Lisbon - Porto - Braga by bus"]


def test_dashes_outside_the_span_count_for_their_line():
    text = "Tasks - Build arms - Test hands - Write reports"
    start = text.index("- Test")
    assert sentences(text, start=start) == ["Test hands", "Write reports"]


def test_section_labels_are_sentences_of_their_own():
    text = "Every motor counts. Key job responsibilities You will wire them. A day in the life Each day begins early."
    assert sentences(text) == [
        "Every motor counts.",
        "Key job responsibilities",
        "You will wire them.",
        "A day in the life",
        "Each day begins early.",
    ]


def test_titles_that_run_into_a_sentence_are_cut_off():
    assert sentences("It is quiet. Work/Life Balance We value rest.") == ["It is quiet.", "Work/Life Balance", "We value rest."]
    assert sentences("It is quiet. Growth & Mentoring You’ll learn.") == ["It is quiet.", "Growth & Mentoring", "You’ll learn."]
    assert sentences("It is quiet. In Rome We sleep.") == ["It is quiet.", "In Rome We sleep."]


def test_blank_lines_and_list_lines_end_sentences():
    assert sentences("A title\n\nA line\nthat goes on\n- an item\n- another") == ["A title", "A line\nthat goes on", "an item", "another"]


def test_text_without_spaces_is_split_at_its_own_stops():
    assert sentences("犬は走る。猫は眠る。") == ["犬は走る。", "猫は眠る。"]


def test_emoji_do_not_shift_offsets():
    assert sentences("Hurray 🎉🎉! We won 🏆. Bye") == ["Hurray 🎉🎉!", "We won 🏆.", "Bye"]


@pytest.mark.parametrize("text", ["", "  \n ", "•", " • "])
def test_nothing_to_say(text):
    assert sentences(text) == []


@given(TEXTS)
def test_kept_spans_are_in_order_trimmed_and_hold_all_that_is_no_space(text):
    spans = sentence_spans(text, keep_bullets=True)
    assert all(a < b <= c < d for (a, b), (c, d) in zip(spans, spans[1:], strict=False))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


@given(TEXTS)
def test_spans_without_bullets_lie_inside_those_with(text):
    kept = sentence_spans(text, keep_bullets=True)
    assert all(any(a <= start < end == b for a, b in kept) for start, end in sentence_spans(text))


def test_lines_that_begin_with_a_label_are_apart():
    text = "Start: 1 March\n**Deposit:** 900 euros\nMonthly rent: 980 euros\nand nothing else"
    assert [text[slice(*span)] for span in sentence_spans(text)] == [
        "Start: 1 March",
        "**Deposit:** 900 euros",
        "Monthly rent: 980 euros\nand nothing else",
    ]
    wrapped = "What we found is told in the next part of this\nReport: it is short."
    assert len(sentence_spans(wrapped)) == 1

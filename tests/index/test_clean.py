import pytest

from index.clean import find_byline, find_removed
from index.structure import parse_blocks

PROSE = "The harbour opens at six and closes when the last boat is in, which in summer may be after ten at night. " * 2


def removed(text, *, markdown=False):
    spans, _ = find_removed(text, parse_blocks(text, markdown=markdown))
    assert all(a.end <= b.start for a, b in zip(spans, spans[1:], strict=False))
    return [(span.reason, text[span.start : span.end]) for span in spans]


def kept(text):
    return [text[block.start : block.end] for block in find_removed(text, parse_blocks(text, markdown=False))[1]]


def test_a_credit_takes_the_caption_above_it():
    text = f"A boat at the pier\nThe pier in May.\nCourtesy of Ana Sousa\n\n{PROSE}"
    assert removed(text) == [("caption", "A boat at the pier"), ("caption", "The pier in May."), ("caption", "Courtesy of Ana Sousa")]


@pytest.mark.parametrize(
    "line", ["Photo by Ana Sousa", "Photo: Ana Sousa / Agency", "Getty Images", "Image credit: Ana Sousa", "Credit: Ana"]
)
def test_credits(line):
    assert removed(f"{line}\n\n{PROSE}") == [("caption", line)]


@pytest.mark.parametrize("line", ["Credits: 6", "Photosynthesis needs light", "Image: ubuntu-24.04", "Creditors meet on Monday"])
def test_lines_that_only_look_like_credits(line):
    assert removed(f"{line}\n\n{PROSE}") == []


def test_a_credit_at_the_end_of_many_lines_takes_itself_only():
    text = "One of\nmany lines\nof a poem\nthat goes on\nPhoto by Ana Sousa\n\n" + PROSE
    assert removed(text) == [("caption", "Photo by Ana Sousa")]


def test_a_lone_picture_description_is_a_caption():
    alt = "Ana Sousa is seen on a pier, and a boat is shown in the background"
    assert removed(f"{alt}\n\n{PROSE}") == [("caption", alt)]


def test_a_label_takes_the_short_lines_under_it():
    text = f"{PROSE}\n\nRelated content\nHow a pilot learned the tides.\n\nThe text goes on here."
    assert removed(text) == [("label", "Related content"), ("teaser", "How a pilot learned the tides.")]
    assert kept(text)[-1] == "The text goes on here."


def test_a_label_at_the_end_of_a_list_item_is_cut_off_it():
    text = "• Rope\n• Anchor\nRead more\nWhy anchors hold.\n\nThe text goes on here."
    assert removed(text) == [("label", "Read more"), ("teaser", "Why anchors hold.")]
    assert kept(text) == ["• Rope", "• Anchor", "The text goes on here."]


def test_long_text_under_a_label_is_no_teaser():
    assert removed(f"See also\n{PROSE * 2}") == [("label", "See also")]


def test_code_is_never_removed():
    assert removed("```\nRelated content\nx = 1\n```\n", markdown=True) == []


def posting(place, *parts):
    return "\n".join([place, " ".join(parts)])


INTRO = "We look for a harbour pilot who has steered ships of every size through fog and storm for many years, by day and by night."
DUTIES = "Key job responsibilities You will bring ships in. You will bring ships out again."


def test_a_repeated_posting_is_a_repeat_with_its_place():
    once = posting("PT, Lagos", INTRO, DUTIES)
    text = "\n".join([once, posting("PT, Faro", INTRO), once, once])
    assert removed(text) == [("repeat", once), ("repeat", once)]


def test_postings_that_share_a_paragraph_keep_it_and_their_places():
    assert removed("\n".join([posting("PT, Lagos", INTRO, DUTIES), posting("PT, Faro", INTRO, DUTIES)])) == []


def test_two_postings_of_one_place_lose_what_they_share_but_not_the_place():
    other = "Key job responsibilities You will paint the lighthouse. You will keep its lamp."
    text = "\n".join([posting("PT, Lagos", INTRO, DUTIES), posting("PT, Lagos", INTRO, other)])
    assert removed(text) == [("repeat", INTRO)]
    assert kept(text).count("PT, Lagos") == 2


def test_a_paragraph_that_stands_twice_is_a_repeat_but_for_spaces():
    assert removed(f"{PROSE}\n\nBetween them.\n\n{PROSE.replace(' ', '  ')}") == [("repeat", PROSE.replace(" ", "  ").strip())]


def test_short_lines_may_stand_twice():
    assert removed("Yes.\n\nNo.\n\nYes.") == []


def test_byline():
    text = f"A day at sea\n\nBy Ana Sousa and crew\n\n{PROSE}"
    start, end = find_byline(text, parse_blocks(text, markdown=False))
    assert text[start:end] == "By Ana Sousa and crew"
    assert find_byline(PROSE, parse_blocks(PROSE, markdown=False)) is None

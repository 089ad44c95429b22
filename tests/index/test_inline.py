import pytest

from index.inline import inline_bullets, inline_labels


def labels(text):
    return [text[start:end] for start, end in inline_labels(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("per year About the team Our crew is small.", ["About the team"]),
        ("About the team: Our crew", ["About the team:"]),
        ("done. Key job responsibilities • Weld", ["Key job responsibilities"]),
        ("done. Basic qualifications - Degree", ["Basic qualifications"]),
        ("We talked about the team You know.", []),
        ("It says About the team and more.", []),
        ("About the team", []),
    ],
)
def test_labels_of_job_postings_need_a_capital_behind_them(text, found):
    assert labels(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Fine. Hybrid Work We allow it.", ["Hybrid Work"]),
        ("Fine. Hybrid Work we allow it.", []),
        ("Fine. Hybrid Work We Allow", []),
        ("Hybrid Work We allow it.", []),
        ("Fine. Work We allow it.", []),
        ("Fine. The Big Day You know it.", []),
    ],
)
def test_run_in_titles_stand_between_two_sentences(text, found):
    assert labels(text) == found


def test_bullets_stand_free():
    assert inline_bullets("a • b •c d• e", 0, 13) == [2]
    assert inline_bullets("• a", 0, 3) == []


def test_a_leading_dash_counts_but_is_not_inside():
    text = "- One - Two - Three"
    assert inline_bullets(text, 0, len(text)) == [6, 12]


def test_dashes_are_counted_by_the_line():
    text = "A - B\nC - D\nE - F"
    assert inline_bullets(text, 0, len(text)) == []

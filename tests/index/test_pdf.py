from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from index.errors import UnreadableFile
from index.parsed import Limits
from index.pdf import convert_pdf
from tests.index.files import make_pdf, make_placed_pdf

PATH = Path("locks.pdf")
LINE = "The lock lifts a barge by nine metres in a quarter"


def convert(data, **limits):
    return convert_pdf(data, PATH, Limits(**limits))


def text_of(*pages):
    return convert(make_pdf(pages)).text


def test_lines_are_joined_into_paragraphs():
    text = text_of(
        [
            f"{LINE} of an",
            "hour, and it takes four of them at once on every",
            "day of the week.",
            "It was built long ago and was made wider.",
        ]
    )
    assert (
        text
        == f"{LINE} of an hour, and it takes four of them at once on every day of the week.\n\nIt was built long ago and was made wider."
    )


def test_a_word_divided_at_the_end_of_a_line_is_whole():
    assert "a quarter" in text_of(["The lock lifts a barge by nine metres in a quar-", "ter of an hour, and it takes four."])


def test_list_items_stay_lines():
    assert (
        text_of([f"{LINE} of:", "1. an hour of the day and then some more of it", "2. a day of the week and then some more of it"]).count(
            "\n\n"
        )
        == 2
    )


def test_pages_have_their_spans():
    parsed = convert(make_pdf([["One."], ["Two."], ["Three."]]))
    assert [(page.number, parsed.text[page.start : page.end]) for page in parsed.pages] == [(1, "One."), (2, "Two."), (3, "Three.")]


def test_a_sentence_that_runs_over_a_page_is_not_broken():
    parsed = convert(make_pdf([[f"{LINE} of"], ["an hour."]]))
    assert parsed.text == f"{LINE} of an hour."
    assert [parsed.text[page.start : page.end] for page in parsed.pages] == [f"{LINE} of", "an hour."]


def test_pages_without_text_are_named():
    parsed = convert(make_pdf([["One."], [], ["Three."]]))
    assert parsed.warnings == ("pages without text: 2",)
    assert [parsed.text[page.start : page.end].strip() for page in parsed.pages] == ["One.", "", "Three."]


def test_metadata():
    parsed = convert(make_pdf([["One."]], info="/Title (Locks) /Subject (Canals) /CreationDate (D:20240501120000Z)"))
    assert (parsed.title, parsed.date, parsed.metadata) == ("Locks", "2024-05-01", {"subject": "Canals"})


def test_metadata_that_cannot_be_read_is_left_out():
    assert convert(make_pdf([["One."]], info="/CreationDate (yesterday)")).date == ""


def encrypted(user, algorithm):
    writer = PdfWriter(clone_from=PdfReader(BytesIO(make_pdf([["Secret."]]))))
    writer.encrypt(user, "owner", algorithm=algorithm)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_locked_pdf_says_what_to_do(algorithm):
    with pytest.raises(UnreadableFile, match=r"locks.pdf: locked by a password. Save a copy without one"):
        convert(encrypted("word", algorithm))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_locked_against_changes_only_is_read(algorithm):
    assert convert(encrypted("", algorithm)).text == "Secret."


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[: len(data) // 3], lambda data: b"%PDF-1.4\n" + b"\xff" * 500, lambda data: data.replace(b"/Pages", b"/Pagez")],
)
def test_a_broken_pdf_is_unreadable(damage):
    with pytest.raises(UnreadableFile, match=r"locks.pdf: (not a readable PDF|0 pages|none of its)"):
        convert(damage(make_pdf([["One."]])))


def test_one_broken_page_does_not_hide_the_others():
    data = make_pdf([["One."], ["Two."]]).replace(b"(Two.) Tj", b"(Two.  Tj")
    parsed = convert(data)
    assert parsed.text.startswith("One.")
    assert len(parsed.warnings) <= 1


FIRST = ["The upper lock was built by the", "canal company long before any", "railway came to the valley and", "it has never been rebuilt."]
SECOND = ["The lower lock is younger than", "the upper one by eighty years", "and it is the only one with two", "chambers side by side."]


def placed(*texts):
    """A page of (left, height, words) or (left, height, words, font size)."""
    return make_placed_pdf([[(*text, 10)[:4] for text in texts]])


def test_columns_are_read_one_after_the_other():
    rows = [(60, 700 - 12 * at, line) for at, line in enumerate(FIRST)] + [(320, 700 - 12 * at, line) for at, line in enumerate(SECOND)]
    page = placed((60, 730, "Two locks stand in the valley, and both of them lift barges by nine metres at the most."), *rows)
    assert convert(page).text.split("\n\n")[1:] == [" ".join(FIRST), " ".join(SECOND)]


def test_a_table_is_rows():
    rows = [("Lock", "Lift", "Built"), ("Upper", "9 m", "1820"), ("Lower", "7 m", "1900"), ("Middle", "", "1850")]
    cells = [(60 + 150 * column, 700 - 14 * at, cell) for at, row in enumerate(rows) for column, cell in enumerate(row) if cell]
    text = convert(placed(*cells)).text
    assert text.split("\n") == ["| Lock | Lift | Built |", "| Upper | 9 m | 1820 |", "| Lower | 7 m | 1900 |", "| Middle |  | 1850 |"]


def test_running_headers_and_page_numbers_are_left_out():
    pages = [
        [
            (60, 760, f"Canal report {number}", 10),
            *((60, 600 - 12 * at, f"Line {at} of {name}.", 10) for at in range(5)),
            (300, 30, str(number), 10),
        ]
        for number, name in enumerate(("one", "two", "three", "four"), start=1)
    ]
    parsed = convert(make_placed_pdf(pages))
    assert parsed.text.count("Canal report") == 1
    ends = [parsed.text[page.start : page.end][-30:] for page in parsed.pages]
    assert ends == [f" Line 2 of {name}. Line 3 of {name}. Line 4 of {name}."[-30:] for name in ("one", "two", "three", "four")]
    assert parsed.warnings == ("left out: running headers, footers or page numbers on 4 pages",)


def test_larger_words_are_headings():
    parsed = convert(
        placed(
            (60, 740, "Locks", 20),
            (60, 700, f"{LINE} of an"),
            (60, 688, "hour."),
            (60, 650, "Hours", 14),
            (60, 620, "It is open on all days of the week."),
        )
    )
    assert parsed.markup == "markdown"
    assert parsed.title == "Locks"
    assert parsed.text == f"# Locks\n\n{LINE} of an hour.\n\n## Hours\n\nIt is open on all days of the week."


def test_a_hyphen_that_the_document_has_elsewhere_stays():
    lines = ["The well-known lock lifts a barge by nine metres in a quar-", "ter of an hour, and it is the best and well-", "known of all."]
    assert (
        text_of(lines)
        == "The well-known lock lifts a barge by nine metres in a quarter of an hour, and it is the best and well-known of all."
    )


def test_limits_of_pages_and_time():
    data = make_pdf([[f"Page {number}."] for number in range(9)])
    parsed = convert(data, max_pages=3)
    assert (len(parsed.pages), parsed.warnings) == (3, ("read to page 3 of 9, the limit of pages or time",))
    with pytest.raises(UnreadableFile, match="could not be read within 0 seconds"):
        convert(data, max_seconds=-1.0)

from hashlib import sha256

import pytest

from index.documents import CONVERTERS, document_id, read_document
from index.errors import UnreadableFile
from tests.index.files import make_docx, make_pdf, word_paragraph

PROSE = "The lock lifts a barge by nine metres in about a quarter of an hour, and it takes four of them at once. "


def read(path):
    return read_document(path, max_bytes=1_000_000)


def test_facts_about_the_file(write_file):
    path = write_file("two_locks.txt", "the lock is old, and so it leaks\n")
    document, warnings = read(path)
    assert (document.source, document.id) == (str(path), document_id(str(path)))
    assert document.sha256 == sha256(path.read_bytes()).hexdigest()
    assert (document.media_type, document.text, warnings) == ("text/plain", "the lock is old, and so it leaks\n", ())
    assert document.title == "the lock is old, and so it leaks"


def test_a_title_is_front_matter_or_the_first_heading_or_the_file_name(write_file):
    assert read(write_file("a.md", "---\ntitle: Locks\n---\n# Other\n\nx"))[0].title == "Locks"
    assert read(write_file("b.md", "# Barge  lifts\n\nx"))[0].title == "Barge lifts"
    assert read(write_file("old_barge-lifts.txt", PROSE))[0].title == "old barge lifts"


def test_windows_line_ends_and_mark(write_file):
    assert read(write_file("a.txt", b"\xef\xbb\xbfone\r\ntwo\rthree"))[0].text == "one\ntwo\nthree"
    assert read(write_file("a.md", b"\xef\xbb\xbf# One\r\n\r\ntwo"))[0].title == "One"


def test_another_encoding_is_guessed_and_said(write_file):
    text = "Die Schleuse hebt das Schiff über neun Meter. Für größere Schiffe reicht sie nicht.\n" * 5
    document, warnings = read(write_file("a.txt", text.encode("utf-16")))
    assert document.text == text
    assert warnings == ("read as utf_16: not UTF-8",)
    assert "größere" in read(write_file("b.txt", text.encode("cp1252")))[0].text


def test_markdown_sections_and_metadata(write_file):
    path = write_file(
        "a.md", "---\nauthor: Ana\ndate: 2024-05-01\nlanguage: en\nteam: B\n---\n# Locks\n\nx\n\n## Old\n\ny\n\n## New\n\nz\n"
    )
    document, _ = read(path)
    assert (document.author, document.date, document.language, document.metadata) == ("Ana", "2024-05-01", "en", {"team": "B"})
    assert [section.heading_path for section in document.sections] == [(), ("Old",), ("New",)]
    assert document.headings_at(document.text.index("z")) == ("New",)


PAGE = f"""<!doctype html><html lang="en"><head><title>Locks of the north</title><meta name="author" content="Ana Sousa"></head><body>
<nav><a href="/">Home</a> <a href="/shop">Shop for boats</a></nav>
<article><h1>Locks of the north</h1><p>{PROSE * 3}</p><h2>Opening hours</h2><p>{PROSE.replace("nine", "ten") * 2}</p>
<ul><li>Monday to Friday</li><li>not on Sunday</li></ul>
<table><tr><th>Lock</th><th>Lift</th></tr><tr><td>Upper</td><td>nine</td></tr></table></article>
<footer>All rights reserved by the canal company</footer></body></html>"""


def test_html_without_navigation_and_footer(write_file):
    document, _ = read(write_file("a.html", PAGE))
    assert (document.title, document.media_type) == ("Locks of the north", "text/html")
    assert "Shop for boats" not in document.text and "All rights reserved" not in document.text
    assert "- Monday to Friday" in document.text
    assert "| Upper | nine |" in document.text
    assert document.headings_at(document.text.index("ten metres")) == ("Opening hours",)


def test_html_in_the_charset_that_it_declares(write_file):
    page = PAGE.replace("<head>", '<head><meta charset="iso-8859-2">').replace("Upper", "Górna śluza")
    assert "Górna śluza" in read(write_file("a.html", page.encode("iso-8859-2")))[0].text
    wrong = PAGE.replace("<head>", '<head><meta charset="no-such-code">').replace("Upper", "Górna")
    assert "Górna" in read(write_file("b.html", wrong))[0].text


def test_docx_headings_lists_and_text(write_file):
    body = (
        word_paragraph("Locks", style="Heading1")
        + word_paragraph("A lock lifts barges.")
        + word_paragraph("Hours", style="Heading2")
        + word_paragraph("Monday", bullet=True)
        + word_paragraph("Friday", bullet=True)
    )
    document, warnings = read(write_file("a.docx", make_docx(body)))
    assert document.title == "Locks"
    assert [section.heading_path for section in document.sections] == [(), ("Hours",)]
    assert document.text.split() == ["#", "Locks", "A", "lock", "lifts", "barges.", "##", "Hours", "-", "Monday", "-", "Friday"]
    assert warnings == ()


def test_pdf_text_pages_and_metadata(write_file):
    data = make_pdf([["A lock lifts barges."], ["It is closed on Sunday."]], info="/Title (Locks) /Author (Ana)")
    document, _ = read(write_file("a.pdf", data))
    assert (document.title, document.author) == ("Locks", "Ana")
    assert document.text == "A lock lifts barges.\n\nIt is closed on Sunday."
    assert [document.page_at(document.text.index(word)) for word in ("lifts", "Sunday")] == [1, 2]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"", "the file is empty"),
        ("a.txt", b" \n\t", "the file is empty"),
        ("a.xyz", b"x", "files of the kind '.xyz' cannot be read. Known: .atom, .csv, .docx"),
        ("a", b"x", "files of the kind 'without ending' cannot be read"),
        ("a.txt", b"GIF89a\x00\x01" * 10, "binary data, not text"),
        ("a.docx", b"no zip", "not a readable Word document"),
        ("a.docx", make_docx("<w:p>")[:-30], "not a readable Word document"),
        ("a.docx", make_docx("<w:p/>"), "no text was found"),
        ("a.pdf", b"no pdf", "not a readable PDF"),
        ("a.pdf", make_pdf([[], []]), "2 pages and no text layer: a scan. Run it through OCR"),
        ("a.html", b"<html><body></body></html>", "no article text"),
        ("a.txt", b"x" * 1_000_001, "1,000,001 bytes is more than the limit of 1,000,000"),
        ("a.md", b"---\ntitle: Only this\n---\n<!-- nothing -->", "no text was found"),
    ],
)
def test_files_without_text_say_so_by_name(write_file, name, data, message):
    path = write_file(name, data)
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_folder_or_missing_file_is_unreadable(tmp_path):
    for path in (tmp_path, tmp_path / "none.txt"):
        with pytest.raises(UnreadableFile, match="cannot be read"):
            read(path)


def test_half_characters_become_question_marks(write_file, monkeypatch):
    from index.documents import Parsed

    monkeypatch.setitem(CONVERTERS, ".bad", lambda data, path, limits: Parsed("a\ud800b", title="t\udfff"))
    document, warnings = read(write_file("x.bad", b"x"))
    assert (document.text, document.title, warnings) == ("a\ufffdb", "t\ufffd", ("1 characters could not be read",))


def test_a_new_format_is_one_line_of_the_table(write_file, monkeypatch):
    from index.documents import Parsed

    monkeypatch.setitem(CONVERTERS, ".lock", lambda data, path, limits: Parsed(data.decode().upper()))
    assert read(write_file("x.lock", b"abc"))[0].text == "ABC"

"""Each format by a small file made here: what it says, where it stands, and what is known about it."""

import json
from email.message import EmailMessage

import pytest

from index.documents import read_document
from index.errors import UnreadableFile
from index.parsed import Limits
from tests.index.files import make_docx, make_pdf, word_paragraph
from tests.index.office import make_epub, make_msg, make_odt, make_pptx, make_xlsx, make_zip

PROSE = "The lock lifts a barge by nine metres in about a quarter of an hour, and it takes four of them at once. "


@pytest.fixture
def read(write_file):
    def read_file(name, data, **limits):
        return read_document(write_file(name, data), max_bytes=1_000_000, limits=Limits(**limits))

    return read_file


def test_slides(read):
    document, warnings = read("a.pptx", make_pptx())
    assert (document.title, document.author, warnings) == ("Locks of the north", "Ana Sousa", ())
    assert "## Locks of the north\n\n- They lift barges\n  - They are old\n\nNotes: Say that the lower lock is closed." in document.text
    assert "| Lock | Lift |\n| --- | --- |\n| Upper | 9 m |" in document.text
    assert "| Category | Barges |\n| --- | --- |\n| 2023 | 310 |\n| 2024 | 325.5 |" in document.text
    assert [document.page_at(document.text.index(words)) for words in ("They are old", "Upper", "325.5")] == [1, 2, 3]
    assert read("a.pptx", make_pptx(), max_pages=1)[1] == ("read to slide 1 of 3, the limit",)


def test_workbook(read):
    rows = [["Canal report"], [], ["Lock", "Lift", "Open"], ["Upper", 9.5, True], ["Lower", 7, False]]
    document, warnings = read("a.xlsx", make_xlsx({"Locks": rows, "Old": [["secret", "b"]]}, hidden=["Old"]))
    assert document.text == "## Locks\n\nCanal report\n\n- Lock: Upper; Lift: 9.5; Open: yes\n- Lock: Lower; Lift: 7; Open: no"
    assert document.headings_at(document.text.index("Upper")) in (("Locks",), ())
    assert warnings == ("left out: hidden sheets Old",)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_values_between_signs(read, sign):
    lines = [sign.join(row) for row in (("Lock", "Lift", "Since"), ("Upper", "9 m", "1820"), ("Lower", "7 m", "1900"))]
    assert read("a.csv", "\n".join(lines))[0].text == "- Lock: Upper; Lift: 9 m; Since: 1820\n- Lock: Lower; Lift: 7 m; Since: 1900"


def test_values_without_a_header_and_with_quotes(read):
    assert read("a.csv", '1,"two, too"\n3,"fo\nur"\n')[0].text == "- 1; two, too\n- 3; fo ur"


def test_book(read):
    chapters = ["<h1>Upper</h1><p>It is <i>old</i>.<a id='p1' class='pagenum'>[12]</a></p>", f"<h1>Lower</h1><p>{PROSE}</p>"]
    document, _ = read("a.epub", make_epub(chapters))
    assert (document.title, document.author, document.language) == ("Locks", "Ana Sousa", "en")
    assert document.text.startswith("# Upper\n\nIt is old.\n\n# Lower\n\nThe lock lifts")
    assert document.headings_at(document.text.index("quarter")) == ("Lower",)
    lock = '<encryption><a xmlns="x"><CipherReference URI="OEBPS/c0.xhtml"/></a></encryption>'
    with pytest.raises(UnreadableFile, match="locked by its seller"):
        read("b.epub", make_epub(chapters, extra={"META-INF/encryption.xml": lock}))


def test_opendocument(read):
    body = (
        '<text:h text:outline-level="1">Hours</text:h><text:p>Open<text:s/>daily<text:note><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>not in winter</text:p></text:note-body></text:note>.</text:p>"
        "<text:list><text:list-item><text:p>May</text:p><text:list><text:list-item><text:p>late</text:p></text:list-item></text:list>"
        "</text:list-item></text:list><text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<table:table><table:table-row><table:table-cell><text:p>Upper</text:p></table:table-cell>"
        "<table:table-cell><text:p>9 m</text:p></table:table-cell></table:table-row></table:table>"
    )
    document, _ = read("a.odt", make_odt(body))
    assert (document.title, document.author, document.date) == ("Locks", "Ana Sousa", "2024-05-01")
    assert document.text == "# Hours\n\nOpen daily (not in winter).\n\n- May\n  - late\n\n| Upper | 9 m |"


def test_word_tables_titles_and_deleted_text(read):
    cells = "".join(f"<w:tc>{word_paragraph(text)}</w:tc>" for text in ("Upper", "9 m"))
    body = (
        word_paragraph("Locks", style="Heading1")
        + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
        + "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
    )
    text = read("a.docx", make_docx(body))[0].text
    assert "| Upper | 9 m |" in text and "gone" not in text


def message():
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Opening of the lower lock", "Ana Sousa <ana@example.org>", "all@example.org"
    mail["Date"] = "Wed, 01 May 2024 10:30:00 +0200"
    mail.set_content("It opens in June.\n\nOn Tue, 30 Apr 2024, Bo <bo@example.org> wrote:\n> When does it\n> open?\n")
    mail.add_attachment(b"12345", maintype="application", subtype="pdf", filename="plan.pdf")
    return mail


def test_mail_with_quoted_text_and_attachment(read):
    document, _ = read("a.eml", message().as_bytes())
    assert (document.title, document.author, document.date) == ("Opening of the lower lock", "Ana Sousa", "2024-05-01")
    assert "- From: Ana Sousa <ana@example.org>\n- To: all@example.org\n- Date: 2024-05-01 10:30+02:00" in document.text
    assert "- Attachments: plan.pdf (5 bytes)" in document.text
    assert document.headings_at(document.text.index("It opens")) == ()
    assert document.headings_at(document.text.index("When does it\nopen?")) == ("Quoted message",)


def test_mail_that_is_a_page(read):
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Hours", "ana@example.org"
    mail.set_content(
        "<html><body><p>Open <b>daily</b>.</p><ul><li>not in winter</li></ul></body></html>", subtype="html", charset="iso-8859-1"
    )
    assert read("a.eml", mail.as_bytes())[0].text.endswith("Open daily.\n\n- not in winter")
    with pytest.raises(UnreadableFile, match="not a message"):
        read("b.eml", "just some words")


def test_outlook_message(read):
    texts = {0x0037: "Opening", 0x0C1A: "Ana Sousa", 0x5D01: "ana@example.org", 0x0E04: "Bo", 0x1000: "It opens in June."}
    data = make_msg(texts, sent=133_590_330_000_000_000, attachment="plan.pdf")
    document, _ = read("a.msg", data)
    assert (document.title, document.author, document.date) == ("Opening", "Ana Sousa", "2024-05-01")
    assert document.text.split("\n") == [
        "# Opening",
        "",
        "- From: Ana Sousa <ana@example.org>",
        "- To: Bo",
        "- Date: 2024-05-01 10:30+00:00",
        "- Attachments: plan.pdf (4,096 bytes)",
        "",
        "It opens in June.",
    ]
    assert "Open daily." in read("b.msg", make_msg({0x0037: "Hours"}, html=b"<p>Open <b>daily</b>.</p>"))[0].text


def test_notebook(read):
    cells = [
        {"cell_type": "markdown", "source": ["# Locks\n", "It is **old**."]},
        {"cell_type": "code", "source": "lift()", "outputs": [{"output_type": "stream", "text": ["9\n"] * 100}]},
    ]
    document, warnings = read("a.ipynb", json.dumps({"cells": cells, "metadata": {}}))
    assert document.title == "Locks"
    assert document.text.startswith("# Locks\nIt is old.\n\n```\nlift()\n```\n\n```\n9\n9\n")
    assert warnings == ("1 outputs were cut to 60 lines, 40 lines are left out",)
    with pytest.raises(UnreadableFile, match="not a notebook, it has no cells"):
        read("b.ipynb", "{}")


def test_json_records(read):
    records = [
        {"lock": "Upper", "lift": 9, "open": True, "hours": {"from": "8:00"}},
        {"lock": "Lower", "lift": None, "tags": ["old", "deep"]},
    ]
    expected = "- lock: Upper; lift: 9; open: yes; hours from: 8:00\n- lock: Lower; tags: old, deep"
    assert read("a.json", json.dumps(records))[0].text == expected
    assert read("a.jsonl", "\n".join(map(json.dumps, records)))[0].text == expected
    assert read("b.json", "\n".join(map(json.dumps, records)))[0].text == expected


def test_json_with_prose(read):
    record = {"title": "The upper lock", "year": 1820, "text": PROSE * 3}
    document, _ = read("a.json", json.dumps([record]))
    assert document.text == f"# The upper lock\n\n- year: 1820\n\n{PROSE * 3}".strip()
    assert read("b.json", json.dumps(record))[0].title == "The upper lock"


def test_lines_that_are_not_json_are_named(read):
    assert read("a.jsonl", '{"a": 1}\noops\n')[1] == ("1 lines that are not JSON were left out: 2",)
    with pytest.raises(UnreadableFile, match="none of its 1 lines is JSON"):
        read("b.jsonl", "oops")
    with pytest.raises(UnreadableFile, match="not well-formed JSON"):
        read("c.json", "[1,")
    with pytest.raises(UnreadableFile, match="nested too deeply"):
        read("d.json", "[" * 200_000 + "]" * 200_000)


FEED = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Canal news</title><language>en</language>
<item><title>Lock &amp; quay</title><pubDate>Wed, 01 May 2024 10:30:00 +0200</pubDate><description>short</description>
<content:encoded><![CDATA[<p>The lock is <b>open</b>.</p>]]></content:encoded></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Canal news</title>
<entry><title>Quay</title><updated>2024-05-01T10:30:00Z</updated>
<link href="https://example.org/quay"/><summary>It is closed.</summary></entry></feed>"""


def test_feeds(read):
    text = read("a.xml", FEED)[0].text
    assert text == "# Canal news\n\n## Lock & quay\n\n- Published: 2024-05-01 10:30+02:00\n\nThe lock is open."
    assert "- Link: https://example.org/quay\n\nIt is closed." in read("a.atom", ATOM)[0].text


def test_other_xml(read):
    xml = "<guide><title>Locks</title><lock id='1'><name>Upper</name><lift>9</lift></lock><p>It <b>is</b> old.</p></guide>"
    document, _ = read("a.xml", xml)
    assert document.title == "Locks"
    assert "- id: 1; name: Upper; lift: 9" in document.text and "It is old." in document.text


def test_restructured_text_keeps_what_docutils_does_not_know(read):
    text = "Locks\n=====\n\nSee :ref:`the hours <hours>`.\n\n.. versionadded:: 2.0\n\n   It is new here.\n\n.. include:: /etc/passwd\n"
    document, _ = read("a.rst", text)
    assert document.title == "Locks"
    assert "See the hours." in document.text and "It is new here." in document.text and "root:" not in document.text


def test_rich_text(read):
    source = r"{\rtf1\ansi{\info{\title Locks}{\author Ana}}\pard It is \b old\b0 , \u252\'fcber 9 m.\par Second.\par}"
    document, _ = read("a.rtf", source)
    assert (document.title, document.author) == ("Locks", "Ana")
    assert document.text == "It is old, über 9 m.\n\nSecond."


def test_gutenberg_licence_is_left_out(read):
    marks = "*** START OF THE PROJECT GUTENBERG EBOOK LOCKS ***", "*** END OF THE PROJECT GUTENBERG EBOOK LOCKS ***"
    text = f"Licence.\n\n{marks[0]}\n\n{PROSE}\n\n{marks[1]}\nMore licence."
    document, warnings = read("a.txt", text)
    assert document.text == PROSE.strip()
    assert warnings[0].startswith("left out: the Project Gutenberg licence around the text, ")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(50), "binary data, not text: it is a PNG image. If it shows text, run it through OCR"),
        ("a.docx", make_zip({"a.txt": "x"}), "an archive of other files, not a document. Give it the ending .zip"),
        (
            "a.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
            "a Word file of before 2007 (.doc). Open it in",
        ),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "an Office file that is locked by a password",
        ),
        ("a.xml", "<!DOCTYPE a [<!ENTITY b 'x'>]><a>&b;</a>", "it declares XML entities, as attacks do"),
        ("a.xml", "<a><b></a>", "not well-formed XML"),
        (
            "a.docx",
            make_zip({"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'x'>]><a>&b;</a>"}),
            "its part word/document.xml declares XML entities",
        ),
        ("a.rtf", "plain", "not an RTF file"),
        ("a.pptx", make_zip({"ppt/presentation.xml": "<x/>"}), "not a readable presentation"),
        ("a.xlsx", make_zip({"xl/workbook.xml": "<x/>"}), "not a readable workbook"),
        ("a.epub", make_zip({"META-INF/container.xml": "<x/>"}), "it names no package file"),
        ("a.odt", make_zip({"mimetype": "application/vnd.oasis.opendocument.text"}), "not a readable OpenDocument text"),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not a readable Outlook message"),
    ],
)
def test_wrong_and_broken_files(read, name, data, message):
    with pytest.raises(UnreadableFile) as caught:
        read(name, data)
    assert message in str(caught.value)
    assert name in str(caught.value)


def test_a_file_is_read_as_what_it_is(read):
    page = f"<!DOCTYPE html><html><body><p>{PROSE}</p></body></html>"
    document, warnings = read("a.txt", page)
    assert document.text == PROSE.strip()
    assert warnings == ("read as .html, which is what it holds, whatever its ending",)
    assert read("report", make_pdf([["One."]]))[0].text == "One."


def test_what_unpacks_too_large_is_refused(read):
    with pytest.raises(UnreadableFile, match=r"500 bytes when unpacked are more than the limit of 400.*CITEWELL_MAX_UNPACKED_BYTES"):
        read("a.odt", make_zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "x" * 461}), max_unpacked_bytes=400)
    with pytest.raises(UnreadableFile, match="files inside are more than the limit of 3"):
        read("a.epub", make_epub(["<p>a</p>", "<p>b</p>"]), max_archive_files=3)


def test_what_grows_beyond_measure_is_refused(read):
    with pytest.raises(UnreadableFile, match=r"it grows from [\d,]+ to 60,000,0\d\d bytes when unpacked, as attacks do"):
        read("a.docx", make_zip({"word/document.xml": b" " * 60_000_000}, packed=True))


DEEP = {"a.xml": "<a>" * 50_000 + "x" + "</a>" * 50_000, "a.html": "<div>" * 50_000 + PROSE, "a.rtf": "{\\rtf1 " + "{" * 50_000 + "x"}


@pytest.mark.parametrize(("name", "data"), DEEP.items())
def test_deep_files_are_read_or_refused(read, name, data):
    try:
        assert read(name, data)[0].text
    except UnreadableFile as error:
        assert name in str(error)


def test_a_page_with_navigation_keeps_its_tables_headings_and_lists(read):
    rows = "".join(
        f"<tr><td>{day}</td><td>{opens}:00</td><td>{closes}:00</td></tr>" for day, opens, closes in (("Friday", 9, 21), ("Sunday", 11, 16))
    )
    page = (
        "<html><head><title>The lock</title></head><body><nav><a href='/'>Home</a> | <a href='/shop'>Shop</a></nav><h1>The lock</h1>"
        f"<p>{PROSE * 2}</p><h2>Hours</h2><table><tr><th>Day</th><th>Opens</th><th>Closes</th></tr>{rows}</table><p>{PROSE}</p>"
        "<h2>Good to know</h2><ul><li>Dogs are not admitted.</li><li>Lockers need a coin.</li></ul>"
        "<footer>Charity 1099821</footer></body></html>"
    )
    text = read("lock.html", page)[0].text
    assert "## Hours\n\n| Day | Opens | Closes |\n| --- | --- | --- |\n| Friday | 9:00 | 21:00 |\n| Sunday | 11:00 | 16:00 |" in text
    assert "## Good to know\n\n- Dogs are not admitted.\n- Lockers need a coin." in text
    assert "Shop" not in text and "1099821" not in text

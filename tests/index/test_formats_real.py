"""Real files of many programs, where they lie beside the project; each must read well and be citable."""

import re
from pathlib import Path

import pytest

from index.chunk import chunk_document
from index.documents import read_document
from index.errors import UnreadableFile

FOLDER = Path(__file__).parent.parent.parent.parent / "shared" / "data" / "formats"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the real files are not at {FOLDER}")


def read(name):
    """The document, its warnings, and its text with single spaces; what every document must keep is tested on the way."""
    document, warnings = read_document(FOLDER / name, max_bytes=10_000_000)
    chunks = chunk_document(document, lambda texts: [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts], max_tokens=160)
    assert chunks
    assert all(document.text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    assert all(before.end <= after.start for before, after in zip(chunks, chunks[1:], strict=False))
    return document, warnings


def page_of(document, words):
    return document.page_at(document.text.index(words))


def test_pdf_columns_with_lists():
    document, _ = read("unstructured__list-item-example.pdf")
    order = [
        "# Module One",
        "● Timescales and conduct of development",
        "# Module Two",
        "# Module Three",
        "● Budgeting and resource planning",
    ]
    assert [document.text.index(part) for part in order] == sorted(document.text.index(part) for part in order)
    assert "explores what kinds of products might be developed and tested, considers potential challenges" in document.text
    assert document.headings_at(document.text.index("It looks at potential root challenges")) == (
        "Module Three: Step 2: Design and Prototyping",
    )
    assert (page_of(document, "The role of the design team"), page_of(document, "● Case study")) == (1, 2)


def test_pdf_without_a_text_layer():
    with pytest.raises(UnreadableFile, match=r"loremipsum-flat.pdf: 1 pages and no text layer: a scan. Run it through OCR"):
        read("unstructured__loremipsum-flat.pdf")


def test_pdf_of_a_scan_with_recognised_text():
    document, warnings = read("unstructured__pdf-with-ocr-text.pdf")
    assert "keep you posted on the progress of the Foundation" in document.text
    assert any("recognised with many errors" in warning for warning in warnings)
    assert page_of(document, "executed contracts") == 1


def test_pdf_of_prose_over_four_pages():
    document, _ = read("sample__pdflatex-4-pages.pdf")
    assert "what a printed text will look like at this place. If you read this text, you will get no information. Really?" in document.text
    assert "difference between" in document.text
    assert len(document.pages) == 4
    assert not re.search(r"^\d$", document.text, re.MULTILINE)


def test_pdf_with_forms_of_several_pages():
    document, _ = read("markitdown__REPAIR-2022-INV-001_multipage.pdf")
    assert document.title == "ZAVA AUTO REPAIR"
    assert "| Insured name | Gabriel Diaz | Year | 2022 |" in document.text
    assert "| Body Labor |  | 2 | 150 | 300 |" in document.text
    assert [page_of(document, name) for name in ("Gabriel Diaz", "Bruce Wayne")] == [1, 2]


def test_pdf_of_a_paper_with_a_table():
    document, warnings = read("docling__2305.03393v1-pg9.pdf")
    assert "| 2 | 4 | HTML | 0.945 | 0.901 | 0.931 | 0.834 | 3.81 |" in document.text
    assert "since it includes a highly diverse set of tables." in document.text
    assert document.headings_at(document.text.index("OTSL outperforms HTML")) == ("5.2 Quantitative Results",)
    assert "Structure Recognition 9" not in document.text
    assert any("running headers" in warning for warning in warnings)


def test_docx_handbook():
    document, _ = read("unstructured__handbook-1p.docx")
    assert "the unit" not in document.text
    assert "The standing trustee has a fiduciary responsibility to the bankruptcy estate." in document.text
    assert document.headings_at(document.text.index("fiduciary responsibility"))[-1] == "C. STATUTORY DUTIES OF A STANDING TRUSTEE"


def test_docx_without_its_header_and_footer():
    document, _ = read("unstructured__docx-hdrftr.docx")
    assert (document.text, document.author) == ("Main document", "Bernhard Schaefer")


def test_html_of_wikipedia():
    document, _ = read("docling__wiki_duck.html")
    assert (document.title, document.language, document.author) == ("Duck", "en", "")
    assert "A male is called a drake and the female is called a duck, or in ornithology a hen." in document.text
    assert document.headings_at(document.text.index("A duckling is a young duck")) == ("Etymology",)
    assert "| Kingdom: | Animalia |" in document.text
    assert not re.search(r"\[\d+\]|\[edit\]|Jump to navigation", document.text)


def test_html_of_a_filing():
    document, _ = read("unstructured__example-10k-1p.html")
    assert (
        "Indicate by check mark if the registrant is a well-known seasoned issuer, as defined in Rule 405 of the Securities Act. Yes ☐ No ☑"
        in (document.text)
    )
    assert "| Common stock | GLXZ | OTCQB marketplace |" in document.text
    assert "| Item 1A. | Risk Factors | 9 |" in document.text
    assert "$70,923,698" in document.text.replace("$ ", "$")


def test_epub_without_the_licence():
    document, warnings = read("unstructured__winter-sports.epub")
    assert (document.title, document.author, document.language) == ("Winter Sports in Switzerland", "E. F. Benson", "en")
    assert "| VI. | Ski-ing | 137 |" in document.text
    assert "Gutenberg" not in document.text
    assert any("Project Gutenberg licence" in warning for warning in warnings)
    headings = document.headings_at(document.text.index("gives but one instance of the value of stones lying in front of the house"))
    assert any("CURLING" in heading.upper() or "TEES" in heading.upper() for heading in headings)


def test_csv_with_many_columns():
    document, _ = read("unstructured__csv-with-long-lines.csv")
    row = document.text.index("SpearmanCorrelationCoefficient: 1Freq pDCfrequencyUnstim:")
    assert "- 1Freq CD161CD8TfrequencyUnstim: 0.312877946" in document.text[row : row + 200]
    chunks = chunk_document(document, lambda texts: [len(text.split()) for text in texts], max_tokens=60)
    assert chunks[1].lead == "SpearmanCorrelationCoefficient: 1Freq CD161CD8TfrequencyUnstim:"


def test_pptx_slides_are_pages():
    document, _ = read("markitdown__test.pptx")
    assert document.title == "AutoGen: Enabling Next-Gen LLM Applications via Multi-Agent Conversation"
    assert "| 7 | 8 | 9 | 1b92870d-e3b5-4e65-8153-919f4ff45592 | 11 | 12 |" in document.text
    assert "| 2002 | 2002 |" in document.text
    assert "Picture: This phrase of the caption is Human-written." in document.text
    assert [page_of(document, words) for words in ("open-source framework", "1b92870d", "| 2002", "Sub comment 2")] == [2, 3, 4, 5]


def test_msg():
    document, _ = read("markitdown__test_outlook_msg.msg")
    assert (document.title, document.date) == ("Test Email Message", "2024-12-22")
    assert "- To: test.recipient@example.com" in document.text
    assert "This is the body of the test email message" in document.text


def test_eml():
    document, _ = read("unstructured__fake-email.eml")
    assert (document.title, document.author, document.date) == ("Test Email", "Matthew Robinson", "2022-12-16")
    assert "- To: NotMatthew <NotMatthew@notunstructured.com>" in document.text
    assert "- Roses are red" in document.text


def test_odt():
    document, _ = read("unstructured__fake.odt")
    assert "Lorem ipsum dolor sit amet." in document.text
    assert "| Leader | Sarah | Mark | Ryan |" in document.text


def test_markdown():
    document, _ = read("unstructured__README.md")
    assert "- example-10k.html - A 10-K SEC filing in HTML format" in document.text
    assert document.headings_at(document.text.index("inline XBRL format using")) == ("XBRL 10-K",)


def test_feed():
    document, _ = read("markitdown__test_rss.xml")
    assert (document.title, document.language) == ("The Official Microsoft Blog", "en-US")
    assert "- Published: 2024-11-19 13:30+00:00" in document.text
    heading = "Ignite 2024: Why nearly 70% of the Fortune 500 now use Microsoft 365 Copilot"
    assert heading in document.headings_at(document.text.index("Since launching our Secure Future Initiative (SFI) one year ago"))
    assert not re.search(r"</?(?:p|a|div|span)\b|&nbsp;|&amp;", document.text)


def test_rst():
    document, _ = read("unstructured__README.rst")
    assert document.title == "Example Docs"
    assert "- factbook.xml/factbook.xsl - Example XML/XLS files that you can use to test stylesheets" in document.text
    assert document.headings_at(document.text.index("inline XBRL format using")) == ("XBRL 10-K",)
    assert "curl -O \\\n  -A '${organization} ${email}'" in document.text

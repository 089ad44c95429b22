import pytest
from pydantic import ValidationError

from index.records import AddReport, Chunk, Document, FileReport, Page, Section


def document(**fields):
    return Document(**{"id": "d", "title": "T", "source": "s", "media_type": "text/plain", "sha256": "", "text": "abcdef", **fields})


def test_page_and_headings_by_offset():
    pages = (Page(number=1, start=0, end=3), Page(number=2, start=3, end=6))
    sections = (Section(start=2, end=6, heading_path=("A", "B")),)
    found = document(pages=pages, sections=sections)
    assert [found.page_at(offset) for offset in (0, 2, 3, 5)] == [1, 1, 2, 2]
    assert [found.headings_at(offset) for offset in (1, 2)] == [(), ("A", "B")]
    assert document().page_at(0) is None


def test_a_span_outside_the_text_is_refused():
    with pytest.raises(ValidationError, match="span 2–9 outside the text of 6 characters"):
        document(sections=(Section(start=2, end=9, heading_path=()),))


def test_a_chunk_is_as_long_as_its_text():
    with pytest.raises(ValidationError, match="holds 3 characters, text 2"):
        Chunk(document_id="d", start=0, end=3, text="ab")


def test_unknown_fields_and_changes_are_refused():
    with pytest.raises(ValidationError):
        document(colour="red")
    with pytest.raises(ValidationError):
        document().title = "other"


def test_report_counts():
    files = tuple(FileReport(source=name, status=status) for name, status in [("a", "added"), ("b", "skipped"), ("c", "added")])
    report = AddReport(files=files)
    assert (report.count("added"), report.count("replaced")) == (2, 0)
    assert [file.source for file in report.skipped] == ["b"]

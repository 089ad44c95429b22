import re

import pytest

from index import DocumentSummary, FileReport
from ui.documents_table import TableQuery, documents_page, file_of


def summary(number: int = 1, *, title: str = "", source: str = "", **report) -> DocumentSummary:
    source = source or f"/notes/{number:04}.md"
    return DocumentSummary(
        id=f"{number:016x}",
        title=title or f"Note {number}",
        source=source,
        media_type="text/markdown",
        added_at=f"2026-01-{number % 28 + 1:02}T10:00:00+00:00",
        report=FileReport(source=source, status="added", **report),
    )


def titles(page) -> list[str]:
    return re.findall(r'<th scope="row"><bdi>(.*?)</bdi>', page["html"])


def test_an_empty_library_says_what_to_do():
    assert "The library is empty" in documents_page([], TableQuery())["html"]


def test_a_row_tells_of_a_document():
    report = {"pages": 1200, "words": 3456, "chunks": 78, "date": "2024-05-06"}
    html = documents_page([summary(title="Handbook", **report)], TableQuery())["html"]
    assert "<caption>1 document · 3,456 words · 78 chunks</caption>" in html
    for cell in ('"Pages">1,200', '"Words">3,456', '"Chunks">78', '"Dated">2024-05-06', '"Added">2026-01-02', '"Warnings" class="none">–'):
        assert f"<td data-name={cell}</td>" in html


def test_what_documents_say_is_harmless():
    hostile = summary(title='"><b>\u202etxt', source="<img src=x>", warnings=("<script>w</script>",), date="<i>")
    html = documents_page([hostile], TableQuery())["html"]
    assert not re.search(r"<(?:b|i|img|script)\b", html)
    assert "&lt;script&gt;w&lt;/script&gt;" in html
    assert 'data-title="&quot;&gt;&lt;b&gt;⟨U+202E⟩txt"' in html


def test_many_warnings_are_told_on_demand():
    warned = summary(warnings=tuple(f"page {n} is a picture" for n in range(40)), removed={"teaser": 2})
    html = documents_page([warned], TableQuery())["html"]
    assert "<summary>40 warnings, 2 left out</summary>" in html
    assert html.count("is a picture") == 30
    assert "<li>and 11 more</li>" in html
    assert "<details>" not in documents_page([summary(removed={"teaser": 2})], TableQuery())["html"]


def test_a_thousand_documents_come_a_page_at_a_time():
    documents = [summary(number, words=5, chunks=1) for number in range(1, 1001)]
    first = documents_page(documents, TableQuery())
    assert (first["page"], first["pages"], first["matching"]) == (0, 20, 1000)
    assert titles(first) == [f"Note {number}" for number in range(1, 51)]
    assert len(first["html"]) < 70_000
    assert titles(documents_page(documents, TableQuery(page=99)))[-1] == "Note 1000"


def test_the_filter_wants_all_words_in_title_or_source():
    documents = [summary(1, title="Leave policy"), summary(2, title="Leave", source="/policies/x.md"), summary(3, title="Travel")]
    page = documents_page(documents, TableQuery.read({"filter": " LEAVE polic "}))
    assert titles(page) == ["Leave policy", "Leave"]
    assert "<caption>2 documents of 3 ·" in page["html"]
    assert "No document has these words" in documents_page(documents, TableQuery.read({"filter": "zebra"}))["html"]


@pytest.mark.parametrize(
    ("column", "descending", "expected"),
    [
        ("title", False, ["alpha", "Beta"]),
        ("words", False, ["Beta", "alpha"]),
        ("words", True, ["alpha", "Beta"]),
        ("date", True, ["Beta", "alpha"]),
    ],
)
def test_the_table_is_sorted(column, descending, expected):
    documents = [summary(1, title="Beta", words=1, date="2020-01-01"), summary(2, title="alpha", words=2)]
    page = documents_page(documents, TableQuery.read({"column": column, "descending": descending}))
    assert titles(page) == expected
    order = "descending" if descending else "ascending"
    assert f'aria-sort="{order}"><button type="button" data-column="{column}">' in page["html"]


@pytest.mark.parametrize("data", [None, [], "x", {"filter": 1, "column": "id; DROP", "page": -3, "descending": "yes"}, {"column": []}])
def test_nonsense_from_a_browser_is_as_if_nothing_was_said(data):
    assert TableQuery.read(data) == TableQuery()


def test_opening_goes_to_the_document_or_to_the_web():
    documents = [summary(1), summary(2, source='https://example.org/a"b'), summary(3, source="javascript:alert(1)")]
    html = documents_page(documents, TableQuery())["html"]
    links = re.findall(r'<a href="(.*?)" target="_blank" rel="noopener noreferrer"', html)
    assert set(links) == {"documents/0000000000000001", "https://example.org/a&quot;b", "documents/0000000000000003"}
    assert 'href="javascript' not in html


def test_only_a_file_of_this_machine_can_be_read_again():
    html = documents_page([summary(1), summary(2, source="uploaded:a.md"), summary(3, source="citewell:corpus/a.md")], TableQuery())["html"]
    assert html.count('aria-disabled="true"') == 2
    assert "Upload it again" in html
    assert str(file_of("/a/b.zip!/c.md")) == "/a/b.zip"
    assert file_of("uploaded:a.md") is None

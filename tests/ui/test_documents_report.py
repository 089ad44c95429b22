from index import AddReport, FileReport
from ui.documents_report import report_html


def file(name: str, status: str = "added", *warnings: str) -> FileReport:
    return FileReport(source=f"uploaded:{name}", status=status, words=10, chunks=2, warnings=warnings)


def test_few_files_are_told_one_by_one():
    html = report_html(AddReport(files=(file("a.md"), file("b.md", "skipped", "uploaded:b.md: it is empty."))))
    assert html.index("b.md") < html.index("a.md")
    assert "b.md</bdi><span> · it is empty.</span>" in html
    assert "a.md</bdi><span> · 10 words · 2 chunks</span>" in html
    assert "<p>Added 1 (10 words in 2 chunks) · Not added 1.</p>" in html


def test_many_files_are_summed_up_with_details_on_demand():
    files = [file(f"{n}.md") for n in range(1000)] + [file("bad.md", "skipped", "bad.md: it is empty."), file("odd.md", "replaced", "odd")]
    html = report_html(AddReport(files=tuple(files)))
    assert html.startswith("<p>Added 1,000 (10,000 words in 2,000 chunks) · Replaced 1 (10 words in 2 chunks) · Not added 1.</p>")
    assert '<details class="skipped" open><summary>Not added: 1 file</summary>' in html
    assert "<summary>Replaced: 1 file, 1 with warnings</summary>" in html
    assert "<li>and 700 more</li>" in html


def test_a_folder_of_nothing_is_told():
    assert report_html(AddReport(), hidden=3) == "<p>No files were found. 3 hidden files left out.</p>"


def test_names_and_reasons_are_harmless():
    html = report_html(AddReport(files=(file('<img src=x>"\u202e.md', "skipped", "<b>\nbad</b>"),)))
    assert "<img" not in html and "<b>\n" not in html and "\u202e" not in html
    assert "&lt;b&gt;⟨U+000A⟩bad&lt;/b&gt;" in html

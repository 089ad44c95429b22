"""What a person sees: everything legible at 80 columns, nothing cut where a program reads."""

import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from index import AddProgress, AddReport, DocumentSummary, FileReport
from rag import Answer, Citation, Passage, Sentence, terminal

LONG = "/srv/archive/departments/research/2024/quarterly-reports/final-versions/a-report-with-quite-a-long-name.pdf"


@pytest.fixture
def screen(monkeypatch):
    """A terminal of 80 columns; what was printed is in `file`."""
    console = Console(file=StringIO(), width=80, force_terminal=True, no_color=True, force_interactive=True)
    monkeypatch.setattr(terminal, "out", console)
    monkeypatch.setattr(terminal, "err", console)
    return console


@pytest.fixture
def pipe(monkeypatch):
    """Where a program reads."""
    console = Console(file=StringIO())
    monkeypatch.setattr(terminal, "out", console)
    return console


def shown(console) -> list[str]:
    """The lines without their styles."""
    return [line.plain.rstrip() for line in console.render_str("").from_ansi(console.file.getvalue()).split("\n")]


def report(source=LONG, status="added", **fields) -> FileReport:
    return FileReport(source=source, status=status, title="A report", **{"pages": 120, "words": 45_678, "chunks": 1_234, **fields})


def summary(source=LONG, title="A report", **fields) -> DocumentSummary:
    return DocumentSummary(
        id="0123456789abcdef", title=title, source=source, media_type="text/plain", added_at="2026-05-04T03:02:01", report=report(**fields)
    )


def answer(text: str, *citations: Citation, **fields) -> Answer:
    return Answer(
        question="q",
        resolved_question=fields.pop("resolved", "q"),
        text=text,
        citations=citations,
        abstained=not citations,
        confidence=0.5,
        **fields,
    )


def citation(quote: str, **fields) -> Citation:
    return Citation(number=1, document_id="d", title="A report", source=LONG, start=0, end=len(quote), quote=quote, **fields)


def test_tables_fit_80_columns_and_lose_nothing(screen):
    removed = {"navigation": 12, "repeated header": 120}
    terminal.show_add_report(AddReport(files=(report(removed=removed),)), seconds=2.0)
    terminal.show_documents([summary()], Path("/library"))
    terminal.show_health({"folder": "/library", "chunks": 7}, [summary(removed=removed)])
    lines = shown(screen)
    assert max(map(len, lines)) <= 80
    assert "…" not in screen.file.getvalue()
    for word in ("added", "45,678", "1,234", "2026-05-04", "120"):
        assert any(word in line.split() for line in lines), word


def test_a_long_path_is_folded_whole(screen):
    terminal.show_documents([summary(title="R")], Path("/library"))
    cells = [line[len("Title  ") :].split("  ")[0] for line in shown(screen)[1:-1]]
    assert "".join(cells) == LONG


def test_where_a_program_reads_each_document_is_one_line(pipe):
    terminal.show_documents([summary(title="A title of very many words " * 5)], Path("/library"))
    header, row, total, end = pipe.file.getvalue().split("\n")
    assert LONG in row
    assert (header.split(), total, end) == (["Title", "Source", "Chunks", "Added"], "1 document in /library", "")


def test_markup_in_a_name_is_shown_as_it_is(screen):
    terminal.show_documents([summary(source="/a/[bold]b[/bold].md", title="[red]x")], Path("/library"))
    assert any("[red]x" in line and "/a/[bold]b[/bold].md" in line for line in shown(screen))


def test_paths_are_short_here_and_at_home(pipe, monkeypatch, tmp_path):
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path / "work")
    sources = [str(tmp_path / "work" / "notes" / "a.md"), str(tmp_path / "b.md"), "/elsewhere/c.md", "citewell:corpus/d.md"]
    terminal.show_documents([summary(source=source, title="t") for source in sources], Path("/library"))
    rows = pipe.file.getvalue().split("\n")[1:5]
    assert [row.split()[1] for row in rows] == ["notes/a.md", "~/b.md", "/elsewhere/c.md", "citewell:corpus/d.md"]


def test_the_report_says_what_was_skipped_and_why_and_counts_the_unchanged(pipe):
    files = (report("/a.md", "unchanged"), report("/b.md", "skipped", chunks=0, warnings=("/b.md: the file is empty.",)))
    terminal.show_add_report(AddReport(files=files), seconds=0.25)
    text = pipe.file.getvalue()
    assert "/a.md" not in text
    assert text.endswith("skipped: /b.md: the file is empty.\n1 unchanged, 1 skipped: 0 chunks in 0.2 s.\n")


def test_a_warning_names_its_file(pipe):
    terminal.show_health({"folder": "/library"}, [summary(source="/a.pdf", warnings=("page 3 has no text",))])
    assert f"warning: {LONG}: page 3 has no text\n" in pipe.file.getvalue()
    assert pipe.file.getvalue().endswith("The library is whole; 1 warning about its documents.\n")


def test_an_answer_is_wrapped_under_its_list_and_its_quotes(screen):
    terminal.show_answer(answer("Two things:\n\n- " + "one " * 30 + "[1]", citation("word " * 40, page=3)))
    lines = shown(screen)
    assert max(map(len, lines)) <= 80
    item = lines.index("Two things:") + 2
    assert lines[item].startswith("- one one")
    assert lines[item + 1].startswith("  one")
    place = lines.index("[1] A report, page 3")
    assert lines[place + 1].startswith("    “word word")
    assert lines[place + 2].startswith("    word")


def test_where_a_program_reads_an_answer_is_not_wrapped(pipe):
    long = "word " * 40 + "[1]"
    terminal.show_answer(answer(long, citation("quote", heading_path=("Part", "Section"))))
    assert pipe.file.getvalue() == f"\n{long}\n\n[1] A report, Part > Section\n    “quote”\n"


def test_a_long_quote_is_shortened_at_a_word(pipe):
    terminal.show_answer(answer("x [1]", citation("word " * 100)))
    quote = pipe.file.getvalue().splitlines()[-1].strip()
    assert quote.endswith("word …”")
    assert len(quote) <= 304


def test_a_refusal_shows_the_nearest_passages_and_the_unknown_words(pipe):
    passage = Passage(chunk_id=1, document_id="d", title="A report", source=LONG, page=2, start=0, end=1, text="x", score=1, rank=1)
    terminal.show_answer(answer("I could not find it.", resolved="q in Rome", passages=(passage,) * 5, unknown_words=("zxcv",)))
    assert pipe.file.getvalue() == (
        "Searched for: q in Rome\n\nI could not find it.\n\nFound nowhere in the documents: zxcv\nThe nearest passages:\n"
        + "  - A report, page 2\n" * 3
    )


def test_progress_shows_files_chunks_rate_and_time_left(screen, monkeypatch):
    now = iter([0.0, 100.0, 110.0, 110.0])
    monkeypatch.setattr(terminal, "monotonic", lambda: next(now))
    with terminal.add_progress() as progress:
        progress(AddProgress(0, 1_234, 0, "/a/first.pdf"))
        progress(AddProgress(617, 1_234, 5_000, LONG))
    drawn = [line for line in shown(screen) if "5,000 chunks" in line]
    assert drawn
    assert all(len(line) <= 80 for line in drawn)
    for part in ("Adding", "617/1234 files", "5,000 chunks  500/s", "left"):
        assert part in drawn[-1]


def test_progress_inside_one_long_file(screen, monkeypatch):
    now = iter([0.0, 50.0, 60.0, 80.0, 80.0])
    monkeypatch.setattr(terminal, "monotonic", lambda: next(now))
    with terminal.add_progress() as progress:
        progress(AddProgress(0, 1, 0, LONG))
        progress(AddProgress(0, 1, 256, LONG, 0.25))
        progress(AddProgress(0, 1, 512, LONG, 0.5))
    drawn = [line for line in shown(screen) if "512 chunks" in line]
    assert "0/1 files  512 chunks  17/s" in drawn[-1]


def test_progress_is_silent_where_a_program_reads(monkeypatch):
    console = Console(file=StringIO())
    monkeypatch.setattr(terminal, "err", console)
    terminal.growing(iter([answer("Rye keeps.")]))
    with terminal.add_progress() as progress:
        progress(AddProgress(0, 1, 0, "/a"))
    assert console.file.getvalue() == ""


class Typed(StringIO):
    def isatty(self):
        return True


def test_a_person_ends_the_conversation_with_an_empty_line(screen, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Typed("first\n second \n\nthird\n"))
    assert list(terminal.questions()) == ["first", "second"]


def test_a_person_ends_the_conversation_with_the_end_of_input(screen, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Typed("first\n"))
    assert list(terminal.questions()) == ["first"]


def test_a_program_may_leave_lines_empty(monkeypatch):
    monkeypatch.setattr(sys, "stdin", StringIO("first\n\nsecond"))
    assert list(terminal.questions()) == ["first", "second"]


def written(*sentences):
    """An answer as it grows, a sentence at a time; the last is whole."""
    for count in range(len(sentences) + 1):
        said = tuple(Sentence(text=text) for text in sentences[:count])
        yield answer(" ".join(sentences[:count])).model_copy(update={"sentences": said})
    yield answer(" ".join(sentences)).model_copy(update={"timings": {"answer": 1.0}})


def test_sentences_appear_as_they_are_checked(screen):
    seen = []

    def answers():
        for step in written("Rye keeps.", "Dogs are out."):
            yield step
            seen.append(screen.file.getvalue())

    whole = terminal.growing(answers())
    assert whole.timings
    assert ["Rye keeps." in text for text in seen] == [False, True, True, True]
    assert ["Dogs are out." in text for text in seen] == [False, False, True, True]


def test_a_program_gets_the_whole_alone(pipe):
    assert terminal.growing(written("Rye keeps.", "Dogs are out.")).text == "Rye keeps. Dogs are out."
    assert pipe.file.getvalue() == ""

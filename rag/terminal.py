"""What the command `citewell` writes to the terminal: tables, progress bars, answers with their citations."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from pydantic import BaseModel
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

if TYPE_CHECKING:
    from index import AddProgress, AddReport, DocumentSummary, FileReport
    from rag.records import Answer, Citation

__all__ = [
    "add_progress",
    "fail",
    "growing",
    "out",
    "questions",
    "say",
    "short",
    "show_add_report",
    "show_answer",
    "show_documents",
    "show_health",
    "show_json",
    "show_log",
    "show_scope",
    "unbroken",
]

out = Console()
err = Console(stderr=True)
_QUOTE_CHARACTERS = 300
_NAMED = 5
"""So many of the documents that are asked are named."""
_UNBROKEN = 10_000
"""Width of a table that goes to a file or another program: one line a row, whatever it holds."""

Jsonable = BaseModel | Sequence[BaseModel] | Mapping[str, object]


def say(text: str) -> None:
    """A line for a person; not to be parsed."""
    out.print(text, markup=False, highlight=False, soft_wrap=not out.is_terminal)


def fail(text: str) -> None:
    """An error, on standard error."""
    err.print(Text(f"citewell: {text}", style="red"), soft_wrap=not err.is_terminal)


def show_log() -> None:
    """From now on, what the project logs for people is printed on standard error."""
    handler = logging.Handler()
    handler.emit = lambda record: err.print(Text(record.getMessage()), soft_wrap=not err.is_terminal)  # type: ignore[method-assign]
    log = logging.getLogger("citewell")
    log.handlers[:] = [handler]
    log.setLevel(logging.INFO)


def questions() -> Iterator[str]:
    """The questions on standard input to its end; typed by a person, also to the first empty line."""
    typed = sys.stdin.isatty()
    while line := _typed_line() if typed else sys.stdin.readline():
        if line.strip():
            yield line.strip()
        elif typed:
            return


def growing(answers: "Iterator[Answer]") -> "Answer":
    """The whole answer; on a terminal, each sentence of a language model is to be seen as soon as it is checked."""
    shown = Live(console=out, transient=True, auto_refresh=False)
    with ExitStack() as drawn:
        searching = drawn.enter_context(err.status("Looking through the documents …"))
        for answer in answers:
            if answer.sentences and not answer.timings and out.is_terminal:
                if not shown.is_started:
                    searching.stop()
                    drawn.enter_context(shown)
                shown.update(Text(f"\n{answer.text}"), refresh=True)
    return answer


def show_json(value: Jsonable, *, compact: bool = False) -> None:
    """JSON on standard output, indented unless `compact`."""
    text = json.dumps(_plain(value), ensure_ascii=False, indent=None if compact else 2)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show_answer(answer: "Answer") -> None:
    """The answer, then its numbered citations; of a refusal, the nearest passages."""
    if answer.resolved_question != " ".join(answer.question.split()):
        _paragraph(f"Searched for: {answer.resolved_question}", style="dim")
    out.print()
    short = next((sentence.text for sentence in answer.sentences if sentence.kind == "short"), "")
    for number, line in enumerate(answer.text.splitlines()):
        if short and number == 0:
            _paragraph(line.replace("**", ""), bold=short)
        else:
            _paragraph(line, rest="  " if line.startswith("- ") else "")
    out.print()
    for citation in answer.citations:
        _show_citation(citation)
    if answer.unknown_words:
        say(f"Found nowhere in the {'chosen ' if answer.scope else ''}documents: {', '.join(answer.unknown_words)}")
    if answer.withheld:
        say(f"Not shown: {_counted(answer.withheld, 'sentence')} of the language model that nothing found carries.")
    for note in answer.notes:
        say(note)
    if answer.abstained:
        _show_nearest(answer)


def show_scope(chosen: Sequence[str], documents: "Sequence[DocumentSummary]") -> None:
    """Which documents are asked, where not all are; `chosen` are their ids."""
    names = [short(document.source) for document in documents if document.id in set(chosen)]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    _paragraph(f"Asking {len(names)} of {_counted(len(documents), 'document')}: {', '.join(names[:_NAMED])}{more}", style="dim")


def show_add_report(report: "AddReport", *, seconds: float) -> None:
    """What became of each file that is not as it was, then the totals."""
    changed = [file for file in report.files if file.status != "unchanged"]
    if changed:
        _show_table(_report_table(changed, status=True))
    _show_warnings(changed)
    if not report.files:
        say("No files were found.")
        return
    counts = [f"{report.count(status)} {status}" for status in ("added", "replaced", "unchanged", "skipped") if report.count(status)]
    chunks = sum(file.chunks for file in changed)
    say(f"{', '.join(counts)}: {chunks:,} chunks in {seconds:.1f} s.")


def show_documents(documents: "Sequence[DocumentSummary]", library: str) -> None:
    """The table of documents."""
    if not documents:
        say(f"No documents in {library}. Add some with: citewell add PATH…")
        return
    table = _table(Column("Title", overflow="fold"), Column("Source", overflow="fold"), _number("Chunks"), Column("Added", no_wrap=True))
    for document in documents:
        table.add_row(escape(document.title), escape(short(document.source)), f"{document.report.chunks:,}", document.added_at[:10])
    _show_table(table)
    say(f"{_counted(len(documents), 'document')} in {library}")


def show_health(facts: Mapping[str, str | int], documents: "Sequence[DocumentSummary]") -> None:
    """The library's facts and the health of its documents."""
    width = max(map(len, facts))
    for name, value in facts.items():
        out.print(f"[bold]{name:>{width}}[/]  {escape(str(value))}", highlight=False, soft_wrap=True)
    files = [document.report for document in documents]
    if files:
        _show_table(_report_table(files, status=False))
    _show_warnings(files)
    warnings = sum(len(file.warnings) for file in files)
    say(f"The library is whole; {_counted(warnings, 'warning')} about its documents.")


@contextmanager
def add_progress(title: str = "Adding") -> "Iterator[Callable[[AddProgress], None]]":
    """A callback for `Library.add` that draws files, chunks, chunks a second, time left and the file, once there is something to draw."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=10),
        MofNCompleteColumn(),
        TextColumn("files  {task.fields[counts]} "),
        TimeRemainingColumn(compact=True),
        TextColumn("left "),
        TextColumn("{task.fields[name]}", markup=False, table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
    )
    with Progress(*columns, console=err, transient=True, expand=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(title, visible=False, counts="", name="")
        began = monotonic()

        def show(at: "AddProgress") -> None:
            nonlocal began
            if not (at.done or at.chunks):
                began = monotonic()
            rate = at.chunks / max(monotonic() - began, 0.1)
            counts = f"{at.chunks:,} chunks  {rate:,.0f}/s"
            bar.update(task, total=at.total, completed=at.done + at.share, counts=counts, name=Path(at.source).name, visible=True)

        yield show


def _typed_line() -> str:
    """A line that a person types, or nothing at the end of input."""
    try:
        return out.input("\n[bold]?[/] ") + "\n"
    except EOFError:
        return ""


def _show_citation(citation: "Citation") -> None:
    _paragraph(
        f"[{citation.number}] {_place(citation.title, citation.page, citation.heading_path)}", rest="    ", bold=f"[{citation.number}]"
    )
    quote = " ".join(citation.quote.split())
    quote = quote if len(quote) <= _QUOTE_CHARACTERS else quote[:_QUOTE_CHARACTERS].rsplit(" ", 1)[0] + " …"
    _paragraph(f"    “{quote}”", rest="    ", style="dim")
    if citation.also_in:
        _paragraph(f"    also in {', '.join(map(short, citation.also_in))}", rest="    ", style="dim")


def _show_nearest(answer: "Answer") -> None:
    if answer.passages:
        say("The nearest passages:")
    for passage in answer.passages[:3]:
        _paragraph(f"  - {_place(passage.title, passage.page, passage.heading_path)}", rest="    ", style="dim")


def _place(title: str, page: int | None, heading_path: Sequence[str]) -> str:
    """Where words stand: the document, and in it the page or the headings."""
    return ", ".join(filter(None, (title, f"page {page}" if page else " > ".join(heading_path))))


def _paragraph(text: str, *, rest: str = "", style: str = "", bold: str = "") -> None:
    """A paragraph, on a terminal wrapped with `rest` before each line but the first."""
    whole = Text(text, style=style)
    if bold:
        whole.highlight_words([bold], "bold")
    if not out.is_terminal:
        out.print(whole, soft_wrap=True)
        return
    lines = whole.wrap(out, max(out.width - len(rest), 20))
    for position, line in enumerate(lines):
        line.rstrip()
        out.print(Text.assemble(rest if position else "", line), highlight=False)


def _table(*columns: Column) -> Table:
    return Table(*columns, box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))


def _number(name: str) -> Column:
    return Column(name, justify="right", no_wrap=True)


def _show_table(table: Table) -> None:
    unbroken(out).print(table)


def unbroken(console: Console) -> Console:
    """Where tables go: as they are on a terminal, else without a break in a row."""
    return console if console.is_terminal else Console(file=console.file, width=_UNBROKEN)


def _report_table(files: "Sequence[FileReport]", *, status: bool) -> Table:
    first = [Column("Status", no_wrap=True)] if status else []
    table = _table(
        *first, Column("File", overflow="fold"), _number("Pages"), _number("Words"), _number("Chunks"), Column("Left out of the search")
    )
    for file in files:
        removed = ", ".join(f"{count} {reason}" for reason, count in sorted(file.removed.items()))
        cells = [short(file.source), str(file.pages or ""), f"{file.words:,}", f"{file.chunks:,}", removed]
        table.add_row(*([file.status] if status else []), *map(escape, cells))
    return table


def short(source: str) -> str:
    """A path as one would type it here: relative below this folder, with ~ below one's own, whole elsewhere."""
    path = Path(source)
    for folder, sign in ((Path.cwd(), "."), (Path.home(), "~")):
        if path.is_relative_to(folder) and folder != Path(folder.anchor):
            return os.path.join("" if sign == "." else sign, path.relative_to(folder))
    return source


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _show_warnings(files: "Sequence[FileReport]") -> None:
    for file in files:
        for warning in file.warnings:
            kind = "skipped" if file.status == "skipped" else "warning"
            text = warning if file.source in warning else f"{file.source}: {warning}"
            out.print(Text(f"{kind}: {text}", style="yellow"), soft_wrap=not out.is_terminal)


def _plain(value: Jsonable | object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value

"""What `citewell sync` and `citewell check` write to the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from rag import terminal

if TYPE_CHECKING:
    from index import DocumentSummary
    from index.records import SyncReport
    from rag.check import CitationCheck

__all__ = ["agrees_to_remove", "show_checks", "show_sync"]

_STYLES = {"there": "green", "moved": "green", "changed": "yellow", "deleted": "red"}


def agrees_to_remove(gone: "Sequence[DocumentSummary]") -> bool:
    """Show the documents whose files are gone, and ask a person; on standard error, for the output may be JSON."""
    for document in gone:
        terminal.err.print(f"gone: {terminal.short(document.source)}", markup=False, highlight=False, soft_wrap=True)
    return typer.confirm(f"Remove {_documents(len(gone))} from the library?", err=True)


def show_sync(report: "SyncReport", *, seconds: float) -> None:
    """What became of the files in the folder, then of the documents whose files are gone."""
    terminal.show_add_report(report.added, seconds=seconds)
    for document in report.removed:
        terminal.say(f"Removed {terminal.short(document.source)}.")
    for document in report.kept:
        terminal.say(f"Kept {terminal.short(document.source)}, whose file is gone.")


def show_checks(found: "Sequence[CitationCheck]") -> None:
    """One line a citation, then how many hold."""
    for check in found:
        moved = f" to characters {check.start:,}–{check.end:,}" if check.state == "moved" else ""
        line = Text.assemble(
            f"[{check.number}] ", (check.state, _STYLES[check.state]), f"{moved}  {check.title} ({terminal.short(check.source)})"
        )
        terminal.out.print(line, highlight=False, soft_wrap=not terminal.out.is_terminal)
        terminal.out.print(Text(f"    “{' '.join(check.quote.split())}”", style="dim"), soft_wrap=not terminal.out.is_terminal)
    holding = sum(check.holds for check in found)
    terminal.say(f"{holding} of {len(found)} citations still stand in the library." if found else "The answer has no citations.")


def _documents(count: int) -> str:
    return f"{count:,} document{'' if count == 1 else 's'}"

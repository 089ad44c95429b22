"""What became of files, in words: few are told one by one, many are summed up with the details on demand."""

from collections.abc import Sequence
from html import escape

from index import AddReport, DocumentSummary, FileReport
from ui.markup import count_of
from ui.names import shortened, source_name, visible

__all__ = ["cancelled_html", "removed_html", "report_html"]

_DONE = {"added": "Added", "replaced": "Replaced", "unchanged": "Unchanged", "skipped": "Not added"}
_ORDER = ("skipped", "replaced", "added", "unchanged")
_FEW = 6
"""Files that are told one by one."""
_MOST_LINES = 300


def report_html(report: AddReport, *, hidden: int = 0) -> str:
    """What became of each file, and the words and chunks of all; what was not added comes first, with the reason."""
    if not report.files:
        return f"<p>No files were found.{_hidden(hidden)}</p>"
    told = [(status, files) for status in _ORDER if (files := [file for file in report.files if file.status == status])]
    whole = f"<p>{_totals(report)}{_hidden(hidden)}</p>"
    if len(report.files) <= _FEW:
        return f"<ul>{''.join(_line(file) for _, files in told for file in files)}</ul>{whole if len(report.files) > 1 or hidden else ''}"
    return whole + "".join(_group(status, files) for status, files in told)


def removed_html(removed: Sequence[DocumentSummary], *, of: int) -> str:
    """Which documents were removed, of so many that were to be."""
    names = [f"<b>{_name(document.title)}</b>" for document in removed]
    kept = f" {count_of(of - len(removed), 'document')} stayed: cancelled, or no longer there." if of > len(removed) else ""
    if len(names) <= _FEW:
        return f"<p>Removed {', '.join(names) or 'nothing'}.{kept}</p>"
    return f"<details><summary>Removed {count_of(len(names), 'document')}.{kept}</summary>{_list(names)}</details>"


def cancelled_html(files: int) -> str:
    """That nothing was begun yet when it was stopped."""
    return f'<p class="skipped">Cancelled before it began: {count_of(files, "file")}, not added.</p>'


def _totals(report: AddReport) -> str:
    """How many files ended how, and the words and chunks of those that were read anew."""
    told = []
    for status in ("added", "replaced", "unchanged", "skipped"):
        if ended := [file for file in report.files if file.status == status]:
            words, chunks = sum(file.words for file in ended), sum(file.chunks for file in ended)
            size = f" ({count_of(words, 'word')} in {count_of(chunks, 'chunk')})" if status in ("added", "replaced") else ""
            told.append(f"{_DONE[status]} {len(ended):,}{size}")
    return f"{' · '.join(told)}."


def _hidden(count: int) -> str:
    return f" {count_of(count, 'hidden file')} left out." if count else ""


def _group(status: str, files: Sequence[FileReport]) -> str:
    warned = sum(bool(file.warnings) for file in files) if status != "skipped" else 0
    said = f"{_DONE[status]}: {count_of(len(files), 'file')}{f', {warned:,} with warnings' if warned else ''}"
    lines = [_line(file) for file in sorted(files, key=lambda file: not file.warnings)]
    more = f"<li>and {len(lines) - _MOST_LINES:,} more</li>" if len(lines) > _MOST_LINES else ""
    opened = " open" if status == "skipped" and len(files) <= _FEW else ""
    return f'<details class="{status}"{opened}><summary>{said}</summary><ul>{"".join(lines[:_MOST_LINES])}{more}</ul></details>'


def _line(file: FileReport) -> str:
    name = source_name(file.source)
    warnings = [_without_name(warning, file.source, name) for warning in file.warnings]
    notes = warnings if file.status == "skipped" else [count_of(file.words, "word"), count_of(file.chunks, "chunk"), *warnings]
    told = " · ".join(escape(shortened(visible(note), 400)) for note in notes)
    return f'<li class="{file.status}"><b>{_DONE[file.status]}</b> {_name(name)}<span> · {told}</span></li>'


def _without_name(warning: str, *names: str) -> str:
    """A warning without the file's name at its beginning, which stands before it."""
    for name in names:
        warning = warning.removeprefix(f"{name}: ")
    return warning.removeprefix("not added: ")


def _name(name: str) -> str:
    shown = visible(name)
    return f'<bdi title="{escape(shown)}">{escape(shortened(shown))}</bdi>'


def _list(lines: Sequence[str]) -> str:
    more = f"<li>and {len(lines) - _MOST_LINES:,} more</li>" if len(lines) > _MOST_LINES else ""
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines[:_MOST_LINES])}{more}</ul>"

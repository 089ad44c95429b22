"""The table of documents as HTML: one page of it at a time, filtered and sorted as the browser asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from index import DocumentSummary
from index.formats.archive import IN_ARCHIVE
from index.originals import SHIPPED
from ui.markup import count_of
from ui.names import UPLOADED, shortened, visible
from ui.originals import original_link

__all__ = ["TableQuery", "away_page", "documents_page", "file_of"]

_ROWS = 50
_MOST_NOTES = 30
_LONGEST_FILTER = 200
_SHORT_NOTE = 60
"""Characters of a warning that is shown without being asked for."""
_NONE = "–"
"""In a cell that has nothing to say; on a phone it is left out."""

_COLUMNS: dict[str, tuple[str, Callable[[DocumentSummary], Any]]] = {
    "title": ("Title", lambda document: document.title.casefold()),
    "source": ("Source", lambda document: document.source.casefold()),
    "pages": ("Pages", lambda document: document.report.pages),
    "words": ("Words", lambda document: document.report.words),
    "chunks": ("Chunks", lambda document: document.report.chunks),
    "date": ("Dated", lambda document: document.report.date),
    "added": ("Added", lambda document: document.added_at),
    "warnings": ("Warnings", lambda document: len(_notes(document))),
}
"""Of each column that can be sorted: its title, and what it is sorted by."""


@dataclass(frozen=True, slots=True)
class TableQuery:
    """Which part of the table is looked at: the words that title or source must have, the order, and the page, from 0."""

    words: tuple[str, ...] = ()
    column: str = "source"
    descending: bool = False
    page: int = 0

    @classmethod
    def read(cls, data: object) -> "TableQuery":
        """What the browser asks for; whatever it says that makes no sense is as if it were not said."""
        asked = data if isinstance(data, dict) else {}
        text, column, page = asked.get("filter"), asked.get("column"), asked.get("page")
        return cls(
            words=tuple(text[:_LONGEST_FILTER].casefold().split()) if isinstance(text, str) else (),
            column=column if isinstance(column, str) and column in _COLUMNS else "source",
            descending=asked.get("descending") is True,
            page=max(page, 0) if isinstance(page, int) else 0,
        )


def documents_page(documents: Sequence[DocumentSummary], query: TableQuery) -> dict[str, Any]:
    """One page of the table: its HTML, its number and how many there are, from 0, and how many documents match."""
    if not documents:
        return _page('<p class="hint">The library is empty. Add documents above, and ask about them in the chat.</p>', 0, 1, 0)
    matching = [document for document in documents if _matches(document, query.words)]
    matching.sort(key=_COLUMNS[query.column][1], reverse=query.descending)
    pages = max(1, -(-len(matching) // _ROWS))
    number = min(query.page, pages - 1)
    rows = "".join(_row(document) for document in matching[number * _ROWS : (number + 1) * _ROWS])
    none = "" if rows else '<p class="hint">No document has these words in its title or source.</p>'
    table = f"<table><caption>{_caption(documents, matching)}</caption>{_head(query)}<tbody>{rows}</tbody></table>{none}"
    return _page(table, number, pages, len(matching))


def away_page(message: str) -> dict[str, Any]:
    """The page while the library cannot be asked."""
    return _page(f'<p class="skipped">{escape(visible(message))}</p>', 0, 1, 0)


def file_of(source: str) -> Path | None:
    """The file that a document was read from, of a file inside an archive the archive; None where it was not read from a path."""
    path = Path(source.partition(IN_ARCHIVE)[0])
    return path if path.is_absolute() else None


def _page(html: str, page: int, pages: int, matching: int) -> dict[str, Any]:
    return {"html": html, "page": page, "pages": pages, "matching": matching}


def _matches(document: DocumentSummary, words: Sequence[str]) -> bool:
    text = f"{document.title} {document.source}".casefold()
    return all(word in text for word in words)


def _caption(documents: Sequence[DocumentSummary], matching: Sequence[DocumentSummary]) -> str:
    of = f" of {len(documents):,}" if len(matching) < len(documents) else ""
    words = sum(document.report.words for document in matching)
    chunks = sum(document.report.chunks for document in matching)
    return f"{count_of(len(matching), 'document')}{of} · {count_of(words, 'word')} · {count_of(chunks, 'chunk')}"


def _head(query: TableQuery) -> str:
    cells = "".join(_column_head(column, title, query) for column, (title, _) in _COLUMNS.items())
    select = '<td class="select"><input type="checkbox" class="all" aria-label="Select all on this page"></td>'
    return f'<thead><tr>{select}{cells}<th scope="col"><span class="unseen">Actions</span></th></tr></thead>'


def _column_head(column: str, title: str, query: TableQuery) -> str:
    order = ("descending" if query.descending else "ascending") if column == query.column else "none"
    return f'<th scope="col" aria-sort="{order}"><button type="button" data-column="{column}">{title}</button></th>'


def _row(document: DocumentSummary) -> str:
    report, none = document.report, ' class="none"'
    title = _text(document.title)
    cells = {
        "Source": f"<bdi>{_text(document.source)}</bdi>",
        "Pages": f"{report.pages:,}" if report.pages else _NONE,
        "Words": f"{report.words:,}",
        "Chunks": f"{report.chunks:,}",
        "Dated": _text(report.date, 32) or _NONE,
        "Added": f"{datetime.fromisoformat(document.added_at):%Y-%m-%d}",
        "Warnings": _warnings(document),
    }
    data = "".join(f'<td data-name="{name}"{none if cell == _NONE else ""}>{cell}</td>' for name, cell in cells.items())
    select = f'<td class="select"><input type="checkbox" value="{document.id}" aria-label="Select {title}"></td>'
    actions = f'<td class="action">{_open(document, title)}{_read_again(document, title)}{_remove(document, title)}</td>'
    return f'<tr data-document="{document.id}">{select}<th scope="row"><bdi>{title}</bdi></th>{data}{actions}</tr>'


def _open(document: DocumentSummary, title: str) -> str:
    """A link to the document: on the web where it came from there, else as it is shown here."""
    web = document.source.startswith(("http://", "https://"))
    href = escape(document.source) if web else original_link(document.id)
    return f'<a href="{href}" target="_blank" rel="noopener noreferrer" aria-label="Open {title}">Open</a>'


def _read_again(document: DocumentSummary, title: str) -> str:
    why = _why_not_again(document.source)
    off = f' aria-disabled="true" title="{escape(why)}"' if why else ""
    return f'<button type="button" class="again"{off} aria-label="Re-add {title}">Re-add</button>'


def _remove(document: DocumentSummary, title: str) -> str:
    return f'<button type="button" class="remove" data-title="{title}" aria-label="Remove {title}">Remove</button>'


def _why_not_again(source: str) -> str:
    """Why a document cannot be read again from where it came, or ""."""
    if source.startswith(UPLOADED):
        return "Its file came from a browser. Upload it again: the same name replaces the document."
    if source.startswith(SHIPPED):
        return "It ships with Citewell and does not change."
    if file_of(source) is None:
        return "It was not read from a file of this machine."
    return ""


def _notes(document: DocumentSummary) -> list[str]:
    """The warnings of a document, and what was left out of the search."""
    return [*document.report.warnings, *(f"{count} × {reason} left out" for reason, count in document.report.removed.items())]


def _warnings(document: DocumentSummary) -> str:
    """One short note as it is; more of them, or longer ones, on demand."""
    notes = _notes(document)
    if not notes:
        return _NONE
    if len(notes) == 1 and len(notes[0]) <= _SHORT_NOTE:
        return _text(notes[0])
    warnings, left_out = len(document.report.warnings), sum(document.report.removed.values())
    told = ", ".join([count_of(warnings, "warning")] * bool(warnings) + [f"{left_out:,} left out"] * bool(left_out))
    shown = "".join(f"<li>{_text(note, 400)}</li>" for note in notes[:_MOST_NOTES])
    more = f"<li>and {len(notes) - _MOST_NOTES:,} more</li>" if len(notes) > _MOST_NOTES else ""
    return f"<details><summary>{told}</summary><ul>{shown}{more}</ul></details>"


def _text(text: str, most: int = 160) -> str:
    return escape(shortened(visible(text), most))

"""The Documents tab: what is in the library, adding files and folders to it, reading one again, removing some."""

import re
from importlib.resources import files
from string import Template
from typing import Any

import gradio as gr

from index.errors import LibraryAway
from rag import Assistant
from ui.documents_table import TableQuery, away_page, documents_page
from ui.documents_work import read_again_work, refused_work, removal_work
from ui.jobs import Jobs, Work
from ui.uploads import ENDINGS, MOST_FILES, read_uploads, upload_work
from ui.users import user_of

__all__ = ["Documents", "add_documents"]

_DOCUMENT = re.compile(r"[0-9a-f]{16}")


class Documents:
    """What the tab does with one assistant's library. Called from the browser: nothing that an event says is trusted."""

    def __init__(self, assistant: Assistant) -> None:
        """Show and change this assistant's library."""
        self._assistant = assistant
        self._jobs = Jobs()

    def rows(self, query: object) -> dict[str, Any]:
        """One page of the table; see `documents_page`."""
        try:
            return documents_page(self._assistant.documents(), TableQuery.read(query))
        except LibraryAway as error:
            return away_page(str(error))

    def progress(self, token: object) -> dict[str, Any]:
        """How far the job is that was begun under this token, which only who began it knows; see `Job.facts`."""
        return self._jobs.facts(token)

    def add(self, event: gr.EventData, request: gr.Request) -> None:
        """Begin to add the files that were sent."""
        uploads, hidden = read_uploads(_said(event, "files")), _said(event, "hidden")
        if not uploads:
            return
        if len(uploads) > MOST_FILES:
            work = refused_work(f"{len(uploads):,} files are more than the limit of {MOST_FILES:,} at once. Add the folder in parts.")
        else:
            work = upload_work(self._assistant.library, uploads, hidden if isinstance(hidden, int) else 0)
        self._begin(event, request, work)

    def read_again(self, event: gr.EventData, request: gr.Request) -> None:
        """Begin to read the file of one document again."""
        if documents := _documents(event):
            self._begin(event, request, read_again_work(self._assistant, documents[0]))

    def remove(self, event: gr.EventData, request: gr.Request) -> None:
        """Begin to remove the documents that are named by their ids, once the person has confirmed."""
        if documents := _documents(event):
            self._begin(event, request, removal_work(self._assistant, documents))

    def cancel(self, event: gr.EventData, request: gr.Request) -> None:
        """Stop a job of this person."""
        self._jobs.cancel(_said(event, "token"), user_of(request))

    def dismiss(self, event: gr.EventData, request: gr.Request) -> None:
        """Forget a finished job of this person."""
        self._jobs.dismiss(_said(event, "token"), user_of(request))

    def _begin(self, event: gr.EventData, request: gr.Request, work: Work) -> None:
        self._jobs.begin(_said(event, "token"), user_of(request), work)


def add_documents(assistant: Assistant, tab: gr.Tab) -> None:
    """Build the tab inside the Blocks at hand."""
    documents = Documents(assistant)

    # Gradio marks the functions it is given, which it cannot do with methods.
    def rows(query: object) -> dict[str, Any]:
        return documents.rows(query)

    def progress(token: object) -> dict[str, Any]:
        return documents.progress(token)

    drop = _drop(assistant.library.max_file_bytes)
    adding = gr.HTML(drop, elem_id="uploads", js_on_load=_text("uploads.js"), server_functions=[progress])
    table = gr.HTML(_text("documents.html"), elem_id="documents", js_on_load=_text("documents.js"), server_functions=[rows])
    quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    adding.add_files(documents.add, None, None, **quick)
    adding.cancel(documents.cancel, None, None, **quick)
    adding.dismiss(documents.dismiss, None, None, **quick)
    table.again(documents.read_again, None, None, **quick)
    table.remove(documents.remove, None, None, **quick)
    tab.select(None, None, None, js="() => { document.dispatchEvent(new Event('citewell:documents')); }", **quick)


def _said(event: gr.EventData, name: str) -> object:
    return getattr(event, name, None)


def _documents(event: gr.EventData) -> list[str]:
    """The ids of documents that an event names."""
    named = _said(event, "documents")
    return [name for name in named if isinstance(name, str) and _DOCUMENT.fullmatch(name)] if isinstance(named, list) else []


def _text(name: str) -> str:
    return (files("ui") / name).read_text(encoding="utf-8")


def _drop(max_bytes: int) -> str:
    """Where files are dropped or chosen, and the jobs below it; `uploads.js` brings it to life."""
    known = sorted(ENDINGS)
    size = f"{max_bytes / 1e6:,.0f} MB" if max_bytes >= 1e6 else f"{max_bytes:,} bytes"
    page = Template(_text("uploads.html"))
    return page.substitute(endings=" ".join(known), accept=",".join(known), max_bytes=max_bytes, max_files=MOST_FILES, size=size)

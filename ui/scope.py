"""Which documents a question is asked of: all of them, or some that the person chose by the question's box."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

import gradio as gr

from index import DocumentSummary
from index.errors import LibraryAway
from rag import Assistant
from ui.names import shortened, source_name, visible
from ui.users import user_of

__all__ = ["MOST_CHOSEN", "NONE_LEFT", "ScopeControl", "add_scope", "documents_beside", "read_scope", "scope_names", "still_there"]

MOST_CHOSEN = 5000
"""So many documents can be chosen one by one."""
NONE_LEFT = (
    "The documents that this question was asked of are no longer in the library. "
    "Choose others below the question's box, or all documents, and ask again."
)
_DOCUMENT = re.compile(r"[0-9a-f]{16}")
_ROWS = 50
_NAMED = 12
"""So many of the chosen are named where there is little room."""
_LONGEST_FILTER = 200
_FRAME = """
<button type="button" class="choose" aria-haspopup="dialog" aria-describedby="scope-names">
  <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 5h14M6 10h8M8.5 15h3" /></svg><span role="status">All documents</span>
</button>
<button type="button" class="clear" aria-label="Ask all documents again" title="Ask all documents again" hidden>×</button>
<span id="scope-names" class="unseen"></span>
"""


def documents_beside(assistant: Assistant) -> list[DocumentSummary]:
    """All documents, for what is shown beside an answer: none while the library is away, which the answer says."""
    try:
        return assistant.documents()
    except LibraryAway:
        return []


class ScopeControl:
    """What the control does with one assistant. Called from the browser: nothing in `asked` is trusted."""

    def __init__(self, assistant: Assistant) -> None:
        """Choose among this assistant's documents."""
        self._assistant = assistant

    def listed(self, asked: object) -> dict[str, Any]:
        """A page of the documents that have all words of `filter`, of those in `ids` alone where it is a list; `page` counts from 0."""
        documents = documents_beside(self._assistant)
        among = _said(asked, "ids")
        matching = _matching(documents, _said(asked, "filter"), _ids(among) if isinstance(among, list) else None)
        page = _said(asked, "page")
        start = _ROWS * page if type(page) is int and page > 0 else 0
        rows = [_row(document) for document in matching[start : start + _ROWS]]
        return {"documents": rows, "matching": len(matching), "total": len(documents), "more": start + _ROWS < len(matching)}

    def matching(self, asked: object) -> list[str]:
        """The ids of all documents that have all words of `filter`, as far as they can be chosen."""
        return [document.id for document in _matching(documents_beside(self._assistant), _said(asked, "filter"))[:MOST_CHOSEN]]

    def chosen(self, asked: object) -> dict[str, Any]:
        """What has become of the documents with these `ids`: those that are there, those that are gone, and some names."""
        return self._told(_ids(_said(asked, "ids")))

    def kept(self, asked: object, request: gr.Request) -> dict[str, Any]:
        """The same of the documents that the last question of the person's own `conversation` was asked of."""
        name = _said(asked, "conversation")
        found = self._assistant.conversations.find(user_of(request), name) if isinstance(name, str) else None
        return self._told(found.exchanges[-1].scope if found and found.exchanges else ())

    def _told(self, scope: Sequence[str]) -> dict[str, Any]:
        documents = self._assistant.documents()
        there = still_there(scope, documents)
        found = set(there)
        return {
            "ids": there,
            "gone": [number for number in scope if number not in found],
            "names": scope_names(there, documents, _NAMED),
        }


def add_scope(assistant: Assistant) -> gr.HTML:
    """Build the control inside the Blocks at hand; `conversation.js` asks it what is chosen."""
    control = ScopeControl(assistant)

    # Gradio marks the functions it is given, which it cannot do with methods.
    def listed(asked: object) -> dict[str, Any]:
        return control.listed(asked)

    def matching(asked: object) -> list[str]:
        return control.matching(asked)

    def chosen(asked: object) -> dict[str, Any]:
        return control.chosen(asked)

    def kept(asked: object, request: gr.Request) -> dict[str, Any]:
        return control.kept(asked, request)

    script = (files("ui") / "scope.js").read_text(encoding="utf-8")
    return gr.HTML(_FRAME, elem_id="scope", js_on_load=script, server_functions=[listed, matching, chosen, kept])


def read_scope(text: object) -> tuple[str, ...]:
    """The ids of documents in what the browser says was chosen, a JSON list; none of them means all."""
    try:
        return _ids(json.loads(text)) if isinstance(text, str) else ()
    except (ValueError, RecursionError):
        return ()


def still_there(scope: Iterable[str], documents: Iterable[DocumentSummary]) -> list[str]:
    """Those of the chosen that are in the library, in the order in which they were chosen."""
    there = {document.id for document in documents}
    return [number for number in scope if number in there]


def scope_names(scope: Sequence[str], documents: Sequence[DocumentSummary], most: int = _NAMED) -> list[str]:
    """The titles of the chosen, with the source where two have the same; then how many more there are, and how many are gone."""
    titles = Counter(document.title for document in documents)
    known = {document.id: document for document in documents}
    there = [known[number] for number in scope if number in known]
    names = [_name(document, twice=titles[document.title] > 1) for document in there[:most]]
    more, gone = len(there) - most, len(scope) - len(there)
    return names + [f"and {more:,} more"] * (more > 0) + [f"{gone:,} since removed from the library"] * (gone > 0)


def _name(document: DocumentSummary, *, twice: bool) -> str:
    return _short(f"{document.title} ({source_name(document.source)})" if twice else document.title)


def _row(document: DocumentSummary) -> dict[str, str]:
    return {"id": document.id, "title": _short(document.title), "source": _short(source_name(document.source))}


def _short(text: str) -> str:
    return shortened(visible(text))


def _matching(documents: Sequence[DocumentSummary], words: object, among: Sequence[str] | None = None) -> list[DocumentSummary]:
    """By title; title and source must have all the words."""
    asked = words[:_LONGEST_FILTER].casefold().split() if isinstance(words, str) else []
    allowed = None if among is None else set(among)
    found = [
        document
        for document in documents
        if (allowed is None or document.id in allowed) and all(word in f"{document.title} {document.source}".casefold() for word in asked)
    ]
    return sorted(found, key=lambda document: (document.title.casefold(), document.source))


def _said(asked: object, name: str) -> object:
    return asked.get(name) if isinstance(asked, dict) else None


def _ids(value: object) -> tuple[str, ...]:
    """Each id once, of what may be anything."""
    listed = value if isinstance(value, list) else []
    return tuple(dict.fromkeys(one for one in listed if isinstance(one, str) and _DOCUMENT.fullmatch(one)))[:MOST_CHOSEN]

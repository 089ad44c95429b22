"""The kept conversations beside the chat: listed, searched, renamed, deleted, and given out as files."""

from importlib.resources import files
from typing import Any

import gradio as gr

from rag.conversations import Conversations
from rag.export import FORMS, exported
from ui.names import visible
from ui.users import user_of

__all__ = ["History", "add_history"]

_MOST_LISTED = 1000
_LONGEST_SEARCH = 200
_LONGEST_TITLE = 2000
_FRAME = """
<div class="bar">
  <button type="button" class="toggle" aria-controls="history-list" aria-expanded="false" title="Conversations">
    <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 5h14M3 10h14M3 15h9" /></svg><span>Conversations</span>
  </button>
  <button type="button" class="new" title="New chat">
    <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 4v12M4 10h12" /></svg><span>New chat</span>
  </button>
</div>
<nav id="history-list" aria-label="Conversations">
  <input type="search" aria-label="Search conversations" placeholder="Search" autocomplete="off" maxlength="200" />
  <p class="note" role="status"></p>
  <div class="list"></div>
</nav>
"""


class History:
    """What the list does with the store. Called from the browser: nothing in `asked` is trusted."""

    def __init__(self, conversations: Conversations) -> None:
        """List what is kept here."""
        self._kept = conversations

    def listed(self, asked: object, request: gr.Request) -> dict[str, Any]:
        """The conversations, newest first, in which every word of `search` stands; whether there are more; why none is kept.

        `shown` is the title without what would turn the writing around.
        """
        most = _number(asked, "most")
        found = self._kept.summaries(user_of(request), _text(asked, "search", _LONGEST_SEARCH), most=most + 1)
        listed = [
            {"id": one.id, "title": one.title, "shown": visible(one.title), "updated": one.updated.isoformat()} for one in found[:most]
        ]
        return {"conversations": listed, "more": len(found) > most, "problem": self._kept.problem}

    def rename(self, asked: object, request: gr.Request) -> None:
        """Give a conversation another title."""
        self._kept.rename(user_of(request), _text(asked, "id"), _text(asked, "title", _LONGEST_TITLE))

    def delete(self, asked: object, request: gr.Request) -> None:
        """Remove a conversation; the person has confirmed it."""
        self._kept.delete(user_of(request), _text(asked, "id"))

    def export(self, asked: object, request: gr.Request) -> dict[str, str] | None:
        """A conversation as a file: its name, media type and text; None if there is no such conversation or form."""
        conversation = self._kept.find(user_of(request), _text(asked, "id"))
        form = _text(asked, "form")
        if conversation is None or form not in FORMS:
            return None
        name, media_type, text = exported(conversation, form)
        return {"name": name, "type": media_type, "text": text}


def add_history(conversations: Conversations) -> gr.HTML:
    """Build the list inside the Blocks at hand; its event `select` asks for the conversation that the browser names."""
    history = History(conversations)

    # Gradio marks the functions it is given, which it cannot do with methods.
    def listed(asked: object, request: gr.Request) -> dict[str, Any]:
        return history.listed(asked, request)

    def rename(asked: object, request: gr.Request) -> None:
        history.rename(asked, request)

    def remove(asked: object, request: gr.Request) -> None:
        history.delete(asked, request)

    def export(asked: object, request: gr.Request) -> dict[str, str] | None:
        return history.export(asked, request)

    script = (files("ui") / "history.js").read_text(encoding="utf-8")
    return gr.HTML(_FRAME, elem_id="history", js_on_load=script, server_functions=[listed, rename, remove, export])


def _text(asked: object, name: str, longest: int = 64) -> str:
    """One text of what the browser sends, "" for anything else."""
    value = asked.get(name) if isinstance(asked, dict) else None
    return value[:longest].encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _number(asked: object, name: str) -> int:
    value = asked.get(name) if isinstance(asked, dict) else None
    return min(max(value, 1), _MOST_LISTED) if type(value) is int else _MOST_LISTED

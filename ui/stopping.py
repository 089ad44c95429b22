"""An answer that is stopped twice, by Stop and then by leaving its conversation, is stopped once and nothing fails."""

from typing import Any

from fastapi import FastAPI
from gradio.routes import App

__all__ = ["stopped_twice"]


class _Iterators(dict[str, Any]):
    """Of Gradio's generators by event, one that is gone already can be deleted again."""

    def __delitem__(self, event_id: str) -> None:
        self.pop(event_id, None)


def stopped_twice(app: FastAPI) -> None:
    """Let two requests stop the same answer, in the Gradio app that is mounted in `app`.

    Gradio's `/cancel` looks whether the event's generator is there, waits until it has been closed, which takes as long as the search
    that it is in, and deletes it. A second request for the same event, which came meanwhile, has seen the generator too and then
    deletes it again: a KeyError, of no consequence but for its traceback in the terminal.
    """
    for route in app.routes:
        mounted = getattr(route, "app", None)
        if isinstance(mounted, App):
            mounted.iterators = _Iterators(mounted.iterators)

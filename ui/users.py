"""Who is asking: the name that the server has checked, on every function that keeps or changes something."""

import gradio as gr
from starlette.requests import HTTPConnection

__all__ = ["require_names", "user_of"]

_required = False


def require_names(required: bool) -> None:
    """Say whether this process's server asks people to sign in."""
    global _required
    _required = required


def user_of(request: gr.Request | HTTPConnection | None) -> str:
    """The checked name of the person behind a request, "" where the server asks for none.

    The server functions of a component get Starlette's request in place of Gradio's.

    Raises:
        PermissionError: the server asks for names, and the request has none.
    """
    name = request.scope.get("user") if isinstance(request, HTTPConnection) else request.username if request else None
    if _required and not name:
        raise PermissionError("You are signed out. Reload the page to sign in.")
    return name or ""

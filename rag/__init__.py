"""Citewell's Python front door: ask a question, get an answer whose every sentence is cited.

Each name is loaded when it is first asked for, so that the command can begin to load the models before all else.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.assistant import Assistant, answer
    from rag.records import Answer, Citation, Passage, Sentence

__all__ = ["Answer", "Assistant", "Citation", "Passage", "Sentence", "answer"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'rag' has no attribute '{name}'")
    return getattr(import_module("rag.assistant" if name in ("Assistant", "answer") else "rag.records"), name)

"""Documents in, a searchable library out. Each name is loaded when it is first asked for, since a start waits for every import."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.config import IndexSettings
    from index.library import Library
    from index.progress import AddProgress
    from index.records import AddReport, Chunk, Document, DocumentSummary, FileReport
    from index.scope import Scope, Searchable

__all__ = [
    "AddProgress",
    "AddReport",
    "Chunk",
    "Document",
    "DocumentSummary",
    "FileReport",
    "IndexSettings",
    "Library",
    "Scope",
    "Searchable",
]

_HOMES = {"IndexSettings": "config", "AddProgress": "progress", "Library": "library", "Scope": "scope", "Searchable": "scope"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'index' has no attribute '{name}'")
    return getattr(import_module(f"index.{_HOMES.get(name, 'records')}"), name)

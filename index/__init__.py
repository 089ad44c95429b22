"""Documents in, a searchable library out."""

from index.config import IndexSettings
from index.library import AddProgress, Library
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

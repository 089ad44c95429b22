"""What passes between `index.documents` and the converters: what was found, and the limits of looking for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from index.records import Page

__all__ = ["Converter", "Limits", "Parsed"]


@dataclass(frozen=True)
class Limits:
    """How much work one file may make.

    `max_unpacked_bytes` and `max_archive_files` hold for a ZIP archive and for the formats that are one
    inside (Word, EPUB, …); `max_pages` for PDF pages and slides; `max_seconds` for the pages of one PDF.
    """

    max_unpacked_bytes: int = 1_000_000_000
    max_archive_files: int = 10_000
    max_pages: int = 5_000
    max_seconds: float = 300.0


@dataclass(frozen=True)
class Parsed:
    """What a converter found: the text in one of the two forms that `index.structure` reads."""

    text: str
    media_type: str = "text/markdown"
    markup: Literal["plain", "markdown"] = "markdown"
    title: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    pages: tuple[Page, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


Converter = Callable[[bytes, Path, Limits], Parsed]
"""Bytes of a file, its path for messages and its ending, and the limits."""

"""Pages become one text, and the span of each."""

import re
from collections.abc import Sequence

from index.records import Page

__all__ = ["ENDS_SENTENCE", "join_pages"]

ENDS_SENTENCE = re.compile(r"[.!?:。！？][\"”’)]?$")


def join_pages(pages: Sequence[str]) -> tuple[str, tuple[Page, ...]]:
    """One text; a sentence that runs over a page's end is not broken by it."""
    parts: list[str] = []
    spans = []
    length, tail = 0, ""
    for number, page in enumerate(pages, start=1):
        runs_on = tail and page and not ENDS_SENTENCE.search(tail) and page[0].islower()
        separator = "" if not length else " " if runs_on else "\n\n"
        start = length + len(separator) if page else length
        parts.extend([separator, page] if page else [])
        length += len(separator) + len(page) if page else 0
        tail = page.rstrip()[-40:] if page else tail
        spans.append(Page(number=number, start=start, end=length))
    return "".join(parts), tuple(spans)

"""An answer as one text: its words, and below a line the words that each number cites."""

import re

from rag import Answer
from rag.export import inert, place_of

__all__ = ["with_footnotes", "without_footnotes"]

_LINE = "\n\n---\n\n"
_FOOTNOTES = re.compile(r"\n\n---\n\n\[\d+\] .*\Z", re.S)


def with_footnotes(answer: Answer) -> str:
    """Markdown; nothing in the quotes comes to life in it."""
    notes = [f"[{citation.number}] {inert(place_of(citation))}: “{inert(citation.quote)}”" for citation in answer.citations]
    return answer.text + (_LINE + "\n\n".join(notes) if notes else "")


def without_footnotes(text: str) -> str:
    """The answer's own words, as a follow-up question is understood by."""
    return _FOOTNOTES.sub("", text)

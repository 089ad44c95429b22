"""An answer as one text: its words, and below a line the words that each number cites."""

import re

from rag import Answer
from rag.export import inert, place_of

__all__ = ["footnotes", "with_footnotes", "without_footnotes"]

_LINE = "\n\n---\n\n"
_FOOTNOTES = re.compile(r"\n\n---\n\n\[\d+\] .*\Z", re.S)


def with_footnotes(answer: Answer) -> str:
    """Markdown; nothing in the quotes comes to life in it."""
    return answer.text + footnotes(answer)


def footnotes(answer: Answer) -> str:
    """What stands below an answer's own words: a line, and its citations; nothing where there are none."""
    notes = [f"[{citation.number}] {inert(place_of(citation))}: “{inert(citation.quote)}”" for citation in answer.citations]
    return _LINE + "\n\n".join(notes) if notes else ""


def without_footnotes(text: str) -> str:
    """The answer's own words, as a follow-up question is understood by."""
    return _FOOTNOTES.sub("", text)

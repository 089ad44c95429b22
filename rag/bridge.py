"""One step from a name to what it is: "Bar Raisers are experienced interviewers who …".

A document may define its subject once and say the rest of its kind ("the interviewers", "the hiring
team"). A question about the name is then also asked of the kind: "what do Bar Raisers look for?"
becomes "what do interviewers look for?". The other way round, "the author" is also asked about by the
name in the byline. The bridged question widens the search; it never replaces the question.
"""

import re
from collections.abc import Iterable

from index.chunk import BYLINE_LEAD
from rag.question import ParsedQuestion
from rag.units import Unit

__all__ = ["bridge_question"]

_AUTHOR = re.compile(r"\b(?:the|this) (?:author|writer)\b", re.I)
_NAME = re.compile(r"\b(?:[A-Z][\w'’-]*)(?:[ -](?:[A-Z][\w'’-]*))*")
_KIND = (
    r"\s+(?:is|are|was|were)\s+(?:an?\s+|the\s+)?(?P<kind>[a-z][\w'’ -]{2,60}?)"
    r"(?=\s+(?:who|that|which|of|in|for|with|from|to|at)\b|[,.;:(—]|$)"
)


def bridge_question(question: ParsedQuestion, units: Iterable[Unit]) -> str | None:
    """The question with a name in it replaced by the kind that a sentence of the evidence gives it, or None."""
    units = list(units)
    if _AUTHOR.search(question.text) and (author := _author(units)):
        return _AUTHOR.sub(author, question.text, count=1)
    if question.wants_definition:
        return None
    texts = [unit.text for unit in units]
    for name in _names(question.text, texts):
        pattern = re.compile(rf"(?:^|(?<=[.;:]\s))(?:An?\s+|The\s+)?{_any_number(name)}{_KIND}", re.I)
        for text in texts:
            if (found := pattern.search(text)) and len(found["kind"].split()) <= 5:
                kind = found["kind"].split()[-1]
                return re.sub(rf"(?:\b(?:an?|the)\s+)?{_any_number(name)}\b", kind, question.text, count=1, flags=re.I)
    return None


def _author(units: Iterable[Unit]) -> str | None:
    """The first name of two words or more in a byline among the units."""
    bylines = (unit.text for unit in units if unit.context.endswith(BYLINE_LEAD))
    return next((name for text in bylines for name in _NAME.findall(text) if " " in name), None)


def _names(question: str, texts: list[str]) -> list[str]:
    """Names in the question, longest first, also where the question does not capitalise them."""
    written = {name for text in texts for name in _NAME.findall(text) if len(name) > 2}
    return sorted((name for name in written if re.search(rf"\b{_any_number(name)}\b", question, re.I)), key=lambda name: (-len(name), name))


def _any_number(name: str) -> str:
    return re.escape(name.removesuffix("s")) + "s?"

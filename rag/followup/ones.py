"""The noun that "one" stands for ("the first one", "a new one", "which one"): that of an earlier question."""

import re
from collections.abc import Sequence

from rag.followup.lexicon import VERBS
from rag.followup.names import noun_phrases
from rag.words import STOPWORDS

__all__ = ["with_noun_for_one"]

_ONE = re.compile(
    r"\b(?P<which>which|another|(?:the|an?)\s+(?!only\b)[\w-]+)\s+ones?\b(?!\s+(?:of|in|for|at|on|with|from|day|year|week|month|hour)\b)",
    re.I,
)
_ASKED_FOR = re.compile(
    r"\b(?:which|what|how many)\s+(?:(?!(?:kind|type|sort)s?\b)[\w-]+\s+)??(?P<noun>[a-z][\w-]+[^s\W]s)\b(?=\s|\W*$)", re.I
)


def with_noun_for_one(question: str, earlier: Sequence[str], said: str) -> str:
    """The question with the noun in place of "one"; as it is where it has none, or no noun is found.

    Args:
        question: as it was asked.
        earlier: the questions before it, the latest last.
        said: all that was said; of several nouns the most frequent is taken.
    """
    found = _ONE.search(question)
    if not found:
        return question
    asked = [_singular(match["noun"].lower()) for text in reversed(earlier) for match in _ASKED_FOR.finditer(text)]
    nouns = asked or (_named(earlier) if found["which"].lower() != "which" else [])
    noun = max((noun for noun in nouns if _is_new(noun, question)), key=said.lower().count, default="")
    return f"{question[: found.start()]}{found['which']} {noun}{question[found.end() :]}" if noun else question


def _named(earlier: Sequence[str]) -> list[str]:
    """The nouns that questions name with an article, in small letters, the latest first."""
    phrases = [phrase.split()[-1] for text in reversed(earlier) for phrase, _ in noun_phrases(text)]
    return [noun for noun in phrases if noun == noun.lower()]


def _is_new(noun: str, question: str) -> bool:
    return noun not in VERBS | STOPWORDS | {"one"} and noun not in question.lower()


def _singular(noun: str) -> str:
    return re.sub(r"ies$", "y", noun) if noun.endswith("ies") else re.sub(r"(?<=[sxz])es$|(?<=[cs]h)es$|s$", "", noun)

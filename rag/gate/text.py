"""A text read once for all comparisons of a sentence with its cited words: words, clauses, names, numbers and dates."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rag.gate.dates import Date, find_dates
from rag.gate.polarity import Word, is_adverb, read_words
from rag.gate.quantities import Quantity, find_quantities
from rag.words import STOPWORDS

__all__ = ["CAPITALISED", "Finding", "Text", "folded", "is_known_name", "is_name", "outdoes", "read_text"]

Kind = Literal["number", "date", "name", "negation", "comparison", "words"]
Finding = tuple[Kind, str, bool]
"""What of a sentence is not cited: the kind, in words for a person, and whether the sentence cannot stand with it."""

CAPITALISED = re.compile(r"(?<![\w'’])(?:[A-Z][\w]*(?:['’&][A-Za-z]+)*|[a-z]+[A-Z0-9]\w*|\d+[A-Za-z]+\w*)")
_STARTS = re.compile(r"(?:^|[.!?:;|•]\s+|[“\"(]\s*)$")
_FINITE = re.compile(r"\s+(?:is|was|has|had|will|can|may|must|[a-z]+(?:s|ed)|wrote|led|won|built|made|became|took|gave|began|left)\b")
_ABSTRACT = re.compile(r"(?:s|ing|ion|ment|ness|ity|ance|ence|ers?|ors?|age|ure|al|ship)$")
_NAME_ENDINGS = ("", "s", "n", "an", "ian", "ish", "ese", "y")
"""What may be behind a name that is the same name: Berlin's, Indian, German and Germany."""
_AUXILIARIES = frozenset("is are was were has have had does do did can may must will shall should not never".split())


@dataclass(frozen=True)
class Text:
    """A text read once for all comparisons."""

    text: str

    @cached_property
    def words(self) -> list[Word]:
        """Its words in order."""
        return read_words(self.text)

    @cached_property
    def content(self) -> list[Word]:
        """The words that carry meaning."""
        return [word for word in self.words if word.content]

    @cached_property
    def stems(self) -> set[str]:
        """The stems of all its words."""
        return {word.stem for word in self.words}

    @cached_property
    def clauses(self) -> dict[int, set[str]]:
        """The stems of the content words of each clause."""
        found: dict[int, set[str]] = {}
        for word in self.content:
            if not word.text[0].isdigit():
                found.setdefault(word.clause, set()).add(word.stem)
        for before, word, after in zip(self.words, self.words[1:], self.words[2:], strict=False):
            joins = word.text in ("and", "but") and before.clause == word.clause - 1
            if (
                joins
                and (after.content or after.text in _AUXILIARIES)
                and after.start not in self.names
                and (subject := self.subjects.get(before.clause))
            ):
                found.setdefault(word.clause, set()).update(subject)
        return found

    @cached_property
    def subjects(self) -> dict[int, set[str]]:
        """The word or the name that each clause begins with: what "and" goes on about where no other follows it."""
        found: dict[int, set[str]] = {}
        for run in self.runs:
            if not is_adverb(run[0].text) and not run[0].text[0].isdigit():
                found.setdefault(run[0].clause, {word.stem for word in run})
        return found

    @cached_property
    def runs(self) -> list[list[Word]]:
        """The words that carry meaning, those of one name together."""
        runs: list[list[Word]] = []
        for word in self.content:
            before = runs[-1][-1] if runs else None
            touch = before and word.start - before.start - len(before.text) == 1 and word.clause == before.clause
            if before and touch and word.text[0].isalpha() and {before.start, word.start} <= self.names:
                runs[-1].append(word)
            else:
                runs.append([word])
        return runs

    @cached_property
    def quantities(self) -> list[Quantity]:
        """Its numbers."""
        return find_quantities(self.text)

    @cached_property
    def dates(self) -> list[Date]:
        """Its dates and times."""
        return find_dates(self.text)

    @cached_property
    def years(self) -> list[Quantity]:
        """Its years, also those of dates."""
        dated = [Quantity("year", date.year, date.year, date.start, date.end, date.text) for date in self.dates if date.year]
        return [*(quantity for quantity in self.quantities if quantity.kind == "year"), *dated]

    @cached_property
    def names(self) -> set[int]:
        """Where its capitalised words start, those that begin a sentence left out."""
        return {match.start() for match in CAPITALISED.finditer(self.text) if is_name(match, self.text)}

    @cached_property
    def plain_words(self) -> set[str]:
        """Its words without accents and in lower case, for names."""
        return {folded(word.text.removesuffix("'s")) for word in self.words} | {
            folded(part) for word in self.words for part in re.split(r"['’]", word.text)
        }

    @cached_property
    def initials(self) -> set[str]:
        """The initials of runs of words, as an acronym has them, in lower case."""
        letters = "".join(word.text[0] for word in self.words if word.text not in ("of", "the", "and", "for", "in"))
        return {letters[at : at + size] for size in range(2, 6) for at in range(len(letters) - size + 1)}

    def clause_at(self, start: int) -> int:
        """The clause of the word that stands at a character."""
        at = bisect_right(self.words, start, key=lambda word: word.start) - 1
        return self.words[at].clause if at >= 0 else 0

    def nearness(self, clause: int, stems: set[str]) -> float:
        """How many of these stems stand in a clause; in the clauses beside it they count for a fifth."""
        beside = self.clauses.get(clause - 1, set()) | self.clauses.get(clause + 1, set())
        here = stems & self.clauses.get(clause, set())
        return len(here) + 0.2 * len((stems & beside) - here)


def read_text(text: str) -> Text:
    """The text, ready to be compared."""
    return Text(text)


def outdoes(rival: float, best: float) -> bool:
    """Whether a place is clearly nearer to a sentence's clause (`Text.nearness`) than the best that would fit."""
    return rival >= best + 0.75 and rival >= 1.5 * best


def is_name(match: re.Match[str], text: str) -> bool:
    """A word in capitals; at the start of a sentence only if it is more than a capital, or does something as one person or place would."""
    word = match[0]
    if word.lower().replace("’", "'") in STOPWORDS or re.fullmatch(r"\d+(?:st|nd|rd|th|k|m|bn|s)", word):
        return False
    if not _STARTS.search(text, max(0, match.start() - 3), match.start()):
        return True
    if word[1:] != word[1:].lower() or "’s" in word or "'s" in word:
        return True
    following = CAPITALISED.match(text, match.end() + 1)
    return following is not None or bool(_FINITE.match(text, match.end()) and not _ABSTRACT.search(word))


def is_known_name(name: str, known: set[str]) -> bool:
    """Whether a name, or what it is made of, is among words, also as Berlin's, German or Germany."""
    if name in known or all(part in known for part in re.split(r"['’&-]", name) if part):
        return True
    return any(name + ending in known for ending in _NAME_ENDINGS) or any(
        ending and name.endswith(ending) and len(name) - len(ending) >= 4 and name.removesuffix(ending) in known for ending in _NAME_ENDINGS
    )


def folded(word: str) -> str:
    """In lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))

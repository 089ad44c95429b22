"""The words of a question that carry its meaning, and how rare they are."""

import math
import re
from dataclasses import dataclass

from index import Searchable
from index.storing import Words

__all__ = ["MONTH", "WORD", "YEAR", "QuestionWords", "content_words", "names_in", "names_nothing_there", "question_words", "stems_of"]

_PARTICLES = frozenset("after at away back down for forward into off on out over through to up".split())
_JOIN = "~"
_KIN_CHARACTERS, _KIN_SHARE = 5, 0.7
"""A stem of at least so many characters that begins another one is of its kin, and counts for this much of it."""
_NAME = re.compile(r"(?<![.?!:] )(?<![\"“”'‘’(])\b(?!^)[A-Z]\w*[a-z]\w*(?![\w'’])")
"""A word in the middle of a sentence with a capital; no abbreviation, whose other form the documents may have."""
_SHORT_NAME = 4
_CODE = re.compile(r"\b[A-Z]{1,4}-?\d[\w-]*")
"""Letters and digits that name one thing of many, as an error's or a model's: "E11"."""
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
"""The name of a month, as a part of patterns."""
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")

STOPWORDS = frozenset(
    """a about above after again against all also am an and any are aren't as at be because been before being below between
    both but by can cannot can't could couldn't did didn't do does doesn't doing don't down during each few for from further
    get give had has hasn't have haven't having he her here hers herself him himself his how i if in into is isn't it its
    itself just know let like list make many me mean means meant more most much must my myself name no nor not of off on once one only
    or other our ours out over own please same say says shall she should so some such tell than that the their theirs them then
    there these they this those through to too under until up us use used very was we were what what's when where which while who
    whom whose why will with within would you your yours""".split()
)


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """Stemmed content words of a question with their weights, and its words that stand nowhere in what is asked.

    A weight is the inverse document frequency over the library's chunks, ln(1 + (N - n + 0.5) /
    (n + 0.5)) as in BM25. A word found nowhere weighs as much as one found in a single chunk. A word
    with a particle behind it ("look for") shares its weight with the pair.
    """

    weights: dict[str, float]
    unknown: tuple[str, ...]

    def coverage(self, stems: set[str]) -> float:
        """The weighted share of the question's words among `stems`, 0–1; 0 for a question without content words.

        A word that begins a longer one there ("mentor", "mentorship"), or the other way round, counts for a part.
        """
        total = sum(self.weights.values())
        heads = {stem[:_KIN_CHARACTERS] for stem in stems}
        return sum(weight * _presence(stem, stems, heads) for stem, weight in self.weights.items()) / total if total else 0.0


def _presence(stem: str, stems: set[str], heads: set[str]) -> float:
    """1 where the stem is among `stems`, a part where one of its kin is; `heads` are how these begin, which most often settles it."""
    if stem in stems:
        return 1.0
    kin = (
        len(stem) >= _KIN_CHARACTERS
        and _JOIN not in stem
        and stem[:_KIN_CHARACTERS] in heads
        and any(len(other) >= _KIN_CHARACTERS and (other.startswith(stem) or stem.startswith(other)) for other in stems)
    )
    return _KIN_SHARE if kin else 0.0


def question_words(question: str, library: Searchable) -> QuestionWords:
    """What of the question is to be found."""
    lexical, chunks = library.lexical(), max(library.chunk_count(), 1)
    phrasal = dict(pair.split(_JOIN) for pair in sorted(stems_of(question, lexical)) if _JOIN in pair)
    weights, unknown = {}, []
    for word in content_words(question):
        for stem in lexical.terms(word):
            found = lexical.frequency(stem)
            if stem not in weights and not library.holds_word(stem):
                unknown.append(word)
            weight = math.log(1 + (chunks - max(found, 1) + 0.5) / (max(found, 1) + 0.5))
            if stem in phrasal:
                weight /= 2
                weights[f"{stem}{_JOIN}{phrasal[stem]}"] = weight
            weights[stem] = weight
    return QuestionWords(weights, tuple(dict.fromkeys(unknown)))


def names_in(question: str) -> list[str]:
    """The words with a capital in the middle of a question."""
    return [name for name in _NAME.findall(question) if len(name) >= _SHORT_NAME]


def names_nothing_there(question: str, words: QuestionWords) -> bool:
    """Whether the question names something, as "Sweden" or 2019, that stands nowhere in what is asked."""
    return any(name in words.unknown for name in (*names_in(question), *_CODE.findall(question), *YEAR.findall(question)))


def stems_of(text: str, lexical: Words) -> set[str]:
    """The stems of a text, and each stem joined to a particle right behind it: "look for" is not "look back"."""
    stems = set(lexical.terms(text))
    words = [word.lower() for word in WORD.findall(text)]
    for word, follower in zip(words, words[1:], strict=False):
        if follower in _PARTICLES and word not in STOPWORDS:
            stems.update(f"{stem}{_JOIN}{follower}" for stem in lexical.terms(word))
    return stems


def content_words(question: str) -> list[str]:
    """The words that carry meaning, as written, in their order."""
    return [word for word in WORD.findall(question) if word.lower().replace("’", "'") not in STOPWORDS]

"""The words of a question that carry its meaning, how rare they are, and what a misspelt one meant."""

import math
import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from index import Library

__all__ = ["QuestionWords", "correct_spelling", "question_words"]

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")

STOPWORDS = frozenset(
    """a about above after again against all also am an and any are aren't as at be because been before being below between
    both but by can cannot can't could couldn't did didn't do does doesn't doing don't down during each few for from further
    get give had has hasn't have haven't having he her here hers herself him himself his how i if in into is isn't it its
    itself just know let like list make many me more most much must my myself name no nor not of off on once one only or other
    our ours out over own please same say says shall she should so some such tell than that the their theirs them then there
    these they this those through to too under until up us use used very was we were what what's when where which while who
    whom whose why will with within would you your yours""".split()
)


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """Stemmed content words of a question with their weights, and its words that stand nowhere.

    A weight is the inverse document frequency over the library's chunks, ln(1 + (N - n + 0.5) /
    (n + 0.5)) as in BM25. A word found nowhere weighs as much as one found in a single chunk.
    """

    weights: dict[str, float]
    unknown: tuple[str, ...]

    def coverage(self, stems: set[str]) -> float:
        """The weighted share of the question's words among `stems`, 0–1; 0 for a question without content words."""
        total = sum(self.weights.values())
        return sum(weight for stem, weight in self.weights.items() if stem in stems) / total if total else 0.0


def question_words(question: str, library: Library) -> QuestionWords:
    """What of the question is to be found."""
    lexical, chunks = library.lexical(), max(library.chunk_count(), 1)
    weights, unknown = {}, []
    for word in _content_words(question):
        for stem in lexical.terms(word):
            found = lexical.frequency(stem)
            if not found:
                unknown.append(word)
            weights[stem] = math.log(1 + (chunks - max(found, 1) + 0.5) / (max(found, 1) + 0.5))
    return QuestionWords(weights, tuple(dict.fromkeys(unknown)))


def correct_spelling(question: str, library: Library) -> str:
    """The question with each word that the library does not know replaced by the nearest one that it does.

    Only words of four letters or more, by one edit, from eight letters by two (Damerau 1964); names
    in capitals and words with digits are left alone.
    """
    lexical = library.lexical()
    for word in _content_words(question):
        stems = lexical.terms(word)
        if len(word) < 4 or not word.isalpha() or word.isupper() or any(lexical.frequency(stem) for stem in stems):
            continue
        if nearest := _nearest(word.lower(), library):
            question = re.sub(rf"\b{re.escape(word)}\b", nearest, question)
    return question


def _content_words(question: str) -> list[str]:
    return [word for word in _WORD.findall(question) if word.lower().replace("’", "'") not in STOPWORDS]


def _nearest(word: str, library: Library) -> str | None:
    limit = 2 if len(word) >= 8 else 1
    lexical = library.lexical()
    candidates: dict[str, int] = {}
    for stem in lexical.terms(word):
        for chunk in library.chunks(lexical.similar(stem, limit)).values():
            for other in _WORD.findall(f"{chunk.text} {' '.join(chunk.heading_path)}".lower()):
                if OSA.distance(word, other, score_cutoff=limit) <= limit:
                    candidates[other] = candidates.get(other, 0) + 1
    return min(candidates, key=lambda other: (OSA.distance(word, other), -candidates[other], other), default=None)

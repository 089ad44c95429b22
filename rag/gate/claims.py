"""The names and words of a sentence, compared with those it cites."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rag.gate.polarity import Word, stem
from rag.gate.text import CAPITALISED, Finding, Text, folded, is_known_name, is_name

__all__ = ["is_kin", "name_problems", "word_problems"]

_KIN, _KIN_REST = 4, 5
"""Two stems are kin if the shorter has so many characters, begins the longer, and lacks at most so many of it."""
_SUPPORTED, _WEAK = 0.81, 0.34
"""Shares of a sentence's content words that stand in the cited words: from the first on it is supported, below the second not."""
_ADDED, _ADDED_SHARE = 2, 0.75
"""A clause of which so many words, and such a share of them, stand nowhere is a claim of its own."""


def name_problems(said: Text, cited: Text, around: Text) -> Iterator[Finding]:
    """Names that stand neither in the cited words nor in title and headings."""
    known = cited.plain_words | around.plain_words
    dated = {at for date in said.dates for at in range(date.start, date.end)}
    for match in CAPITALISED.finditer(said.text):
        name = re.sub(r"['’]s$|['’]$", "", match[0])
        if match.start() in dated or not is_name(match, said.text):
            continue
        plain = folded(name)
        if len(name) == 1 or is_known_name(plain, known) or (name.isupper() and plain in cited.initials | around.initials):
            continue
        if _spelt_out(match, said.text, known):
            continue
        yield "name", f"{name} is not in the cited words", True


def _spelt_out(match: re.Match[str], text: str, known: set[str]) -> bool:
    """A word of a run of capitalised words whose initials are cited."""
    run = re.search(r"(?:[A-Z]\w+(?: (?:of|and|for|the) | ))*$", text[max(0, match.start() - 80) : match.start()])
    rest = re.match(r"\w+(?:(?: (?:of|and|for|the))? [A-Z]\w+)*", text[match.start() : match.start() + 80])
    whole = (run[0] if run else "") + (rest[0] if rest else "")
    initials = "".join(word[0] for word in whole.split() if word[0].isupper()).lower()
    return len(initials) >= 2 and initials in known


def word_problems(said: Text, cited: Text, around: Text) -> Iterator[Finding]:
    """Too small a share of its words, or a clause of its own that stands nowhere."""
    known = cited.stems | around.stems | {stem(q.text) for q in said.quantities}
    spans = [*((q.start, q.end) for q in said.quantities), *((d.start, d.end) for d in said.dates)]
    starts = {at for start, end in spans for at in range(start, end)}
    words = [word for word in said.content if word.start not in starts]
    if not words:
        return
    unknown = [word for word in words if not is_kin(word.stem, known)]
    share = 1 - len(unknown) / len(words)
    if share < _WEAK:
        yield "words", f"hardly any of its words are in the cited words (missing: {_listed(unknown)})", True
    elif added := _added(words, unknown):
        yield "words", f"“{_listed(added)}” is not in the cited words", True
    elif share < _SUPPORTED:
        yield "words", f"not in the cited words: {_listed(unknown)}", False


def is_kin(one: str, stems: set[str]) -> bool:
    """Whether a stem is among others, or begins one of them or is begun by one."""
    if one in stems:
        return True
    if len(one) < _KIN:
        return False
    return any(
        len(other) >= _KIN and abs(len(one) - len(other)) <= _KIN_REST and (one.startswith(other) or other.startswith(one))
        for other in stems
    )


def _added(words: Sequence[Word], unknown: Sequence[Word]) -> list[Word]:
    """The unknown words of the first clause that is made of them, where there are other clauses."""
    sizes, strange = Counter(word.clause for word in words), Counter(word.clause for word in unknown)
    for clause, count in strange.items():
        if len(sizes) > 1 and count >= _ADDED and count >= _ADDED_SHARE * sizes[clause]:
            return [word for word in unknown if word.clause == clause]
    return []


def _listed(words: Iterable[Word]) -> str:
    return ", ".join(dict.fromkeys(word.text for word in words))

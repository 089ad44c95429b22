"""Negations, opposites and swapped roles: a sentence that turns the words it cites round."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from rag.gate.polarity import Word, sides_of, stem
from rag.gate.text import Finding, Text, outdoes

__all__ = ["opposite_problems", "swap_problems"]

_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "de")
_FARTHEST = 4
"""Content words between two that were swapped."""


def opposite_problems(said: Text, cited: Text) -> Iterator[Finding]:
    """Negations that were added or dropped, and words in place of their opposites."""
    by_stem: dict[str, list[Word]] = {}
    for word in cited.words:
        by_stem.setdefault(word.stem, []).append(word)
    yield from _negations(said, cited, by_stem)
    there: dict[tuple[int, int], list[Word]] = {}
    for group, side, word in sides_of(cited.words):
        there.setdefault((group, side), []).append(word)
    sides = Counter(group for group, _ in there)
    for group, side, word in sides_of(said.words):
        mine, others = there.get((group, side), []), [w for (g, s), ws in there.items() if g == group and s != side for w in ws]
        if not sides[group] or not others or word.stem in by_stem and not mine:
            continue
        opposed = [other for other in others if bool(other.negated) == bool(word.negated)]
        if not mine:
            if opposed and not _is_bound(said, word) and not _is_turned_about(said, word, cited, opposed[0]):
                yield "comparison", f"“{word.text}” stands against “{opposed[0].text}” in the cited words", True
        elif opposed and (rival := _nearer_word(said, word, cited, mine, opposed)):
            yield "comparison", f"“{word.text}” stands against “{rival.text}” in the cited words", True


def _is_bound(said: Text, word: Word) -> bool:
    """Part of a number's bound ("at least", "more than 5"), which is compared with the number."""
    return any(0 < quantity.start - word.start < 16 and quantity.bound for quantity in said.quantities)


def _is_turned_about(said: Text, word: Word, cited: Text, other: Word) -> bool:
    """Whether it is said the other way round: "A is smaller than B" is what "B is larger than A" says."""
    (before, after), (there_before, there_after) = _around_than(said, word), _around_than(cited, other)
    return bool(before & there_after and after & there_before)


def _around_than(text: Text, word: Word) -> tuple[set[str], set[str]]:
    """The stems of a clause before a comparative, and those behind its "than"; both empty where there is no "than"."""
    clause = [other for other in text.words if other.clause == word.clause]
    than = next((other.start for other in clause if other.text == "than" and other.start > word.start), None)
    if than is None:
        return set(), set()
    before = {other.stem for other in clause if other.content and other.start < word.start}
    return before, {other.stem for other in clause if other.content and other.start > than}


def _nearer_word(said: Text, word: Word, cited: Text, mine: Sequence[Word], others: Sequence[Word]) -> Word | None:
    stems = said.clauses.get(word.clause, set()) - {word.stem}
    best = max(cited.nearness(other.clause, stems) for other in mine)
    rival = max(others, key=lambda other: cited.nearness(other.clause, stems))
    return rival if outdoes(cited.nearness(rival.clause, stems), best) else None


def _negations(said: Text, cited: Text, by_stem: dict[str, list[Word]]) -> Iterator[Finding]:
    denies = any(word.negator for word in cited.words)
    for word in said.content:
        same = _closest(word, said, cited, by_stem.get(word.stem, []))
        if same and word.negated == "yes" and not any(w.negated for w in same) and not _has_opposite(word, said, cited, same):
            yield "negation", f"the cited words do not deny “{word.text}”", True
        elif same and not word.negated and all(other.negated == "yes" for other in same):
            yield "negation", f"the cited words deny “{word.text}”", True
        elif not same and (base := _turned(word, by_stem)):
            if bool(word.negated) == bool(base.negated):
                yield "negation", f"“{word.text}” stands against “{base.text}” in the cited words", True
        elif not same and word.negated == "yes" and not denies and not _has_opposite(word, said, cited):
            yield "negation", f"the cited words do not deny “{word.text}”", True


def _closest(word: Word, said: Text, cited: Text, places: Sequence[Word]) -> list[Word]:
    """Of the places of the same word those in the clauses that share most with this one's."""
    if len(places) < 2:
        return list(places)
    stems = said.clauses.get(word.clause, set())
    scores = [cited.nearness(place.clause, stems) for place in places[:50]]
    return [place for place, score in zip(places, scores, strict=False) if score >= max(scores) - 1e-9]


def _turned(word: Word, by_stem: dict[str, list[Word]]) -> Word | None:
    """The cited word that is this one with or without a prefix that turns it round ("paid", "unpaid")."""
    for prefix in _PREFIXES:
        for other in (prefix + word.text, stem(prefix + word.text), stem(word.text.removeprefix(prefix))):
            bare = word.text.removeprefix(prefix)
            if other != word.stem and other in by_stem and (len(bare) >= 4) and (other.startswith(prefix) or bare != word.text):
                return by_stem[other][0]
    return None


def _has_opposite(word: Word, said: Text, cited: Text, same: Sequence[Word] = ()) -> bool:
    """Whether the cited words have the word's opposite, in a clause as near as those where the word itself stands."""
    sides = {(group, side) for group, side, _ in sides_of([word])}
    groups = {group for group, _ in sides}
    opposites = [other for group, side, other in sides_of(cited.words) if group in groups and (group, side) not in sides]
    stems = said.clauses.get(word.clause, set()) - {word.stem}
    near = max((cited.nearness(other.clause, stems) for other in same), default=0.0)
    return any(cited.nearness(other.clause, stems) >= near for other in opposites)


def swap_problems(said: Text, cited: Text) -> Iterator[Finding]:
    """Who does what to whom, turned round: "A pays B" where the cited words say "B pays A"; and what is said of another name."""
    there = set(_pairs(cited))
    here = set(_pairs(said))
    shown = {word.stem: word.text for word in said.words}
    for one, between, other, passive in sorted(here, key=lambda pair: (pair[0], pair[2])):
        back = (other, between, one, passive)
        if one != other and back in there and back not in here and (one, between, other, passive) not in there:
            yield "words", f"the cited words have “{shown[other]}” and “{shown[one]}” the other way round", True
    ways = _ways(cited)
    for name, preposition in sorted(_ways(said)):
        if (name, preposition) not in ways and (name, "to" if preposition == "from" else "from") in ways:
            yield "words", f"the cited words do not say {preposition} {shown[name].capitalize()}", True
    yield from _of_another(said, cited)


def _pairs(text: Text) -> Iterator[tuple[str, frozenset[str], str, bool]]:
    """Two words of a clause with what stands between them, and whether it has a "by"; of a run of names each word, with none between."""
    units, agents = text.runs, list(accumulate(word.text == "by" for word in text.words))
    places = {word.start: at for at, word in enumerate(text.words)}
    for at, first in enumerate(units):
        for gap in range(2, _FARTHEST + 2):
            last = units[at + gap] if at + gap < len(units) else None
            if not last or last[0].clause != first[0].clause:
                break
            between = frozenset(word.stem for unit in units[at + 1 : at + gap] for word in unit)
            passive = agents[places[last[0].start]] > agents[places[first[0].start]]
            for one in first:
                for other in last:
                    yield one.stem, between, other.stem, passive


def _ways(text: Text) -> set[tuple[str, str]]:
    """The words right behind "from" and "to"."""
    pairs = zip(text.words, text.words[1:], strict=False)
    return {(after.stem, before.text) for before, after in pairs if before.text in ("from", "to") and after.start in text.names}


def _of_another(said: Text, cited: Text) -> Iterator[Finding]:
    """A name of which the sentence says what the cited words say, in like words, of another name alone."""
    named = [word for word in cited.content if word.start in cited.names]
    here = {word.stem for word in said.content}
    for name in (word for word in said.content if word.start in said.names):
        own = [cited.clauses.get(word.clause, set()) for word in named if word.stem == name.stem]
        others = [word for word in named if word.stem not in here and cited.clauses.get(word.clause, set()) not in own]
        stems = said.clauses.get(name.clause, set()) - {name.stem}
        for other in others:
            clause = cited.clauses.get(other.clause, set())
            if own and name.stem not in clause and all(_is_of(stems, clause, mine, name.stem) for mine in own):
                yield "name", f"the cited words say this of {other.text.capitalize()}, not of {name.text.capitalize()}", True
                return


def _is_of(stems: set[str], clause: set[str], mine: set[str], name: str) -> bool:
    """Whether a sentence's words are those by which one clause differs from the name's own, which says something else in like words."""
    says_else = mine - clause - {name}
    return bool(stems & mine & clause and says_else and not stems & says_else and stems & (clause - mine))

"""Where two documents give different numbers or dates for the same thing.

A false alarm is worse than a miss: two statements differ only if they say the same in like words, name the same, and have as many values
of each kind, of which one is different.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from index import Searchable
from rag.gate.dates import Date
from rag.gate.polarity import sides_of
from rag.gate.quantities import Quantity, same_amount
from rag.gate.text import Text, folded, is_known_name, read_text
from rag.units import Unit

__all__ = ["Conflict", "ConflictSide", "Statement", "find_conflicts", "statements_of"]

_LIKE = 0.6
"""Share of the words of both statements, their values left out, that stand in both (Jaccard)."""
_LEAST_WORDS = 2
"""So many words they must share: "It lasts 10 weeks" may be said of anything."""
_VERSION = frozenset("edition editions version draft final revised revision new old copy update updated valid from since as of v".split())
"""Words of a title that say which version it is, not what it is about."""
_MONTHS = frozenset("january february march april may june july august september october november december".split())

Value = Quantity | Date


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or list item of a document, with what stands above it.

    `date` is the document's, empty where it is not known; `headings` lead to the statement, the title left out; `start` and `end` are
    characters of the document; `score` is higher for a better answer to the question.
    """

    document_id: str
    title: str
    date: str
    text: str
    start: int
    end: int
    headings: tuple[str, ...] = ()
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """One statement and the value in it, as it is written there."""

    statement: Statement
    value: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What documents say differently of the same thing, the best answer to the question first."""

    sides: tuple[ConflictSide, ...]


class _Read:
    """A statement with its values and the words around them."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.text: Text = read_text(statement.text)

    @cached_property
    def values(self) -> list[Value]:
        """Its numbers and dates, but for a "one" or "first", which are seldom numbers."""
        numbers = [q for q in self.text.quantities if q.kind not in ("code", "ordinal") and not (q.low == 1 and q.text.lower() == "one")]
        return [*numbers, *self.text.dates]

    @cached_property
    def stems(self) -> set[str]:
        """The words that carry meaning, those of the values left out."""
        spans = [(value.start, value.end) for value in self.values]
        words = (word for word in self.text.content if not any(start <= word.start < end for start, end in spans))
        return {word.stem for word in words if not word.text[0].isdigit()}

    @cached_property
    def names(self) -> list[list[str]]:
        """Its names, of each the words: it is the same name if one of them is."""
        spans = [(value.start, value.end) for value in self.values]
        named = ([word for word in run if word.start in self.text.names] for run in self.text.runs)
        return [[w.text for w in run] for run in named if run and not any(start <= run[0].start < end for start, end in spans)]

    @cached_property
    def known(self) -> set[str]:
        """Its words and those of its title and headings, for names."""
        return read_text(" | ".join((self.statement.text, self.statement.title, *self.statement.headings))).plain_words


def statements_of(units: Sequence[Unit], library: Searchable) -> list[Statement]:
    """Scored sentences and list items as statements; headings say nothing by themselves."""
    saying = [unit for unit in units if unit.kind != "heading" and unit.score > 0]
    documents = {number: library.document(number) for number in {unit.document_id for unit in saying}}
    found = []
    for unit in saying:
        document = documents[unit.document_id]
        text = " ".join(unit.text.split())
        place = (text, unit.start, unit.end, unit.section, unit.score)
        found.append(Statement(document.id, document.title, document.date, *place))
    return found


def find_conflicts(statements: Sequence[Statement]) -> list[Conflict]:
    """The conflicts among statements that bear on one question (some 40 at most: each is compared with each)."""
    reads = [_Read(statement) for statement in statements]
    groups: list[dict[int, Value]] = []
    for one, other in combinations(range(len(reads)), 2):
        for mine, yours in _differing(reads[one], reads[other]):
            group = next((g for g in groups if g.get(one) == mine or g.get(other) == yours), None)
            if group is None:
                groups.append(group := {})
            group[one], group[other] = mine, yours
    conflicts = []
    for group in groups:
        sides = [ConflictSide(reads[at].statement, value.text) for at, value in group.items()]
        sides.sort(key=lambda side: (-side.statement.score, side.statement.document_id, side.statement.start))
        conflicts.append(Conflict(tuple(sides)))
    return sorted(conflicts, key=lambda conflict: -conflict.sides[0].statement.score)


def _differing(one: _Read, other: _Read) -> Iterator[tuple[Value, Value]]:
    """The values in which two statements differ that are of the same thing."""
    if one.statement.document_id == other.statement.document_id or not one.values or not other.values:
        return
    if not _say_the_same(one, other) or _other_subjects(one.statement, other.statement):
        return
    pairs = _paired(one.values, other.values)
    if pairs is None:
        return
    differing = [(mine, yours) for mine, yours in pairs if _excludes(mine, yours)]
    # Of "40 people in 2021" and "60 people in 2022" both are true; so are "40 in 2021" and "40 in 2022".
    if len(differing) == 1 and (len(pairs) == 1 or not _is_when(differing[0][0])):
        yield differing[0]


def _say_the_same(one: _Read, other: _Read) -> bool:
    shared = one.stems & other.stems
    if len(shared) < _LEAST_WORDS or len(shared) < _LIKE * len(one.stems | other.stems):
        return False
    for here, there in ((one, other), (other, one)):
        if not all(any(is_known_name(folded(part), there.known) for part in name) for name in here.names):
            return False
    if any(word.negator for word in one.text.words) != any(word.negator for word in other.text.words):
        return False
    ordinals = [{q.low for q in read.text.quantities if q.kind == "ordinal"} for read in (one, other)]
    mine, yours = ({(g, s) for g, s, word in sides_of(read.text.words) if word.stem in read.stems} for read in (one, other))
    opposed = any(group == g and side != s for group, side in mine - yours for g, s in yours - mine)
    return ordinals[0] == ordinals[1] and not opposed


def _other_subjects(one: Statement, other: Statement) -> bool:
    """Whether titles of one form name different things ("Contract Miller", "Contract Smith"), or the headings have nothing in common."""
    mine, yours = _about(one.title), _about(other.title)
    if mine & yours and mine - yours and yours - mine:
        return True
    here, there = (read_text(" | ".join(statement.headings[-1:])).stems for statement in (one, other))
    both_below = one.headings[-1:] != (one.title,) and other.headings[-1:] != (other.title,)
    return bool(here and there and both_below and not here & there)


def _about(title: str) -> set[str]:
    words = (word for word in read_text(title).content if word.text not in _VERSION | _MONTHS)
    return {word.stem for word in words if not re.search(r"\d", word.text)}


def _paired(ones: Sequence[Value], others: Sequence[Value]) -> list[tuple[Value, Value]] | None:
    """The values of each kind, in their order; None if one statement has more of a kind than the other."""
    kinds = {_kind(value) for value in (*ones, *others)}
    pairs: list[tuple[Value, Value]] = []
    for kind in sorted(kinds):
        mine, yours = ([value for value in values if _kind(value) == kind] for values in (ones, others))
        if len(mine) != len(yours):
            return None
        pairs += zip(mine, yours, strict=True)
    return pairs


def _kind(value: Value) -> str:
    if isinstance(value, Quantity):
        return "when" if value.kind == "year" else "percent" if value.kind == "part" else value.kind
    return "hour" if value.minute is not None else "weekday" if value.weekday is not None else "when"


def _is_when(value: Value) -> bool:
    return _kind(value) == "when"


def _excludes(one: Value, other: Value) -> bool:
    """Whether not both values can be true of one thing."""
    if isinstance(one, Date) or isinstance(other, Date):
        mine, yours = (value if isinstance(value, Date) else _as_date(value) for value in (one, other))
        return not (mine.says(yours) or yours.says(mine)) and _same_telling(mine, yours)
    if same_amount(one, other) or (one.per and other.per and one.per != other.per):
        return False
    if one.kind == "count" and bool(one.nouns) != bool(other.nouns):
        return False
    if one.kind == "count" and one.nouns and not set(one.nouns) & set(other.nouns):
        return False
    low, high = (sorted((_lowest(one), _lowest(other))), sorted((_highest(one), _highest(other))))
    if one.is_range != other.is_range or one.bound != other.bound:
        return low[1] > high[0] * (1 + 1e-9)
    return True


def _lowest(value: Quantity) -> float:
    return 0.0 if value.bound == "most" else value.low


def _highest(value: Quantity) -> float:
    return float("inf") if value.bound == "least" else value.high


def _as_date(year: Quantity) -> Date:
    return Date(year.start, year.end, year.text, year=int(year.low))


def _same_telling(one: Date, other: Date) -> bool:
    """Whether they tell of a like time: two months, two days, two years; not a month and a year."""
    told = ([date.year, date.month, date.day, date.weekday, date.decade, date.minute] for date in (one, other))
    return any(a is not None and b is not None for a, b in zip(*told, strict=True))

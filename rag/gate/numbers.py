"""The numbers and dates of a sentence, compared with those of the words it cites."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from rag.gate.dates import Date
from rag.gate.polarity import stem
from rag.gate.quantities import Quantity, same_amount
from rag.gate.text import Finding, Text, outdoes

__all__ = ["number_problems"]

Spot = TypeVar("Spot", Quantity, Date)


def number_problems(said: Text, cited: Text, around: Text) -> Iterator[Finding]:
    """Numbers and dates that are not cited, or are cited of something else."""
    dated = _dates_with_years(cited, around)
    for date in said.dates:
        equal = [other for other in dated if other.says(date)]
        rivals = [other for other in cited.dates if not other.says(date) and _tells(other) == _tells(date)]
        if not equal:
            yield "date", f"{date.text} is not in the cited words", True
        elif rivals and (rival := _nearer(said, date, cited, [other for other in equal if other in cited.dates], rivals)):
            yield "date", f"the cited words say {rival.text} of this, and {date.text} of something else", True
    for quantity in said.quantities:
        yield from _number(quantity, said, cited, around)


def _tells(date: Date) -> tuple[bool, bool, bool]:
    return date.minute is not None, date.weekday is not None, date.month is not None


def _dates_with_years(cited: Text, around: Text) -> list[Date]:
    """The dates, and each again with every year that is named beside it."""
    dates = [*cited.dates, *around.dates]
    years = {date.year for date in dates if date.year} | {int(q.low) for q in (*cited.quantities, *around.quantities) if q.kind == "year"}
    dated = [
        Date(date.start, date.end, date.text, year, date.month, date.day, other=date.other)
        for date in dates
        if date.month and not date.year
        for year in sorted(years)
    ]
    return [*dates, *dated]


def _number(quantity: Quantity, said: Text, cited: Text, around: Text) -> Iterator[Finding]:
    if _says_little(quantity, said.text):
        return
    if quantity.kind == "code":
        if quantity.text.lower() not in cited.plain_words | around.plain_words:
            yield "number", f"{quantity.text} is not in the cited words", True
        return
    numbers = [*cited.quantities, *(year for year in cited.years if year not in cited.quantities)]
    equal = [other for other in numbers if _equal(quantity, other, cited.stems)]
    if not equal:
        if not _in_context(quantity, cited, around) and not _made_of_two(quantity, cited):
            yield "number", _missing(quantity, cited), True
        return
    rivals = [other for other in numbers if other.kind == quantity.kind and not _equal(quantity, other, cited.stems)]
    if quantity.nouns and quantity.kind == "count":
        same_noun = [other for other in equal if _same_noun(quantity, other)]
        if not same_noun and all(other.nouns for other in equal) and any(_same_noun(quantity, other) for other in rivals):
            yield "number", f"the cited words have another number of {quantity.nouns[-1]} than {quantity.text}", True
            return
    clause = said.clause_at(quantity.start)
    beside = [other for other in said.quantities if other is not quantity and said.clause_at(other.start) == clause]
    rivals = [rival for rival in rivals if not any(same_amount(rival, other) for other in beside)]
    if rivals and (rival := _nearer(said, quantity, cited, equal, rivals)):
        yield "number", f"the cited words say {rival.text} of this, and {quantity.text} of something else", True
        return
    yield from _bounds(quantity, equal)


def _equal(quantity: Quantity, other: Quantity, stems: set[str]) -> bool:
    """The same amount; a number alone also one of a unit that is named apart ("Weeks: 12"), and a year a bare number."""
    if same_amount(quantity, other):
        return not (quantity.per and other.per and stem(quantity.per) != stem(other.per))
    bare = {quantity.kind, other.kind}
    if bare == {"count", "year"} or (bare == {"ordinal", "count"}):
        return quantity.low == other.low and quantity.high == other.high and not quantity.is_range
    if other.kind in ("count", "year") and not other.nouns and quantity.kind not in ("count", "year", "ordinal"):
        unit = re.sub(r"^[\W\d]*", "", quantity.text)
        named = bool(unit) and stem(unit.split()[-1]) in stems
        return named and (quantity.low, quantity.high) == (other.low * quantity.scale, other.high * quantity.scale)
    return (
        quantity.kind == "count"
        and not quantity.nouns
        and (quantity.low, quantity.high)
        == (
            other.low / other.scale,
            other.high / other.scale,
        )
    )


def _says_little(quantity: Quantity, text: str) -> bool:
    """A "one" or "first" that need not be a number, and a number that numbers the item itself."""
    if quantity.kind in ("count", "ordinal") and quantity.low == 1 and quantity.text[0].isalpha():
        return True
    return quantity.kind == "count" and not text[: quantity.start].strip() and text[quantity.end : quantity.end + 1] in (".", ")")


def _in_context(quantity: Quantity, cited: Text, around: Text) -> bool:
    if quantity.low == 1 and quantity.kind not in ("count", "year", "ordinal", "code"):
        unit = re.sub(r"^(?:one|1)[\s-]*", "", quantity.text, flags=re.I)
        return re.search(rf"\b(?:an?|single|per|each|every|the) {re.escape(unit)}", cited.text, re.I) is not None
    if quantity.kind not in ("year", "count", "ordinal"):
        return False
    years = {date.year for date in (*cited.dates, *around.dates)}
    return quantity.low in years or any(_equal(quantity, other, around.stems) for other in around.quantities)


def _made_of_two(quantity: Quantity, cited: Text) -> bool:
    """A range whose two ends are cited one by one, or a bound that is the end of a cited range ("up to 12" of "10 to 12")."""
    same_kind = [other for other in cited.quantities if other.kind == quantity.kind]
    ends = [value for other in same_kind for value in (other.low, other.high)]
    if quantity.is_range:
        return quantity.low in ends and quantity.high in ends
    if quantity.bound:
        return any(quantity.low == (other.low if quantity.bound == "least" else other.high) for other in same_kind if other.is_range)
    return False


def _missing(quantity: Quantity, cited: Text) -> str:
    for other in cited.quantities:
        if other.is_range and other.kind == quantity.kind and quantity.low in (other.low, other.high):
            return f"{quantity.text} is only one end of {other.text}"
    return f"{quantity.text} is not in the cited words"


def _same_noun(one: Quantity, other: Quantity) -> bool:
    return bool({stem(noun) for noun in one.nouns[:2]} & {stem(noun) for noun in other.nouns[:2]})


def _nearer(said: Text, one: Spot, cited: Text, equal: Sequence[Spot], rivals: Sequence[Spot]) -> Spot | None:
    """A rival that stands among the words of the sentence's clause far more than what is equal."""
    own = {word.stem for word in said.words if one.start <= word.start < one.end}
    stems = said.clauses.get(said.clause_at(one.start), set()) - own
    best = max((cited.nearness(cited.clause_at(other.start), stems) for other in equal), default=math.inf)
    rival = max(rivals, key=lambda other: cited.nearness(cited.clause_at(other.start), stems))
    return rival if outdoes(cited.nearness(cited.clause_at(rival.start), stems), best) else None


def _bounds(quantity: Quantity, equal: Sequence[Quantity]) -> Iterator[Finding]:
    bounds = {other.bound for other in equal}
    if quantity.bound in bounds:
        return
    if not quantity.bound:
        shown = "at least" if "least" in bounds else "at most"
        yield "comparison", f"the cited words say {shown} {quantity.text}", False
    else:
        shown = "at least" if quantity.bound == "least" else "at most"
        yield "comparison", f"{shown} {quantity.text} is not what the cited words say", True

"""Whether a sentence is about another one of several than a question: another kind, year, day of the week, model or version.

What is told of full-time work is no answer about part-time work, nor what is told of 2021 one about 2022.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from rag.gate.polarity import kinds_named
from rag.words import MONTH

__all__ = ["Meant", "codes_in", "is_of_another", "meant_by"]

_A_YEAR = r"(?<![\w.,$€£–-])(?:1[0-9]|20)\d\d(?![\w'’]|[.,]\d|\s?%|\s?-)"
_IN_YEAR = re.compile(
    rf"(?<!\bsince )(?<!\bafter )(?<!\bbefore )(?<!\buntil )(?<!\bbetween )(?<!\bfrom )(?<!\bto )(?<!\band )(?<!\bby )(?<!\bthan ){_A_YEAR}"
)
"""A year in which something is asked for, not before or since which."""
_YEARS_TOLD = re.compile(
    r"(?<!\d)(?P<first>1[0-9]\d\d|20\d\d)(?P<decade>['’]?s)?"
    r"(?:\s?(?:[-–—/]|to|and|until|through|till)\s?(?P<last>1[0-9]\d\d|20\d\d|\d\d)(?!\d))?(?!\d|[.,]\d|\s?%)"
)
_ERA = re.compile(
    r"\b(?:since|until|till|after|before|by|from)\s+(?:[a-z]+\s+){0,2}(?:1[0-9]|20)\d\d\b(?! to\b)|"
    r"\b(?:centur(?:y|ies)|(?:every|each) year|yearly|annual(?:ly)?|always)\b",
    re.I,
)
"""What reaches over more years than it names."""

_CODE = re.compile(r"(?<![\w.-])(?:[A-Z]{1,4}\d*-?\d[\w-]*|v?\d+\.\d+\.\d+(?:\.\d+)*)(?![\w-])")
"""Letters and digits that name one of several, as an error's, a model's or a version's."""
_VERSION = re.compile(r"\b(?:versions?|releases?|v)[ .]?(?P<number>\d+(?:\.\d+)*)\b", re.I)
_CODES_BETWEEN = re.compile(rf"{_CODE.pattern}\s?(?:[–—-]|to|through|and|or|,)\s?{_CODE.pattern}")

_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_DAY_NAMED = re.compile(rf"\b(?P<day>{'|'.join(_DAYS)})days?\b", re.I)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMED = re.compile(rf"\b(?P<month>{MONTH})\b(?!\s+(?:I|we|you|he|she|they|it)\b)")
_IN_MONTH = re.compile(rf"\b(?:in|during)\s+{_MONTH_NAMED.pattern}")
_TILL = re.compile(r"\s*(?:to|till|until|through|[-–—])\s*(?:and including )?", re.I)
_EACH_DAY = re.compile(r"\b(?:daily|every day|each day|all days|seven days)\b", re.I)
_WORKDAYS, _WEEKENDS = re.compile(r"\b(?:week|work|working )days?\b", re.I), re.compile(r"\bweekends?\b", re.I)


@dataclass(frozen=True, slots=True)
class Meant:
    """Which of several a question is about.

    `kinds`: see `rag.gate.polarity.kinds_named`. `years`: in which something is asked for ("in 1947"). `codes`: models, errors, versions
    and quarters, by letters and digits ("E11", "4.17.0", "version 4.2"). `days`: of the week, Monday 0. `months`: in which something is
    asked for, January 0.
    """

    kinds: Mapping[int | str, set[int | str]] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()


def meant_by(question: str, *, yes_or_no: bool) -> Meant:
    """What a question means, less what an answer to yes or no may well do without: the days on which it is open say no to others."""
    years = frozenset(int(found[0]) for found in _IN_YEAR.finditer(question))
    days = frozenset() if yes_or_no else frozenset(_days_told(question))
    months = frozenset() if yes_or_no else frozenset(_month(found) for found in _IN_MONTH.finditer(question))
    return Meant({} if yes_or_no else kinds_named(question), years, codes_in(question), days, months)


def codes_in(text: str) -> frozenset[str]:
    """The codes in a text, as in `Meant`."""
    versions = (f"version {found['number']}" for found in _VERSION.finditer(text))
    return frozenset([*(found[0] for found in _CODE.finditer(text)), *versions])


def is_of_another(meant: Meant, text: str, *, around: str, heading: str = "", before: str = "") -> bool:
    """Whether a text is about others than are meant.

    Args:
        meant: by the question.
        text: a sentence, or a row with the names of its columns.
        around: its title, headings and lead, which may say it too.
        heading: right above it; says of which kind it is where it does not say so itself.
        before: the sentence before, which may name year, model and day.
    """
    return (
        _of_another_kind(meant.kinds, text, around, heading)
        or _of_another_year(meant.years, text, f"{around} {before}")
        or _of_another_code(meant.codes, text, f"{around} {before}", heading)
        or _of_another_day(meant.days, text, f"{around} {before}")
        or _of_another_month(meant.months, text, f"{around} {before}")
    )


def _of_another_kind(asked: Mapping[int | str, set[int | str]], text: str, around: str, heading: str) -> bool:
    """Whether a text is about other kinds of things than are asked about (`rag.gate.polarity.kinds_named`).

    What stands around it says so too; where it names none of these kinds itself, so does the heading right above it.
    """
    if not asked:
        return False
    own, above, over = kinds_named(text), kinds_named(around), kinds_named(heading)
    return any(
        not sides & (own[group] | above.get(group, set())) if own.get(group) else bool(over.get(group)) and not sides & over[group]
        for group, sides in asked.items()
    )


def _of_another_year(asked: frozenset[int], text: str, around: str) -> bool:
    """Whether a text names years, and neither it nor what stands around it one that is asked about, nor a span or decade of it."""
    if not asked or _ERA.search(text):
        return False
    told = [_years(found) for found in _YEARS_TOLD.finditer(text)]
    above = [years for found in _YEARS_TOLD.finditer(around) if len(years := _years(found)) == 1]  # of a span, the text has its own part
    return bool(told) and not any(year in years for years in (*told, *above) for year in asked)


def _of_another_code(asked: frozenset[str], text: str, around: str, heading: str) -> bool:
    """Whether a text names another one of the same letters and form than is asked about, and nothing around it the one that is.

    Where it names none of that form itself, the heading right above it does.
    """
    if not asked or _CODES_BETWEEN.search(text):
        return False
    forms, above = {_form(code) for code in asked}, codes_in(around)
    told = {code for code in codes_in(text) if _form(code) in forms} or {code for code in codes_in(heading) if _form(code) in forms}
    return asked.isdisjoint(told | above) and bool(told)


def _of_another_day(asked: frozenset[int], text: str, around: str) -> bool:
    """Whether a text names days, and neither it nor what stands around it one that is asked about, nor a span that holds it."""
    if not asked or _EACH_DAY.search(text):
        return False
    told = _days_told(text)
    return bool(told) and asked.isdisjoint(told | _days_told(around))


def _of_another_month(asked: frozenset[int], text: str, around: str) -> bool:
    """Whether a text names months, and neither it nor what stands around it one that is asked about, nor a span that holds it."""
    if not asked:
        return False
    told = _months_told(text)
    return bool(told) and asked.isdisjoint(told | _months_told(around))


def _months_told(text: str) -> set[int]:
    found = [(_month(match), match.start(), match.end()) for match in _MONTH_NAMED.finditer(text)]
    months = {month for month, _, _ in found}
    for (first, _, end), (last, start, _) in pairwise(found):
        if _TILL.search(text[end:start]):
            months.update(month % 12 for month in range(first, last + (12 if last < first else 0) + 1))
    return months


def _month(found: re.Match[str]) -> int:
    return _MONTHS.index(found["month"][:3].lower())


def _days_told(text: str) -> set[int]:
    found = [(_DAYS.index(day["day"].lower()), day.start(), day.end()) for day in _DAY_NAMED.finditer(text)]
    days = {day for day, _, _ in found}
    for (first, _, end), (last, start, _) in pairwise(found):
        if _TILL.fullmatch(text[end:start]):
            days.update(day % 7 for day in range(first, last + (7 if last < first else 0) + 1))
    return days | (set(range(5)) if _WORKDAYS.search(text) else set()) | ({5, 6} if _WEEKENDS.search(text) else set())


def _form(code: str) -> str:
    return "version" if code.startswith("version ") else re.sub(r"\d", "9", code)


def _years(found: re.Match[str]) -> range:
    first = int(found["first"])
    if found["decade"]:
        return range(first, first + (100 if first % 100 == 0 else 10))
    last = found["last"] or found["first"]
    return range(first, int(last if len(last) == 4 else f"{first // 100}{last}") + 1)

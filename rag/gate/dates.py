"""The dates and times of day in a text, as far as each is told: a full date, a month, a year, a weekday, a time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Date", "find_dates"]

_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_HOURS = "one two three four five six seven eight nine ten eleven twelve".split()
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_PART = r"(?: o['’]clock)?(?P<part> in the (?:morning|afternoon|evening)\b| at night\b)"
_BEFORE_MONTH = "in of by since until from to early late mid each every during before after and or".split()
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[12]\d{3})(?![\d%]|[.,]\d)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?<![\w-])(?P<year>[12]\d{3})-(?P<number>[01]?\d)-(?P<day>[0-3]?\d)(?![\w-])",
        rf"(?<![\w.])(?:(?P<from>[0-3]?\d)(?:st|nd|rd|th)?\s?(?:[-–]|to|and)\s?)?{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?",
        rf"\b{_MONTH} {_DAY}(?!\d)(?:(?:\s?[-–]\s?| to | and )(?P<from>[0-3]?\d)(?:st|nd|rd|th)?(?!\d))?(?:,? {_YEAR})?(?!:)",
        rf"\b{_MONTH}(?: of|,)? {_YEAR}",
        r"(?<![\w./])(?P<one>[0-3]?\d)(?P<mark>[/.])(?P<two>[0-3]?\d)(?P=mark)(?P<year>[12]\d{3}|\d\d)(?![\w/])",
        r"\b(?P<month>January|February|April|June|July|August|September|October|November|December)\b",
        rf"(?:\b(?i:{'|'.join(_BEFORE_MONTH)}) |mid-)"
        r"(?P<month>March|May)\b(?! [A-Z])",
        r"\b(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)s?\b",
        r"(?i:(?<![\w.:])(?P<hour>[0-2]?\d)(?:[:.](?P<minute>[0-5]\d))?(?:\s?(?P<noon>[ap])\.?\s?m\b\.?|"
        rf"{_PART}))",
        r"(?<![\w.:])(?P<hour>[0-2]?\d):(?P<minute>[0-5]\d)(?![\w:])",
        rf"(?i:\b(?P<spelt>{'|'.join(_HOURS)}){_PART})",
        r"(?i:\b(?P<spelt>(?:noon|midnight))\b)",
        r"\b(?P<decade>[12]\d\d0)s\b",
    )
)
"""The most telling forms first: where two match the same characters, the first one counts."""


@dataclass(frozen=True, slots=True)
class Date:
    """What a date or a time of day says, None for what it leaves open; `minute` counts from midnight.

    `other`: day and month the other way round, where the text may mean either ("03/05/2021"). `half_day`: of a time,
    whether it is known to be before or after noon.
    """

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    decade: int | None = None
    minute: int | None = None
    half_day: bool = True
    other: tuple[int, int] | None = None

    def says(self, other: "Date") -> bool:
        """Whether it tells all that the other tells, or more, and nothing else."""
        if other.minute is not None:
            if self.minute is None:
                return False
            turn = 1440 if self.half_day and other.half_day else 720
            return self.minute % turn == other.minute % turn
        if (self.weekday, self.decade) != (other.weekday, other.decade) or (other.year is not None and self.year != other.year):
            return False
        mine = {(self.month, self.day), self.other or (self.month, self.day)}
        theirs = {(other.month, other.day), other.other or (other.month, other.day)}
        return any(
            (month is None or month == my_month) and (day is None or day == my_day) for my_month, my_day in mine for month, day in theirs
        )


def find_dates(text: str) -> list[Date]:
    """The dates and times in their order; a single year is left to the numbers (`rag.gate.quantities`)."""
    found: list[Date] = []
    for form in _FORMS:
        for match in form.finditer(text):
            found += _dates(match)
    kept: list[Date] = []
    taken = bytearray(len(text))
    for date in found:
        same = kept and (kept[-1].start, kept[-1].end) == (date.start, date.end)
        if same or not any(taken[date.start : date.end]):
            taken[date.start : date.end] = b"\1" * (date.end - date.start)
            kept.append(date)
    return sorted(kept, key=lambda date: date.start)


def _dates(match: re.Match[str]) -> Iterator[Date]:
    """The date, or the two ends of a range of days; nothing if there is no such day."""
    groups = match.groupdict()
    part = next(n for n in (*(name for name in ("month", "weekday") if groups.get(name)), 0))
    start, end = (match.start(part), match.end()) if part and not groups.get("day") else match.span()
    end -= len(match[0]) - len(match[0].rstrip(". ")) if groups.get("month") else 0
    words = match.string[start:end]
    year = int(groups["year"]) if groups.get("year") else None
    year = year + 2000 if year is not None and year < 100 else year
    if groups.get("weekday"):
        yield Date(start, end, words, weekday=_WEEKDAYS.index(groups["weekday"].lower()))
    elif groups.get("decade"):
        yield Date(start, end, words, decade=int(groups["decade"]))
    elif groups.get("hour") or groups.get("spelt"):
        yield from _time(match, words)
    elif groups.get("one"):
        one, two = int(groups["one"]), int(groups["two"])
        readings = [(month, day) for day, month in ((one, two), (two, one)) if 1 <= month <= 12 and 1 <= day <= 31]
        if readings:
            (month, day), other = readings[0], readings[-1]
            yield Date(start, end, words, year, month, day, other=other if other != (month, day) else None)
    else:
        month = int(groups["number"]) if groups.get("number") else _month(groups["month"])
        days: list[int] = [int(told) for name in ("from", "day") if (told := groups.get(name))]
        if 1 <= month <= 12 and all(1 <= day <= 31 for day in days):
            yield from (Date(start, end, words, year, month, day) for day in days or (None,))


def _month(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, start=1) if month.startswith(name[:3].lower()))


def _time(match: re.Match[str], words: str) -> Iterator[Date]:
    groups = match.groupdict()
    spelt = (groups.get("spelt") or "").lower()
    if spelt in ("noon", "midnight"):
        yield Date(*match.span(), words, minute=720 if spelt == "noon" else 0)
        return
    hour = _HOURS.index(spelt) + 1 if spelt else int(groups["hour"])
    minutes = int(groups.get("minute") or 0)
    part = (groups.get("part") or "").split()[-1:]
    after = groups.get("noon", "") in ("p", "P") or part in (["afternoon"], ["evening"], ["night"])
    known = bool(groups.get("noon") or part) or hour > 12
    if hour < 24:
        hour = hour % 12 + (12 if after else 0) if known and hour <= 12 else hour
        yield Date(*match.span(), words, minute=hour * 60 + minutes, half_day=known)

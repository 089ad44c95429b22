"""The numbers of a text as what they say: values with their unit, range and bound ("at least 1.5 million euros a year").

Written for this, since the libraries looked at (quantulum3 0.10, text2num 3.1) take some 100 ms a sentence and make one mean value
of a range, or leave small and mixed numbers ("two", "$1.5 million") as they are.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.gate.dates import find_dates

__all__ = ["Quantity", "find_quantities", "same_amount"]

Bound = Literal["", "least", "most"]

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: float(n) for n, word in enumerate(_ONES)} | {word: 10.0 * n for n, word in enumerate(_TENS, start=2)}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9}
_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
    sixteenth seventeenth eighteenth nineteenth twentieth""".split()
_PARTS = {"half": 2.0, "third": 3.0, "quarter": 4.0, "fifth": 5.0, "tenth": 10.0}
_MONEY = {"$": "USD", "usd": "USD", "us$": "USD", "dollar": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR", "£": "GBP", "gbp": "GBP"}
_MONEY |= {"pound": "GBP", "¥": "JPY", "yen": "JPY", "chf": "CHF", "franc": "CHF"}

_WORD = "|".join(sorted((*_SMALL, *(f"{scale}s?" for scale in _SCALES)), key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<money>US\$|[$€£¥]|\b(?:USD|EUR|GBP|CHF)(?= ?\d))?\s?"
    r"(?<![\w.,])(?:(?P<digits>\d{1,3}(?:[,\u202f\u00a0'’]\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?!\d)|\d+(?:[.,]\d+)?)(?![.]?\d)"
    r"|(?P<fraction>[¼½¾]))"
    rf"|\b(?P<several>an?|one|two|three|four)[ -](?P<part>{'|'.join(_PARTS)})s?\b(?= of\b|[ ,.;)]|$)"
    rf"|\b(?P<words>(?:{_WORD})(?:(?:[ -]|,? and )(?:{_WORD})){{0,12}})\b"
    r"|\b(?P<half>half)\b"
    rf"|\b(?P<ordinal>{'|'.join(_ORDINALS)})\b",
    re.I,
)
_SCALE = re.compile(rf"\s?-?(?P<scale>{'|'.join(_SCALES)})s?\b|(?P<short>k|m|mn|bn|b)\b| and a half\b", re.I)
_OF_A = re.compile(r"(?: of)? an?\b(?: (?P<scale>hundred|thousand|million|billion|dozen)\b)?", re.I)
_CODE = re.compile(r"(?=[^\W_]*[A-Za-z])[^\W_]+")
_IN_NAME = re.compile(r"[^\W\d_]-$")
_ORDINAL_END = re.compile(r"(?:st|nd|rd|th)\b", re.I)
_UNIT = re.compile(
    r"(?P<space>[ \u00a0\u202f-]?)(?P<unit>percentage points?\b|per cent\b|(?:square|cubic) [a-z]+|[°º]\s?[CF]?\b|[%‰€$£]"
    r"|[^\W\d_]+(?:/[a-z]+\b|[²³])?)"
)
_JOINED = re.compile(r"\s?(?:[-–—]|to|through|and|or)\s?", re.I)
_PER = re.compile(r"\s?(?:/|\b(?:per|an?|each|every) )\s?(?P<per>[a-z]+)\b", re.I)
_LEAST = (
    r"at least|not? (?:less|fewer|earlier|sooner) than|minimum(?: of)?|more than|over|above|exceed(?:s|ing)?"
    r"|(?:great|long|old|high|larg)er than|[>≥]=?"
)
_MOST = (
    r"at (?:the )?most|not? (?:more|later|longer|greater|older) than|maximum(?: of)?|up to|less than|fewer than|under|below|within"
    r"|(?:short|young|low|small)er than|[<≤]=?"
)
_BEFORE = re.compile(rf"(?:^|(?<=[\s(]))(?:(?P<least>{_LEAST})|(?P<most>{_MOST}))\s?(?:(?:the|an?) )?(?:age of )?$", re.I)
_BEHIND = re.compile(
    r"\s?(?:(?P<least>\+|(?:or|and) (?:more|over|above|older|longer|later|higher)\b|(?:at )?minimum\b|at least\b)"
    r"|(?P<most>(?:or|and) (?:less|fewer|under|below|younger|shorter|earlier|lower)\b|(?:at )?maximum\b|at (?:the )?most\b))",
    re.I,
)
_ABOUT = re.compile(r"(?:\b(?:about|around|approximately|approx\.?|roughly|nearly|almost|circa|some|ca\.)|[~≈])\s?$", re.I)
_LOOK = 30
"""Characters before a number in which its bound is looked for, and behind it in which its unit."""
_NOUNS = re.compile(r"(?:[ -][a-z][a-z'’]+){1,3}", re.I)
_NO_NOUN = frozenset(
    """a an the of in on at to for from by with and or but as is are was were be been has have had if when while that which who than then
    per each every into over under not no do does did can may must shall will would should it they he she we you i its their this these
    after before during until since about more less only""".split()
)
_A_DAY_OR_WEEK = 8.0
"""In days: units of time from here on have no exact length in the smaller ones ("12 weeks" and "three months")."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value, or a range of values, in one dimension.

    `kind` is the dimension: "time" in days, "percent", "money EUR", "mass" in grams and so on (`_UNITS`), "count" of things,
    "year", "ordinal", "code" (a token like "B12"), or "part" (0–1). `scale` is what one of its unit is in the dimension's; `nouns`
    are the lower-case words right behind a count. `per` is the unit of a rate. `start` and `end` are characters of the text.
    """

    kind: str
    low: float
    high: float
    start: int
    end: int
    text: str
    scale: float = 1.0
    nouns: tuple[str, ...] = ()
    per: str = ""
    bound: Bound = ""
    about: bool = False

    @property
    def is_range(self) -> bool:
        """Whether it has two ends."""
        return self.low != self.high


def _table(**dimensions: str) -> dict[str, tuple[str, float]]:
    """Names of units with dimension and factor, from lines of "name,name=factor"."""
    units: dict[str, tuple[str, float]] = {}
    for dimension, line in dimensions.items():
        for entry in line.split():
            names, factor = entry.split("=")
            units |= {name: (dimension, float(factor)) for name in names.split(",")}
    return units


_UNITS = _table(
    time="millisecond,ms=1.1574e-8 second,sec=1.1574074e-5 minute,min=6.9444444e-4 hour,hr,h=0.041666667 day=1 night=1 week,wk=7"
    " fortnight=14 month=30.4375 year,yr=365.25 decade=3652.5 century=36525",
    percent="%,percent,pct=1 ‰=0.1",
    points="percentage_point=1",
    mass="microgram,mcg,µg=1e-6 milligram,mg=0.001 gram,gramme,g=1 kilogram,kilo,kg=1000 tonne,ton=1e6 ounce,oz=28.35 lb=453.6 stone=6350",
    length="millimetre,millimeter,mm=0.001 centimetre,centimeter,cm=0.01 metre,meter,m=1 kilometre,kilometer,km=1000 mile=1609.34"
    " inch=0.0254 foot,feet,ft=0.3048 yard=0.9144",
    area="square_metre,square_meter,m²,sqm=1 square_kilometre,square_kilometer,km²=1e6 hectare,ha=1e4 acre=4046.9"
    " square_foot,square_feet=0.0929",
    volume="millilitre,milliliter,ml=0.001 centilitre,cl=0.01 litre,liter,l=1 cubic_metre,cubic_meter,m³=1000 gallon=3.785"
    " pint=0.568 cup=0.24",
    temperature="°c,celsius,°,degree=1",
    fahrenheit="°f,fahrenheit=1",
    data="bit=0.125 byte=1 kilobyte,kb=1e3 megabyte,mb=1e6 gigabyte,gb=1e9 terabyte,tb=1e12",
    speed="km/h,kph=1 mph=1.609 m/s=3.6",
    power="watt,w=1 kilowatt,kw=1000 megawatt,mw=1e6",
    energy="kwh=1 kcal=0.001163 calorie=1.163e-6 joule=2.78e-7",
    voltage="volt,v=1",
)


def find_quantities(text: str) -> list[Quantity]:
    """The numbers of a text in order, those in dates and times of day left out; two with "to" between them are one range."""
    undated = _without_dates(text)
    found: list[Quantity] = []
    at = 0
    while match := _NUMBER.search(undated, at):
        quantity = _quantity(match, undated)
        at = quantity.end if quantity else match.end()
        found += [quantity] if quantity else []
    return [_with_surroundings(quantity, text) for quantity in _ranges_joined(found, text)]


def same_amount(one: Quantity, other: Quantity) -> bool:
    """Whether both say the same: the same value or range, in whatever unit; months and weeks only about (12 weeks, three months)."""
    one, other = _as_part(one), _as_part(other)
    if one.kind != other.kind:
        return False
    return _near(one.low, other.low, tolerance(one, other)) and _near(one.high, other.high, tolerance(one, other))


def tolerance(one: Quantity, other: Quantity) -> float:
    """By what share two values of the same amount may differ."""
    if one.about or other.about:
        return 0.05
    if one.scale == other.scale:
        return 1e-6
    small, large = sorted((one.scale, other.scale))
    if one.kind == "time":
        return 0.085 if small <= _A_DAY_OR_WEEK * 2 < large else 1e-4
    return 0.02


def _near(one: float, other: float, share: float) -> bool:
    return math.isclose(one, other, rel_tol=share, abs_tol=1e-9)


def _as_part(quantity: Quantity) -> Quantity:
    """A half is 50 percent."""
    return replace(quantity, kind="percent", low=quantity.low * 100, high=quantity.high * 100) if quantity.kind == "part" else quantity


def _without_dates(text: str) -> str:
    """The text with dates blanked, of the same length."""
    pieces, end = [], 0
    for date in find_dates(text):
        if date.start >= end:
            pieces += [text[end : date.start], "\0" * (date.end - date.start)]
            end = date.end
    return "".join((*pieces, text[end:]))


def _quantity(match: re.Match[str], text: str) -> Quantity | None:
    groups = match.groupdict()
    start, end = match.start() + len(match[0]) - len(match[0].lstrip()), match.end()
    if _IN_NAME.search(text, max(0, start - 3), start) and not (groups["digits"] and end - start == 4):
        return None  # "COVID-19" is a name, "mid-2021" is not
    if groups["ordinal"]:
        return Quantity("ordinal", n := _ORDINALS.index(groups["ordinal"].lower()) + 1.0, n, start, end, text[start:end])
    if groups["part"]:
        count = {"a": 1.0, "an": 1.0}.get(groups["several"].lower()) or _SMALL[groups["several"].lower()]
        value = count / _PARTS[groups["part"].lower()]
        return _with_unit(value, start, end, text, "part")
    if groups["half"]:
        return _with_unit(0.5, start, end, text, "part")
    if groups["words"]:
        value, used = _spelt(groups["words"])
        return _scaled(value, start, start + used, text, None)
    value = {"¼": 0.25, "½": 0.5, "¾": 0.75}[groups["fraction"]] if groups["fraction"] else _digits(groups["digits"])
    if ending := _ORDINAL_END.match(text, end):
        return Quantity("ordinal", value, value, start, ending.end(), text[start : ending.end()])
    return _scaled(value, start, end, text, groups["money"])


def _digits(digits: str) -> float:
    if re.fullmatch(r"\d+,\d{1,2}", digits) or re.fullmatch(r"\d+,\d{4,}", digits):
        return float(digits.replace(",", "."))
    whole = re.sub(r"[,\u202f\u00a0'’]", "", digits)
    return float(whole.replace(".", "") if whole.count(".") > 1 else whole)


def _spelt(words: str) -> tuple[float, int]:
    """The value of the first number in a run of number words, and how many characters it takes: "five six" are two."""
    total = current = 0.0
    least, end = math.inf, 0
    for word in re.finditer(r"[a-z]+", words, re.I):
        name = word[0].lower()
        name = name if name in _SMALL or name in _SCALES else name.removesuffix("s")
        if name == "and":
            if least < 100:
                break
            continue
        if name in _SCALES:
            current = max(current, 1.0) * _SCALES[name]
            least = _SCALES[name]
            if _SCALES[name] >= 1000:
                total, current = total + current, 0.0
        elif _SMALL[name] < (10 if 20 <= least < 100 else least) and least > 19:
            current += _SMALL[name]
            least = _SMALL[name]
        else:
            break
        end = word.end()
    return total + current, end


def _scaled(value: float, start: int, end: int, text: str, money: str | None) -> Quantity | None:
    """With the scale behind it ("1.5 million", "$5m") and then its unit."""
    while found := _SCALE.match(text, end):
        if found["short"]:
            if not money and found["short"] in "mb":
                break
            value *= _SHORT_SCALES[found["short"].lower()]
        elif found["scale"]:
            value *= _SCALES[found["scale"].lower()]
        else:
            value += 0.5
        end = found.end()
    if money:
        return Quantity(f"money {_MONEY[money.lower()]}", value, value, start, end, text[start:end])
    return _with_unit(value, start, end, text, "count")


def _with_unit(value: float, start: int, end: int, text: str, kind: str) -> Quantity | None:
    if kind == "part" and (of := _OF_A.match(text, end)):
        value, kind = (value * _SCALES[of["scale"].lower()], "count") if of["scale"] else (value, kind)
        end = of.end()
    unit = _UNIT.match(text, end)
    known = _known_unit(unit["unit"], spaced=bool(unit["space"])) if unit else None
    if unit and known:
        dimension, scale = known
        return Quantity(dimension, value * scale, value * scale, start, unit.end(), text[start : unit.end()], scale)
    if glued := _CODE.match(text, end):
        return Quantity("code", value, value, start, glued.end(), text[start : glued.end()])
    nouns = _NOUNS.match(text, end)
    words = re.findall(r"[^\W\d_]+", nouns[0].lower()) if nouns else []
    stop = next((n for n, word in enumerate(words) if word in _NO_NOUN), len(words))
    if kind == "count" and not stop and re.fullmatch(r"1[0-9]\d\d|2[01]\d\d", text[start:end]):
        kind = "year"
    return Quantity(kind, value, value, start, end, text[start:end], nouns=tuple(words[:stop]))


def _known_unit(name: str, *, spaced: bool) -> tuple[str, float] | None:
    name = " ".join(name.lower().split()).replace("per cent", "percent").replace("º", "°").replace(" ", "_").replace("°_", "°")
    for form in (name, name.removesuffix("s"), name.removesuffix("es"), name.removesuffix("ies") + "y"):
        if form in _MONEY:
            return f"money {_MONEY[form]}", 1.0
        if form in _UNITS and not (spaced and len(name) > 1 and form in ("h", "g", "m", "l", "w", "v")):
            return _UNITS[form]
    return None


def _ranges_joined(found: Sequence[Quantity], text: str) -> list[Quantity]:
    joined: list[Quantity] = []
    for quantity in found:
        before = joined[-1] if joined else None
        link = text[before.end : quantity.start] if before and quantity.start - before.end <= 9 else ""
        if before and not before.is_range and _joins(before, quantity, link, text):
            full = before if before.kind.startswith("money") else quantity
            low = before.low * (quantity.scale if before.kind in ("count", "year") else 1.0)
            if low < quantity.high:
                start, end = before.start, quantity.end
                joined[-1] = replace(full, low=low, high=quantity.high, start=start, end=end, text=text[start:end])
                continue
        joined.append(quantity)
    return joined


def _joins(before: Quantity, after: Quantity, link: str, text: str) -> bool:
    if not _JOINED.fullmatch(link) or (before.nouns and link.strip().isalpha()):
        return False
    if link.strip().lower() == "and" and not text[max(0, before.start - 9) : before.start].lower().endswith("between "):
        return False
    if after.kind == "ordinal" or "code" in (before.kind, after.kind) or (after.nouns and after.kind == "year"):
        return False
    money = before.kind.startswith("money") and after.kind in ("count", "year") and not after.nouns
    return money or before.kind == after.kind or before.kind in ("count", "year")


def _with_surroundings(quantity: Quantity, text: str) -> Quantity:
    """With what stands around it: bound, "about", and the unit of a rate."""
    ahead = text[max(0, quantity.start - _LOOK) : quantity.start]
    about = _ABOUT.search(ahead)
    ahead = ahead[: about.start()] if about else ahead
    found = _BEFORE.search(ahead) or _BEHIND.match(text, quantity.end)
    per = _PER.match(text, quantity.end)
    bound: Bound = "" if not found else "least" if found["least"] else "most"
    return replace(quantity, bound=bound, about=bool(about), per=per["per"].lower().removesuffix("s") if per else "")

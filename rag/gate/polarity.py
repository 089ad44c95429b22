"""Words that turn a sentence round: which words are negated, and which exclude each other ("before", "after")."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from index.lexical import LexicalIndex
from rag.words import STOPWORDS

__all__ = ["Word", "is_adverb", "is_denied", "kind_words", "kinds_named", "read_words", "sides_of", "stem"]

Negated = Literal["", "near", "yes"]

_TOKEN = re.compile(
    r"(?P<word>(?i:full|part|fixed|long|short)[- ](?i:time|term)\b|[^\W_]\w*(?:['’]\w+)*)|"
    r"(?P<stop>[;!?,()\[\]—\n|]|[.:–](?=\s|$)(?<!\W[A-Za-z]\.))"
)
_NEGATORS = frozenset("not no never without cannot neither nor none nobody nothing unable lack lacks lacked lacking".split())
_FAILS = frozenset("fail fails failed refuse refuses refused".split())
_BOUNDS = frozenset("only more less fewer later earlier sooner greater older longer but least most".split())
"""Behind a negator: "not only" and "no more than" negate nothing."""
_NEW_CLAUSE = frozenset("and but while whereas although though because unless except which who if when".split())
_ADVERBS = frozenset("yet still always also currently ever even already usually often any quite very normally generally".split())
_INFLECTED = re.compile(r"(?:s|ed|ing)$")
_TITLES = frozenset("mr mrs ms dr prof professor sir plc ltd inc llc gmbh".split())
"""Beside names; they say nothing by themselves."""
_SCOPE = 3
"""Content words behind a negator that it may negate; the first of them it surely does."""
_KEPT = frozenset("before after above below more most less least few first last all every each".split())

_KINDS = """
full-time/part-time
long-term/short-term
adult,adults/child,children,kids
domestic/international
undergraduate,undergraduates/postgraduate,postgraduates
morning/afternoon/evening/night
summer/winter/spring/autumn
hourly/daily/weekly/fortnightly/monthly/quarterly/annual,annually,yearly
north,northern/south,southern
east,eastern/west,western
inside,indoor,indoors/outside,outdoor,outdoors
male,men,man,boys/female,women,woman,girls
import/export
input/output
public/private
mandatory,compulsory,obligatory/optional,voluntary
maximum,max,maximal/minimum,min,minimal
internal/external
senior/junior
major/minor
online/offline
ascending/descending
synchronous/asynchronous
upper/lower
single/married
front/back,rear
top/bottom
horizontal/vertical
temporary,fixed-term/permanent
red/blue/green/black/white/yellow/brown/grey
solid/liquid/gas
urban/rural
ancient/modern
credit/debit
gross/net
inclusive/exclusive
basic,required/preferred,desired,desirable
refundable/non-refundable,nonrefundable
"""
"""What tells things of one sort apart: what is said of the one is not said of the other. One group a line, as in `_TURNS`."""
_KIND_COUNT = len(_KINDS.split())

_TURNS = """
weekdays,monday,tuesday,wednesday,thursday,friday/weekend,weekends,saturday,saturdays,sunday,sundays
more,greater,larger,bigger/less,fewer,smaller
increase,rise,grow,grew,rose,growth/decrease,fall,fell,drop,decline,shrink,shrank
raise,raises,raised/reduce,cut
before,prior/after,since/during
earlier,earliest/later,latest
first,firstly/last
higher,highest,high/lower,lowest,low
above/below
most,majority/minority,few
allow,permit,permitted/forbid,forbidden,prohibit,ban,banned,prohibited
accept,approve,approved,grant,granted/reject,refuse,deny,denied,rejected,dismiss,dismissed
include,including,cover,covers,covered/exclude,excludes,excluding,excluded
open,opens/close,closes,shut
start,begin,began,begins,beginning/end,finish,stop,ended
buy,bought,purchase,purchased/sell,sold,sale
win,won,victory/lose,lost,defeat
hot,hottest/cold,coldest
warm,warmer/cool,cooler
left/right
early/late
long,longer,longest/short,shorter,shortest
large,big,largest,biggest/small,smallest
young,younger,youngest/old,older,oldest
rich,richer/poor,poorer
strong,stronger,strongest/weak,weaker,weakest
fast,faster,fastest/slow,slower,slowest
wide,wider/narrow,narrower
heavy,heavier,heaviest/light,lighter,lightest
thick,thicker/thin,thinner
deep,deeper/shallow
cheap,cheaper,cheapest/expensive,costly,dearer
full/empty
son,sons/daughter,daughters
mother/father
husband/wife
king/queen
brother/sister
tenant,renter/landlord
employer/employee,worker,staff
buyer,purchaser/seller,vendor
lender/borrower
teacher/student,pupil
parent/child,children
safe/dangerous,unsafe,hazardous
positive/negative
success,succeed,succeeded,successful/failure,fail,failed,unsuccessful
true/false
enable,enabled/disable,disabled
all,every,each/some/most/few
must,shall/may,might,can,could
arrive,arrival,arrived/depart,departure,departed
borrow/lend,lent
cause,causes/prevent,prevents
improve,improved,better/worsen,worsened,worse
love/hate
same,identical/different
profit/loss
gain,gained/lose,lost,loss
attack,attacked/defend,defended
upload/download
encrypt/decrypt
client/server
hard/soft
wet/dry
remember/forget
harmful/harmless
painful/painless
useful/useless
partial,partially,partly/full,fully,entire,entirely
add,added/remove,removed
push/pull
simple/complex,complicated
always/sometimes,occasionally,rarely/never
often,frequently/rarely,seldom
best/worst
nearest,closest/farthest,furthest
alive,living/dead,deceased
attended,attend/missed,miss
forwards,forward/backwards,backward
"""
"""One group a line; its sides exclude each other, the words of one side do not."""

_SIDES = {"before": 0, "during": 1, "throughout": 1, "after": 2, "following": 2}
_RELATION = "|".join(_SIDES)
_RELATIONS = re.compile(
    rf"\b(?P<one>{_RELATION})(?: (?:and|or) (?P<other>{_RELATION}))? "
    r"(?:(?:the|an?|this|that|my|your|his|her|its|our|their) )?(?P<what>\w+)",
    re.I,
)

_ORDINALS = {
    word: n
    for n, pair in enumerate("first/1st second/2nd third/3rd fourth/4th fifth/5th sixth/6th seventh/7th eighth/8th".split())
    for word in pair.split("/")
}
_ONE_OF, _NUMBER = "one of", "number"
_ORDINAL = re.compile(rf"\b(?P<which>{'|'.join(_ORDINALS)}) (?P<what>[a-z]+)\b", re.I)
_NUMBERED = re.compile(
    r"\b(?P<what>(?i:step|phase|stage|level|grade|class|room|chapter|article|section|clause|annex|appendix|zone|type|tier|platform|gate|"
    r"terminal|route|round|day|week|question|rule|floor|building|category|band|group)) (?:no\. ?)?(?P<which>\d{1,3}|[A-Z])\b(?![.,]\d)"
)
"""One of several: "the second round", "step 3", "zone B"."""
_OFFICER = re.compile(r"\bchief (?P<which>\w+) officer\b", re.I)
"""The financial one is not the operating one."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands (lower case), its stem, its clause's number, and whether it is negated.

    `content`: it carries meaning. `negated` is "near" where a negation may or may not reach.
    """

    text: str
    stem: str
    start: int
    clause: int
    content: bool
    negated: Negated = ""
    negator: bool = False


@cache
def _analyzer() -> LexicalIndex:
    return LexicalIndex.in_memory()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem under which the library's index of words knows a word."""
    return "".join(_analyzer().terms(word.replace("’", "'").removesuffix("'s"))) or word.lower()


def read_words(text: str) -> list[Word]:
    """The words of a text; a clause ends at punctuation and before words like "but" and "which"."""
    words: list[Word] = []
    clause = 0
    reach, sure = 0, False
    tokens = [(match["word"], match.start()) for match in _TOKEN.finditer(text)]
    for at, (token, start) in enumerate(tokens):
        if not token:
            clause, reach = clause + 1, 0
            continue
        lower = token.lower().replace("’", "'").replace(" ", "-")
        follower = (tokens[at + 1][0] or "").lower() if at + 1 < len(tokens) else ""
        if lower in _NEW_CLAUSE:
            clause += 1
            reach = reach if lower == "and" else 0
        if _negates(lower, follower) and not (token == "None" and words):  # inside a sentence a value of that name
            words.append(Word(lower, lower, start, clause, content=False, negator=True))
            reach, sure = _SCOPE, True
            continue
        content = lower in _KEPT or lower not in STOPWORDS | _TITLES
        reached: Negated = "" if not reach or not content else "yes" if sure and not is_adverb(lower) else "near"
        words.append(Word(lower, stem(lower), start, clause, content, reached))
        if content and reach and not is_adverb(lower):
            reach, sure = reach - 1, False
    return words


def is_denied(before: str) -> bool:
    """Whether a negation in the words before a place reaches over it."""
    words = read_words(f"{before} so")
    last = next((at for at in range(len(words) - 1, -1, -1) if words[at].negator), None)
    if last is None or words[last].clause != words[-1].clause or not before[-1:].isspace():
        return False
    return not any(word.content and not is_adverb(word.text) for word in words[last + 1 :])


def _negates(word: str, follower: str) -> bool:
    if word in _FAILS:
        return follower == "to"
    return (word in _NEGATORS or word.endswith("n't")) and (follower not in _BOUNDS or (word == "no" and follower == "longer"))


def is_adverb(word: str) -> bool:
    """Whether a word says how or when, so that a negation reaches over it."""
    return word in _ADVERBS or word.endswith("ly")


def sides_of(words: Sequence[Word]) -> Iterator[tuple[int, int, Word]]:
    """For each word that stands in a group of opposites: the group, its side, and the word."""
    exact, inflected = _opposites()
    for word in words:
        by_stem = inflected.get(word.stem, []) if _INFLECTED.search(word.text) else []
        for group, side in exact.get(word.text) or by_stem:
            yield group, side, word


def kind_words(text: str) -> Iterator[tuple[int, int, Word]]:
    """Those of `sides_of` that say of which kind a thing is ("full-time")."""
    return (found for found in sides_of(read_words(text)) if found[0] < _KIND_COUNT)


def kinds_named(text: str) -> dict[int | str, set[int | str]]:
    """The sides that a text names of each group of kinds ("full-time", not "part-time"), and on which side of what ("after" the war).

    What it denies is not among them. A group's key is its number, that of a time or an event its stem.
    """
    named: dict[int | str, set[int | str]] = {}
    for group, side, word in kind_words(text):
        if not word.negated:
            named.setdefault(group, set()).add(side)
    for found in _RELATIONS.finditer(text):
        sides = {_SIDES[relation.lower()] for relation in found.group("one", "other") if relation}
        named.setdefault(stem(found["what"].lower()), set()).update(sides)
    for found in _ORDINAL.finditer(text):
        named.setdefault(f"{_ONE_OF} {stem(found['what'].lower())}", set()).add(_ORDINALS[found["which"].lower()])
    for found in _OFFICER.finditer(text):
        named.setdefault(f"{_ONE_OF} officer", set()).add(stem(found["which"].lower()))
    for found in _NUMBERED.finditer(text):
        named.setdefault(f"{_NUMBER} {found['what'].lower()}", set()).add(
            int(found["which"]) if found["which"].isdigit() else -ord(found["which"])
        )
    return named


@cache
def _opposites() -> tuple[dict[str, list[tuple[int, int]]], dict[str, list[tuple[int, int]]]]:
    """Each word's groups and its side in each, by the word and by its stem ("useful" has the stem of "use", and is left out there)."""
    exact: dict[str, list[tuple[int, int]]] = {}
    inflected: dict[str, list[tuple[int, int]]] = {}
    for group, line in enumerate(f"{_KINDS}{_TURNS}".split()):
        for side, names in enumerate(line.split("/")):
            for name in names.split(","):
                exact.setdefault(name, []).append((group, side))
                if not name.endswith(("ful", "less", "ly")):
                    inflected.setdefault(stem(name), []).append((group, side))
    return exact, inflected

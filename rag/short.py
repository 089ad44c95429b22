"""The short answer: the few words of a sentence that are the fact asked for, shown in bold above it.

It is given only where nothing speaks against just these words. A sentence that says several things of a kind, each under a condition
of its own ("15 euros for adults, 5 euros for children"), is shown without one unless the words stand in the clause that the question is
about.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.cells import named_cells, with_cell, with_words
from rag.gate.polarity import read_words
from rag.kinds import counted_in, holds_kind
from rag.question import ParsedQuestion
from rag.read import probability
from rag.units import Unit
from rag.words import MONTH, QuestionWords, names_in

__all__ = ["answer_words", "short_answer"]

_SURE = 0.5
"""The reader's probability from which its words are given as the short answer."""
_MOST_WORDS, _SHARE = 12, 0.6
"""A short answer is of at most so many words, and at most so much of its sentence."""
_CLAUSE_END = re.compile(r"[;:]\s|,\s(?!\d{4}\b)|\s(?:and|but|while|whereas|or)\s|[()|]|(?<=[.!?])\s+|\n")
_TWO_CELLS = 2
"""A row of more cells has several values: which one is asked for, only its columns say."""
_RIVAL_SHARE = 0.5
"""What another clause must hold of the question's words beside this one's, by weight, that the answer may be there."""
_NEAR = 0.8
"""Another sentence is looked at that scores at least this share of the answer's."""
_WANTS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|often|big|large|high|old|far|tall|deep|wide|fast|heavy)\b|"
    r"\b(?:percentage|percent|share|number|proportion|duration|length|price|cost|fee|rate)\b",
    re.I,
)
_EVENTS = """
born,birth
die,died,dead,death,killed
marry,married,marriage,wedding
divorce,divorced
hire,hired,appoint,appointed,join,joined,employ,employed,become,became,elect,elected,succeed,succeeded
leave,left,resign,resigned,retire,retired,quit,dismissed,fired
found,founded,establish,established,created
build,built,construct,constructed,erected
open,opened,inaugurated
close,closed,shut
publish,published
release,released,launch,launched,deploy,deployed,introduce,introduced
sign,signed
expire,expires,expired,end,ends,ended,finish,finished
buy,bought,acquire,acquired,purchase,purchased
sell,sold
win,won
speak,speaks,spoke,spoken
translate,translated
write,wrote,written
move,moved,emigrate,emigrated,fled
graduate,graduated
"""
"""One event a line, by the words that tell of it."""
_WHO = re.compile(r"(?:and |but |so )?who(?:m|se)?\b", re.I)
_NEW = re.compile(r"\b(?:new|next|future|succe\w+|takes? over)\b", re.I)
_LEAVES = re.compile(r"\b(?:retir|resign|step(?:s|ped|ping)? down|leav(?:e|es|ing)\b|left\b)", re.I)
"""Asked for the new one, the sentence tells of the old."""
_HE = re.compile(r"(?:he|she|they)\b", re.I)
_WITH_ROLE = re.compile(r"(?P<name>[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*)+) \((?P<role>[^()]+)\)")
"""One of several names with what they are: "Ana Ferreira (chair), Joon Park (treasurer)"."""
_BESIDE_ROLE = frozenset("deputy vice assistant former acting interim previous honorary".split())
"""Before a role, another one."""
_NEXT_NUMBER = re.compile(r"[,;:]\s|\s(?:and|from)\s")
_TWO_NUMBERS = re.compile(
    r"\d[\d.,]*(?!\s?(?:to|or|of|out of|and|by|x|×|[-–—/]|h|hours?|min|minutes?|years?|months?|weeks?|days?|feet|ft)\b)[^\d.,]+\d"
)
_DURATION = re.compile(r"\bhow long\b", re.I)
_NO_AMOUNT = re.compile(
    r"\d{3}[-\s]\d{4}\b|\+\d{2}|^\d{1,2}:\d{2}$|"
    rf"\b{MONTH}\b"
)
"""A telephone number, a time of day, or a date."""
_MEASURE = re.compile(
    r"\s?(?:%|°\s?[CF]|percent|litres?|liters?|ml|cl|l|kg|kilograms?|kilos?|g|grams?|mg|km|kilometres?|kilometers?|miles?|metres?|meters?|m|cm|mm|"
    r"feet|foot|inch(?:es)?|yards?|square (?:metres?|meters?|feet|kilometres?|miles?)|"
    r"seconds?|minutes?|hours?|days?|weeks?|months?|years?|euros?|"
    r"pounds?|dollars?|francs?|cents?|pence|GB|MB|TB|W|kW|kWh|V|watts?|volts?|decibels?|dB)(?![\w])"
)
"""The unit of a number."""
_TIMES = re.compile(r"\s*(?:times?\b|at a time\b|-?fold\b)", re.I)


def short_answer(units: Sequence[Unit], question: ParsedQuestion, words: QuestionWords) -> Unit | None:
    """The best unit, its answer perhaps cut shorter, where the question asks for one fact and those words are it."""
    best = max(units, key=lambda unit: unit.score, default=None)
    if best is None or words.unknown:
        return None
    if row := with_cell(best, units, question, words.weights):
        return None if _stems(answer_words(row)) <= _stems(question.text) else row
    if len(named_cells(best)) > _TWO_CELLS:
        return None
    if _WHO.match(question.text) and len(list(_WITH_ROLE.finditer(best.text))) > 1:
        return _in_that_role(best, units, question)
    if best.answer is None or question.expected is None or question.wants_list or probability(best.answer.score) < _SURE:
        return None
    if _stems(answer_words(best)) <= _stems(question.text) or (_NEW.search(question.text) and _LEAVES.search(best.text)):
        return None
    if _tells_of_another_event(best, question) or _lacks_a_name(best, question) or _is_beside_the_role(best, question):
        return None
    if _has_rival(best, units, question, words.weights):
        other = _in_its_clause(best, question, words.weights) if _WANTS_NUMBER.search(question.text) else None
        if other is None or _has_rival(other, units, question, words.weights):
            return None
        best = other
    best = _one_number(best, question) if _WANTS_NUMBER.search(question.text) else best
    found = answer_words(best)
    if holds_kind(question.text, best.text) < 1 or holds_kind(question.text, found) < 1:
        return None
    short = len(found.split()) <= _MOST_WORDS and len(found) < _SHARE * len(best.text)
    return best if short and question.expected.search(found) else None


def answer_words(unit: Unit) -> str:
    """The reader's answer within a unit, on one line; none where it found none. A bracket that it opens is closed, or left out."""
    if not unit.answer:
        return ""
    start, end = _place(unit)
    words = unit.text[start:end]
    if words.count("(") > words.count(")"):
        closed = unit.text.startswith(")", end)
        words = f"{words})" if closed else words[: words.rindex("(")].strip() or words
    return " ".join(words.split())


def _place(unit: Unit) -> tuple[int, int]:
    """Where the answer is in the unit's text."""
    assert unit.answer
    return unit.answer.start - unit.start, unit.answer.end - unit.start


def _has_rival(best: Unit, units: Sequence[Unit], question: ParsedQuestion, weights: Mapping[str, float]) -> bool:
    """Whether another clause of the sentence, or another sentence, has such a value and words of the question that the answer's has not."""
    counted, telling, repeated = counted_in(question.text), _telling(best, question), _stems(question.text)

    def rivals(text: str, own: set[str], *, whole: bool = False) -> bool:
        assert question.expected
        other = _stems(text)
        more, less = (sum(weights.get(stem, 0.0) for stem in side & telling) for side in (other - own, own - other))
        values = [value for value in question.expected.finditer(text) if not _stems(value[0]) <= repeated]
        if whole and more == less:
            return any(_sort_of(text, value.end(), counted) == sort for value in values)
        return bool(values) and more > 0 and more >= _RIVAL_SHARE * less

    start, end = _place(best)
    value = question.expected.search(best.text, start, end) if question.expected else None
    sort = _sort_of(best.text, value.end() if value else end, counted)
    clauses = [(best.text[first:last], first < end and start < last) for first, last in _clauses(best.text)]
    clause = set[str]().union(*(_stems(text) for text, mine in clauses if mine))
    sentence = _stems(f"{best.topic} {best.text}")
    near = [unit for unit in units if unit.span != best.span and unit.kind != "heading" and unit.score >= _NEAR * best.score]
    return any(rivals(text, clause) for text, mine in clauses if not mine) or any(
        rivals(f"{unit.topic} {unit.text}", sentence, whole=True) for unit in near
    )


def _telling(unit: Unit, question: ParsedQuestion) -> set[str]:
    """The question's words that do not stand above the unit, and its codes: they may tell one clause or sentence from another."""
    codes = _stems(" ".join(question.meant.codes))
    return {word.stem for word in read_words(question.text) if word.content} - (_stems(unit.context) - codes)


def _in_its_clause(best: Unit, question: ParsedQuestion, weights: Mapping[str, float]) -> Unit | None:
    """The unit with the one value of the one clause that holds more of the question than any other clause with a value, and all they do."""
    assert question.expected
    telling = _telling(best, question)
    clauses = [
        (_stems(best.text[first:last]) & telling, values)
        for first, last in _clauses(best.text)
        if (values := list(question.expected.finditer(best.text, first, last)))
    ]
    held, values = max(clauses, key=lambda clause: sum(weights.get(stem, 0.0) for stem in clause[0]), default=(set(), []))
    alone = sum(other >= held for other, _ in clauses) == 1 and all(other <= held for other, _ in clauses)
    return with_words(best, *values[0].span()) if alone and len(values) == 1 and held else None


def _sort_of(text: str, end: int, counted: str = "") -> str:
    """What a number that ends here counts: its sign of money, or the word behind it; `counted`, if that follows soon."""
    if counted and re.match(rf"(?:\W+[\w'’-]+){{0,3}}?\W+{re.escape(counted)}", text[end:], re.I):
        return counted
    money = re.search(r"[$€£¥]\s?[\d.,]*$", text[:end])
    word = re.match(r"\W{0,2}([A-Za-z€$£%]+)", text[end:])
    return money[0][0] if money else word[1].lower().removesuffix("s") if word else ""


def _tells_of_another_event(best: Unit, question: ParsedQuestion) -> bool:
    """Whether the answer's clause tells of another event than the question: when she married is not when she was born."""
    asked, told = (_events(text) for text in (question.text, _clause(best)))
    return bool(asked and told and asked.isdisjoint(told))


def _in_that_role(best: Unit, units: Sequence[Unit], question: ParsedQuestion) -> Unit | None:
    """The sentence with the one name beside which the role stands that is asked for; none where another sentence has the role too."""
    asked = _stems(question.text)
    found = [name for name in _WITH_ROLE.finditer(best.text) if _stems(name["role"]) <= asked]
    if len(found) != 1:
        return None
    role, name = _stems(found[0]["role"]), found[0]["name"]
    others = (unit for unit in units if unit.span != best.span and unit.kind != "heading" and name not in unit.text)
    return None if any(role <= _stems(unit.text) for unit in others) else with_words(best, *found[0].span("name"))


def _is_beside_the_role(best: Unit, question: ParsedQuestion) -> bool:
    """Whether somebody is asked for, and the answer's clause is about the deputy."""
    beside = set(_clause(best).lower().split()) & _BESIDE_ROLE
    return bool(_WHO.match(question.text)) and not beside <= set(question.text.lower().split())


def _lacks_a_name(best: Unit, question: ParsedQuestion) -> bool:
    """Whether neither the sentence nor what stands above and before it has a name that the question names.

    Or it has the name beside a "he" that it begins with, who is hardly the same: "He died in 1961, three years after Ilse."
    """
    around, names = _stems(f"{best.above}. {best.topic} {best.before} {best.text}"), names_in(question.text)
    of_somebody_else = _HE.match(best.text) and any(_stems(name) <= _stems(best.text) for name in names)
    return bool(of_somebody_else) or any(not _stems(name) <= around for name in names)


def _events(text: str) -> set[int]:
    words = set(re.findall(r"[a-z]+", text.lower()))
    return {number for number, names in enumerate(_EVENTS.split()) if not words.isdisjoint(names.split(","))}


def _stems(text: str) -> set[str]:
    return {word.stem for word in read_words(text)}


def _clause(unit: Unit) -> str:
    """The clauses of its answer."""
    start, end = _place(unit)
    return " ".join(unit.text[first:last] for first, last in _clauses(unit.text) if first < end and start < last)


def _clauses(text: str) -> list[tuple[int, int]]:
    ends = [found.span() for found in _CLAUSE_END.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    return [(first, last) for first, last in zip(starts, [*(start for start, _ in ends), len(text)], strict=True) if first < last]


def _one_number(unit: Unit, question: ParsedQuestion) -> Unit:
    """The unit with the one number in its answer that is asked for; without an answer where there are several, or it is no such number."""
    assert unit.answer and question.expected
    start, end = _place(unit)
    if not _is_one(unit.text, start, end, question):
        edges = [start, *(start + edge for found in _NEXT_NUMBER.finditer(unit.text[start:end]) for edge in found.span()), end]
        parts = [part for part in zip(edges[::2], edges[1::2], strict=True) if question.expected.search(unit.text[slice(*part)])]
        if len(parts) != 1:
            return replace(unit, answer=None)
        start, end = parts[0]
    if (
        _TWO_NUMBERS.search(unit.text, start, end)
        or _NO_AMOUNT.search(unit.text[start:end])
        or (_TIMES.match(unit.text, end) and "often" not in question.text.lower())
    ):
        return replace(unit, answer=None)
    if unit.text[start:end][-1:].isdigit() and (measure := _MEASURE.match(unit.text, end)):
        end = measure.end()
    if unit.text[start].isdigit() and unit.text[:start].endswith(("£", "$", "€", "¥")):
        start -= 1
    return replace(unit, answer=replace(unit.answer, start=unit.start + start, end=unit.start + end))


def _is_one(text: str, start: int, end: int, question: ParsedQuestion) -> bool:
    """Whether a comma or an "and" between two numbers makes them one: "between 5 and 10", "a day and a night"."""
    return "between" in text[max(0, start - 12) : end].lower() or bool(_DURATION.search(question.text) and "," not in text[start:end])

"""Passages become evidence: their sentences and list items, each scored against the question.

A unit's score is a weighted sum of shares, all 0–1: the cosine of the question with the unit read
under its heading; the weighted share of the question's words in the unit itself, and the same with
the unit's title, headings and lead counted too; how well the question fits the unit's heading;
whether the unit has what such a question asks for (a duration, a number, a date, a name, a place); and
the reader's probability that the unit holds an answer.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from index.embed import Vectors
from rag.labels import label_answers, label_of
from rag.others import codes_in, is_of_another
from rag.question import ParsedQuestion
from rag.read import probability
from rag.units import Unit
from rag.words import MONTH, QuestionWords, content_words

__all__ = ["Asked", "EmbedTexts", "Stems", "score_units"]

EmbedTexts = Callable[[Sequence[str]], Vectors]
Stems = Callable[[str], set[str]]

_MOST_UNITS = 16
"""Units whose meaning is compared with the question; which ones is decided by their words and their passage's rank."""

_SIMILARITY_WEIGHT = 0.5
_OWN_WORDS_WEIGHT = 0.3
_CONTEXT_WORDS_WEIGHT = 0.2
_HEADING_WEIGHT = 0.3
_HEADING_FLOOR = 0.4
"""Cosine of a question with a heading below which the heading says nothing."""
_EXPECTED_WEIGHT = 0.12
_LABEL_WEIGHT, _LABEL_SHARE = 0.25, 0.3
"""Of a line whose label says that it is what such a question asks for ("Location: Leeds"), in place of `_EXPECTED_WEIGHT`, if it stands
where at least this share of the question's words does."""
_OTHER_LABEL, _VALUE_WORDS = 0.5, 4
"""What is left of the score of a label with a value of at most so many words, where the question does not name that label."""
_TOPIC_SHARE = 0.8
"""What a word counts for in the topic of the unit's paragraph, or the columns of its table, against one in the unit itself."""
_READER_WEIGHT, _READER_WEIGHT_FOR_FACTS = 0.06, 0.3
"""The reader looks for a few words; what answers an open question is often a whole sentence that it is less sure of."""
_SECTION_WEIGHT = 0.1
"""Of an item whose heading, in place of a lead, names what is asked about and nothing else: "What to bring"."""
_DATE = re.compile(rf"\b\d{{1,2}} {MONTH} \d{{4}}|\b\d{{4}}-\d\d-\d\d\b")
_DEFINES_WEIGHT = 0.15
_DUTIES_WEIGHT = 0.15
_DUTIES = re.compile(
    r"\b(?:responsib\w+|dut(?:y|ies)|tasks?|job description|day[- ]to[- ]day|the work|works? (?:on|with)|"
    r"what (?:you|we|they|he|she)(?:['’]ll| will)? do)\b",
    re.I,
)
"""What a text says beside what someone does, or in the heading above it."""
_SAYS_LITTLE = 0.6
"""What is left of the score of a sentence that asks itself whether something is so, that is about last year where the question is not,
that greets, or that is the document's title."""
_WHETHER = re.compile(
    r"\b(?:wanted|aim\w*|asked?|tests?|tested|examin\w+|investigat\w+|find out|found out|questions?|unclear|unknown|see|know|determine|"
    r"wonder\w*|stud\w+)\b[^.;]{0,40}\bwhether\b",
    re.I,
)
_ASKS_WHETHER = re.compile(
    r"\b(?:whether|aims?|goals?|purpose|question|objectives?|hypothes[ie]s|wanted?|examined?|investigated?|tested?)\b", re.I
)
_GREETS = re.compile(
    r"(?:dear\b|thank you for (?:buying|choosing|your|purchasing)|(?:we are|I am) (?:delighted|pleased|happy|glad)\b|"
    r"(?:with )?(?:kind|best) regards|yours (?:sincerely|faithfully)|welcome to\b)",
    re.I,
)
_LAST_TIME = re.compile(r"\b(?:last|previous) (?:year|season|edition|time)\b", re.I)
_ASKS_OF_THE_PAST = re.compile(r"\b(?:last|previous|was|were|did|had|been|earlier|before)\b", re.I)
_HEAD_WORDS = 10
_COPULA = re.compile(r"\b(?:is|are|was|were|means?|meant|refers? to|stands? for)\b|\((?=[A-Za-z])")
_COHESION = 0.45
"""Share of its distance to the sentence before that a sentence gains, if that one scores higher."""
_RANK_WEIGHT = 0.1
"""Of a passage's rank, in the choice of the units to compare: the first passage's get all of it, the second's half, …"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One form of the question: its text and its words."""

    text: str
    words: QuestionWords


@dataclass(frozen=True, slots=True)
class _Shares:
    """The weighted shares of a question's words in a unit alone, and with its context."""

    own: float
    around: float


def score_units(units: Sequence[Unit], asked: Sequence[Asked], question: ParsedQuestion, embed: EmbedTexts, stems: Stems) -> list[Unit]:
    """All units in their order; the most promising with their scores, each for the form of the question that it fits best.

    Args:
        units: of all passages, in their order.
        asked: the question, and its bridged form if there is one (`rag.bridge`).
        question: what kind of thing is asked for.
        embed: unit vectors of texts, shape (texts, dimension).
        stems: the stemmed words of a text.
    """
    expected, stems = question.expected, cache(stems)  # a passage's units share their headings
    shares = [[_shares(unit, form.words, stems) for form in asked] for unit in units]
    fitting = [_fitting(unit, question, max(share.around for share in own)) for unit, own in zip(units, shares, strict=True)]
    telling = [n for n, unit in enumerate(units) if not unit.names_columns and not (unit.kind == "sentence" and unit.text.endswith("?"))]
    promising = sorted(telling, key=lambda n: (-_promise(units[n], shares[n], expected) - fitting[n], n))[:_MOST_UNITS]
    if not promising:
        return list(units)
    similarities, fits = _compare([units[n] for n in promising], [form.text for form in asked], embed)
    scored = list(units)
    excluded = stems(question.excluded)
    for n, similarity, fit in zip(promising, similarities, fits, strict=True):
        scores = [_score(units[n], s, m, f, expected) for s, m, f in zip(shares[n], similarity, fit, strict=True)]
        score = (
            max(scores) + fitting[n] + (_DEFINES_WEIGHT if question.wants_definition and _defines(units[n], asked[0].words, stems) else 0.0)
        )
        score += _SECTION_WEIGHT if _is_of_the_section(units[n], asked[0].words, stems) else 0.0
        score += _DUTIES_WEIGHT if question.wants_duties and _DUTIES.search(f"{units[n].above} {units[n].text}") else 0.0
        score *= _OTHER_LABEL if _has_other_label(units[n], question, stems) else 1.0
        score *= _SAYS_LITTLE if _says_little(units[n], question) else 1.0
        if excluded and excluded <= stems(f"{units[n].text} {units[n].above}"):
            score = 0.0
        own = shares[n][0]
        meant = max(0.0, float(similarity.max()))
        scored[n] = replace(units[n], score=score, similarity=meant, held=own.own, held_around=own.around)
    scored = _of_the_asked_kind(scored, question)
    return _headings_speak(scored if expected else _cohering(scored), question, stems)


def _of_the_asked_kind(units: list[Unit], question: ParsedQuestion) -> list[Unit]:
    """Units about another kind or year than the question (full-time work, where it asks about part-time work) answer nothing.

    Where others are about the very model or version that is asked about, it does not mislead that these would have been better.
    """
    other = [bool(unit.score) and _is_of_another(question, unit) for unit in units]
    right = [unit for unit, wrong in zip(units, other, strict=True) if unit.score and not wrong]
    best = max((unit.score for unit in right), default=0.0)
    told = any(not question.meant.codes.isdisjoint(codes_in(f"{unit.text} {unit.above}")) for unit in right)
    return [
        replace(unit, score=0.0, misleading=unit.score > best and not told) if wrong else unit
        for unit, wrong in zip(units, other, strict=True)
    ]


def _is_of_another(question: ParsedQuestion, unit: Unit) -> bool:
    told = f"{unit.text} {' '.join(unit.columns)}"
    heading = unit.heading if unit.section else ""
    return is_of_another(question.meant, told, around=f"{unit.above}. {unit.topic}", heading=heading, before=unit.before)


def _defines(unit: Unit, words: QuestionWords, stems: Stems) -> bool:
    """Whether it says what the question's words are: they all stand before its "is", and little else does."""
    head = _COPULA.split(unit.text, maxsplit=1)
    if len(head) < 2 or len(head[0].split()) > _HEAD_WORDS or not words.weights:
        return False
    return words.coverage(stems(head[0])) > 1 - 1e-9


def _cohering(units: list[Unit]) -> list[Unit]:
    """A sentence gains from the one before it in its paragraph: what answers is often said in several."""
    cohering: list[Unit] = []
    for unit in units:
        before = cohering[-1] if cohering else None
        if before and unit.before and before.text == unit.before and before.score > unit.score > 0:
            unit = replace(unit, score=unit.score + _COHESION * (before.score - unit.score))
        cohering.append(unit)
    return cohering


def _shares(unit: Unit, words: QuestionWords, stems: Stems) -> _Shares:
    own = stems(unit.text)
    topic = f"{unit.topic} {' '.join(unit.columns)}".strip()
    under_topic = _TOPIC_SHARE * words.coverage(own | stems(topic)) if topic else 0.0
    around = own.union(stems(unit.above), stems(unit.topic), stems(unit.before))
    return _Shares(max(words.coverage(own), under_topic), words.coverage(around))


def _promise(unit: Unit, shares: Sequence[_Shares], expected: re.Pattern[str] | None) -> float:
    words = max(_OWN_WORDS_WEIGHT * share.own + _CONTEXT_WORDS_WEIGHT * share.around for share in shares)
    return words + _RANK_WEIGHT / unit.passage_rank + _read(unit, expected)


def _compare(units: Sequence[Unit], questions: Sequence[str], embed: EmbedTexts) -> tuple[Vectors, Vectors]:
    """Cosines of units with questions, and of their headings with questions, each of shape (units, questions)."""
    vectors = embed([*questions, *(unit.heading for unit in units), *(unit.said for unit in units)])
    sought, above, inside = np.split(vectors, [len(questions), len(questions) + len(units)])
    return inside @ sought.T, above @ sought.T


def _score(unit: Unit, shares: _Shares, similarity: float, fit: float, expected: re.Pattern[str] | None) -> float:
    fit = max(0.0, fit - _HEADING_FLOOR) / (1 - _HEADING_FLOOR) if unit.section or unit.heading == unit.topic else 0.0
    return float(
        _SIMILARITY_WEIGHT * max(0.0, similarity)
        + _OWN_WORDS_WEIGHT * shares.own
        + _CONTEXT_WORDS_WEIGHT * shares.around
        + _HEADING_WEIGHT * fit
        + _read(unit, expected)
    )


def _read(unit: Unit, expected: re.Pattern[str] | None) -> float:
    """What the reader adds to a unit in which it finds an answer."""
    weight = _READER_WEIGHT if expected is None else _READER_WEIGHT_FOR_FACTS
    return weight * probability(unit.answer.score) if unit.answer else 0.0


def _fitting(unit: Unit, question: ParsedQuestion, around: float = 1.0) -> float:
    """What a unit gains that has what such a question asks for; `around` is the share of its words there."""
    if around >= _LABEL_SHARE and label_answers(question.text, unit.text):
        return _LABEL_WEIGHT
    return _EXPECTED_WEIGHT if question.expected is not None and question.expected.search(unit.text) else 0.0


def _names(heading: Unit, expected: re.Pattern[str] | None) -> bool:
    """Whether a heading is a name of the asked kind; the number in a name ("Day 1") counts nothing."""
    found = expected.search(heading.text) if expected else None
    capitalised = all(word[0].isupper() or not word[0].isalpha() for word in heading.text.split())
    return found is not None and any(sign.isalpha() for sign in found[0]) and capitalised


def _dates(heading: Unit, question: ParsedQuestion) -> bool:
    """Whether a heading names what is asked about beside a date that is asked for: "Version 4.0 – 15 January 2024"."""
    found = _DATE.search(heading.text)
    return found is not None and found[0] not in question.text


def _has_other_label(unit: Unit, question: ParsedQuestion, stems: Stems) -> bool:
    """Whether it is a short line that shares no more than a label's part with the question: the "Job ID: 2207" of how to get a job."""
    label = label_of(unit.text)
    if not label or len(unit.text[len(label) :].split()) > _VALUE_WORDS + 1 or label_answers(question.text, unit.text):
        return False
    asked = stems(question.text)
    return not stems(label) <= asked and asked.isdisjoint(stems(unit.text[len(label) :]))


def _is_of_the_section(unit: Unit, words: QuestionWords, stems: Stems) -> bool:
    """Whether it is an item of a list without a lead under a heading all of whose words are asked about."""
    listed = unit.kind == "item" and not unit.lead and not unit.columns
    named = content_words(unit.section[-1]) if listed and unit.section else []
    own = stems(" ".join(named)) - stems(unit.context.split(" > ")[0]) if named else set()
    return bool(own) and own <= words.weights.keys()


def _says_little(unit: Unit, question: ParsedQuestion) -> bool:
    if unit.kind == "heading":
        return False
    asks = bool(_WHETHER.search(unit.text)) and not _ASKS_WHETHER.search(question.text)
    of_last_time = bool(_LAST_TIME.search(unit.text)) and not _ASKS_OF_THE_PAST.search(question.text)
    return asks or of_last_time or bool(_GREETS.match(unit.text)) or unit.text == unit.context


def _headings_speak(units: list[Unit], question: ParsedQuestion, stems: Stems) -> list[Unit]:
    """A heading that is nothing but what was asked for ("Pasadena, California") answers with the best unit under it; others do not.

    Nor does one where that unit has such a thing itself, or that the question names.
    """
    spoken, asked = [], stems(question.text)
    for unit in units:
        if unit.kind == "heading":
            under = [other for other in units if other.kind != "heading" and unit.text in other.section and other.place[0] == unit.place[0]]
            best = max(under, key=lambda other: other.score, default=None)
            names = (
                best
                and best.score
                and _names(unit, question.expected)
                and not _fitting(best, question)
                and (asked.isdisjoint(stems(unit.text)) or _dates(unit, question))
            )
            score, similarity = (best.score + _EXPECTED_WEIGHT, best.similarity) if best and names else (0.0, 0.0)
            unit = replace(unit, score=score, similarity=similarity)
        spoken.append(unit)
    return spoken

"""Whether one unit of a document carries a sentence that a model wrote: stricter than the gate, since such a sentence is no quotation.

On top of what `check_sentence` looks for, every word that carries meaning must stand in the unit or in the headings above it, in the same
order and no clause by halves; words that bound a claim ("only", "may", "if") must be the same in both; and what is merely said, asked or
doubted is not taken for a fact. A sentence that is refused for nothing costs little, for the document's own words take its place.
"""

import re
from collections.abc import Sequence

from rag.gate.claims import is_kin
from rag.gate.dates import Date
from rag.gate.polarity import Word
from rag.gate.quantities import Quantity, same_amount
from rag.gate.text import Text, read_text
from rag.gate.verify import check_sentence

__all__ = ["coverage", "supports"]

_OWN_SHARE = 0.5
"""Of a sentence's words, so many stand in the unit itself, not only in the headings above it."""
_LIVELY = re.compile(r"<[A-Za-z/!?]|\]\s*[(\[:]|!\[|\b(?:https?|ftp|data|javascript|mailto):|\bwww\.|@", re.I)
"""Links, images, tags and addresses: only those of the document itself are shown."""
_BOUNDS = tuple(
    frozenset(words.split())
    for words in (
        "may might can could possibly perhaps maybe",
        "must shall should has have required obliged mandatory need needs needed",
        "only solely exclusively just",
        "always never ever",
        "all every each any everyone everybody everything anyone anybody",
        "most mostly usually often generally normally typically mainly largely",
        "some sometimes few several occasionally partly rarely seldom",
        "almost nearly about around approximately roughly circa",
        "plan plans planned propose proposes proposed expect expected intend intended draft will would hope hopes aim aims",
    )
)
"""Words that bound a claim, by what they do to it."""
_CONDITIONS = frozenset("if unless except provided providing until till otherwise without assuming".split())
_SAYINGS = frozenset(
    """say says said saying claim claims claimed reply respond answer answers tell tells told write print output state states stated pretend
    repeat believe believes believed think thinks thought argue argues argued allege alleged allegedly suggest suggests suggested deny
    denies denied rumour rumours rumor rumors myth myths false falsely wrong wrongly incorrect untrue supposed supposedly fiction imagine
    suppose hypothetical example according ask asks asked whether reportedly purported dispute disputed disputes doubt doubts
    doubted""".split()
)
"""What stands beside them is somebody's word, an order or a doubt; a sentence that leaves them out makes it a fact."""
_NO_BOUND = re.compile(r"\b(?:has|have)\b(?! to\b)|\bat (?:most|least)\b", re.I)
"""What looks like a word of these and is none: "has" without "to", and the bounds of a number, which are compared with it."""


def supports(sentence: str, quote: str, context: Sequence[str]) -> bool:
    """Whether the quote alone carries the sentence; `context` are the title and headings above it."""
    said, cited, around = read_text(sentence), read_text(" ".join(quote.split())), read_text(" | ".join(context))
    if not said.content or sentence.rstrip().endswith("?") or (_LIVELY.search(sentence) and sentence not in cited.text):
        return False
    if not _bounded_alike(said, cited) or _is_only_said(said, cited):
        return False
    if coverage(said, cited) < _OWN_SHARE or not _all_told(said, cited, around) or not _told_alike(said, cited):
        return False
    return check_sentence(sentence, [quote], context).verdict == "supported"


def coverage(said: Text, cited: Text) -> float:
    """The share of a sentence's content words that stand in a text, 0–1."""
    words = said.content
    return sum(is_kin(word.stem, cited.stems) for word in words) / len(words) if words else 0.0


def _all_told(said: Text, cited: Text, around: Text) -> bool:
    """Whether every word stands there, numbers and dates aside: these are compared as what they mean."""
    known = cited.stems | around.stems
    return all(is_kin(part.stem, known) for part in _parts(said) if isinstance(part, Word))


def _told_alike(said: Text, cited: Text) -> bool:
    """Whether words, numbers and dates follow each other as they do there, and no clause is told by halves.

    Of a clause, what stands before a told word is told too, and of the last one all: "children under six travel free" is not told by
    "children travel free". Names may be left out.
    """
    there = _parts(cited)
    told: list[int] = []
    for part in _parts(said):
        exact = [place for place, other in enumerate(there) if _is_same(part, other, exactly=True)]
        places = exact or [place for place, other in enumerate(there) if _is_same(part, other)]
        later = [place for place in places if not told or place >= told[-1]]
        if places and not later:
            return False
        told += later[:1]
    if not told:
        return False
    clauses = [cited.clause_at(part.start) for part in there]
    ends = {clauses[place]: place for place in told} | {clauses[told[-1]]: len(there)}
    left = [part for place, part in enumerate(there) if place not in told and place < ends.get(clauses[place], 0)]
    return all(part.start in cited.names for part in left)


def _parts(text: Text) -> list[Word | Quantity | Date]:
    """Its content words, numbers and dates as they follow each other, a number or date as one."""
    numbers: list[Quantity | Date] = [
        *text.dates,
        *(q for q in text.quantities if not any(date.start <= q.start < date.end for date in text.dates)),
    ]
    within = {at for number in numbers for at in range(number.start, number.end)}
    parts: list[Word | Quantity | Date] = [*numbers, *(word for word in text.content if word.start not in within)]
    return sorted(parts, key=lambda part: part.start)


def _is_same(one: Word | Quantity | Date, other: Word | Quantity | Date, *, exactly: bool = False) -> bool:
    if isinstance(one, Word) and isinstance(other, Word):
        return one.stem == other.stem or (not exactly and is_kin(one.stem, {other.stem}))
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return same_amount(one, other)
    return isinstance(one, Date) and isinstance(other, Date) and other.says(one)


def _bounded_alike(said: Text, cited: Text) -> bool:
    """Whether what bounds the claim is the same here and in the part of the quote that the sentence tells."""
    mine, theirs = _words(said), _words(cited)
    if _CONDITIONS & theirs - mine or _CONDITIONS & mine - theirs:
        return False
    told = {word.clause for word in cited.content if is_kin(word.stem, said.stems)}
    near = {word.text for word in cited.words if word.clause in told} & theirs
    return all(bool(bounds & mine) <= bool(bounds & theirs) and bool(bounds & near) <= bool(bounds & mine) for bounds in _BOUNDS)


def _words(text: Text) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", _NO_BOUND.sub("", text.text).lower()))


def _is_only_said(said: Text, cited: Text) -> bool:
    return bool(_SAYINGS & _words(cited) - _words(said))

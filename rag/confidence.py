"""How probable it is that the documents answer a question, from signs that retrieval and the reader leave.

A logistic model over signs that are all 0–1. Its weights are fitted (`python -m eval.fit_confidence`) on question sets
without questions that the reader was fitted on; those of `kind` and `names` came later, beside the others as they were. The intercept is
set by hand, lower than the fitted one, so that the threshold 0.5 refuses about one in ten answerable questions of the shipped
set, nearly all of them in wholly other words than the documents', and half of what the documents do not answer in MTRAG.
Figures about refusals on `CHOSEN_WITH` flatter the choice.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields

from rag.kinds import holds_kind
from rag.match import EmbedTokens, least_met
from rag.question import ParsedQuestion
from rag.read import probability
from rag.records import Passage
from rag.units import Unit
from rag.words import QuestionWords, names_nothing_there

__all__ = ["CHOSEN_WITH", "Signs", "confidence", "signs"]

CHOSEN_WITH = ("the shipped questions", "clapnq", "mtrag", "squad2")
"""Question sets that were looked at when the weights were chosen."""
INTERCEPT = -10.22
WEIGHTS = (4.51, 0.48, 0.34, 1.36, 2.01, 3.0, 1.6, 5.13)
_MET_UNITS = 4
"""Units whose tokens are compared with the question's."""
_OF_ITS_ROW = 0.5
"""The least similarity, coverage and `met` where the best unit is a table's row that begins with what is asked about: "E11", "09:12"."""
_SURE_OF_NONE = 0.1
"""The reader's probability below which it is sure that a sentence holds no such fact."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Signs of an answerable question.

    `similarity`: cosine of the question with the best passage. `coverage`: weighted share of the question's words in the best unit and its
    context. `any_reader`: the reader's probability that any unit holds an answer, 0.5 where nothing was read. `lead`: by how much the best
    unit's score is above that of the fourth best, at most 1. `fact`: 1 unless the question asks for one fact and the reader is sure that
    the best unit, no heading, holds none; then from 0. `kind`: 0 where the question asks for a thing of a kind and the best unit holds
    none, where a better unit was about another kind of thing or another year, or the question's year stands nowhere; less than 1 where the
    best unit's numbers count something else (`rag.kinds`), else 1. `names`: 0 where the question names something whose name stands
    nowhere, else 1. `met`: how well one of the best units meets the question's worst-met tokens (`rag.match`).
    """

    similarity: float
    coverage: float
    any_reader: float
    lead: float
    fact: float
    kind: float
    names: float
    met: float


def signs(
    question: ParsedQuestion,
    passages: Sequence[Passage],
    units: Sequence[Unit],
    words: QuestionWords,
    stems: Callable[[str], set[str]],
    embed_tokens: EmbedTokens,
) -> Signs:
    """The signs of one question; all zero where nothing was retrieved or the question has no words."""
    scored = [unit for unit in units if unit.score > 0]
    if not passages or not scored or not words.weights:
        return Signs(*[0.0] * len(fields(Signs)))
    best, *others = sorted(scored, key=lambda unit: -unit.score)
    read = [probability(unit.answer.score) for unit in scored if unit.answer]
    reader = probability(best.answer.score) if best.answer else min(read, default=0.5)
    one_fact = question.expected is not None and not question.wants_list
    misled = any(unit.misleading for unit in units) or any(str(year) in words.unknown for year in question.meant.years)
    told = [unit.said for unit in (best, *others)[:_MET_UNITS]]
    least = _OF_ITS_ROW if _is_its_row(best, question.text) else 0.0
    return Signs(
        similarity=max(least, *(passage.similarity for passage in passages)),
        coverage=max(least, words.coverage(stems(f"{best.above} {best.before} {best.text}"))),
        any_reader=max(read, default=0.5),
        lead=min(best.score - (others[2].score if len(others) > 2 else 0.0), 1.0),
        fact=min(reader / _SURE_OF_NONE, 1.0) if one_fact and best.kind != "heading" and not best.columns else 1.0,
        kind=0.0 if misled else 1.0 if question.wants_list else holds_kind(question.text, best.text),
        names=0.0 if names_nothing_there(question.text, words) else 1.0,
        met=max(least, *least_met(question.text, told, embed_tokens)),
    )


def _is_its_row(unit: Unit, question: str) -> bool:
    """Whether it is a row whose first cell, with a figure in it, stands in the question."""
    first = unit.text.strip("| ").split("|")[0].strip() if unit.columns else ""
    return len(first) > 1 and any(sign.isdigit() for sign in first) and re.search(rf"(?<!\w){re.escape(first)}(?!\w)", question) is not None


def confidence(found: Signs) -> float:
    """The probability, 0–1."""
    total = INTERCEPT + sum(weight * sign for weight, sign in zip(WEIGHTS, astuple(found), strict=True))
    return 1 / (1 + math.exp(-total))

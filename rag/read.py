"""Passages are read: each of their units gets the reader's best answer inside it, and the passages their final order.

A passage is as good as its best unit: its score becomes fused + weight · best fused · best unit, which
stays on the scale of its fusion.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from rag.reader import Reader, Reading, Span
from rag.records import Passage
from rag.units import Unit

__all__ = ["by_best_unit", "probability", "read_units"]

_TEMPERATURE = 2.0
"""What logits are divided by before they become a probability: models of this kind are surer than they should be (Guo et al. 2017)."""


def probability(score: float) -> float:
    """The reader's score (logits) as the probability that there is an answer, 0–1."""
    return 0.5 * (1 + math.tanh(score / _TEMPERATURE / 2))


def read_units(question: str, passages: Sequence[Passage], units: Sequence[Unit], reader: Reader | None) -> list[Unit]:
    """The units of the passages with the reader's best answer inside each; as they are without a reader."""
    if reader is None:
        return list(units)
    readings = reader.read(question, [(_said_before(passage), passage.text) for passage in passages])
    read = {passage.rank: (passage.start, reading) for passage, reading in zip(passages, readings, strict=True)}
    return [replace(unit, answer=_within(unit, *read[unit.passage_rank])) for unit in units]


def by_best_unit(passages: Sequence[Passage], units: Sequence[Unit], weight: float) -> tuple[list[Passage], list[Unit]]:
    """The passages by their own scores and those of their best units, and the units in the passages' new order."""
    if not passages:
        return [], list(units)
    scale = weight * max(passage.score for passage in passages)
    scored = []
    for passage in passages:
        inside = [unit for unit in units if unit.passage_rank == passage.rank]
        best = max((unit.score for unit in inside), default=0.0)
        answer = max((unit.answer.score for unit in inside if unit.answer), default=None)
        scored.append(passage.model_copy(update={"score": passage.score + scale * best, "reader_score": answer}))
    scored.sort(key=lambda passage: (-passage.score, passage.rank))
    places = {passage.rank: place for place, passage in enumerate(scored, start=1)}
    moved = [u if u.passage_rank == (place := places[u.passage_rank]) else replace(u, passage_rank=place) for u in units]
    return [passage.model_copy(update={"rank": places[passage.rank]}) for passage in scored], sorted(moved, key=lambda u: u.passage_rank)


def _said_before(passage: Passage) -> str:
    """What the reader reads before a passage: the document's title and the heading that it stands under."""
    return ". ".join(dict.fromkeys((passage.title, *passage.heading_path[-1:])))


def _within(unit: Unit, start: int, reading: Reading) -> Span | None:
    """The best answer in a unit, in characters of the document."""
    span = reading.within(unit.start - start, unit.end - start)
    return Span(span.score, span.start + start, span.end + start) if span else None

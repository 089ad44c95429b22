"""The cell of a table's row that a question asks for, by the name of its column: the 3.4 of "Revenue | 3.1 | 3.4" under 2022."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.gate.polarity import read_words
from rag.kinds import holds_kind
from rag.question import ParsedQuestion
from rag.reader import Span
from rag.units import Unit

__all__ = ["with_cell", "without_other_rows"]

_CELL = re.compile(r"[^|\s](?:[^|]*[^|\s])?")
_SURE = 9.0
"""The score (logits) of a cell whose row and column the question names: there is nothing to be read."""
_WHICH = re.compile(r"\b(?:which|who|whose|most|least|best|highest|lowest|longest|shortest|cheapest)\b", re.I)
"""Asks for the row, not for a cell of it."""


def with_cell(row: Unit, units: Sequence[Unit], question: ParsedQuestion, weights: Mapping[str, float]) -> Unit | None:
    """The row with the cell that is asked for as its answer; None where the question does not name this one row and one of its columns.

    Args:
        row: a row of a table whose columns have names.
        units: those beside it in the answer.
        question: as it is asked.
        weights: of the question's stems (`rag.words.QuestionWords`).
    """
    cells = list(_CELL.finditer(row.text))
    if len(cells) != len(row.columns) or len(cells) < 2 or _WHICH.search(question.text):
        return None
    asked = _stems(question.text)
    key = _stems(cells[0][0])
    others = [_stems(cell[0]) for unit in units if unit.columns and unit.span != row.span and (cell := _CELL.search(unit.text))]
    as_near = any(key & asked <= other & asked if not key <= asked else other <= asked and not other <= key for other in others if other)
    if not key & asked or as_near:
        return None
    named = [sum(weights.get(stem, 0.0) for stem in (_stems(name) & asked) - key) for name in row.columns[1:]]
    if max(named) == 0:
        named = [float(_is_asked_for(cell[0], question)) for cell in cells[1:]]
    if max(named) == 0 or named.count(max(named)) > 1:
        return None
    cell = cells[1 + named.index(max(named))]
    return replace(row, answer=Span(_SURE, row.start + cell.start(), row.start + cell.end()))


def without_other_rows(units: Sequence[Unit], answer: Unit) -> list[Unit]:
    """The units of an answer without the other rows of the table, where its short answer is the cell of one."""
    if not answer.columns:
        return list(units)
    return [unit for unit in units if unit.columns != answer.columns or unit.place != answer.place or unit.span == answer.span]


def _is_asked_for(cell: str, question: ParsedQuestion) -> bool:
    """Whether a cell is of the kind that the question asks for, if it asks for a kind."""
    if holds_kind(question.text, "nothing") < 1:
        return holds_kind(question.text, cell) == 1
    return question.expected is not None and question.expected.search(cell) is not None


def _stems(text: str) -> set[str]:
    return {word.stem for word in read_words(text) if word.content}

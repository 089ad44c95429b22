"""The cell of a table's row that a question asks for, by the name of its column: the 3.4 of "Revenue | 3.1 | 3.4" under 2022."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.gate.polarity import read_words
from rag.kinds import holds_kind
from rag.question import ParsedQuestion
from rag.reader import Span
from rag.units import Unit

__all__ = ["named_cells", "with_cell", "without_other_rows"]

_CELL = re.compile(r"[^|\s](?:[^|]*[^|\s])?")
_PAIR = re.compile(r"(?:^|; )(?P<name>[^:;]{1,60}): (?P<value>[^;]*)")
_BRACKETS = re.compile(r"\s*\([^)]*\)")
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
    (_, first), *cells = named_cells(row) or [("", (0, 0))]
    if not cells or _WHICH.search(question.text):
        return None
    asked, key = _stems(question.text), _key(row.text[slice(*first)])
    others = [_key(unit.text[slice(*named[0][1])]) for unit in units if unit.span != row.span and (named := named_cells(unit))]
    if key <= asked:
        another = any(other <= asked and not other <= key for other in others if other)
    else:
        told = key.union(_stems(row.above), *(_stems(name) for name, _ in cells))
        another = not _stems(question.subject) <= told or any(key & asked <= other & asked for other in others)
    if not key & asked or another:
        return None
    values = [row.text[slice(*span)] for _, span in cells]
    fits = [sum(weights.get(stem, 0.0) for stem in (_stems(name) & asked) - key) for name, _ in cells]
    if max(fits) == 0:
        fits = [float(_is_asked_for(value, question)) for value in values]
    if max(fits) == 0 or fits.count(max(fits)) > 1:
        return None
    start, end = cells[fits.index(max(fits))][1]
    return replace(row, answer=Span(_SURE, row.start + start, row.start + end))


def named_cells(unit: Unit) -> list[tuple[str, tuple[int, int]]]:
    """The cells of a table's row, each with its column's name and where it stands in the unit's text; none where it is no such row.

    A sheet's row has the names in itself: "Item: loaf; Price: 4 euros".
    """
    if unit.columns:
        spans = [cell.span() for cell in _CELL.finditer(unit.text)]
        return list(zip(unit.columns, spans, strict=True)) if len(spans) == len(unit.columns) else []
    pairs = [found for found in _PAIR.finditer(unit.text) if unit.kind == "item"]
    whole = len(pairs) > 1 and pairs[0].start() == 0 and pairs[-1].end() == len(unit.text)
    return [(pair["name"], pair.span("value")) for pair in pairs] if whole else []


def without_other_rows(units: Sequence[Unit], answer: Unit) -> list[Unit]:
    """The units of an answer without the other rows of the table, where its short answer is the cell of one."""
    names = [name for name, _ in named_cells(answer)]
    if not names:
        return list(units)
    return [
        unit for unit in units if unit.span == answer.span or unit.place != answer.place or [name for name, _ in named_cells(unit)] != names
    ]


def _is_asked_for(cell: str, question: ParsedQuestion) -> bool:
    """Whether a cell is of the kind that the question asks for, if it asks for a kind."""
    if holds_kind(question.text, "nothing") < 1:
        return holds_kind(question.text, cell) == 1
    return question.expected is not None and question.expected.search(cell) is not None


def _key(cell: str) -> set[str]:
    """The stems of a row's first cell without what stands in brackets, as a unit of measure."""
    return _stems(_BRACKETS.sub("", cell))


def _stems(text: str) -> set[str]:
    return {word.stem for word in read_words(text) if word.content}

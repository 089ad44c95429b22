"""The cell of a table's row that a question asks for, by the name of its column: the 3.4 of "Revenue | 3.1 | 3.4" under 2022."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.gate.polarity import read_words
from rag.kinds import holds_kind
from rag.labels import names_what_is_asked
from rag.question import ParsedQuestion
from rag.reader import Span
from rag.units import Unit

__all__ = ["named_cells", "with_cell", "with_words", "without_other_rows"]

_CELL = re.compile(r"[^|\s](?:[^|]*[^|\s])?")
_PAIR = re.compile(r"(?:^|; )(?P<name>[^:;]{1,60}): (?P<value>[^;]*)")
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_SURE = 9.0
"""The score (logits) of words that the form alone shows to be the answer, as the cell whose row and column a question names."""
_WHICH = re.compile(r"\b(?:which|most|least|best|highest|lowest|longest|shortest|cheapest)\b", re.I)
"""Asks for the row, not for a cell of it."""


def with_cell(row: Unit, units: Sequence[Unit], question: ParsedQuestion, weights: Mapping[str, float]) -> Unit | None:
    """The row with the cell that is asked for as its answer; None where the question does not name this one row and one of its columns.

    Args:
        row: a row of a table whose columns have names.
        units: those beside it in the answer.
        question: as it is asked.
        weights: of the question's stems (`rag.words.QuestionWords`).
    """
    cells = named_cells(row)
    if not cells or _WHICH.search(question.text):
        return None
    asked, values = _stems(question.text), [row.text[slice(*span)] for _, span in cells]
    at = next((n for n, value in enumerate(values) if (key := _key(value)) and key <= asked), 0)
    key, others = _key(values[at]), _keys(units, row, at)
    if at or key <= asked:
        another = any(other <= asked and not other <= key for other in others if other)
    else:
        told = key.union(_stems(row.above), *(_stems(name) for name, _ in cells))
        another = not _stems(question.subject) <= told or any(key & asked <= other & asked for other in others)
    if not key & asked or another:
        return None
    known = key | _stems(cells[at][0])
    named = [sum(weights.get(stem, 0.0) for stem in (_stems(name) & asked) - known) for name, _ in cells]
    likely, is_told = [n for n in range(len(cells)) if n != at], False
    likely = [n for n in likely if _may_be_asked_for(values[n], question)] or likely
    for fits in (
        named,
        [
            names_what_is_asked(question.text, name) and _may_be_asked_for(value, question)
            for (name, _), value in zip(cells, values, strict=True)
        ],
        [holds_kind(question.text, "nothing") < 1 == holds_kind(question.text, value) for value in values],
        [question.expected is not None and bool(question.expected.search(value)) for value in values],
    ):
        best = max((fits[n] for n in likely), default=0)
        if best:
            likely, is_told = [n for n in likely if fits[n] == best], True
    if not is_told or len(likely) > 1:
        return None
    return with_words(row, *cells[likely[0]][1])


def with_words(unit: Unit, start: int, end: int) -> Unit:
    """The unit with these characters of its text as its answer, for sure."""
    return replace(unit, answer=Span(_SURE, unit.start + start, unit.start + end))


def _keys(units: Sequence[Unit], row: Unit, at: int) -> list[set[str]]:
    """What the other rows have in the column by which this one is named."""
    others = [(unit, named_cells(unit)) for unit in units if unit.span != row.span]
    return [_key(unit.text[slice(*cells[at][1])]) for unit, cells in others if len(cells) > at]


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


def _may_be_asked_for(value: str, question: ParsedQuestion) -> bool:
    """Whether the value of a column that is asked for is such a thing, or says that there is none."""
    return question.expected is None or bool(question.expected.search(value)) or value.lower() in ("free", "included", "none", "no")


def _key(cell: str) -> set[str]:
    """The stems of a cell without what stands in brackets, as a unit of measure."""
    return _stems(_BRACKETS.sub("", cell))


def _stems(text: str) -> set[str]:
    return {word.stem for word in read_words(text) if word.content}

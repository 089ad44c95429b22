"""Rows of cells become lines that a person can read, each of which can be cited with its header."""

import re
from collections.abc import Iterable, Iterator, Sequence

__all__ = ["looks_like_header", "record_line", "record_lines", "table_lines"]

_OPENS = re.compile(r"[$€£¥(]+")
_CLOSES = re.compile(r"[)%]+")
_NUMBER = re.compile(r"[\s$€£¥(+-]*\d[\d\s.,:/%)-]*")
_RECORD_CHARACTERS = 700
_RECORD_FIELDS = 30


def table_lines(rows: Iterable[Sequence[str]], *, header: bool) -> list[str]:
    """Lines `| a | b |`, without rows and columns that are empty; with `header`, a rule is under the first.

    A currency sign or bracket in a cell of its own, as in the filings of companies, joins its number.
    """
    joined = [_with_signs_joined([_cell(cell) for cell in row]) for row in rows]
    width = max((len(row) for row in joined), default=0)
    full = [[*row, *[""] * (width - len(row))] for row in joined if any(row)]
    used = [column for column in range(width) if any(row[column] for row in full)]
    lines = [f"| {' | '.join(row[column] for column in used)} |" for row in full]
    if header and len(lines) > 1 and len(used) > 1:
        lines.insert(1, f"|{' --- |' * len(used)}")
    return lines


def _cell(value: str) -> str:
    return " ".join(value.split()).replace("|", r"\|")


def _with_signs_joined(row: list[str]) -> list[str]:
    row = list(row)
    for position, cell in enumerate(row):
        if _OPENS.fullmatch(cell) and (target := _next_number(row, position)) is not None:
            row[target], row[position] = cell + row[target], ""
        elif _CLOSES.fullmatch(cell) and (target := _number_before(row, position)) is not None:
            row[target], row[position] = row[target] + cell, ""
    return row


def _next_number(row: list[str], position: int) -> int | None:
    following = next((place for place in range(position + 1, len(row)) if row[place]), None)
    return following if following is not None and _NUMBER.match(row[following]) else None


def _number_before(row: list[str], position: int) -> int | None:
    before = next((place for place in range(position - 1, -1, -1) if row[place]), None)
    return before if before is not None and _NUMBER.match(row[before]) else None


def looks_like_header(row: Sequence[str]) -> bool:
    """Whether a row names columns: at least two, all different, none a number."""
    names = [cell.strip() for cell in row if cell.strip()]
    return len(names) > 1 and len(set(names)) == len(names) and not any(_NUMBER.fullmatch(name) for name in names)


def record_line(fields: Iterable[tuple[str, str]]) -> str:
    """One record as an item: `- Name: Ana; Team: Locks`; fields without a value are left out."""
    named = [(" ".join(name.split()), " ".join(value.split())) for name, value in fields]
    return "- " + "; ".join(f"{name}: {value}" if name else value for name, value in named if value)


def record_lines(fields: Sequence[tuple[str, str]]) -> Iterator[str]:
    """One record as a line, or, too long for one, as its first field with the others as a list below it."""
    filled = [(name, value) for name, value in fields if value.strip()]
    line = record_line(filled)
    if len(filled) <= _RECORD_FIELDS and len(line) <= _RECORD_CHARACTERS:
        yield line
        return
    yield record_line(filled[:1]).removeprefix("- ") + ":"
    yield from (record_line([field]) for field in filled[1:])
    yield ""

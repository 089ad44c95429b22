"""Tables: CSV by the standard library, Excel by openpyxl. Every row is an item that names its columns."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from index.decode import decode_text
from index.errors import UnreadableFile
from index.formats.lines import join_lines
from index.formats.package import check_entities, open_package, unreadable
from index.formats.table import looks_like_header, record_line, record_lines
from index.formats.word import core_properties
from index.parsed import Limits, Parsed

__all__ = ["convert_csv", "convert_xlsx"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SAMPLE = 20_000
_DELIMITERS = ",;\t|"


def convert_csv(data: bytes, path: Path, limits: Limits) -> Parsed:
    """A table of values between commas, semicolons, tabs or bars."""
    text, warnings = decode_text(data, path)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text[:_SAMPLE])
    csv.field_size_limit(max(len(text), 131_072))
    try:
        lines = list(_records(csv.reader(StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error as error:
        raise unreadable(path, "table of values", error) from error
    return Parsed(join_lines(lines), "text/csv", warnings=warnings)


def _delimiter(sample: str) -> str:
    """The sign that divides most of the first lines into equally many parts."""
    lines = [line for line in sample.split("\n")[:20] if line.strip()]
    if len(lines) > 2:
        lines = lines[:-1]  # the sample may end inside a line

    def agreement(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(usual) if usual else 0, usual)

    return max(_DELIMITERS, key=agreement)


def _records(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows as items with the names of their columns; single cells above a table are its title, an empty row ends it."""
    header: Sequence[str] | None = None
    for row in rows:
        filled = [cell for cell in row if cell.strip()]
        if not filled:
            header = None
            yield ""
        elif header is None and len(filled) == 1:
            yield from (" ".join(filled[0].split()), "")
        elif header is None:
            header = row if looks_like_header(row) else ()
            yield from () if header else [record_line([("", cell) for cell in row])]
        else:
            yield from record_lines(_fields(header, row)) if header else [record_line([("", cell) for cell in row])]


def _fields(header: Sequence[str], row: Sequence[str]) -> list[tuple[str, str]]:
    names = [*header, *[""] * (len(row) - len(header))]
    return list(zip(names, row, strict=False))


def convert_xlsx(data: bytes, path: Path, limits: Limits) -> Parsed:
    """All sheets in order, each under its name as heading; formulas as the values that were last saved."""
    from openpyxl import load_workbook

    with open_package(data, path, limits, "workbook") as package:
        check_entities(package, path)
        facts = core_properties(package, path)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        lines = [line for sheet in book.worksheets if sheet.sheet_state == "visible" for line in _sheet(sheet)]
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
        book.close()
    except UnreadableFile:
        raise
    except Exception as error:  # a broken part makes openpyxl raise anything, from KeyError to ValueError
        raise unreadable(path, "workbook", error) from error
    warnings = (f"left out: hidden sheets {', '.join(hidden)}",) if hidden else ()
    return Parsed(join_lines(lines), _XLSX, warnings=warnings, **facts)


def _sheet(sheet: Any) -> Iterator[str]:
    rows = ([_shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True))
    lines = list(_records(rows))
    if any(lines):
        yield from ("", f"## {' '.join(sheet.title.split())}", "", *lines)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return f"{value:.12g}" if isinstance(value, float) else str(value)

"""JSON and JSON Lines: records with named fields, each an item, or a section where it holds long text."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.decode import decode_text
from index.errors import UnreadableFile
from index.formats.lines import join_lines
from index.formats.table import record_line, record_lines
from index.parsed import Limits, Parsed

__all__ = ["convert_json", "convert_json_lines"]

_TITLES = ("title", "headline", "subject", "name", "heading", "question", "label")
_TEXTS = ("text", "body", "content", "description", "abstract", "summary", "answer", "message", "article", "page_content")
_LONG = 200
"""A value with more characters than this is prose, and stands in paragraphs of its own."""


def convert_json(data: bytes, path: Path, limits: Limits) -> Parsed:
    """One value; a JSON file that is really JSON Lines is read as that."""
    text, warnings = decode_text(data, path)
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise UnreadableFile(f"{path}: its values are nested too deeply. Split it into flat records.") from error
    except ValueError as error:
        if text.lstrip().startswith("{") and "\n{" in text:
            return convert_json_lines(data, path, limits)
        raise UnreadableFile(f"{path}: not well-formed JSON ({error}). Open it in an editor that shows the place, and mend it.") from error
    facts = _facts(value)
    return Parsed(_written(value), "application/json", warnings=warnings, **facts)


def convert_json_lines(data: bytes, path: Path, limits: Limits) -> Parsed:
    """One record a line; lines that are no JSON are named in a warning."""
    text, warnings = decode_text(data, path)
    values, bad = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            values.extend([json.loads(line)] if line.strip() else [])
        except (ValueError, RecursionError):
            bad.append(str(number))
    if not values:
        raise UnreadableFile(f"{path}: none of its {len(bad)} lines is JSON. Give the file the ending of what it is.")
    shown = ", ".join(bad[:10]) + (" …" if len(bad) > 10 else "")
    lost = (f"{len(bad)} lines that are not JSON were left out: {shown}",) if bad else ()
    return Parsed(_written(values), "application/x-ndjson", warnings=(*warnings, *lost))


def _facts(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {}
    names = {
        "title": ("title", "headline", "name"),
        "author": ("author", "creator"),
        "date": ("date", "published"),
        "language": ("language", "lang"),
    }
    found = {fact: next((value[key] for key in keys if isinstance(value.get(key), str)), "") for fact, keys in names.items()}
    return {fact: " ".join(words.split()) for fact, words in found.items() if words and len(words) <= _LONG}


def _written(value: Any) -> str:
    try:
        return join_lines(_lines(value, 1))
    except RecursionError:
        return record_line([("", json.dumps(value)[:_LONG])])


def _lines(value: Any, level: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _record(value, level)
    elif isinstance(value, list):
        for number, element in enumerate(value, start=1):
            if isinstance(element, dict) and _is_prose(element):
                yield from ("", f"{'#' * min(level, 6)} {_name(element) or f'Record {number}'}", "")
                yield from _record(element, level + 1, without=_name(element))
            elif isinstance(element, dict):
                yield from record_lines(list(_flat(element)))
            else:
                yield from _lines(element, level)
    elif text := _plain(value):
        yield from _prose("", text) if len(text) > _LONG else [f"- {' '.join(text.split())}"]


def _record(value: dict[str, Any], level: int, *, without: str = "") -> Iterator[str]:
    """Short fields as one item, prose in paragraphs, lists of records and nested records under their names."""
    nested = {key: part for key, part in value.items() if _is_nested(part)}
    short = [field for key, part in value.items() if key not in nested for field in _flat({key: part}) if len(field[1]) <= _LONG]
    long = [field for key, part in value.items() if key not in nested for field in _flat({key: part}) if len(field[1]) > _LONG]
    short = [(name, text) for name, text in short if text != without or name not in _TITLES]
    if any(text for _, text in short):
        yield from record_lines(short)
    for name, text in long:
        yield from _prose("" if name in _TEXTS else name, text)
    for key, part in nested.items():
        yield from ("", f"{'#' * min(level, 6)} {' '.join(str(key).split())}", "")
        yield from _lines(part, level + 1)


def _prose(name: str, text: str) -> Iterator[str]:
    yield ""
    yield (f"{name}: " if name else "") + text.strip()
    yield ""


def _is_prose(record: dict[str, Any]) -> bool:
    return any(len(text) > _LONG for _, text in _flat(record)) or any(map(_is_nested, record.values()))


def _is_nested(value: Any) -> bool:
    """Whether a value holds records, or records that hold some, and not only a few plain values."""
    if isinstance(value, list):
        return any(isinstance(element, (dict, list)) for element in value)
    return isinstance(value, dict) and (len(value) > 8 or any(isinstance(part, (dict, list)) for part in value.values()))


def _name(record: dict[str, Any]) -> str:
    found = next(
        (record[key] for key in (*_TITLES, "id") if isinstance(record.get(key), (str, int)) and len(str(record[key])) <= _LONG), ""
    )
    return " ".join(str(found).split())


def _flat(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Fields as text, those of a record inside with its name before theirs."""
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name} ")
        elif isinstance(value, list) and any(isinstance(element, dict) for element in value):
            yield (
                name,
                "; ".join(" ".join(f"{k} {v}" for k, v in _flat(part)) if isinstance(part, dict) else _plain(part) for part in value),
            )
        else:
            yield name, ", ".join(map(_plain, value)) if isinstance(value, list) else _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)

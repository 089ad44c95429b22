"""OpenDocument text (LibreOffice), read from its XML: headings, paragraphs, lists, tables and notes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import UnreadableFile
from index.formats.lines import join_lines
from index.formats.package import open_package, parse_xml
from index.formats.table import table_lines
from index.parsed import Limits, Parsed

__all__ = ["convert_odt"]

_ODT = "application/vnd.oasis.opendocument.text"
_SKIPPED = frozenset(
    {"tracked-changes", "annotation", "sequence-decls", "variable-decls", "forms", "index-title-template", "note-citation"}
)
_REPEATS = 100


def convert_odt(data: bytes, path: Path, limits: Limits) -> Parsed:
    """The body of a text document; headers, footers, comments and deleted text stay out."""
    with open_package(data, path, limits, "OpenDocument text") as package:
        if "encryption-data" in package.read("META-INF/manifest.xml").decode("utf-8", "replace"):
            raise UnreadableFile(f"{path}: locked by a password. Save a copy without one and add that.")
        content = parse_xml(package.read("content.xml"), path)
        facts = _facts(parse_xml(package.read("meta.xml"), path)) if "meta.xml" in package.namelist() else {}
    body = next((element for element in content.iter() if _tag(element) == "text" and "office" in element.tag), None)
    if body is None:
        raise UnreadableFile(f"{path}: not an OpenDocument text. Save it as .odt from a word processor.")
    return Parsed(join_lines(line for child in body for line in _block(child, 0)), _ODT, **facts)


def _facts(meta: Any) -> dict[str, Any]:
    found = {_tag(element): (element.text or "").strip() for element in meta.iter()}
    author = found.get("creator") or found.get("initial-creator") or ""
    date = (found.get("date") or found.get("creation-date") or "")[:10]
    return {"title": found.get("title", ""), "author": author, "date": date, "language": found.get("language", "")}


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _block(element: Any, depth: int) -> Iterator[str]:
    tag = _tag(element)
    if tag in _SKIPPED:
        return
    if tag == "h":
        level = _attribute(element, "outline-level")
        words = " ".join(_words(element).split())
        yield from ("", f"{'#' * min(int(level) if level.isdigit() else 1, 6)} {words}", "") if words else ()
    elif tag == "p":
        yield from ("", _words(element).strip(), "")
    elif tag == "list":
        yield from _list(element, depth)
    elif tag == "table":
        yield from ("", *table_lines(_rows(element), header=any(_tag(child) == "table-header-rows" for child in element)), "")
    else:
        for child in element:
            yield from _block(child, depth)


def _list(element: Any, depth: int) -> Iterator[str]:
    yield from [""] if not depth else ()
    for item in element:
        words = [" ".join(_words(part).split()) for part in item if _tag(part) in ("p", "h")]
        if any(words):
            yield "  " * depth + "- " + " ".join(words).strip()
        for part in item:
            if _tag(part) == "list":
                yield from _list(part, depth + 1)
    yield from [""] if not depth else ()


def _rows(table: Any) -> Iterator[list[str]]:
    for row in (element for element in table.iter() if _tag(element) == "table-row"):
        cells: list[str] = []
        for cell in row:
            if _tag(cell) in ("table-cell", "covered-table-cell"):
                times = _attribute(cell, "number-columns-repeated")
                cells.extend([_words(cell)] * min(int(times) if times.isdigit() else 1, _REPEATS))
        yield cells


def _words(element: Any) -> str:
    return "".join(_text(element))


def _text(element: Any) -> Iterator[str]:
    """The text of a paragraph; a note stands in brackets where it is called."""
    tag = _tag(element)
    if tag in _SKIPPED:
        return
    if tag in ("s", "tab", "line-break"):
        yield "\n" if tag == "line-break" else " "
    yield " (" if tag == "note-body" else ""
    yield element.text or ""
    for child in element:
        yield from _text(child)
        yield child.tail or ""
    yield ")" if tag == "note-body" else ""

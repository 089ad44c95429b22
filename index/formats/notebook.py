"""Jupyter notebooks: the text of the cells, the code, and what it printed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.decode import decode_text
from index.errors import UnreadableFile
from index.formats.hypertext import hypertext_to_markdown
from index.markdown import without_inline_markup
from index.parsed import Limits, Parsed

__all__ = ["convert_ipynb"]

_OUTPUT_LINES = 60


def convert_ipynb(data: bytes, path: Path, limits: Limits) -> Parsed:
    """Markdown cells as they read, code and outputs between fences; a long output is cut, with a warning."""
    text, warnings = decode_text(data, path)
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path}: not a readable notebook ({error}). Open it in Jupyter and save it again.") from error
    cells = _cells(notebook)
    if cells is None:
        raise UnreadableFile(f"{path}: not a notebook, it has no cells. If it is JSON, give it the ending .json.")
    cut: list[int] = []
    parts = [part for cell in cells if isinstance(cell, dict) for part in _cell(cell, cut)]
    shortened = (f"{len(cut)} outputs were cut to {_OUTPUT_LINES} lines, {sum(cut):,} lines are left out",) if cut else ()
    metadata = notebook.get("metadata", {})
    title = metadata.get("title", "") if isinstance(metadata, dict) else ""
    body = "\n\n".join(part for part in parts if part.strip())
    return Parsed(body, "application/x-ipynb+json", title=str(title), warnings=(*warnings, *shortened))


def _cells(notebook: Any) -> list[Any] | None:
    if not isinstance(notebook, dict):
        return None
    if isinstance(notebook.get("cells"), list):
        return list(notebook["cells"])
    sheets = notebook.get("worksheets")  # the notebooks of version 3
    return [cell for sheet in sheets for cell in sheet.get("cells", [])] if isinstance(sheets, list) else None


def _cell(cell: dict[str, Any], cut: list[int]) -> Iterator[str]:
    source = _joined(cell.get("source", cell.get("input", "")))
    if cell.get("cell_type") == "code":
        yield _fenced(source)
        for output in cell.get("outputs", []):
            yield _output(output, cut) if isinstance(output, dict) else ""
    elif cell.get("cell_type") == "heading":
        yield f"{'#' * int(cell.get('level', 1))} {source}"
    else:
        yield without_inline_markup(source)


def _output(output: dict[str, Any], cut: list[int]) -> str:
    if output.get("output_type") in ("error", "pyerr"):
        return _fenced(f"{output.get('ename', 'Error')}: {output.get('evalue', '')}")
    found = output.get("data", output)
    if not isinstance(found, dict):
        return ""
    if markdown := _joined(found.get("text/markdown", "")):
        return without_inline_markup(markdown)
    if "<table" in (page := _joined(found.get("text/html", ""))):
        return hypertext_to_markdown(page)
    lines = _joined(found.get("text/plain", found.get("text", ""))).rstrip().split("\n")
    if len(lines) > _OUTPUT_LINES:
        cut.append(len(lines) - _OUTPUT_LINES)
    return _fenced("\n".join(lines[:_OUTPUT_LINES]))


def _fenced(text: str) -> str:
    fence = "````" if "```" in text else "```"
    return f"{fence}\n{text.rstrip()}\n{fence}" if text.strip() else ""


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")

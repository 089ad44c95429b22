"""PowerPoint by python-pptx: each slide is a page, its title a heading; tables, charts and notes are in the text."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from index.errors import UnreadableFile
from index.formats.package import check_entities, open_package, unreadable
from index.formats.pages import join_pages
from index.formats.table import table_lines
from index.formats.word import core_properties
from index.parsed import Limits, Parsed

__all__ = ["convert_pptx"]

_PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_DEFAULT_TITLES = ("powerpoint presentation", "presentation", "slide 1")
_DESCRIPTION_WORDS = 3
"""A picture's description with fewer words is a file name or a shape's kind."""


def convert_pptx(data: bytes, path: Path, limits: Limits) -> Parsed:
    """All slides in order, up to the limit of pages; a longer one is read that far, with a warning."""
    with open_package(data, path, limits, "presentation") as package:
        check_entities(package, path)
        facts = core_properties(package, path)
    if facts.get("title", "").lower() in _DEFAULT_TITLES:
        del facts["title"]
    slides, total = _slides(data, path, limits)
    text, pages = join_pages(slides)
    warnings = (f"read to slide {limits.max_pages} of {total}, the limit",) if total > limits.max_pages else ()
    return Parsed(text, _PPTX, pages=pages, warnings=warnings, **facts)


def _slides(data: bytes, path: Path, limits: Limits) -> tuple[list[str], int]:
    from pptx import Presentation

    try:
        slides = list(Presentation(BytesIO(data)).slides)
        return [_slide(slide) for slide in slides[: limits.max_pages]], len(slides)
    except UnreadableFile:
        raise
    except Exception as error:  # a broken part makes python-pptx raise anything, from KeyError to XMLSyntaxError
        raise unreadable(path, "presentation", error) from error


def _slide(slide: Any) -> str:
    title = slide.shapes.title
    words = " ".join(title.text_frame.text.split()) if title is not None else ""
    parts = [f"## {words}"] if words else []
    for shape in _in_reading_order(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            parts.extend(part for part in _shape(shape) if part)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame and (notes := slide.notes_slide.notes_text_frame.text.strip()):
        parts.append("Notes: " + "\n\n".join(" ".join(line.split()) for line in notes.split("\n") if line.strip()))
    return "\n\n".join(parts)


def _in_reading_order(shapes: Any) -> list[Any]:
    """From top to bottom, then from left to right; a placeholder without a place of its own keeps its turn."""
    return sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0))


def _shape(shape: Any) -> Iterator[str]:
    if hasattr(shape, "shapes"):
        for inner in _in_reading_order(shape.shapes):
            yield from _shape(inner)
    elif getattr(shape, "has_table", False):
        yield "\n".join(table_lines(([cell.text for cell in row.cells] for row in shape.table.rows), header=True))
    elif getattr(shape, "has_chart", False):
        yield from _chart(shape.chart)
    elif shape.has_text_frame:
        yield _paragraphs(shape)
    elif "pic" in shape.element.tag:
        description = shape.element.nvPicPr.cNvPr.get("descr") or ""
        yield f"Picture: {' '.join(description.split())}" if len(description.split()) >= _DESCRIPTION_WORDS else ""


def _paragraphs(shape: Any) -> str:
    """Paragraphs; in the slide's body, which shows bullets, list items by their level."""
    lines = [(paragraph.level, " ".join(paragraph.text.split())) for paragraph in shape.text_frame.paragraphs]
    lines = [(level, line) for level, line in lines if line]
    if shape.is_placeholder and len(lines) > 1 and _shows_bullets(shape):
        return "\n".join("  " * level + f"- {line}" for level, line in lines)
    return "\n\n".join(line for _, line in lines)


def _shows_bullets(shape: Any) -> bool:
    from pptx.enum.shapes import PP_PLACEHOLDER

    return shape.placeholder_format.type in (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)


def _chart(chart: Any) -> Iterator[str]:
    """A chart's numbers as a table: a row for each category, a column for each series."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield f"Chart: {' '.join(chart.chart_title.text_frame.text.split())}"
    plot = next(iter(chart.plots), None)
    if plot is None:
        return
    series = list(plot.series)
    header = ["Category", *(one.name or "Value" for one in series)]
    columns = [list(one.values) for one in series]
    rows = [[str(name), *(_number(column, at) for column in columns)] for at, name in enumerate(plot.categories)]
    yield "\n".join(table_lines([header, *rows], header=True))


def _number(column: list[float | None], position: int) -> str:
    value = column[position] if position < len(column) else None
    return "" if value is None else f"{value:g}" if abs(value) < 1e6 else str(value)

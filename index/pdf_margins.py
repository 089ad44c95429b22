"""Running headers, footers and page numbers, which are not of the text."""

import re
from collections import Counter
from collections.abc import Sequence

from index.pdf_lines import Line

__all__ = ["margin_lines"]

_ZONE = 0.17
_EDGE_LINES = 3
_LEAST_PAGES = 3
_FEW_LINES = 3
_SHARE = 0.3
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|seite|página|p\.|pg\.?)\s*)?[-–—|\[]?\s*(\d{1,4}|[ivxlc]{1,7})\s*(?:(?:of|von|de|/|\|)\s*\d{1,4})?\s*[-–—|\]]?",
    re.IGNORECASE,
)
_NUMBER_AT_END = re.compile(r"^\d{1,4}\s+\S|\S\s+\d{1,4}$")


def margin_lines(pages: Sequence[Sequence[Line]], heights: Sequence[float], body: float) -> list[set[int]]:
    """For each page, the positions of its lines that are running headers, footers or page numbers.

    A line in the margin is one if the same, but for numbers, stands there on at least three pages and
    three in ten; its first appearance stays, for it may be the title. A page number always is one.
    """
    edges = [_edge_lines(lines, height) for lines, height in zip(pages, heights, strict=True)]
    keys = [{_key(lines[at], at in upper) for at in (*upper, *lower)} for (upper, lower), lines in zip(edges, pages, strict=True)]
    counts = Counter(key for page in keys for key in page)
    least = max(_LEAST_PAGES, _SHARE * len(pages))
    seen: set[tuple[str, bool]] = set()
    found = []
    for (upper, lower), lines in zip(edges, pages, strict=True):
        dropped = set()
        for at in (*upper, *lower):
            key = _key(lines[at], at in upper)
            repeated = counts[key] >= least
            if (repeated and key in seen) or _is_page_number(lines, at, len(pages)) or _is_lone_head(lines, at, body):
                dropped.add(at)
            seen.update([key] if repeated else [])
        found.append(dropped)
    return found


def _edge_lines(lines: Sequence[Line], height: float) -> tuple[list[int], list[int]]:
    """Positions of the first and last lines that stand in the margins of a page of this height; a page of few lines is all text."""
    if len(lines) < _FEW_LINES:
        return [], []
    upper = [at for at in range(min(_EDGE_LINES, len(lines))) if lines[at].middle > (1 - _ZONE) * height]
    lower = [at for at in range(max(0, len(lines) - _EDGE_LINES), len(lines)) if lines[at].middle < _ZONE * height]
    return upper, [at for at in lower if at not in upper]


def _key(line: Line, upper: bool) -> tuple[str, bool]:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text.lower()), upper


def _is_page_number(lines: Sequence[Line], at: int, pages: int) -> bool:
    return pages > 1 and at in (0, len(lines) - 1) and len(lines) > 2 and bool(_PAGE_NUMBER.fullmatch(lines[at].text))


def _is_lone_head(lines: Sequence[Line], at: int, body: float) -> bool:
    """The head of a page that came without its neighbours: small, with a number, apart from the text."""
    if at != 0 or len(lines) < 5 or not _NUMBER_AT_END.search(lines[0].text):
        return False
    apart = lines[0].middle - lines[1].middle > 1.6 * lines[1].height
    return apart and lines[0].height < 0.97 * body

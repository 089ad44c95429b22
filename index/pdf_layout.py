"""Words of a page become regions in reading order: lines of prose, column by column, and rows of tables.

A gutter is a strip without ink between words of several lines. Strips beside it that hold prose are
columns, and are read one after the other; strips that hold a few words each are a table's columns.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import mean, median

from index.pdf_lines import Line, lines_of
from index.pdf_words import HYPHEN, Word

__all__ = ["Region", "lay_out"]

_GUTTER = 0.6
_CLEAR_GUTTER = 1.3
"""Narrowest gutter, and the narrowest between as few as two lines, as shares of the words' height."""
_COLUMN_LINES = 4
_PROSE_CHARACTERS = 20
_COLUMN_FILL = 0.5
_LONG_TAIL = 3
_LOOK_AHEAD = 10
"""Lines after which a gutter must have shown itself."""
_CODE_SHARE = 0.7
"""Where more of the words have a font of one width, it is that of the prose."""
_MARKER = re.compile(r"(?:[•‣▪◦●·■○o*–—-]|[(\[]?\w{1,4}[.)\]]{1,2})")

Gap = tuple[float, float]
Run = tuple[int, int, list[Gap]]
"""First line, last line, and the gutters that they share."""


@dataclass(frozen=True, slots=True)
class Region:
    """Lines of prose or of code, or the rows of a table."""

    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    code: bool = False


def lay_out(words: Sequence[Word], depth: int = 0) -> list[Region]:
    """The regions of these words in reading order."""
    if depth == 0 and 0 < sum(word.mono for word in words) < _CODE_SHARE * len(words):
        return _beside_code(lines_of(words))
    lines = lines_of(words)
    regions: list[Region] = []
    prose: list[Line] = []
    position = 0
    while position < len(lines):
        found = _best_run(lines, position) if depth < 3 else None
        inner = _divided(lines[found[0] : found[1] + 1], found[2], depth) if found else None
        if not found or inner is None:
            stop = found[1] + 1 if found else position + 1
            prose.extend(lines[position:stop])
            position = stop
            continue
        prose.extend(lines[position : found[0]])
        regions.extend([Region(lines=tuple(prose))] if prose else [])
        prose = []
        regions.extend(inner)
        position = found[1] + 1
    return [*regions, *([Region(lines=tuple(prose))] if prose else [])]


def _beside_code(lines: Sequence[Line]) -> list[Region]:
    """The regions of prose between lines of code, and these as they stand."""
    regions: list[Region] = []
    for code, group in groupby(lines, key=lambda line: all(word.mono for word in line.words)):
        part = tuple(group)
        regions.extend([Region(lines=part, code=True)] if code else lay_out([word for line in part for word in line.words], 1))
    return regions


def _best_run(lines: Sequence[Line], position: int) -> Run | None:
    """The columns that begin at a line, or else the table; of a table with a line above that spans its columns, what is below."""
    columns = _run(lines, position, keep=False)
    if columns is None or _are_columns(lines[columns[0] : columns[1] + 1], _strips(lines[columns[0] : columns[1] + 1], columns[2])):
        return columns
    table = _run(lines, position, keep=True)
    below = _run(lines, table[0] + 1, keep=True) if table and table[0] + 1 < len(lines) else None
    if table and below and len(below[2]) > len(table[2]) and below[0] == table[0] + 1:
        return table[0], below[1], below[2]
    return table


def _run(lines: Sequence[Line], position: int, *, keep: bool) -> Run | None:
    """The longest run of lines from `position` on that share a gutter; with `keep`, it ends where a gutter is lost."""
    least = _GUTTER * lines[position].height
    gaps = _gaps(lines[position], least)
    best: Run | None = None
    both: list[int] = []
    left, right = lines[position].left, lines[position].right
    for number in range(position, len(lines)):
        gaps = _shared(gaps, _gaps(lines[number], least), least)
        left, right = min(left, lines[number].left), max(right, lines[number].right)
        inner = [gap for gap in gaps if left < gap[0] and gap[1] < right]
        if not gaps or (best and len(inner) < (len(best[2]) if keep else 1)) or (not both and number > position + _LOOK_AHEAD):
            break
        both.extend([number] if any(_on_both_sides(lines[number], gap) for gap in inner) else [])
        clear = max((end - begin for begin, end in inner), default=0.0) > _CLEAR_GUTTER * lines[number].height
        if both and (best or len(both) > 2 or (len(both) > 1 and clear)):
            best = (both[0], number, inner)
    return _trimmed(lines, best, both) if best else None


def _gaps(line: Line, least: float) -> list[Gap]:
    """The strips without ink of one line, those beside it included."""
    gaps = [(-1e6, line.left)]
    reach = line.words[0].right
    for word in line.words[1:]:
        if word.left - reach >= least:
            gaps.append((reach, word.left))
        reach = max(reach, word.right)
    return [*gaps, (reach, 1e6)]


def _shared(gaps: list[Gap], others: list[Gap], least: float) -> list[Gap]:
    pairs = [(max(left, other), min(right, other_right)) for left, right in gaps for other, other_right in others]
    return [(left, right) for left, right in pairs if right - left >= least]


def _on_both_sides(line: Line, gap: Gap) -> bool:
    return line.left < gap[0] + 0.1 and line.right > gap[1] - 0.1


def _trimmed(lines: Sequence[Line], run: Run, both: list[int]) -> Run:
    """Without a short tail behind a space, which is what follows the columns; a long one is the longer column."""
    first, last, gaps = run
    end = max(number for number in both if number <= last)
    if not _are_columns(lines[first : end + 1], _strips(lines[first : end + 1], gaps)):
        return first, end, gaps
    apart = last > end and lines[end].middle - lines[end + 1].middle > 1.6 * lines[end].height
    return first, end if apart and last - end < _LONG_TAIL else last, gaps


def _divided(lines: Sequence[Line], gaps: list[Gap], depth: int) -> list[Region] | None:
    """The columns or the table that the gutters make of these lines; None where they only part list markers from their items."""
    strips = _strips(lines, gaps)
    if len(strips) < 2:
        return None
    if _are_columns(lines, strips):
        parts = [[word for line in lines for word in line.words if left <= (word.left + word.right) / 2 < right] for left, right in strips]
        return [region for part in parts if part for region in lay_out(part, depth + 1)]
    return [Region(rows=tuple(_rows(lines, strips)))]


def _strips(lines: Sequence[Line], gaps: list[Gap]) -> list[Gap]:
    """The strips between the gutters; one that holds nothing but list markers goes with the next."""
    edges = [-1e6, *(mean(gap) for gap in sorted(gaps)), 1e6]
    strips: list[Gap] = []
    begin = edges[0]
    for left, right in zip(edges, edges[1:], strict=False):
        cells = [cell for line in lines if (cell := _cell(line, (left, right)))]
        markers = sum(bool(_MARKER.fullmatch(cell)) for cell in cells)
        if cells and markers < 0.8 * len(cells):
            strips.append((begin, right))
            begin = right
        elif not cells:
            begin = begin if not strips else right
    return strips


def _cell(line: Line, strip: Gap) -> str:
    return " ".join(word.text for word in line.words if strip[0] <= (word.left + word.right) / 2 < strip[1])


def _are_columns(lines: Sequence[Line], strips: list[Gap]) -> bool:
    """Whether each strip holds prose: many characters a line, most lines as wide as the strip."""
    if not 2 <= len(strips) <= 4 or len(lines) < _COLUMN_LINES:
        return False
    for strip in strips:
        parts = [part for line in lines if (part := [w for w in line.words if strip[0] <= (w.left + w.right) / 2 < strip[1]])]
        if len(parts) < _COLUMN_LINES:
            return False
        width = max(part[-1].right for part in parts) - min(part[0].left for part in parts)
        fill = mean(part[-1].right - part[0].left for part in parts) / max(width, 1.0)
        if mean(len(" ".join(word.text for word in part)) for part in parts) < _PROSE_CHARACTERS or fill < _COLUMN_FILL:
            return False
    return True


def _rows(lines: Sequence[Line], strips: list[Gap]) -> list[tuple[str, ...]]:
    """One row a line; a cell that stands between two rows is of both, and what follows a row closely goes on with it."""
    cells = [_cells(line, strips) for line in lines]
    pitches = [above.middle - below.middle for above, below in zip(lines, lines[1:], strict=False)]
    usual = median(pitches) if pitches else 0.0
    rows: list[list[str]] = []
    for number, row in enumerate(cells):
        above = pitches[number - 1] if number else 1e6
        below = pitches[number] if number < len(pitches) else 1e6
        if max(above, below) < 0.75 * lines[number].height and _fits(row, cells[number - 1]) and _fits(row, cells[number + 1]):
            rows[-1] = [one or other for one, other in zip(rows[-1], row, strict=True)]
            cells[number + 1] = [one or other for one, other in zip(cells[number + 1], row, strict=True)]
        elif number and not row[0] and above < 0.8 * usual:
            rows[-1] = [_continued(one, other) for one, other in zip(rows[-1], row, strict=True)]
        else:
            rows.append(row)
    return [tuple(cell.replace(HYPHEN, "-") for cell in row) for row in rows]


def _cells(line: Line, strips: list[Gap]) -> list[str]:
    """The words of a line by strips; words that stand close together, as in a heading over several columns, stay so."""
    cells = [""] * len(strips)
    groups: list[list[Word]] = []
    for word in line.words:
        apart = not groups or word.left - groups[-1][-1].right > _GUTTER * line.height or _edge_between(groups[-1][-1], word, strips)
        groups.append([word]) if apart else groups[-1].append(word)
    for group in groups:
        middle = (group[0].left + group[-1].right) / 2
        at = next(number for number, (left, right) in enumerate(strips) if left <= middle < right or number == len(strips) - 1)
        cells[at] = f"{cells[at]} {' '.join(word.text for word in group)}".strip()
    return cells


def _edge_between(word: Word, other: Word, strips: list[Gap]) -> bool:
    return any(word.right <= left <= other.left and other.left - word.right > 0.4 * word.height for left, _ in strips)


def _fits(row: Sequence[str], other: Sequence[str]) -> bool:
    return not any(one and another for one, another in zip(row, other, strict=True))


def _continued(cell: str, more: str) -> str:
    return cell[:-1] + more if cell.endswith(HYPHEN) else f"{cell} {more}".strip()

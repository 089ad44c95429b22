"""The page and the plots of `eval.bench_growth`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

import numpy as np

from index.records import Record

__all__ = ["Figure", "Size", "exponent", "page", "plots"]


class Size(Record):
    """A library of so many chunks: seconds (`_s`), milliseconds (`_ms`) and bytes; `_cpu` is the processor's time.

    `put_s` is what the last `added` chunks took with the indexes, `later_s` one document more, `cold_s` a process until its first find,
    `opened_s` the opening alone.
    """

    chunks: int
    added: int
    put_s: float
    put_cpu_s: float
    later_s: float
    later_cpu_s: float
    disk: int
    cold_s: float
    cold_cpu_s: float
    opened_s: float
    opened_cpu_s: float
    search_p50_ms: float
    search_p95_ms: float
    search_cpu_ms: float
    search_resident: int
    answer_p50_ms: float
    answer_p95_ms: float
    answer_cpu_ms: float
    answer_resident: int


@dataclass(frozen=True)
class Figure:
    """A row of the page: title, value, how it is shown, and the figure that is wanted at a million chunks, if there is one."""

    title: str
    value: Callable[[Size], float]
    form: str
    plot: str = ""


FIGURES = (
    Figure("adding the last chunks, ms of the processor a chunk", lambda s: 1000 * s.put_cpu_s / s.added, ".2f"),
    Figure("one document more, s of the processor", lambda s: s.later_cpu_s, ".2f", "growth-adding.svg"),
    Figure("one document more, s", lambda s: s.later_s, ".1f"),
    Figure("disk, MB", lambda s: s.disk / 1e6, ",.0f", "growth-disk.svg"),
    Figure("memory while searching, MB", lambda s: s.search_resident / 1e6, ",.0f", "growth-memory.svg"),
    Figure("opening, s of the processor", lambda s: s.opened_cpu_s, ".2f", "growth-opening.svg"),
    Figure("opening, s", lambda s: s.opened_s, ".1f"),
    Figure("from the start of a process to its first find, s of the processor", lambda s: s.cold_cpu_s, ".2f"),
    Figure("from the start of a process to its first find, s", lambda s: s.cold_s, ".1f"),
    Figure("search, p50, ms of the processor", lambda s: s.search_cpu_ms, ".1f", "growth-search.svg"),
    Figure("search, p50, ms", lambda s: s.search_p50_ms, ".0f"),
    Figure("search, p95, ms", lambda s: s.search_p95_ms, ".0f"),
    Figure("whole answer without the reader, p50, ms of the processor", lambda s: s.answer_cpu_ms, ".0f"),
    Figure("whole answer without the reader, p50, ms", lambda s: s.answer_p50_ms, ".0f"),
)
_WANTED: tuple[tuple[str, Callable[[Size], bool]], ...] = (
    ("half of the searches take 25 ms at most", lambda s: s.search_p50_ms <= 25),
    ("25 ms of the processor at most", lambda s: s.search_cpu_ms <= 25),
    ("it is opened in 2 s", lambda s: s.opened_s <= 2),
    ("in 2 s of the processor", lambda s: s.opened_cpu_s <= 2),
    ("a search has enough with 2 GB of memory", lambda s: s.search_resident <= 2e9),
)
_TOP = """# What a library costs as it grows

One library, measured from size to size. This page and its plots are made by

```
{command}
```

and are not edited by hand. How the library is filled stands at the top of `eval/bench_growth.py`: the first {real:,} chunks come from
files and are embedded by the model; the others are passages of real sentences put into the store by the same function, with
vectors that are mixtures of two real ones and noise. So the time of adding has the model in it in the first column alone.

The exponent is the slope of the figure against the number of chunks, both as logarithms: 0 is a cost that does not grow, 1 one that
grows as the library does. The last step is the slope between the two largest sizes, which says more of what comes next. Seconds are
those of this machine at that hour; other work beside it hardly lengthens the processor's. Where a million chunks
were not measured, the last column goes on from the largest size with the steeper of the two slopes; it is an estimate.
"""
_MILLION = 1_000_000
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP_ROOM = 420, 270, 64, 44, 28


def exponent(chunks: Sequence[float], values: Sequence[float]) -> float:
    """The slope of log value against log chunks, by least squares."""
    return float(np.polyfit(np.log(chunks), np.log(np.maximum(values, 1e-9)), 1)[0])


def page(sizes: Sequence[Size], command: str) -> str:
    """The page, in Markdown."""
    chunks = [size.chunks for size in sizes]
    head = [f"{count:,}" for count in chunks] + ["exponent", "last step"]
    beyond = chunks[-1] < _MILLION
    if beyond:
        head.append(f"at {_MILLION:,}, if it goes on so")
    lines = [_TOP.format(command=command, real=sizes[0].chunks), f"| chunks | {' | '.join(head)} |"]
    lines.append("|---" * (len(head) + 1) + "|")
    for figure in FIGURES:
        values = [figure.value(size) for size in sizes]
        slopes = [exponent(chunks, values), exponent(chunks[-2:], values[-2:])] if len(sizes) > 1 else [0.0, 0.0]
        cells = [f"{value:{figure.form}}" for value in values] + [f"{slope:.2f}" for slope in slopes]
        if beyond:
            cells.append(f"{values[-1] * (_MILLION / chunks[-1]) ** max(slopes):{figure.form}}")
        lines.append(f"| {figure.title} | {' | '.join(cells)} |")
    last = sizes[-1]
    lines += [
        "",
        f"At {last.chunks:,} chunks: " + "; ".join(f"{said}: {'yes' if holds(last) else 'no'}" for said, holds in _WANTED) + ".",
        "",
    ]
    lines += [f"![{figure.title}](pictures/{figure.plot})" for figure in FIGURES if figure.plot]
    return "\n".join(lines) + "\n"


def plots(sizes: Sequence[Size]) -> dict[str, str]:
    """SVG by file name, each with both axes logarithmic."""
    return {f.plot: _plot(f.title, [(size.chunks, f.value(size)) for size in sizes]) for f in FIGURES if f.plot}


def _plot(title: str, points: Sequence[tuple[float, float]]) -> str:
    across, up = _axis([x for x, _ in points]), _axis([y for _, y in points])

    def place(x: float, y: float) -> tuple[float, float]:
        right, high = (log10(x) - across[0]) / (across[1] - across[0]), (log10(max(y, 1e-9)) - up[0]) / (up[1] - up[0])
        return _LEFT + right * (_WIDTH - _LEFT - 16), _HEIGHT - _BOTTOM - high * (_HEIGHT - _BOTTOM - _TOP_ROOM)

    parts = [f'<text x="{_LEFT}" y="16" font-weight="bold">{escape(title)}</text>']
    for power in range(up[0], up[1] + 1):
        x, y = place(10 ** across[0], 10**power)
        parts.append(f'<line x1="{x}" x2="{_WIDTH - 16}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ccc"/>')
        parts.append(f'<text x="{x - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:,g}</text>')
    for power in range(across[0], across[1] + 1):
        parts.append(f'<text x="{place(10**power, 1)[0]:.1f}" y="{_HEIGHT - 24}" text-anchor="middle">{10**power:,}</text>')
    parts.append(f'<text x="{(_WIDTH + _LEFT) / 2}" y="{_HEIGHT - 6}" text-anchor="middle">chunks</text>')
    places = [place(x, y) for x, y in points]
    parts.append(f'<polyline fill="none" stroke="#0b6e99" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>')
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#0b6e99"/>' for x, y in places]
    style = 'font-family="sans-serif" font-size="12" style="background:#fff"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" {style}>{"".join(parts)}</svg>\n'


def _axis(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten below and above all values."""
    low, high = int(np.floor(log10(max(min(values), 1e-9)))), int(np.ceil(log10(max(max(values), 1e-9))))
    return low, max(high, low + 1)

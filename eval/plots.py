"""Small plots as inline SVG, in the colours of the page's style sheet (`eval/report.html`); texts are escaped."""

from collections.abc import Sequence
from html import escape
from math import log10

from eval.records import Group
from eval.selective import Bin, Point

__all__ = ["latency_plot", "reliability_plot", "risk_coverage_plot", "tag_plot"]

_WIDTH, _HEIGHT = 420, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 44
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def risk_coverage_plot(points: Sequence[Point], threshold: float | None = None) -> str:
    """Error against the share answered, as steps, and the point where the run stood, if its threshold is known."""
    # below a few per cent of coverage the error of one or two questions leaps about, as it must
    path = " ".join(f"{'M' if n == 0 else 'L'}{_x(point.coverage):.1f},{_y(point.risk):.1f}" for n, point in enumerate(points))
    parts = [_axes("share of questions answered", "share of answers wrong"), f'<path class="line" d="{path}"/>']
    here = [point for point in points if threshold is not None and point.threshold >= threshold]
    if here:
        parts.append(f'<circle class="dot" cx="{_x(here[-1].coverage):.1f}" cy="{_y(here[-1].risk):.1f}" r="5"/>')
        anchor = "end" if here[-1].coverage > 0.6 else "start"
        shift = -10 if anchor == "end" else 10
        label = f"{here[-1].coverage:.0%} answered, {here[-1].risk:.0%} wrong"
        above = here[-1].risk < 0.9  # else there is no room
        parts.append(_text(_x(here[-1].coverage) + shift, _y(here[-1].risk) + (-10 if above else 20), label, anchor))
    return _svg("Risk–coverage curve", parts)


def reliability_plot(bins: Sequence[Bin]) -> str:
    """Share answerable against mean confidence; a dot's area grows with its questions. On the diagonal, confidence means what it says."""
    most = max((found.questions for found in bins), default=1)
    diagonal = f'<line class="guide" x1="{_x(0):.1f}" y1="{_y(0):.1f}" x2="{_x(1):.1f}" y2="{_y(1):.1f}"/>'
    path = " ".join(f"{'M' if n == 0 else 'L'}{_x(b.confidence):.1f},{_y(b.share):.1f}" for n, b in enumerate(bins))
    dots = [_dot(found, 3 + 9 * (found.questions / most) ** 0.5) for found in bins]
    return _svg("Reliability diagram", [_axes("confidence", "share answerable"), diagonal, f'<path class="thin" d="{path}"/>', *dots])


def latency_plot(milliseconds: Sequence[float]) -> str:
    """The share of questions answered within a time, on a logarithmic axis."""
    ordered = sorted(max(value, 0.01) for value in milliseconds)
    low, high = log10(ordered[0]), log10(ordered[-1])
    first, last = int(low // 1), max(int(-(-high // 1)), int(low // 1) + 1)

    def place(value: float) -> float:
        return (log10(value) - first) / (last - first)

    steps = [(place(value), (rank + 1) / len(ordered)) for rank, value in enumerate(ordered)]
    # a thousand steps are finer than the screen
    kept = steps[:: max(1, len(steps) // 1000)] + steps[-1:]
    path = " ".join(f"{'M' if n == 0 else 'L'}{_x(x):.1f},{_y(y):.1f}" for n, (x, y) in enumerate(kept))
    ticks = [((power - first) / (last - first), _time(10.0**power)) for power in range(first, last + 1)]
    return _svg("Latency", [_axes("time to the answer", "share of questions", ticks), f'<path class="line" d="{path}"/>'])


def tag_plot(tags: Sequence[tuple[str, Group]], figure: str) -> str:
    """One figure for each tag, with its interval."""
    rows = [(tag, group) for tag, group in tags if figure in group.figures]
    height, left = 26 * len(rows) + 30, 130
    parts = []

    def scale(value: float) -> float:
        return left + value * (_WIDTH - left - 60)

    for number, (tag, group) in enumerate(rows):
        y, value = 8 + 26 * number, group.figures[figure]
        parts.append(f'<rect class="bar" x="{left}" y="{y}" width="{scale(value) - left:.1f}" height="16"/>')
        if ends := group.intervals.get(figure):
            parts.append(f'<line class="ends" x1="{scale(ends.low):.1f}" x2="{scale(ends.high):.1f}" y1="{y + 8}" y2="{y + 8}"/>')
        parts.append(_text(left - 8, y + 12, f"{tag[:16]} ({group.questions})", "end"))
        parts.append(_text(_WIDTH - 4, y + 12, f"{value:.2f}", "end"))
    parts += [_text(scale(share), height - 6, f"{share:g}", "middle") for share in (0.0, 0.5, 1.0)]
    return _svg(f"{figure} by tag", parts, height)


def _dot(found: Bin, radius: float) -> str:
    between = f"{found.questions} questions between {found.low:.1f} and {found.high:.1f}"
    return (
        f'<circle class="dot" cx="{_x(found.confidence):.1f}" cy="{_y(found.share):.1f}" r="{radius:.1f}">'
        f"<title>{between}: confidence {found.confidence:.2f}, answerable {found.share:.2f}</title></circle>"
    )


def _axes(across: str, up: str, ticks: Sequence[tuple[float, str]] | None = None) -> str:
    below = ticks or [(share, f"{share:g}") for share in _SHARES]
    parts = [f'<line class="grid" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(share):.1f}" y2="{_y(share):.1f}"/>' for share in _SHARES]
    parts += [_text(_LEFT - 8, _y(share) + 4, f"{share:g}", "end") for share in _SHARES]
    parts += [_text(_x(place), _HEIGHT - _BOTTOM + 18, label, "middle") for place, label in below]
    parts.append(_text(_x(0.5), _HEIGHT - 6, across, "middle"))
    middle = _y(0.5)
    parts.append(f'<text transform="translate(12 {middle:.1f}) rotate(-90)" text-anchor="middle">{escape(up)}</text>')
    return "".join(parts)


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _time(milliseconds: float) -> str:
    return f"{milliseconds / 1000:g} s" if milliseconds >= 1000 else f"{milliseconds:g} ms"


def _svg(name: str, parts: Sequence[str], height: int = _HEIGHT) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(name)}">{"".join(parts)}</svg>'

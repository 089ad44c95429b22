"""A gate for CI: figures that must not fall below a floor, rise above a ceiling, or get worse than in a kept run.

A file in TOML:

    [floors]
    "evidence success@5" = 0.95
    [ceilings]
    "refused answerable" = 0.1
    [tags.typo.floors]
    facts = 0.9
    [baseline]
    run = "runs/last-release"       # a folder or report.json, from the folder of this file
    figures = ["facts"]             # without it, all
"""

import tomllib
from pathlib import Path

from pydantic import Field, ValidationError

from eval.compare import compare
from eval.records import EvalReport, Group, Record
from eval.runs import load_report
from index.errors import CitewellError

__all__ = ["Baseline", "Gate", "GateError", "GateFailed", "check", "failures", "load_gate"]


class GateError(CitewellError):
    """A gate that cannot be read, or that names a figure or tag that the run does not have."""


class GateFailed(CitewellError):
    """The figures do not pass."""


class Bounds(Record):
    """Bounds of figures by name."""

    floors: dict[str, float] = {}
    ceilings: dict[str, float] = {}


class Baseline(Record):
    """A kept run that must not be significantly better; `figures` are those that count, all where there are none."""

    run: str = Field(min_length=1)
    figures: tuple[str, ...] = ()


class Gate(Bounds):
    """The bounds over all questions and by tag, and the run to compare with."""

    tags: dict[str, Bounds] = {}
    baseline: Baseline | None = None


def load_gate(path: Path) -> Gate:
    """The gate of a file.

    Raises:
        GateError: it cannot be read; the message says what is wrong.
    """
    try:
        return Gate.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GateError(f"The gate {path} cannot be read ({error}). docs/evaluation.md shows one.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise GateError(f"{path}, {'.'.join(map(str, first['loc']))}: {first['msg']}. docs/evaluation.md shows a gate.") from error


def check(report: EvalReport, gate: Gate, folder: Path, seed: int = 0) -> None:
    """Let the report pass or not.

    Args:
        report: the figures.
        gate: what they must be.
        folder: where the path of the kept run starts.
        seed: of the comparison.

    Raises:
        GateFailed: names every figure that does not pass.
        GateError: the gate names what the run does not have: a bound that nobody checks helps nobody.
    """
    if found := failures(report, gate, folder, seed):
        raise GateFailed("The figures do not pass the gate:\n  " + "\n  ".join(found))


def failures(report: EvalReport, gate: Gate, folder: Path, seed: int = 0) -> list[str]:
    """What does not pass, in words."""
    found = _outside(report.overall, gate, "")
    for tag, bounds in gate.tags.items():
        if tag not in report.tags:
            raise GateError(f"The gate names the tag '{tag}', which no question has. There are: {', '.join(report.tags) or 'none'}.")
        found += _outside(report.tags[tag], bounds, f" (tag {tag})")
    return found + (_worse(report, gate.baseline, folder, seed) if gate.baseline else [])


def _outside(group: Group, bounds: Bounds, where: str) -> list[str]:
    _check_names(group, (*bounds.floors, *bounds.ceilings), where)
    figures = group.figures
    low = [
        f"{name}{where} is {figures[name]:.4f}, below its floor {floor:g}" for name, floor in bounds.floors.items() if figures[name] < floor
    ]
    high = [
        f"{name}{where} is {figures[name]:.4f}, above its ceiling {top:g}" for name, top in bounds.ceilings.items() if figures[name] > top
    ]
    return low + high


def _check_names(group: Group, names: tuple[str, ...], where: str) -> None:
    for name in names:
        if name not in group.figures:
            raise GateError(f"The gate names '{name}'{where}, which this run does not have. There are: {', '.join(group.figures)}.")


def _worse(report: EvalReport, baseline: Baseline, folder: Path, seed: int) -> list[str]:
    path = folder / Path(baseline.run).expanduser()
    comparison = compare(load_report(path), report, names=(baseline.run, "this run"), seed=seed)
    compared = {found.figure: found for found in comparison.differences}
    for name in baseline.figures:
        if name not in compared:
            raise GateError(f"The gate compares '{name}', which not both runs have. There are: {', '.join(compared)}.")
    # times differ between machines and days: they count only where they are named
    names = baseline.figures or tuple(name for name in compared if not name.startswith(("latency", "peak memory")))
    worse = [compared[name] for name in names if compared[name].claim == "worse"]
    return [f"{d.figure} is {d.after:.4f}, significantly worse than {d.before:.4f} in {baseline.run}" for d in worse]

"""The runs of a folder, newest first: what each was and its figures over all questions."""

import json
from pathlib import Path

from pydantic import ValidationError

from eval.gold import shipped_gold
from eval.records import Group, Record
from eval.runs import Manifest, RunError, RunFolder

__all__ = ["KeptRun", "gold_name", "kept_runs"]


class KeptRun(Record):
    """One run by the name of its folder; `asked` counts the questions that have a result, `overall` is None until all have."""

    name: str
    manifest: Manifest
    asked: int
    overall: Group | None


def kept_runs(runs: Path) -> tuple[list[KeptRun], list[str]]:
    """The runs in a folder, and the names of those that cannot be read; a run without any result is left out, as it holds nothing."""
    found, damaged = [], []
    for file in runs.glob("*/run.json"):
        try:
            run = _read(file.parent)
        except (RunError, OSError, ValueError, KeyError, TypeError, ValidationError):
            damaged.append(file.parent.name)
        else:
            found += [run] if run.asked else []
    return sorted(found, key=lambda run: (run.manifest.started, run.name), reverse=True), sorted(damaged)


def gold_name(manifest: Manifest) -> str:
    """The questions' name as a person knows them, and whether they are a sample."""
    path = Path(manifest.gold)
    named = f"{path.parent.name}/{path.name}".lstrip("/") if path.stem == "gold" else path.name
    return ("the shipped questions" if path == shipped_gold() else named) + (f", {manifest.sample} drawn" if manifest.sample else "")


def _read(folder: Path) -> KeptRun:
    manifest = RunFolder(folder).manifest()
    report = folder / "report.json"
    if report.exists():
        overall = Group.model_validate(json.loads(report.read_text(encoding="utf-8"))["overall"])
        return KeptRun(name=folder.name, manifest=manifest, asked=overall.questions, overall=overall)
    results = folder / "questions.jsonl"
    asked = results.read_bytes().count(b"\n") if results.exists() else 0
    return KeptRun(name=folder.name, manifest=manifest, asked=asked, overall=None)

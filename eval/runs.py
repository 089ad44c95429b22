"""Runs that are kept: a folder each, with all that is needed to understand it and to repeat it.

`run.json` says what was asked of what with which settings and code, `questions.jsonl` holds the results as they
came, so that an interrupted run can go on, `report.json` and `report.html` the figures, `run.trec` and
`qrels.trec` the retrieval for other tools.
"""

import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eval.records import EvalReport, QuestionResult, Record
from index import Document
from index.errors import CitewellError

__all__ = [
    "Manifest",
    "RunError",
    "RunFolder",
    "code_version",
    "default_runs",
    "find_run",
    "fingerprint",
    "load_report",
    "new_run_name",
    "unfinished",
]


class RunError(CitewellError):
    """A kept run that is not there, is damaged, or is of something else than what it is to be compared or resumed with."""


class Manifest(Record):
    """What a run was: equal manifests, times aside, give equal figures.

    `gold_sha256` is of the questions asked, `documents_sha256` of the names and contents of the
    documents; `library` holds model, chunking and generation; `started` is an ISO 8601 time in UTC.
    """

    name: str
    started: str
    command: str
    gold: str
    gold_sha256: str
    documents_sha256: str
    questions: int
    sample: int | None
    seed: int
    settings: dict[str, Any]
    library: dict[str, str | int]
    version: str
    commit: str

    def differences(self, other: "Manifest") -> list[str]:
        """The names of what is not the same in another run, apart from when, how and where it was started."""
        own, others = self.model_dump(), other.model_dump()
        beside = {"name", "started", "command", "gold"}
        return [name for name in own if name not in beside and own[name] != others[name]]


class RunFolder:
    """The folder of one run."""

    def __init__(self, path: Path) -> None:
        """A folder that may not be there yet."""
        self.path = path

    def begin(self, manifest: Manifest, *, resume: bool = False) -> dict[str, QuestionResult]:
        """Make the folder, or go on in it; returns the results that it holds, by id.

        Raises:
            RunError: it holds a run already and this is not to resume it, or that run was of something else.
        """
        there = self.path / "run.json"
        # a run that failed before its first result, by a wrong quote say, stands in nobody's way
        if not any((self.path / name).exists() for name in ("questions.jsonl", "report.json")):
            self.path.mkdir(parents=True, exist_ok=True)
            there.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
            return {}
        if not resume:
            raise RunError(f"{self.path} holds a run already. Choose another folder with --out, or go on with it with --resume.")
        if differences := self.manifest().differences(manifest):
            raise RunError(f"{self.path} cannot be resumed: {', '.join(differences)} differ from that run. Start a new one with --out.")
        return self._results()

    def manifest(self) -> Manifest:
        """What the run was.

        Raises:
            RunError: there is no run here, or it cannot be read.
        """
        try:
            return Manifest.model_validate_json((self.path / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            raise RunError(f"{self.path} holds no run that can be read ({error}). Name a folder that `citewell eval` made.") from error

    def keep(self, result: QuestionResult) -> None:
        """Add one result."""
        with (self.path / "questions.jsonl").open("a", encoding="utf-8") as file:
            file.write(result.model_dump_json() + "\n")

    def finish(self, report: EvalReport, qrels: Mapping[str, Mapping[str, int]]) -> None:
        """Write the reports and the TREC files."""
        from eval.html import page

        (self.path / "report.json").write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
        (self.path / "report.html").write_text(page(report, self.manifest()), encoding="utf-8")
        (self.path / "run.trec").write_text("".join(_trec_run(report.questions)), encoding="utf-8")
        lines = [f"{_word(query)} 0 {_word(document)} {grade}\n" for query, grades in qrels.items() for document, grade in grades.items()]
        (self.path / "qrels.trec").write_text("".join(lines), encoding="utf-8")

    def _results(self) -> dict[str, QuestionResult]:
        path = self.path / "questions.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        # a run that was killed while it wrote leaves half a line, whose question is asked again
        whole = [line for line in lines if line.endswith("\n")]
        if len(whole) < len(lines):
            path.write_text("".join(whole), encoding="utf-8")
        results = [QuestionResult.model_validate_json(line) for line in whole]
        return {result.id: result for result in results}


def default_runs() -> Path:
    """Where runs are kept unless another folder is named: in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("citewell", appauthor=False) / "runs"


def find_run(name: str | Path, runs: Path | None = None) -> Path:
    """The folder or report.json of a kept run: a path, or the name or the end of the name of one in the default folder.

    Raises:
        RunError: there is none, or more than one.
    """
    path = Path(name).expanduser()
    if path.exists():
        return path
    folder = runs or default_runs()
    found = sorted(kept for kept in folder.glob("*/") if kept.name.endswith(str(name)))
    if len(found) == 1:
        return found[0]
    if found:
        raise RunError(f"The run '{name}' could be {' or '.join(kept.name for kept in found)}. Give more of its name.")
    there = ", ".join(sorted(kept.name for kept in folder.glob("*/"))) or "none"
    raise RunError(f"There is no run '{name}': it is no path, and the runs in {folder} are: {there}.")


def unfinished(runs: Path, manifest: Manifest) -> Path:
    """The latest run in a folder that is not finished and is the same as this one.

    Raises:
        RunError: there is none.
    """
    for folder in sorted(runs.glob("*/run.json"), reverse=True):
        kept = RunFolder(folder.parent)
        if not (kept.path / "report.json").exists() and not kept.manifest().differences(manifest):
            return kept.path
    raise RunError(f"{runs} holds no unfinished run of these questions, documents and settings. Start one without --resume.")


def load_report(path: Path) -> EvalReport:
    """The report of a kept run, from its folder or its report.json.

    Raises:
        RunError: it is not there, unfinished, or damaged.
    """
    file = path / "report.json" if path.is_dir() else path
    try:
        return EvalReport.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise RunError(f"{path} has no report that can be read ({error}). An unfinished run goes on with --resume.") from error


def fingerprint(documents: Sequence[Document]) -> str:
    """The hash of the names and contents of documents, in whatever folder they lie."""
    parts = sorted(f"{Path(document.source).name}\0{document.sha256}" for document in documents)
    return sha256("\n".join(parts).encode()).hexdigest()


def code_version() -> tuple[str, str]:
    """The package's version, and the commit of its checkout, marked + where files were changed since; empty outside a checkout."""
    from importlib.metadata import version

    root = Path(__file__).parent.parent
    if not (root / ".git").exists():
        return version("citewell"), ""
    try:
        commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=root, capture_output=True, text=True, check=True)
        changed = subprocess.run(["git", "status", "--porcelain", "-uno"], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        # a checkout on a machine without git, or of another owner: the version alone has to do
        return version("citewell"), ""
    return version("citewell"), commit.stdout.strip() + ("+" if changed.stdout.strip() else "")


def new_run_name(label: str) -> str:
    """<time>-<label>; the time is UTC, so that names sort by age."""
    plain = "".join(character if character.isalnum() else "-" for character in label).strip("-")
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{plain[:60] or 'run'}"


def _trec_run(results: Sequence[QuestionResult]) -> list[str]:
    """`query Q0 document rank score tag` (the format of trec_eval), each document at its best passage."""
    lines = []
    for result in results:
        best = {passage.document: passage.score for passage in reversed(result.retrieved)}
        ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
        lines += [f"{_word(result.id)} Q0 {_word(d)} {rank} {score:.6f} citewell\n" for rank, (d, score) in enumerate(ranked, start=1)]
    return lines


def _word(text: str) -> str:
    """Without white space, which separates the columns."""
    return "_".join(text.split())

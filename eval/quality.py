"""Make docs/quality.md: Citewell and its baselines on several sets of questions. `python -m eval.quality SET… --out docs/quality.md`.

Every SET is what `citewell eval` takes; the gold set that ships with Citewell comes first. Runs and
libraries are kept in a folder, so that what is done is not done again.
"""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from eval.baselines import BASELINES, baseline, baseline_settings
from eval.command import measure, opened
from eval.compare import compare
from eval.fit_followups import measured_part
from eval.reader_examples import MEASURED
from eval.records import EvalReport
from eval.report import shown, shown_interval
from eval.run import Answering
from eval.runs import code_version, default_runs
from eval.subjects import GoldSubject, RewriteSubject, Subject, load_subject
from rag.config import AnswerSettings

__all__ = ["Measured", "main", "quality_page"]

OURS, SHIPPED = "Citewell", "shipped"
_FIGURES = (
    "evidence success@1",
    "evidence success@5",
    "document success@1",
    "document recall@10",
    "document nDCG@10",
    "facts",
    "contains gold answer",
    "token F1",
    "citation validity",
    "citation precision",
    "citation recall",
    "citation F1",
    "refused answerable",
    "refused near",
    "refused far",
    "refusal precision",
    "refusal recall",
    "confidence AUROC",
    "calibration error",
    "error at 50% coverage",
    "words added",
    "words right",
    "left alone",
)
_TOP = """# How good is Citewell?

Measured by `citewell eval`; [evaluation.md](evaluation.md) says what each figure means. This page is made by

```
{command}
```

with version {version}, and is not edited by hand.

- **Citewell** answers as it does out of the box. The other columns are baselines over the same library: **fused**, **dense**
  and **lexical** search (Citewell's own fusion, meaning alone, words alone), each with its nearest chunk, whole, as the
  answer. They never refuse.
- In brackets is the 95 % interval: with as many other questions of the kind, the figure would mostly lie in there.
- ▲ and ▼ mark the baselines than which Citewell is better or worse by a paired comparison of the same questions. Where there
  is no mark, no difference can be claimed. Where nothing differs, about one comparison in twenty gets a mark by chance.
- A larger figure is better, except of *refused answerable* and of errors.
- *Citation precision* and *recall* of a whole chunk and of single sentences are different bargains: a chunk cites much around the evidence.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One set of questions: its name, how many of how many were asked, and the report of each system by name."""

    name: str
    asked: int
    there: int
    reports: Mapping[str, EvalReport]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every set and write the page."""
    parser = argparse.ArgumentParser(prog="python -m eval.quality", description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path, help="what `citewell eval` takes")
    parser.add_argument(
        "--held-out", nargs="*", type=Path, default=[], help="sets that something was fitted on a part of: only the rest is asked"
    )
    parser.add_argument("--sample", type=int, help="ask only so many questions of each set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kept", type=Path, default=default_runs() / "quality", help="folder of runs and libraries")
    parser.add_argument("--out", type=Path, default=Path("docs/quality.md"))
    parsed = parser.parse_args(arguments)
    console = Console()
    subjects = [(path.stem, load_subject(path, None)) for path in parsed.sets] + [(path.stem, _held_out(path)) for path in parsed.held_out]
    measured = [_measure(SHIPPED, load_subject(None, None), parsed.kept / SHIPPED, None, parsed.seed, console)]
    measured += [_measure(name, whole, parsed.kept / name, parsed.sample, parsed.seed, console) for name, whole in subjects]
    sets = [path.name for path in parsed.sets] + (["--held-out", *(path.name for path in parsed.held_out)] if parsed.held_out else [])
    sample = ["--sample", str(parsed.sample)] if parsed.sample else []
    command = shlex.join(["python", "-m", "eval.quality", *sets, *sample, "--seed", str(parsed.seed)])
    version, commit = code_version()
    page = quality_page(measured, command, f"{version} ({commit})" if commit else version)
    parsed.out.write_text(page, encoding="utf-8")
    console.print(f"Written to {parsed.out}.")


def quality_page(measured: Sequence[Measured], command: str, version: str, seed: int = 0) -> str:
    """The page in Markdown; `command` and `version` are those that it was made with."""
    parts = [_TOP.format(command=command, version=version)]
    return "\n".join([*parts, *(_section(found, seed) for found in measured)])


def _held_out(path: Path) -> Subject:
    """The questions about the documents that the reader was not fitted on; the rewrites that follow-up questions were not fitted on."""
    whole = load_subject(path, None)
    if isinstance(whole, RewriteSubject):
        return replace(whole, rewrites=tuple(measured_part(whole.rewrites)))
    assert isinstance(whole, GoldSubject)
    return whole.about(sorted({question.near_document for question in whole.questions})[-MEASURED:])


def _measure(name: str, whole: Subject, kept: Path, sample: int | None, seed: int, console: Console) -> Measured:
    """Ask Citewell and the baselines; the shipped set is asked whole, of the shipped documents."""
    subject = whole.sampled(sample, seed) if sample else whole
    library = kept / "library" if name != SHIPPED else None
    with opened(subject, library, None, console) as assistant:

        def ask(system: str, settings: AnswerSettings, answering: Answering | None = None) -> EvalReport:
            return measure(
                subject,
                assistant,
                console,
                settings=settings,
                answering=answering,
                label=system,
                out=kept / system,
                sample=sample,
                seed=seed,
                resume=True,
            )

        reports = {OURS: ask(OURS, AnswerSettings())}
        for system in () if isinstance(subject, RewriteSubject) else BASELINES:
            reports[system] = ask(system, baseline_settings(system), baseline(system, assistant.library))
    return Measured(name, subject.size, whole.size, reports)


def _section(measured: Measured, seed: int) -> str:
    ours = measured.reports[OURS]
    others = {name: report for name, report in reversed(list(measured.reports.items())) if name != OURS}
    some = f"{measured.asked} questions" if measured.asked == measured.there else f"{measured.asked} of {measured.there} questions, drawn"
    over = f", {ours.documents} documents" if ours.documents else ""
    lines = [
        f"## {measured.name}",
        "",
        f"{some}{over}.",
        "",
        f"| figure | {' | '.join([OURS, *others])} |",
        "|---|" + "---|" * (1 + len(others)),
    ]
    claims = {name: _claims(report, ours, seed) for name, report in others.items()}
    for figure in _FIGURES:
        if figure in ours.overall.figures:
            cells = [_cell(figure, ours), *(_cell(figure, report, claims[name].get(figure, "")) for name, report in others.items())]
            lines.append(f"| {figure} | {' | '.join(cells)} |")
    notes = dict.fromkeys(note for report in measured.reports.values() for note in report.notes)
    return "\n".join([*lines, *(f"\n{note}" for note in notes), ""])


def _claims(theirs: EvalReport, ours: EvalReport, seed: int) -> dict[str, str]:
    marks = {"better": " ▲", "worse": " ▼"}
    return {found.figure: marks.get(found.claim, "") for found in compare(theirs, ours, seed=seed).differences}


def _cell(figure: str, report: EvalReport, mark: str = "") -> str:
    if figure not in report.overall.figures:
        return "–"
    interval = shown_interval(figure, report.overall.intervals.get(figure))
    return shown(figure, report.overall.figures[figure]) + (f" ({interval})" if interval else "") + mark


if __name__ == "__main__":
    main()

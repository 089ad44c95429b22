"""What `citewell eval` does: put questions, documents and a library together, evaluate, keep the run, and print."""

import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress

from eval.baselines import NEAREST
from eval.compare import compare, print_comparison
from eval.gate import check, load_gate
from eval.gold import GoldError
from eval.records import EvalReport
from eval.report import print_failures, print_report
from eval.run import Answering, documents_by_id
from eval.run import Progress as Told
from eval.runs import Manifest, RunFolder, code_version, default_runs, find_run, fingerprint, load_report, new_run_name, unfinished
from eval.subjects import GoldSubject, Subject, load_subject
from eval.threshold import fit, print_threshold
from index import AddReport
from index.embed import Embedder
from rag import Assistant
from rag.config import AnswerSettings

__all__ = ["manifest_of", "measure", "notes_on", "opened", "run"]

AnyPath = str | PathLike[str]
_QUOTING = ("", "extractive", NEAREST)
"""What writes answers without a language model."""


def run(
    gold: AnyPath | None = None,
    *,
    documents: AnyPath | None = None,
    library: AnyPath | None = None,
    json: AnyPath | None = None,
    failures: bool = False,
    about: Sequence[str] = (),
    out: AnyPath | None = None,
    sample: int | None = None,
    seed: int = 0,
    resume: bool = False,
    against: AnyPath | None = None,
    gate: AnyPath | None = None,
    fit_threshold: float | None = None,
    console: Console,
    embedder: Embedder | None = None,
) -> EvalReport:
    """Evaluate, keep the run, and print the figures.

    Args:
        gold: a gold file, or a folder as `eval.subjects` reads them; without it, the gold set that ships with Citewell.
        documents: a file or folder to ask; without it and without `library`, the documents that ship with Citewell.
        library: the library to ask, to which `documents` are added; without it, a temporary one.
        json: where to write the whole report as JSON too, if anywhere.
        failures: also list the questions with which something was wrong.
        about: ask only the questions about documents with such names, where `*` stands for anything.
        out: the folder to keep the run in; without it, a new one in the user's data folder.
        sample: ask only so many of the questions, drawn by `seed`.
        seed: of the sample and of the intervals.
        resume: go on with the run in `out`, or with the last unfinished one of the same questions and settings.
        against: a kept run to compare with.
        gate: a file with bounds that the figures must keep.
        fit_threshold: fit the abstention threshold to this share of wrong answers (0–1).
        console: where to print.
        embedder: in place of the configured model.

    Raises:
        GoldError: a malformed gold file, or evidence that is not in the documents.
        RunError: a kept run that is not there, or cannot be resumed.
        GateFailed: after everything is printed, the figures do not pass.
        CitewellError: anything else that keeps the library from being opened or asked.
    """
    # a mistake in these is reported before minutes are spent
    bounds = load_gate(Path(gate)) if gate is not None else None
    earlier = load_report(find_run(Path(against))) if against is not None else None
    subject = load_subject(Path(gold) if gold is not None else None, Path(documents) if documents is not None else None)
    if about:
        if not isinstance(subject, GoldSubject):
            raise GoldError(f"{subject.name}: only questions with gold documents can be chosen by them (--about).")
        subject = subject.about(about)
    if sample is not None:
        subject = subject.sampled(sample, seed)
    with opened(subject, library, embedder, console) as assistant:
        report = measure(subject, assistant, console, out=out, sample=sample, seed=seed, resume=resume)
    print_report(report, console)
    if failures:
        print_failures(report, console)
    if json is not None:
        Path(json).write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if earlier is not None:
        print_comparison(compare(earlier, report, names=(str(against), "this run"), seed=seed), console)
    if fit_threshold is not None:
        print_threshold(fit(report, fit_threshold, seed), console)
    if bounds is not None and gate is not None:
        check(report, bounds, Path(gate).parent, seed)
        console.print("The figures pass the gate.")
    return report


def measure(
    subject: Subject,
    assistant: Assistant,
    console: Console,
    *,
    settings: AnswerSettings | None = None,
    answering: Answering | None = None,
    label: str = "",
    out: AnyPath | None = None,
    sample: int | None = None,
    seed: int = 0,
    resume: bool = False,
    progress: Told | None = None,
    command: str = "",
) -> EvalReport:
    """Ask every question and keep the run.

    Args:
        subject: the questions.
        assistant: the library to ask.
        console: where the progress and the run's folder are shown.
        settings: in place of those of the environment.
        answering: asked in place of an assistant with these settings: a baseline.
        label: what the run is called, beside the questions' own name.
        out: the folder to keep the run in.
        sample: how many questions were drawn, if not all; for the record.
        seed: of the sample and of the intervals.
        resume: go on with an unfinished run.
        progress: told after each question; what it raises ends the run, which can be resumed.
        command: what the run's report names to repeat it; without it, the command line of this process.
    """
    chosen = settings or AnswerSettings()
    manifest = manifest_of(subject, assistant, chosen, label=label, sample=sample, seed=seed, command=command)
    folder = _folder(manifest, out, resume)
    done = folder.begin(manifest, resume=resume)
    asked = answering or Assistant(assistant.library, chosen)
    forced = None if answering else Assistant(assistant.library, chosen.model_copy(update={"threshold": 0.0}))
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label or "Asking", total=subject.size)

        def told(number: int, total: int) -> None:
            bar.update(task, completed=number)
            if progress:
                progress(number, total)

        report = subject.measure(asked, forced=forced, done=done, keep=folder.keep, progress=told, seed=seed)
    report = report.model_copy(update={"notes": (*report.notes, *notes_on(report))})
    folder.finish(report, subject.qrels(asked))
    console.print(f"Kept in {folder.path} (report.html opens in a browser)", markup=False, highlight=False, soft_wrap=True)
    return report


@contextmanager
def opened(subject: Subject, library: AnyPath | None, embedder: Embedder | None, console: Console) -> Iterator[Assistant]:
    """An assistant on the library, or on a temporary one, that holds the documents of the questions."""
    with TemporaryDirectory(prefix="citewell-eval-") as temporary:
        with Assistant.open(library or temporary, embedder=embedder) as assistant:
            _print_skipped(subject.prepare(assistant, fresh=library is None), console)
            yield assistant


def manifest_of(
    subject: Subject,
    assistant: Assistant,
    settings: AnswerSettings,
    *,
    label: str = "",
    sample: int | None = None,
    seed: int = 0,
    command: str = "",
) -> Manifest:
    """What a run of these questions now would be; the arguments are those of `measure`."""
    version, commit = code_version()
    facts = {name: value for name, value in assistant.library.facts().items() if name in _FACTS}
    source = Path(subject.name)
    name = label or (source.stem if source.stem != "gold" else source.parent.name)
    return Manifest(
        name=name,
        started=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        command=command or (shlex.join(["citewell", *sys.argv[1:]]) if Path(sys.argv[0]).stem == "citewell" else "from Python"),
        gold=subject.name,
        gold_sha256=subject.digest(),
        documents_sha256=fingerprint(list(documents_by_id(assistant).values())),
        questions=subject.size,
        sample=sample,
        seed=seed,
        settings=settings.model_dump(mode="json"),
        library=facts,
        version=version,
        commit=commit,
    )


_FACTS = ("model", "dimension", "chunk_tokens", "generation", "documents", "chunks")


def _folder(manifest: Manifest, out: AnyPath | None, resume: bool) -> RunFolder:
    if out is not None:
        return RunFolder(Path(out).expanduser())
    if resume:
        return RunFolder(unfinished(default_runs(), manifest))
    return RunFolder(default_runs() / new_run_name(manifest.name))


def notes_on(report: EvalReport) -> list[str]:
    """What a reader of the figures has to know."""
    notes = _writers(report)
    if any(result.confidence is not None for result in report.questions):
        from rag.confidence import CHOSEN_WITH

        names = ", ".join(CHOSEN_WITH)
        notes.append(f"The weights of the confidence were chosen with {names}: on those, figures about refusals and confidence flatter it.")
    if longer := _longer_than_a_passage(report):
        notes.append(
            f"{longer} pieces of evidence are longer than any passage, so that none can hold them whole: "
            "retrieval by evidence and citation recall look worse than they are, and errors more frequent."
        )
    unjudged = sum(result.answerable and result.wrong is None and result.confidence is not None for result in report.questions)
    if unjudged:
        notes.append(f"{unjudged} answerable questions have neither facts, answers nor evidence, and count in no figure on answers.")
    return notes


def _writers(report: EvalReport) -> list[str]:
    """How many of the answers each language model wrote, where one was asked."""
    answers = [result.composer for result in report.questions if not result.abstained]
    written = Counter(name for name in answers if name not in _QUOTING)
    return [f"{count} of {len(answers)} answers were written by {name}, the others are quotations." for name, count in written.items()]


def _longer_than_a_passage(report: EvalReport) -> int:
    longest = max((passage.end - passage.start for result in report.questions for passage in result.retrieved), default=0)
    return sum(len(quote) > longest for result in report.questions for quote in result.evidence) if longest else 0


def _print_skipped(report: AddReport, console: Console) -> None:
    for file in report.skipped:
        console.print(f"Not evaluated: {file.source} ({'; '.join(file.warnings)})", style="yellow", markup=False)

"""Citewell beside LangChain, LlamaIndex, Haystack and txtai: the same model, documents and questions, in one run, all sides in turns.

    python -m eval.side_by_side [SET…] [--out docs/side-by-side.md]

A SET is a folder with `documents/` and `gold.jsonl`; the documents and questions that ship with Citewell come first. Each
system runs in an environment of its own (`eval.beside_environments`) by the adapter in `eval/beside`, as its tutorial would have it.
"""

import argparse
import random
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track

from eval.beside_environments import Running, System, prepared, systems
from eval.gold import GoldError, GoldQuestion, load_gold, shipped_gold
from eval.side_by_side_page import Measured, page
from index.embed import DEFAULT_MODEL, model_folder
from index.originals import shipped_folder

__all__ = ["QuestionSet", "gather", "main", "measure", "rank"]

_READ = 5
"""Passages asked for."""


@dataclass(frozen=True)
class QuestionSet:
    """A name, answerable questions, and the files of their documents."""

    name: str
    questions: tuple[GoldQuestion, ...]
    documents: tuple[Path, ...]


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the environments, measure, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m eval.side_by_side", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET", help="folders with documents/ and gold.jsonl")
    parser.add_argument("--questions", type=int, default=100, help="drawn of each set (default: 100)")
    parser.add_argument("--documents", type=int, help="of each SET the first so many, by name, and their questions (default: all)")
    parser.add_argument("--rounds", type=int, default=3, help="times that adding and the cold start are measured (default: 3)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="where the page is written; without it, it is printed")
    parsed = parser.parse_args(arguments)
    console = Console(stderr=True)
    chosen = [_load(folder, parsed.questions, parsed.seed, parsed.documents) for folder in (None, *parsed.sets)]
    sides = systems()
    for side in sides:
        prepared(side, console)
    model = model_folder(DEFAULT_MODEL)
    assert model is not None
    with TemporaryDirectory() as folder:
        measured = measure(sides, chosen, model, Path(folder), rounds=parsed.rounds, console=console)
    fewer = f"--documents {parsed.documents} " if parsed.documents else ""
    given = f"{fewer}--questions {parsed.questions} --rounds {parsed.rounds} --seed {parsed.seed}"
    command = " ".join(["python -m eval.side_by_side", *(shlex.quote(one.name) for one in parsed.sets), given])
    text = page(measured, command, {one.name: len(one.questions) for one in chosen}, parsed.rounds)
    if parsed.out:
        parsed.out.write_text(text, encoding="utf-8")
    else:
        Console().print(text, markup=False, soft_wrap=True)


def _load(folder: Path | None, most: int, seed: int, documents: int | None) -> QuestionSet:
    """The shipped set, or that of a folder with its first documents and their questions alone."""
    questions = [q for q in load_gold(folder / "gold.jsonl" if folder else shipped_gold()) if q.answering_evidence and not q.history]
    home = folder / "documents" if folder else shipped_folder()
    files = tuple(sorted(home.iterdir())[: documents if folder else None])
    names = {file.name for file in files}
    questions = [q for q in questions if all(evidence.document in names for evidence in q.answering_evidence)]
    return QuestionSet(folder.name if folder else "shipped", tuple(random.Random(seed).sample(questions, min(most, len(questions)))), files)


def gather(sets: Sequence[QuestionSet], folder: Path) -> None:
    """Put the documents of all sets into one folder.

    Raises:
        GoldError: two have the same name, so that it would not be known which one was found.
    """
    folder.mkdir()
    for one in sets:
        for file in one.documents:
            if (folder / file.name).exists():
                raise GoldError(
                    f"{file.name} of {one.name} has the name of a document of another set. Rename it, or measure the sets apart."
                )
            shutil.copyfile(file, folder / file.name)


def measure(
    sides: Sequence[System], sets: Sequence[QuestionSet], model: Path, folder: Path, *, rounds: int, console: Console
) -> dict[str, Measured]:
    """All sides in turns: each round adds to a new store and starts anew; then each question is asked of all."""
    files = folder / "files"
    gather(sets, files)
    found = {side.name: Measured() for side in sides}
    order, running = list(sides), dict[str, Running]()
    asked = [(one.name, question) for one in sets for question in one.questions]
    try:
        for turn in track(range(rounds), description="Adding and starting", console=console):
            for side in order:
                _add(side, files, folder / f"{side.name}-{turn}", model, found[side.name])
            for side in order:
                if side.name in running:
                    running.pop(side.name).close()
                # what the last round starts is asked
                running[side.name] = Running(side, model, folder / f"{side.name}-{turn}")
                running[side.name].ask(asked[0][1].question, _READ)
                found[side.name].starting.append(running[side.name].age())
            order.append(order.pop(0))  # so that none is always the one after the heaviest
        for name, question in track(asked, description="Asking", console=console):
            for side in order:
                reply = running[side.name].ask(question.question, _READ)
                found[side.name].asked(name, rank(question, reply.passages), reply)
        for side in sides:
            found[side.name].resident = running[side.name].resident()
    finally:
        for one in running.values():
            one.close()
    return found


def _add(side: System, files: Path, store: Path, model: Path, found: Measured) -> None:
    with Running(side, model, store) as running:
        reply = running.add(files)
    found.adding.append((reply.seconds, reply.cpu))
    found.chunks = reply.chunks


def rank(question: GoldQuestion, passages: Sequence[tuple[str, str]]) -> int | None:
    """The rank of the first passage that holds one of the gold quotes whole, white space aside."""
    wanted = [(evidence.document, " ".join(evidence.quote.split())) for evidence in question.answering_evidence]
    for number, (document, text) in enumerate(passages, start=1):
        said = " ".join(text.split())
        if any(document == name and quote in said for name, quote in wanted):
            return number
    return None


if __name__ == "__main__":
    main()

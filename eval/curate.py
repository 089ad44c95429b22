"""`citewell gold new`: proposed questions in the terminal, to accept, correct or skip; what is accepted is written at once."""

import json
from collections.abc import Callable, Collection
from itertools import count
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.text import Text

from eval.gold import Evidence, GoldQuestion, check_evidence, load_gold
from eval.proposals import Proposal, propose
from index import Document
from rag import Assistant

__all__ = ["asking", "curate", "name_of"]

AskPerson = Callable[[str], str]
"""Shows a prompt and returns the line that the person types."""
_HELP = "[a]ccept, [c]orrect, [s]kip, [q]uit"


def asking(console: Console) -> AskPerson:
    """Asks in the terminal; the end of the input means to stop."""

    def ask(prompt: str) -> str:
        try:
            return console.input(Text(prompt))
        except EOFError:
            return "quit"

    return ask


def curate(file: Path, assistant: Assistant, *, ask: AskPerson, console: Console) -> int:
    """Propose questions from the library's documents and write those that a person accepts; returns how many.

    Args:
        file: the gold file; one that is there is added to or replaced only after asking.
        assistant: the library whose sentences are proposed from.
        ask: how the person is asked.
        console: where the proposals are shown.

    Raises:
        GoldError: the file is there and is no gold file.
    """
    mode = _mode(file, ask)
    if mode == "stop":
        return 0
    kept = load_gold(file) if mode == "add" else ()
    asked, used = {question.question.lower() for question in kept}, {question.id for question in kept}
    documents = [assistant.document(summary.id) for summary in assistant.documents()]
    accepted = 0
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a" if mode == "add" else "w", encoding="utf-8") as gold:
        for proposal in propose(documents):
            if proposal.question.lower() in asked:
                continue
            question = _decide(proposal, _unused(used), name_of(proposal.document, documents), ask, console)
            if question == "quit":
                break
            if question is not None:
                check_evidence([question], documents)
                used.add(question.id)
                accepted += 1
                gold.write(json.dumps(question.model_dump(exclude_defaults=True), ensure_ascii=False) + "\n")
                # what a person has done is not lost when the terminal is closed
                gold.flush()
    console.print(f"{accepted} questions written to {file}.", markup=False, highlight=False)
    return accepted


def name_of(source: str, documents: Collection[Document]) -> str:
    """The name by which gold evidence names a document: its file name, or its source where another has the same."""
    name = source.replace("\\", "/").rsplit("/", 1)[-1]
    same = [document for document in documents if f"/{document.source}".replace("\\", "/").endswith(f"/{name}")]
    return name if len(same) == 1 else source


def _unused(used: Collection[str]) -> str:
    return next(id for number in count(1) if (id := f"q{number}") not in used)


def _mode(file: Path, ask: AskPerson) -> Literal["new", "add", "stop"]:
    if not file.exists() or file.stat().st_size == 0:
        return "new"
    typed = ask(f"{file} is there. [a]dd to it, [r]eplace it, or [s]top? ").strip().lower()[:1]
    if typed == "r":
        return "new"
    return "add" if typed == "a" else "stop"


def _decide(proposal: Proposal, id: str, document: str, ask: AskPerson, console: Console) -> GoldQuestion | Literal["quit"] | None:
    console.print(Text.assemble("\n", (proposal.question, "bold"), f"  ({proposal.kind})"))
    console.print(Text(f"  {document}: {' '.join(proposal.quote.split())}", style="dim"))
    if proposal.fact:
        console.print(Text(f"  must say: {proposal.fact}"))
    while True:
        typed = ask(f"{_HELP}: ").strip().lower()[:1]
        if typed == "q":
            return "quit"
        if typed == "s":
            return None
        if typed == "a":
            return _gold(proposal, id, document, proposal.question, proposal.fact)
        if typed == "c":
            question = ask(f"question [{proposal.question}]: ").strip() or proposal.question
            fact = ask(f"must say, - for nothing [{proposal.fact}]: ").strip() or proposal.fact
            return _gold(proposal, id, document, question, "" if fact == "-" else fact)


def _gold(proposal: Proposal, id: str, document: str, question: str, fact: str) -> GoldQuestion:
    return GoldQuestion(
        id=id,
        question=question,
        answerable=True,
        answers=(" ".join(proposal.quote.split()),),
        facts=((fact,),) if fact else (),
        evidence=(Evidence(document=document, quote=proposal.quote),),
        tags=(proposal.kind,),
    )

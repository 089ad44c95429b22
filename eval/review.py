"""`citewell gold review`: questions that came from the chat and wait for a person to say what a right answer holds."""

import json
from collections.abc import Collection
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from eval.curate import AskPerson
from eval.feedback import read_lines, rewriting
from eval.gold import Evidence, GoldQuestion, find_document, occurrences
from index import Document
from rag import Assistant

__all__ = ["review"]

_HELP = "[a]nswered in the documents, [n]ot in them, [d]rop, [s]kip, [q]uit"
_DROP = "drop"
Decision = GoldQuestion | str | None


def review(file: Path, assistant: Assistant, *, ask: AskPerson, console: Console) -> int:
    """Ask about each question that waits and write what is decided at once; returns how many were settled.

    Args:
        file: the gold file, by default the library's own feedback.
        assistant: the library whose documents answer.
        ask: how the person is asked.
        console: where the questions are shown.
    """
    documents = [assistant.document(summary.id) for summary in assistant.documents()]
    settled = 0
    waiting = [case for line in read_lines(file) if (case := _waiting(line))]
    for case in waiting:
        decision = _decide(case, documents, ask, console)
        if decision == "quit":
            break
        if decision is not None:
            _replace(file, case.id, decision if isinstance(decision, GoldQuestion) else None)
            settled += 1
    left = len(waiting) - settled
    console.print(f"{settled} settled, {left} still waiting in {file}.", markup=False, highlight=False, soft_wrap=True)
    return settled


def _waiting(line: str) -> GoldQuestion | None:
    try:
        case = GoldQuestion.model_validate_json(line)
    except ValidationError:
        return None
    return case if case.pending else None


def _replace(file: Path, number: str, case: GoldQuestion | None) -> None:
    with rewriting(file) as lines:
        at = next((at for at, line in enumerate(lines) if (there := _waiting(line)) and there.id == number), None)
        if at is not None:
            lines[at : at + 1] = [json.dumps(case.model_dump(exclude_defaults=True), ensure_ascii=False)] if case else []


def _decide(case: GoldQuestion, documents: Collection[Document], ask: AskPerson, console: Console) -> Decision:
    console.print(Text.assemble("\n", (case.question, "bold"), f"  ({', '.join(case.tags[1:])})"))
    for said in case.answers:
        console.print(Text(f"  said to be right: {said}"))
    for evidence in case.evidence:
        console.print(Text(f"  {evidence.document}: {' '.join(evidence.quote.split())}", style="dim"))
    console.print(Text(f"  open: {case.pending}"))
    while True:
        typed = ask(f"{_HELP}: ").strip().lower()[:1]
        if typed == "q":
            return "quit"
        if typed == "s":
            return None
        if typed == "d":
            return _DROP
        if typed == "n":
            return case.model_copy(update={"answerable": False, "facts": (), "evidence": (), "pending": ""})
        if typed == "a" and (settled := _answered(case, documents, ask, console)):
            return settled


def _answered(case: GoldQuestion, documents: Collection[Document], ask: AskPerson, console: Console) -> GoldQuestion | None:
    """The case with what a right answer must say and the words that say it, or None if the person gave neither."""
    typed = ask("must say (; between several, / between wordings of one, empty for nothing): ")
    facts = tuple(wordings for fact in typed.split(";") if (wordings := tuple(w.strip() for w in fact.split("/") if w.strip())))
    evidence = list(case.evidence)
    while quote := ask("words of a document that answer (empty for no more): ").strip():
        found = [document for document in documents if occurrences(quote, document.text)]
        if len(found) > 1:
            name = ask(f"in which of {', '.join(document.source for document in found)}? ").strip()
            named = find_document(name, found) if name else None
            found = [named] if named else []
        if found:
            evidence.append(Evidence(document=found[0].source, quote=quote))
        else:
            console.print("No document says this, to the letter. Copy the words from it.")
    if not facts and not evidence:
        return None
    return case.model_copy(update={"answerable": True, "facts": facts or case.facts, "evidence": tuple(evidence), "pending": ""})

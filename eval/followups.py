"""Follow-up questions against their rewrites by people, without any document (CANARD; Elgohary et al. 2019).

One a line: `{"id", "question", "history": [{"role", "content"}], "rewrite", "context_dependent"}`.
What matters for the search is the words that a rewrite adds.
"""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from pydantic import ValidationError

from eval.gold import GoldError, Turn
from eval.records import QuestionResult, Record
from rag.words import STOPWORDS

__all__ = ["Resolve", "Rewrite", "load_rewrites", "resolve_all", "words_added"]

Resolve = Callable[[str, Sequence[dict[str, str]]], str]
"""From a question and its conversation to the question as it is searched for."""

_WORD = re.compile(r"\w+(?:['’-]\w+)*")


class Rewrite(Record):
    """A question in its conversation, the same as a person wrote it to stand alone, and whether it needed that."""

    id: str
    question: str
    history: tuple[Turn, ...] = ()
    rewrite: str
    context_dependent: bool


def load_rewrites(file: Path) -> tuple[Rewrite, ...]:
    """The questions of a file, in its order.

    Raises:
        GoldError: it cannot be read, or a line is no such question.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{file} cannot be read ({error}). Give a file in JSON Lines, UTF-8.") from error
    rewrites = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                rewrites.append(Rewrite.model_validate(json.loads(line)))
            except (json.JSONDecodeError, ValidationError) as error:
                raise GoldError(f"{file}, line {number}: no follow-up question ({error}). docs/evaluation.md has the fields.") from error
    if not rewrites:
        raise GoldError(f"{file} has no questions. docs/evaluation.md has the fields.")
    return tuple(rewrites)


def words_added(question: str, resolved: str, rewrite: str, history: Sequence[str]) -> tuple[float | None, float | None]:
    """Recall and precision of the content words that a resolved question adds, against a person's rewrite.

    Recall is over the words that the person added and that the conversation holds (what it does not
    hold, no rule can know); precision over the words that were added: the share of them that the
    person's rewrite has too. None where there is none of them. Words are compared in lower case, without 's.
    """
    asked, ours, theirs = _words(question), _words(resolved), _words(rewrite)
    added, wanted = ours - asked, (theirs - asked) & _words(" ".join(history))
    recall = len(wanted & ours) / len(wanted) if wanted else None
    return recall, len(added & theirs) / len(added) if added else None


def resolve_all(rewrites: Sequence[Rewrite], resolve: Resolve) -> list[QuestionResult]:
    """Resolve every question and measure what was added."""
    return [_resolve(rewrite, resolve) for rewrite in rewrites]


def _resolve(rewrite: Rewrite, resolve: Resolve) -> QuestionResult:
    history = [turn.model_dump() for turn in rewrite.history]
    started = perf_counter()
    resolved = resolve(rewrite.question, history)
    milliseconds = 1000 * (perf_counter() - started)
    recall, precision = words_added(rewrite.question, resolved, rewrite.rewrite, [turn.content for turn in rewrite.history])
    alone = float(resolved.split() == rewrite.question.split())
    figures = {"words added": recall if rewrite.context_dependent else None, "words right": precision}
    figures["left alone"] = None if rewrite.context_dependent else alone
    found = {name: value for name, value in figures.items() if value is not None}
    return QuestionResult(
        id=rewrite.id,
        question=rewrite.question,
        resolved_question=resolved,
        tags=("context-dependent" if rewrite.context_dependent else "self-contained",),
        answerable=True,
        near=False,
        far=False,
        abstained=False,
        confidence=None,
        answer="",
        expected=(rewrite.rewrite,),
        milliseconds=milliseconds,
        figures=found,
        problems=tuple(f"{name}: {value:.2f}" for name, value in found.items() if value < 1),
    )


def _words(text: str) -> set[str]:
    plain = (re.sub(r"['’]s$", "", word.lower()) for word in _WORD.findall(text))
    return {word for word in plain if word.replace("’", "'") not in STOPWORDS}

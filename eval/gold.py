"""Gold questions: what is asked, whether the documents answer it, and the exact words that do.

Evidence is a document and a quote, never a chunk: chunks change with the chunking, quotes do not.
One question a line (JSON Lines); docs/evaluation.md describes the fields.
"""

import json
import re
from collections.abc import Collection, Iterable
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from index import Document
from index.errors import CitewellError

__all__ = [
    "FEEDBACK",
    "Evidence",
    "GoldError",
    "GoldQuestion",
    "Turn",
    "askable",
    "check_evidence",
    "evidence_documents",
    "find_document",
    "load_gold",
    "occurrences",
    "shipped_gold",
]

FEEDBACK = "feedback"
"""The tag of questions that were filed from the chat (`eval.feedback`)."""
_MOST_SHOWN = 5


class GoldError(CitewellError):
    """A gold file that cannot be evaluated: a malformed line, or evidence that stands in no document."""


class Record(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Turn(Record):
    """One turn of the conversation before the question."""

    role: Literal["user", "assistant"]
    content: str


class Evidence(Record):
    """The words of one document that answer, wholly or in part; `document` is a file name."""

    document: str = Field(min_length=1)
    quote: str = Field(min_length=1)

    @field_validator("quote")
    @classmethod
    def _says_something(cls, quote: str) -> str:
        if not quote.strip():
            raise ValueError("the quote is blank")
        return quote


class GoldQuestion(Record):
    """A question with what is known about its answer.

    `answers` are alternatives, each complete. Of an unanswerable question, `answers` say how a person
    declined and `evidence` what that person looked at; they are not measured. `facts` must all be in the answer, each in one of
    its wordings. `near_document` names the document that an unanswerable question was written
    about, if any. `forbidden` are wordings that no answer may hold, such as those that an
    instruction hidden in a document asks for. `scope` names the documents that were asked, none of them
    meaning all. `pending` is what a person has still to say of the question, which is not asked before.
    """

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    history: tuple[Turn, ...] = ()
    answerable: bool
    answers: tuple[str, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tags: tuple[str, ...] = ()
    near_document: str = ""
    forbidden: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    pending: str = ""

    @field_validator("facts")
    @classmethod
    def _each_fact_has_a_wording(cls, facts: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        if any(not fact or not all(wording.strip() for wording in fact) for fact in facts):
            raise ValueError("a fact needs at least one wording, and none may be blank")
        return facts

    @model_validator(mode="after")
    def _unanswerable_has_no_facts(self) -> Self:
        if not self.answerable and self.facts:
            raise ValueError("an unanswerable question has no facts")
        return self

    @property
    def answering_evidence(self) -> tuple[Evidence, ...]:
        """The evidence of an answerable question, which is what citations and passages are measured by."""
        return self.evidence if self.answerable else ()

    @property
    def near(self) -> bool:
        """Unanswerable, but written to look as if the documents had the answer."""
        return not self.answerable and ("near" in self.tags or bool(self.near_document))

    @property
    def far(self) -> bool:
        """Unanswerable, and marked as far from anything in the documents."""
        return not self.answerable and not self.near and "far" in self.tags


def shipped_gold() -> Path:
    """The gold file that ships with Citewell, over its shipped documents."""
    return Path(str(files("eval") / "gold.jsonl"))


def load_gold(path: str | PathLike[str]) -> tuple[GoldQuestion, ...]:
    """The questions of a gold file, in its order; blank lines are allowed.

    Raises:
        GoldError: no such file, no question in it, a line that is no valid question (the message
            names line and field), or an id used twice.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"The gold file {path} cannot be read ({error}). Give a file in JSON Lines, UTF-8.") from error
    first_lines: dict[str, int] = {}
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        question = _parse_line(line, f"{path}, line {number}")
        if question.id in first_lines:
            raise GoldError(f"{path}, line {number}, id: '{question.id}' was used on line {first_lines[question.id]}. Give each its own.")
        first_lines[question.id] = number
        questions.append(question)
    if not questions:
        raise GoldError(f"The gold file {path} has no questions. Write one JSON object a line; docs/evaluation.md shows the fields.")
    return tuple(questions)


def check_evidence(gold: Iterable[GoldQuestion], documents: Collection[Document]) -> None:
    """Make sure that every quote stands in its document.

    Raises:
        GoldError: names the first questions whose evidence does not, and counts them all.
    """
    wrong = [f"{question.id}: {problem}" for question in gold for problem in _problems(question, documents)]
    if wrong:
        more = f"\n  … and {len(wrong) - _MOST_SHOWN} more" if len(wrong) > _MOST_SHOWN else ""
        shown = "\n  ".join(wrong[:_MOST_SHOWN])
        raise GoldError(f"{len(wrong)} pieces of gold evidence are not in the documents. Correct the quotes:\n  {shown}{more}")


def askable(gold: Iterable[GoldQuestion], documents: Collection[Document]) -> tuple[list[GoldQuestion], list[str]]:
    """The questions that can be asked of these documents, and in words how many of the others cannot, and why.

    Those that wait for a person are set aside, and those that came from the chat (tagged `feedback`) whose documents have changed
    since, which nobody did wrong.

    Raises:
        GoldError: none is left, or a quote or scope of any other question is not in the documents.
    """
    given = list(gold)
    ready = [question for question in given if not question.pending]
    kept = [question for question in ready if FEEDBACK not in question.tags or _stands(question, documents)]
    check_evidence(kept, documents)
    notes = []
    if waiting := len(given) - len(ready):
        notes.append(
            f"{waiting} of {len(given)} questions wait for a person to say what is right, and were not asked: citewell gold review"
        )
    if changed := len(ready) - len(kept):
        notes.append(f"{changed} of {len(given)} questions were not asked: what they cite or ask is no longer in the documents.")
    if not kept:
        raise GoldError(f"None of the questions can be asked yet. {' '.join(notes)}")
    return kept, notes


def find_document(name: str, documents: Collection[Document]) -> Document | None:
    """The document whose source is `name` or ends in it, in whole path parts; None if there is none.

    Raises:
        GoldError: more than one does.
    """
    found = [document for document in documents if f"/{_slashes(document.source)}".endswith(f"/{_slashes(name)}")]
    if len(found) > 1:
        sources = " or ".join(sorted(document.source for document in found))
        raise GoldError(f"The gold document '{name}' could be {sources}. Name it with more of its path.")
    return found[0] if found else None


def evidence_documents(question: GoldQuestion, documents: Collection[Document]) -> list[Document]:
    """The documents of a question's evidence, each once; those that are not there are left out, `check_evidence` names them."""
    found = [find_document(evidence.document, documents) for evidence in question.answering_evidence]
    return list({document.id: document for document in found if document is not None}.values())


def occurrences(quote: str, text: str) -> list[tuple[int, int]]:
    """The spans of `text` that hold the quote, in order; any white space equals any other."""
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    return [match.span() for match in re.finditer(pattern, text)]


def _parse_line(line: str, where: str) -> GoldQuestion:
    try:
        return GoldQuestion.model_validate(json.loads(line))
    except (json.JSONDecodeError, RecursionError) as error:
        raise GoldError(f"{where}: no valid JSON ({error}). Write one question a line.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "question"
        raise GoldError(f"{where}, {field}: {first['msg']}. docs/evaluation.md describes the fields.") from error


def _stands(question: GoldQuestion, documents: Collection[Document]) -> bool:
    """Whether the documents still hold what a question names; not where a name has come to stand for several."""
    try:
        return not _problems(question, documents)
    except GoldError:
        return False


def _problems(question: GoldQuestion, documents: Collection[Document]) -> list[str]:
    """What of a question's evidence and scope is not in the documents."""
    found = [f"there is no document '{name}'" for name in question.scope if find_document(name, documents) is None]
    for evidence in question.evidence:
        document = find_document(evidence.document, documents)
        if document is None:
            found.append(f"there is no document '{evidence.document}'")
        elif not occurrences(evidence.quote, document.text):
            found.append(f"'{evidence.quote}' does not stand in {document.source}")
    return found


def _slashes(path: str) -> str:
    return path.replace("\\", "/")

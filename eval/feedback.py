"""What people say of answers in the chat becomes gold questions, one file in the library's folder, which `citewell eval` runs.

What a person has said is enough for some (a right answer, one that should have been refused); the others wait, marked
`pending`, until someone says what a right answer holds: `citewell gold review`.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import ValidationError

from eval.gold import FEEDBACK, Evidence, GoldError, GoldQuestion, Record, Turn, occurrences
from index import Library
from index.errors import StorageError
from rag import Answer
from rag.records import Message

__all__ = ["Feedback", "case_of", "feedback_file", "file_case", "filed_verdicts", "read_lines", "rewriting", "take_back"]

Verdict = Literal["right", "wrong", "incomplete", "source", "refuse"]

_WAITS_FOR = {"wrong": "what a right answer says", "incomplete": "what is missing", "source": "which words answer it"}
_FACT_WORDS = 8
"""What a person writes and a document says word for word is a fact that answers are searched for, if it is as short as this."""
_LEAST_EVIDENCE_WORDS = 4
_SEARCHED = 20
_LOCK_SECONDS = 10


class Feedback(Record):
    """What a person says of an answer.

    `text`: what would be right. `cited_right`: the words that the answer cites are right, whatever else is wrong.
    """

    verdict: Verdict
    text: str = ""
    cited_right: bool = False


def feedback_file(folder: Path) -> Path:
    """Where a library's feedback is kept; it may not be there."""
    return folder / "feedback.jsonl"


def case_of(feedback: Feedback, exchange: str, answer: Answer, history: Sequence[Message], library: Library) -> GoldQuestion:
    """The gold question of an answer that was judged; `exchange` is the id of its question in the chat."""
    sources = {document.id: document.source for document in library.documents()}
    unanswerable = feedback.verdict == "refuse" or (feedback.verdict == "right" and answer.abstained)
    text = " ".join(feedback.text.split())
    cited = _cited(answer) if feedback.verdict == "right" or feedback.cited_right else []
    said = _quoted(text, library) if text and not unanswerable else None
    evidence = [*cited, *([said] if said and len(said.quote.split()) >= _LEAST_EVIDENCE_WORDS else [])]
    is_fact = said is not None and len(text.split()) <= _FACT_WORDS
    settled = unanswerable or feedback.verdict == "right" or said is not None
    return GoldQuestion(
        id=f"{FEEDBACK}-{exchange}",
        question=answer.question,
        history=tuple(Turn.model_validate(message) for message in history),
        answerable=not unanswerable,
        answers=(text,) if text and not is_fact else (),
        facts=((said.quote,),) if said and is_fact else (),
        evidence=() if unanswerable else tuple({(e.document, e.quote): e for e in evidence}.values()),
        tags=(FEEDBACK, feedback.verdict),
        near_document=answer.citations[0].source if feedback.verdict == "refuse" and answer.citations else "",
        scope=tuple(sources[number] for number in answer.scope if number in sources),
        pending="" if settled else _WAITS_FOR[feedback.verdict],
    )


def file_case(path: Path, case: GoldQuestion) -> bool:
    """Put a case into the file, in place of what was said of the same answer before; says whether there was such.

    Raises:
        StorageError: the file cannot be written; it is then as it was before.
    """
    with rewriting(path) as lines:
        there = [at for at, line in enumerate(lines) if _id_of(line) == case.id]
        lines[:] = [line for at, line in enumerate(lines) if at not in there]
        lines.append(json.dumps(case.model_dump(exclude_defaults=True), ensure_ascii=False))
    return bool(there)


def take_back(path: Path, exchange: str) -> bool:
    """Remove what was said of the answer in this exchange of the chat; says whether there was anything.

    Raises:
        StorageError: the file cannot be written; it is then as it was before.
    """
    if exchange not in filed_verdicts(path):
        return False
    with rewriting(path) as lines:
        lines[:] = [line for line in lines if _id_of(line) != f"{FEEDBACK}-{exchange}"]
    return True


def filed_verdicts(path: Path) -> dict[str, str]:
    """Exchange id → verdict, of what is in the file."""
    found = {}
    for line in read_lines(path):
        try:
            case = GoldQuestion.model_validate_json(line)
        except ValidationError:
            continue
        if FEEDBACK in case.tags and len(case.tags) > 1:
            found[case.id.removeprefix(f"{FEEDBACK}-")] = case.tags[1]
    return found


def read_lines(path: Path) -> list[str]:
    """The lines of a gold file that are not blank; none where it is not there.

    Raises:
        GoldError: it cannot be read.
    """
    try:
        return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path} cannot be read ({error}). Move it away, and a new one is begun.") from error


@contextmanager
def rewriting(path: Path) -> Iterator[list[str]]:
    """The lines of a gold file, to be changed by one at a time; the file is replaced whole, or not at all after an error.

    Raises:
        StorageError: it cannot be written.
    """
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        with FileLock(path.with_name(f"{path.name}.lock"), timeout=_LOCK_SECONDS):
            lines = read_lines(path)
            yield lines
            with temporary.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
    except Timeout:
        raise StorageError(f"{path} is being written by another process. Try again in a moment.") from None
    except OSError as error:
        raise StorageError(f"{path} cannot be written ({error.strerror}). Check the folder's rights and the space on the disk.") from error


def _cited(answer: Answer) -> list[Evidence]:
    return [Evidence(document=citation.source, quote=citation.quote) for citation in answer.citations]


def _quoted(text: str, library: Library) -> Evidence | None:
    """Where a document says these words, in any case, so that answers can be measured by them; of several, the best passage."""
    numbers = [number for number, _ in library.search_words(text, _SEARCHED)]
    chunks = library.chunks(numbers)
    for chunk in (chunks[number] for number in numbers if number in chunks):
        if found := occurrences(text.casefold(), chunk.text.casefold()):
            start, end = found[0]
            # of another length in another case, as of İ, the words would not be those
            if len(chunk.text.casefold()) == len(chunk.text):
                return Evidence(document=library.document(chunk.document_id).source, quote=chunk.text[start:end])
    return None


def _id_of(line: str) -> str:
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError):
        return ""

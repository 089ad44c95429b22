"""Whether the words that an old answer cites still stand in the library: there, moved, changed or deleted."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from index import Document, Library
from index.errors import CitewellError, NotFound
from rag.conversation import Conversation
from rag.records import Answer, Citation, Record

__all__ = ["CitationCheck", "check_answer", "read_answers"]


class CitationCheck(Record):
    """What has become of one citation.

    `there`: the words stand where they were cited. `moved`: they stand at `start`–`end` of `document_id` now, in
    the same document or in one of the same file under another name. `changed`: the document is there, the words are
    not. `deleted`: the document is not in the library. `same_file`: its file is the one that was cited, byte for byte.
    """

    number: int = Field(ge=1)
    state: Literal["there", "moved", "changed", "deleted"]
    title: str
    source: str
    quote: str
    document_id: str = ""
    start: int | None = None
    end: int | None = None
    same_file: bool = False

    @property
    def holds(self) -> bool:
        """Whether the words can still be opened."""
        return self.state in ("there", "moved")


def check_answer(answer: Answer, library: Library) -> list[CitationCheck]:
    """What has become of each citation, in the order of their numbers."""
    return [_check(citation, library) for citation in answer.citations]


def read_answers(path: Path) -> list[Answer]:
    """The answers in a file: one as `citewell ask --json` prints it, one a line, or a conversation that was exported from the web chat.

    Raises:
        CitewellError: it holds something else.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        with suppress(ValidationError):
            return [exchange.answer for exchange in Conversation.model_validate_json(text).exchanges if exchange.answer]
        parts = [text] if _is_one(text) else text.splitlines()
        return [Answer.model_validate_json(part) for part in parts if part.strip()] or _refuse(path, "it is empty")
    except ValidationError as error:
        return _refuse(path, error.errors()[0]["msg"])


def _refuse(path: Path, reason: str) -> list[Answer]:
    raise CitewellError(f"{path} holds no answer ({reason}). Make one with: citewell ask --json QUESTION > {path.name}")


def _is_one(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _check(citation: Citation, library: Library) -> CitationCheck:
    document = _document(citation, library)
    if document is None:
        return _result(citation, "deleted", None, None)
    start = _find(document.text, citation.quote, citation.start)
    if start is None:
        return _result(citation, "changed", document, None)
    same_place = (document.id, start) == (citation.document_id, citation.start)
    return _result(citation, "there" if same_place else "moved", document, start)


def _result(
    citation: Citation, state: Literal["there", "moved", "changed", "deleted"], document: Document | None, start: int | None
) -> CitationCheck:
    return CitationCheck(
        number=citation.number,
        state=state,
        title=document.title if document else citation.title,
        source=document.source if document else citation.source,
        quote=citation.quote,
        document_id=document.id if document else "",
        start=start,
        end=None if start is None else start + len(citation.quote),
        same_file=document is not None and document.sha256 == citation.sha256,
    )


def _document(citation: Citation, library: Library) -> Document | None:
    """The document that was cited, or one of the very same file that was given another name."""
    same_file: Sequence[str] = library.with_hash(citation.sha256) if citation.sha256 else ()
    for document_id in (citation.document_id, *same_file):
        try:
            return library.document(document_id)
        except NotFound:
            continue
    return None


def _find(text: str, quote: str, near: int) -> int | None:
    """Where the words stand, to the letter; of several places the nearest to where they stood, then the first."""
    if quote and text.startswith(quote, near):
        return near
    places = []
    at = text.find(quote) if quote else -1
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    return min(places, key=lambda place: (abs(place - near), place)) if places else None

"""The records of a kept conversation: its exchanges, each a question with the answer as it was given."""

from datetime import UTC, datetime
from secrets import token_urlsafe
from textwrap import shorten

from pydantic import Field

from rag.records import Answer, Record

__all__ = ["Conversation", "Exchange", "Summary", "title_of"]

_TITLE_LENGTH = 60


class Exchange(Record):
    """One question of a conversation with its answer.

    `answer` is None where none has come; `problem` then says why, if that is known. `documents` is
    how many documents were searched; `scope` names those that were asked, none of them meaning all.
    """

    id: str = Field(default_factory=lambda: token_urlsafe(9))
    question: str
    asked: datetime = Field(default_factory=lambda: datetime.now(UTC))
    documents: int = Field(default=0, ge=0)
    scope: tuple[str, ...] = ()
    answer: Answer | None = None
    problem: str = ""


class Summary(Record):
    """What a list shows of a conversation; `updated` is when its last question was asked."""

    id: str
    title: str
    created: datetime
    updated: datetime


class Conversation(Summary):
    """A conversation with all its exchanges, oldest first."""

    exchanges: tuple[Exchange, ...] = ()

    def exchange_at(self, message: int) -> Exchange | None:
        """The exchange that a chat's message belongs to; each exchange is two messages, a question and what answers it."""
        return self.exchanges[message // 2] if 0 <= message < 2 * len(self.exchanges) else None


def title_of(question: str) -> str:
    """A question as a title: on one line of at most 60 characters, shortened at a word."""
    short = shorten(question, _TITLE_LENGTH, placeholder=" …")
    # of one long word, as in a language that does not part its words, the beginning
    return short if short != "…" else f"{question.strip()[: _TITLE_LENGTH - 1]}…"

"""Conversations that are kept: one SQLite file beside the library's own, so that neither waits for the other.

Each belongs to one owner, the checked name of a person or "" where none is asked for, and every
function names the owner: what belongs to another is as if it were not there.
"""

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_urlsafe
from threading import RLock
from typing import TypeVar
from unicodedata import normalize

from pydantic import ValidationError

from index.database import Database
from index.errors import CitewellError, LibraryDamaged, StorageError
from rag.conversation import Conversation, Exchange, Summary, title_of
from rag.records import Answer

__all__ = ["Conversations"]

Found = TypeVar("Found")

_SCHEMA = """
PRAGMA secure_delete=ON;
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, renamed INTEGER NOT NULL DEFAULT 0, words TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS conversations_owner ON conversations(owner, updated);
CREATE TABLE IF NOT EXISTS exchanges (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE, record TEXT NOT NULL, words TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS exchanges_conversation ON exchanges(conversation);
"""
_ADVICE = "Restore it from a backup, or move it away: conversations are then kept in a new one."
_FOR_NOW = "For now, conversations are kept only until Citewell stops."
_UNREADABLE = "What was kept of this question cannot be read: it is damaged, or of a later version of Citewell."
_MOST_TERMS = 8


class Conversations:
    """The conversations kept in a library's folder. Safe to use from several threads and processes.

    Where the file cannot be read or written, they are kept in memory and `problem` says why, so
    that nobody who asks is held up by it.
    """

    def __init__(self, folder: Path) -> None:
        """Open `conversations.sqlite` in this folder, or make it."""
        self.problem = ""
        self._path = folder / "conversations.sqlite"
        self._one = RLock()
        try:
            self._database = Database(self._path, _SCHEMA, advice=_ADVICE)
        except CitewellError as error:
            self._go_on_in_memory(error)
        # that it cannot be written is known before a question is asked
        self._change("DELETE FROM conversations WHERE 0", ())

    def close(self) -> None:
        """Give the file back."""
        with self._one:
            self._database.close()

    def summaries(self, owner: str, search: str = "", *, most: int = -1) -> list[Summary]:
        """An owner's conversations, newest first: those in which every word of `search` stands, at most so many, -1 being all."""
        terms = _words(search).split()[:_MOST_TERMS]
        holds = "AND (instr(words, ?) OR EXISTS (SELECT 1 FROM exchanges e WHERE e.conversation = c.id AND instr(e.words, ?))) "
        query = f"SELECT id, title, created, updated FROM conversations c WHERE owner = ? {holds * len(terms)}"
        values = [owner, *(term for term in terms for _ in range(2)), most]
        order = "ORDER BY updated DESC, rowid DESC LIMIT ?"
        rows = self._do(lambda database: list(database.rows(query + order, values)))
        return [Summary(id=number, title=title, created=created, updated=updated) for number, title, created, updated in rows]

    def find(self, owner: str, conversation_id: str) -> Conversation | None:
        """The owner's conversation with this id, or None."""

        def read(database: Database) -> Conversation | None:
            with database.snapshot():
                query = "SELECT id, title, created, updated FROM conversations WHERE owner = ? AND id = ?"
                for number, title, created, updated in database.rows(query, [owner, conversation_id]):
                    exchanges = _exchanges(database, number)
                    return Conversation(id=number, title=title, created=created, updated=updated, exchanges=exchanges)
            return None

        return self._do(read)

    def add(self, owner: str, conversation_id: str, exchange: Exchange, *, instead_of: str | None = None) -> str:
        """Add an exchange at the end, or in place of another one and of all that came after that.

        Args:
            owner: whose conversation.
            conversation_id: an id that is not, or no longer, the owner's begins a new conversation.
            exchange: the question, with or without its answer.
            instead_of: the id of the exchange that is replaced.

        Returns:
            The conversation's id.
        """

        def write(database: Database) -> str:
            with database.transaction():
                kept = _owned(database, owner, conversation_id)
                now, title, number = exchange.asked.isoformat(timespec="microseconds"), title_of(exchange.question), conversation_id
                if not kept:
                    number = token_urlsafe(16)
                    begun = (number, owner, title, _words(title), now, now)
                    database.write("INSERT INTO conversations (id, owner, title, words, created, updated) VALUES (?,?,?,?,?,?)", begun)
                elif instead_of is not None:
                    _cut(database, number, instead_of)
                if not _count(database, number):
                    named = (title, _words(title), number)
                    database.write("UPDATE conversations SET title = ?, words = ? WHERE id = ? AND NOT renamed", named)
                database.write("UPDATE conversations SET updated = ? WHERE id = ?", (now, number))
                row = (exchange.id, number, exchange.model_dump_json(), _words_of(exchange))
                database.write("INSERT INTO exchanges (id, conversation, record, words) VALUES (?,?,?,?)", row)
                return number

        return self._do(write)

    def finish(self, owner: str, conversation_id: str, exchange_id: str, *, answer: Answer | None = None, problem: str = "") -> bool:
        """Put the answer to a question, or say why there is none; False if it was taken back, answered or stopped meanwhile."""

        def write(database: Database) -> bool:
            with database.transaction():
                if not _owned(database, owner, conversation_id):
                    return False
                for exchange in _exchanges(database, conversation_id):
                    if exchange.id == exchange_id and exchange.answer is None and not exchange.problem:
                        done = exchange.model_copy(update={"answer": answer, "problem": problem})
                        row = (done.model_dump_json(), _words_of(done), done.id)
                        database.write("UPDATE exchanges SET record = ?, words = ? WHERE id = ?", row)
                        return True
            return False

        return self._do(write)

    def take_back(self, owner: str, conversation_id: str, exchange_id: str) -> None:
        """Remove an exchange and all that came after it; a conversation of which nothing is left is removed too."""

        def write(database: Database) -> None:
            with database.transaction():
                if _owned(database, owner, conversation_id):
                    _cut(database, conversation_id, exchange_id)
                    if not _count(database, conversation_id):
                        database.write("DELETE FROM conversations WHERE id = ?", [conversation_id])

        self._do(write)

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """Give a conversation a title of the owner's own; an empty one changes nothing."""
        if title := title_of(title):
            row = (title, _words(title), owner, conversation_id)
            self._change("UPDATE conversations SET title = ?, words = ?, renamed = 1 WHERE owner = ? AND id = ?", row)

    def delete(self, owner: str, conversation_id: str) -> None:
        """Remove a conversation for good."""
        self._change("DELETE FROM conversations WHERE owner = ? AND id = ?", (owner, conversation_id))

    # inside

    def _change(self, statement: str, row: tuple[object, ...]) -> None:
        self._do(lambda database: database.write(statement, row))

    def _do(self, action: Callable[[Database], Found]) -> Found:
        """Read or write by one thread at a time; if the file fails, go on in memory."""
        with self._one:
            try:
                return action(self._database)
            except (LibraryDamaged, StorageError) as error:
                if self.problem:
                    raise
                self._database.close()
                self._go_on_in_memory(error)
                return action(self._database)

    def _go_on_in_memory(self, error: CitewellError) -> None:
        self.problem = f"{error} {_FOR_NOW}"
        self._database = Database(None, _SCHEMA)
        # what is damaged is not read any further; what is whole but cannot be written is taken along
        if isinstance(error, StorageError):
            with suppress(CitewellError), closing(Database(self._path, _SCHEMA)) as file:
                file.copy_to(self._database)


def _words(text: str) -> str:
    """Text as it is searched: without case and without variants of the same letter."""
    return normalize("NFKC", text).casefold()


def _words_of(exchange: Exchange) -> str:
    return _words(f"{exchange.question}\n{exchange.answer.text if exchange.answer else ''}")


def _owned(database: Database, owner: str, conversation_id: str) -> bool:
    return any(database.rows("SELECT 1 FROM conversations WHERE owner = ? AND id = ?", [owner, conversation_id]))


def _count(database: Database, conversation_id: str) -> int:
    [(count,)] = database.rows("SELECT count(*) FROM exchanges WHERE conversation = ?", [conversation_id])
    return int(count)


def _cut(database: Database, conversation_id: str, exchange_id: str) -> None:
    first = "SELECT number FROM exchanges WHERE conversation = ? AND id = ?"
    database.write(f"DELETE FROM exchanges WHERE conversation = ? AND number >= ({first})", (conversation_id, conversation_id, exchange_id))


def _exchanges(database: Database, conversation_id: str) -> tuple[Exchange, ...]:
    rows = database.rows("SELECT id, record FROM exchanges WHERE conversation = ? ORDER BY number", [conversation_id])
    return tuple(_exchange(number, record) for number, record in rows)


def _exchange(number: str, record: str) -> Exchange:
    """What was kept; one that cannot be read does not hold up the rest of its conversation."""
    try:
        return Exchange.model_validate_json(record)
    except ValidationError:
        return Exchange(id=number, question="…", problem=_UNREADABLE)

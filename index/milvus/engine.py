"""The calls to a Milvus server: with a limit of time, tried again while it does not answer, their errors in words.

pymilvus itself tries a call again with growing pauses (0.01 s, three times as long each time, at most 3 s) until its time is over.
Every write names its rows by keys that do not change, so that one that arrives twice is the same as one.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any, TypeVar

from index.address import MilvusAddress
from index.errors import CitewellError, LibraryAway, StorageError

__all__ = ["MOST_ROWS", "Engine", "Row", "listed"]

Row = dict[str, Any]
Result = TypeVar("Result")

MOST_ROWS = 16_384
"""Milvus gives no more rows to one call."""
_BATCH = 256
"""Rows written by one call: with vectors and texts some megabytes, where a server takes 64."""
_PING_SECONDS = 3.0
_AWAY_SECONDS = 1.0
_AWAY = ("unavailable", "deadline", "retry timeout", "retry run out", "connect", "timed out", "channel", "closed")
"""What pymilvus says, among much else, where a server does not answer."""
_NOT_LOADED = ("not loaded", "collectionnotloaded", "'released'")


class Engine:
    """One server, connected at the first call. Safe to use from several threads."""

    def __init__(self, address: MilvusAddress, *, token: str, seconds: float) -> None:
        """Name the server; `seconds` is the longest time for one call, all its tries together."""
        self.address = address
        self._token = token
        self._seconds = seconds
        self._lock = RLock()
        self._client: Any = None
        self._away_until = 0.0
        self._why = ""

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def ping(self) -> None:
        """One short call; raises LibraryAway."""
        self._call(lambda client: client.list_collections(timeout=_PING_SECONDS))

    def has(self, table: str) -> bool:
        """Whether there is a collection of this name."""
        return bool(self._call(lambda client: client.has_collection(table, timeout=self._seconds)))

    def create(self, table: str, schema: Any, indexes: Any) -> None:
        """Make a collection, unless it is there; every reader sees what was written before it asks."""
        if self.has(table):
            return
        try:
            self._call(
                lambda client: client.create_collection(
                    table, schema=schema, index_params=indexes, consistency_level="Strong", timeout=self._seconds
                )
            )
        except StorageError:
            if not self.has(table):  # another process may have made it meanwhile
                raise

    def drop(self, table: str) -> None:
        """Remove a collection, if it is there."""
        self._call(lambda client: client.drop_collection(table, timeout=self._seconds))

    def tables(self) -> list[str]:
        """The names of all collections."""
        return list(self._call(lambda client: client.list_collections(timeout=self._seconds)))

    def rows(self, table: str, which: str, fields: Sequence[str], *, page: int = MOST_ROWS) -> Iterator[Row]:
        """All rows for which a filter holds, in no order; `page` of them, at most `MOST_ROWS`, are in memory at once."""
        first = self.some(table, which, fields, page)
        if len(first) < page:
            yield from first
            return
        del first
        iterator = self._loaded(
            table,
            lambda client: client.query_iterator(table, batch_size=page, filter=which, output_fields=list(fields), timeout=self._seconds),
        )
        try:
            while found := self._call(lambda client: iterator.next()):
                yield from map(dict, found)
        finally:
            iterator.close()

    def some(self, table: str, which: str, fields: Sequence[str], limit: int) -> list[Row]:
        """At most `limit` of the rows for which a filter holds."""
        found = self._loaded(
            table, lambda client: client.query(table, filter=which, output_fields=list(fields), limit=limit, timeout=self._seconds)
        )
        return [dict(row) for row in found]

    def count(self, table: str, which: str) -> int:
        """How many rows a filter holds for."""
        found = self._loaded(table, lambda client: client.query(table, filter=which, output_fields=["count(*)"], timeout=self._seconds))
        return int(found[0]["count(*)"])

    def search(self, table: str, field: str, query: Any, limit: int, which: str, fields: Sequence[str]) -> list[tuple[Row, float]]:
        """The rows nearest to a query in one field, best first, each with its score."""
        found = self._loaded(
            table,
            lambda client: client.search(
                table, [query], anns_field=field, limit=limit, filter=which, output_fields=list(fields), timeout=self._seconds
            ),
        )
        # of BM25 some servers give the score, others its negative as a distance
        return [
            ({"id": hit["id"], **hit["entity"]}, abs(score) if field != "vector" else score)
            for hit in found[0]
            for score in [hit["distance"]]
        ]

    def write(self, table: str, rows: Sequence[Row]) -> None:
        """Put rows in, each in place of the one with its key."""
        for start in range(0, len(rows), _BATCH):
            batch = list(rows[start : start + _BATCH])
            self._loaded(table, lambda client, batch=batch: client.upsert(table, batch, timeout=self._seconds))  # type: ignore[misc]

    def delete(self, table: str, which: str) -> None:
        """Take out the rows for which a filter holds."""
        self._loaded(table, lambda client: client.delete(table, filter=which, timeout=self._seconds))

    # inside

    def _loaded(self, table: str, ask: Callable[[Any], Result]) -> Result:
        """Asks again where the server was started anew and has not loaded the collection."""
        try:
            return self._call(ask)
        except StorageError as error:
            if not any(sign in str(error).lower() for sign in _NOT_LOADED):
                raise
        self._call(lambda client: client.load_collection(table, timeout=self._seconds))
        return self._call(ask)

    def _call(self, ask: Callable[[Any], Result]) -> Result:
        if self._why and time.monotonic() < self._away_until:
            raise self._away(self._why)
        with self._explained():
            found = ask(self._connected())
        self._why = ""
        return found

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                from pymilvus import MilvusClient

                logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # all that it logs is in its errors, which we tell
                self._client = MilvusClient(uri=self.address.uri, token=self._token, timeout=self._seconds)
            return self._client

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import grpc
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except grpc.RpcError as error:
            raise self._is_away(str(error.code() if hasattr(error, "code") else error)) from error
        except MilvusException as error:
            message = str(getattr(error, "message", error)) or str(error)
            if any(sign in f"{error.code} {message}".lower() for sign in _AWAY):
                raise self._is_away(message) from error
            raise StorageError(f"{self.address.text}: the Milvus server refused what was asked ({_short(message)}).") from error
        except ValueError as error:  # how gRPC reports a channel that was closed
            if "closed channel" not in str(error):
                raise
            raise self._is_away(str(error)) from error

    def _is_away(self, reason: str) -> CitewellError:
        """Whoever asks in the next moment is told at once: a question makes many calls, and each would wait in vain."""
        self._why, self._away_until = reason, time.monotonic() + _AWAY_SECONDS
        return self._away(reason)

    def _away(self, reason: str) -> CitewellError:
        return LibraryAway(
            f"The library is away: the Milvus server at {self.address.uri.partition('://')[2]} does not answer ({_short(reason)}). "
            "Check that it runs and can be reached from here, then try again; nothing that was stored is lost."
        )


def listed(values: Mapping[str, object] | Sequence[object] | frozenset[str]) -> str:
    """Values in a filter, as after `in`: numbers, or texts of letters, digits, spaces and signs that need no escape."""
    return "[" + ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values) + "]"


def _short(message: str) -> str:
    """The first words of a message that goes on with what helps nobody but its makers."""
    line = " ".join(message.split())
    return line if len(line) <= 120 else line[:119] + "…"

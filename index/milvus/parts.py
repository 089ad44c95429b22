"""What is longer than a field, in pieces; and the copies of uploaded files."""

import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256

from index.milvus.engine import Engine, Row, listed

__all__ = ["EngineCopies", "Parts"]

_CHARACTERS = 16_000
"""Of a piece: at most 64,000 bytes in UTF-8."""
_PAGE = 200
_FILE_BYTES = 36_000
"""Of a piece of a file: 48,000 characters in Base64."""
_FILE = "file"
_LEFT_BEHIND_SECONDS = 3600
"""A copy of no document that is so old: its document is not about to be stored by another process."""


class Parts:
    """Texts of any length in one collection, each by its owner and name."""

    def __init__(self, engine: Engine, table: str) -> None:
        """Of this server and collection."""
        self._engine = engine
        self.table = table

    def put(self, owner: str, name: str, text: str, *, size: int = _CHARACTERS) -> None:
        """Store a text, `size` characters a piece; owner and name are letters, digits and spaces."""
        pieces = [text[start : start + size] for start in range(0, len(text), size)] or [""]
        for start in range(0, len(pieces), _PAGE):
            numbered = enumerate(pieces[start : start + _PAGE], start=start)
            self._engine.write(self.table, [_row(owner, name, number, len(pieces), piece) for number, piece in numbered])

    def get(self, owner: str, name: str) -> str | None:
        """A text, or None unless all its pieces are there."""
        which = f'owner == "{owner}" and name == "{name}"'
        found = {row["ordinal"]: row for row in self._engine.rows(self.table, which, ["ordinal", "total", "content"], page=_PAGE)}
        if not found or len(found) != found[min(found)]["total"]:
            return None
        return "".join(found[number]["content"] for number in sorted(found))

    def remove(self, owners: Iterable[str]) -> None:
        """Remove all texts of these owners."""
        if wanted := sorted(owners):
            self._engine.delete(self.table, f"owner in {listed(wanted)}")


class EngineCopies:
    """Copies of uploaded files on the server; see `index.storing.Copies`."""

    def __init__(self, parts: Callable[[], Parts], exists: Callable[[], bool]) -> None:
        """In these parts, of a library that is there or not yet."""
        self._parts = parts
        self._exists = exists
        self.released: set[str] = set()
        """Hashes of the files of documents that were removed or replaced here."""

    def keep(self, data: bytes) -> None:
        """Keep a copy of these bytes, unless there is one."""
        name, text = sha256(data).hexdigest(), b64encode(data).decode("ascii")
        if self.read(name) is None:
            self._parts().put(name, _FILE, text, size=_FILE_BYTES // 3 * 4)

    def read(self, sha256: str) -> bytes | None:
        """The copy of this name, or None."""
        text = self._parts().get(sha256, _FILE) if self._exists() and sha256.isalnum() else None
        return None if text is None else b64decode(text)

    def keep_only(self, hashes: Iterable[str]) -> None:
        """Remove the copies of all other names, but for those that another process may be about to store the document of."""
        wanted, parts = set(hashes), self._parts()
        old = int(time.time()) - _LEFT_BEHIND_SECONDS
        rows = parts._engine.rows(parts.table, f'name == "{_FILE}" and ordinal == 0', ["owner", "written"])
        parts.remove(row["owner"] for row in rows if row["owner"] not in wanted and (row["owner"] in self.released or row["written"] < old))
        self.released.clear()


def _row(owner: str, name: str, ordinal: int, count: int, content: str) -> Row:
    return {
        "id": f"{owner} {name} {ordinal}",
        "owner": owner,
        "name": name,
        "ordinal": ordinal,
        "total": count,
        "content": content,
        "written": int(time.time()),
        "unused": [0.0, 0.0],
    }

"""The file of users: a line `NAME:$argon2id$…` for each password, and `NAME:$sha256$…` for each program's token."""

import os
import re
import tempfile
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.errors import CitewellError

__all__ = ["Kind", "UserFile", "checked_name", "read_users", "write_user"]

_NAME = re.compile(r"\w[\w.@+-]{0,63}")
Kind = Literal["$argon2id$", "$sha256$"]
"""How the hash of a password begins, and that of a token."""


@dataclass(frozen=True)
class UserFile:
    """The names that have a password, and those that have a token, each with its hash."""

    passwords: dict[str, str]
    tokens: dict[str, str]


def read_users(file: Path) -> UserFile:
    """What a file of users holds; nothing where there is none of this name.

    Raises:
        CitewellError: it cannot be read, or a line of it is not a user.
    """
    users = UserFile({}, {})
    for number, line in enumerate(_lines(file), start=1):
        if not line.strip() or line.strip().startswith("#"):
            continue
        name, _, hashed = (unicodedata.normalize("NFC", part.strip()) for part in line.partition(":"))
        kinds: dict[Kind, dict[str, str]] = {"$argon2id$": users.passwords, "$sha256$": users.tokens}
        kind = next((known for start, known in kinds.items() if hashed.startswith(start)), None)
        if kind is None or not _NAME.fullmatch(name):
            raise CitewellError(
                f"{file}, line {number}: this is not a user, NAME:$argon2id$…. Make one with: citewell password NAME --file '{file}'"
            )
        kind[name] = hashed
    return users


def write_user(file: Path, name: str, kind: Kind, hashed: str | None) -> None:
    """Write a name's line of one kind in place of the one there is, or with None remove it.

    The file is replaced as a whole and is readable by its owner alone.
    """
    kept = [line for line in _lines(file) if not _is_line_of(line, name, kind)]
    lines = [*kept, *([f"{name}:{hashed}"] if hashed else [])]
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # readable by its owner alone
    try:
        with open(handle, "w", encoding="utf-8") as new:
            new.write("".join(f"{line}\n" for line in lines))
            new.flush()
            os.fsync(new.fileno())
        os.replace(temporary, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def checked_name(name: str) -> str:
    """A user's name as it is kept.

    Raises:
        CitewellError: it will not do.
    """
    name = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(name):
        raise CitewellError(f"{name!r} will not do as a user's name: at most 64 letters, digits and . @ + - _, a letter or digit first.")
    return name


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise CitewellError(f"{file}: the users cannot be read ({error}).") from error


def _is_line_of(line: str, name: str, kind: Kind) -> bool:
    found, _, hashed = line.partition(":")
    return not line.strip().startswith("#") and unicodedata.normalize("NFC", found.strip()) == name and hashed.strip().startswith(kind)

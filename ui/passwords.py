"""Who has a password: a file of names with Argon2 hashes, or one name with a file that holds its password."""

import os
import re
import tempfile
import unicodedata
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import CitewellError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["LONGEST_PASSWORD", "SHORTEST_PASSWORD", "Users", "set_password"]

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1000
"""Characters."""
_NAME = re.compile(r"\w[\w.@+-]{0,63}")
_NOBODY = "nobody: the hash that the password of an unknown name is compared with, which takes as long as that of a known one"


class Users:
    """Names and the hashes of their passwords. A file of them is read again when it has changed."""

    def __init__(self, file: Path | None = None, hashes: dict[str, str] | None = None) -> None:
        """From a file of users, or as they are.

        Raises:
            CitewellError: the file cannot be read, or a line of it is not a user.
        """
        self._file = file
        self._stamp = _stamp(file) if file else None
        self._hashes = _read(file) if file else dict(hashes or {})

    @classmethod
    def of(cls, option: str) -> "Users":
        """As `--auth` names them: the file of users, or `NAME:FILE`, whose first line is that one's password.

        Raises:
            CitewellError: says what is wrong, and how to make the file.
        """
        if (users := Path(option).expanduser()).is_file():
            if not (found := cls(users))._hashes:
                raise CitewellError(f"{option}: there is no user in this file. Add one with: citewell password NAME --file '{option}'")
            return found
        name, colon, file = option.partition(":")
        if not colon:
            raise CitewellError(f"{option}: there is no such file of users. Make one with: citewell password NAME --file '{option}'")
        name, path = _name(name), Path(file).expanduser()
        try:
            password = path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise CitewellError(
                f"{file}: the password of '{name}' cannot be read ({error}). Its first line must be the password."
            ) from error
        return cls(hashes={name: _hashed(password, f"{file}: the password of '{name}'")})

    def hash_of(self, name: str) -> str | None:
        """The hash of a name's password as it is now, or None. A file that cannot be read any more lets nobody in."""
        if self._file and (stamp := _stamp(self._file)) != self._stamp:
            self._stamp, self._hashes = stamp, {}
            with suppress(CitewellError):
                self._hashes = _read(self._file)
        return self._hashes.get(name)

    def verify(self, name: str, password: str) -> str | None:
        """The hash that the password fits, or None; takes as long for a name that is not known."""
        from argon2.exceptions import InvalidHashError, VerificationError

        known = self.hash_of(name)
        with suppress(VerificationError, InvalidHashError):
            _hasher().verify(known or _hash_of_nobody(), unicodedata.normalize("NFC", password[:LONGEST_PASSWORD]))
            return known
        return None


def set_password(file: Path, name: str, password: str) -> bool:
    """Write a name's line into a file of users, made if it is not there; says whether the name is new.

    The file is replaced as a whole and is readable by its owner alone.

    Raises:
        CitewellError: the name or the password will not do, or the file is not one of users.
    """
    name, file = _name(name), file.expanduser().resolve()
    hashed = _hashed(password, "The password")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    known = _read(file) if file.exists() else {}
    kept = [line for line in lines if line.strip().startswith("#") or line.partition(":")[0].strip() != name]
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # readable by its owner alone
    try:
        with open(handle, "w", encoding="utf-8") as new:
            new.write("\n".join([*kept, f"{name}:{hashed}"]) + "\n")
            new.flush()
            os.fsync(new.fileno())
        os.replace(temporary, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    return name not in known


def _read(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CitewellError(f"{file}: the users cannot be read ({error}).") from error
    users = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.strip().startswith("#"):
            continue
        name, _, hashed = (unicodedata.normalize("NFC", part.strip()) for part in line.partition(":"))
        if not _NAME.fullmatch(name) or not hashed.startswith("$argon2id$"):
            raise CitewellError(
                f"{file}, line {number}: this is not a user, NAME:$argon2id$…. Make one with: citewell password NAME --file '{file}'"
            )
        users[name] = hashed
    return users


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _name(name: str) -> str:
    name = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(name):
        raise CitewellError(f"{name!r} will not do as a user's name: at most 64 letters, digits and . @ + - _, a letter or digit first.")
    return name


def _hashed(password: str, what: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise CitewellError(
            f"{what} has {len(password)} characters; it must have at least {SHORTEST_PASSWORD} and at most {LONGEST_PASSWORD:,}."
        )
    return _hasher().hash(unicodedata.normalize("NFC", password))


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash(_NOBODY)

"""Who may come in: by a file of names with hashes of passwords and tokens, or as one name with a file that holds its password."""

import unicodedata
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import CitewellError
from ui.tokens import token_hash
from ui.user_file import UserFile, checked_name, read_users, write_user

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["LONGEST_PASSWORD", "SHORTEST_PASSWORD", "Users", "set_password"]

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1000
"""Characters."""
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
        self._set(read_users(file) if file else UserFile(dict(hashes or {}), {}))

    @classmethod
    def of(cls, option: str) -> "Users":
        """As `--auth` names them: the file of users, or `NAME:FILE`, whose first line is that one's password.

        Raises:
            CitewellError: says what is wrong, and how to make the file.
        """
        if (users := Path(option).expanduser()).is_file():
            if not (found := cls(users))._hashes and not found._names:
                raise CitewellError(f"{option}: there is no user in this file. Add one with: citewell password NAME --file '{option}'")
            return found
        name, colon, file = option.partition(":")
        if not colon:
            raise CitewellError(f"{option}: there is no such file of users. Make one with: citewell password NAME --file '{option}'")
        name, path = checked_name(name), Path(file).expanduser()
        try:
            password = path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise CitewellError(
                f"{file}: the password of '{name}' cannot be read ({error}). Its first line must be the password."
            ) from error
        return cls(hashes={name: _hashed(password, f"{file}: the password of '{name}'")})

    def hash_of(self, name: str) -> str | None:
        """The hash of a name's password as it is now, or None. A file that cannot be read any more lets nobody in."""
        self._read_again()
        return self._hashes.get(name)

    def name_of_token(self, token: str) -> str | None:
        """Whose token it is as the file is now, or None."""
        self._read_again()
        return self._names.get(token_hash(token))

    def verify(self, name: str, password: str) -> str | None:
        """The hash that the password fits, or None; takes as long for a name that is not known."""
        from argon2.exceptions import InvalidHashError, VerificationError

        known = self.hash_of(name)
        with suppress(VerificationError, InvalidHashError):
            _hasher().verify(known or _hash_of_nobody(), unicodedata.normalize("NFC", password[:LONGEST_PASSWORD]))
            return known
        return None

    def _read_again(self) -> None:
        if self._file and (stamp := _stamp(self._file)) != self._stamp:
            self._stamp = stamp
            self._set(UserFile({}, {}))
            with suppress(CitewellError):
                self._set(read_users(self._file))

    def _set(self, users: UserFile) -> None:
        self._hashes = users.passwords
        self._names = {hashed: name for name, hashed in users.tokens.items()}


def set_password(file: Path, name: str, password: str) -> bool:
    """Write a name's line into a file of users, made if it is not there; says whether the name is new.

    The file is replaced as a whole and is readable by its owner alone.

    Raises:
        CitewellError: the name or the password will not do, or the file is not one of users.
    """
    name, file = checked_name(name), file.expanduser().resolve()
    hashed = _hashed(password, "The password")
    known = read_users(file).passwords
    write_user(file, name, "$argon2id$", hashed)
    return name not in known


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


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

"""Programs' tokens: 256 random bits, shown once; the file of users keeps a hash."""

import secrets
from hashlib import sha256
from pathlib import Path

from index.errors import CitewellError
from ui.user_file import Kind, checked_name, read_users, write_user

__all__ = ["new_token", "revoke_token", "token_hash", "token_names"]

_KIND: Kind = "$sha256$"


def new_token(file: Path, name: str) -> str:
    """A new token for a name; one that the name had before ends. The file is made if it is not there.

    Raises:
        CitewellError: the name will not do, or the file is not one of users.
    """
    file, name = file.expanduser().resolve(), checked_name(name)
    read_users(file)
    token = f"citewell-{secrets.token_urlsafe(32)}"
    write_user(file, name, _KIND, token_hash(token))
    return token


def revoke_token(file: Path, name: str) -> None:
    """End a name's token at once.

    Raises:
        CitewellError: the name has none.
    """
    names = token_names(file)
    if checked_name(name) not in names:
        raise CitewellError(f"{name} has no token in {file}. Those that have one: {', '.join(names) or 'none'}.")
    write_user(file.expanduser().resolve(), checked_name(name), _KIND, None)


def token_names(file: Path) -> list[str]:
    """The names that have a token, sorted.

    Raises:
        CitewellError: there is no such file, or it is not one of users.
    """
    file = file.expanduser().resolve()
    if not file.is_file():
        raise CitewellError(f"{file}: there is no such file of users. Make one with: citewell token NAME --file '{file}'")
    return sorted(read_users(file).tokens)


def token_hash(token: str) -> str:
    """What is kept of a token. It is random and long, so that a fast hash is enough."""
    return f"{_KIND}{sha256(token.encode('utf-8', 'replace')).hexdigest()}"

"""Who is signed in: random tokens, kept in this process's memory."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from ui.passwords import Users

__all__ = ["Sessions"]

_IDLE_SECONDS = 12 * 3600
_LONGEST_SECONDS = 7 * 24 * 3600


@dataclass(slots=True)
class _Session:
    name: str
    password_hash: str
    began: float
    used: float


class Sessions:
    """A session ends after 12 hours without a request, after 7 days, at sign-out, and when its password changes."""

    def __init__(self, users: Users, clock: Callable[[], float] = time.monotonic, *, size: int = 10_000) -> None:
        """Of these users; beyond `size` sessions the one that was not used for the longest time ends."""
        self._users = users
        self._clock = clock
        self._size = size
        self._sessions: OrderedDict[bytes, _Session] = OrderedDict()
        self._lock = Lock()

    def begin(self, name: str, password_hash: str) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            self._sessions[_key(token)] = _Session(name, password_hash, now, now)
            while len(self._sessions) > self._size:
                self._sessions.popitem(last=False)
        return token

    def name_of(self, token: str) -> str | None:
        """The name behind a token, or None where it is unknown or has ended."""
        key = _key(token)
        with self._lock:
            session = self._sessions.get(key)
            if session is None:
                return None
            now = self._clock()
            late = now - session.used > _IDLE_SECONDS or now - session.began > _LONGEST_SECONDS
            if late or self._users.hash_of(session.name) != session.password_hash:
                del self._sessions[key]
                return None
            session.used = now
            self._sessions.move_to_end(key)
            return session.name

    def end(self, token: str) -> None:
        """Forget a session."""
        with self._lock:
            self._sessions.pop(_key(token), None)


def _key(token: str) -> bytes:
    """What a token is kept under: looking it up takes no longer the more of it is right."""
    return sha256(token.encode()).digest()

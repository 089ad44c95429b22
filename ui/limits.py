"""What one caller may ask of the interfaces for programs: so large, so often, so much at once. The rest is told when to come again."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Lock

import anyio
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.problems import is_of_programs, problem

__all__ = ["Allowance", "Limited", "Limits"]

_TOO_LARGE = "The request is larger than {:,} bytes. Send less; CITEWELL_REQUEST_BYTES is the limit."
_TOO_OFTEN = "More than {:,} requests a minute. Wait {} s and ask again; CITEWELL_REQUESTS_PER_MINUTE is the limit."
_TOO_MANY = "{:,} requests of yours are being answered. Wait for one of them and ask again; CITEWELL_REQUESTS_AT_ONCE is the limit."
_TOO_SLOW = "The request did not arrive within {} s. Send it again."
_SECONDS_TO_ARRIVE = 30
_CALLERS = 10_000
"""Of so many callers it is known how much they asked lately."""


@dataclass(frozen=True)
class Limits:
    """Of one caller: bytes of a request, requests a minute, and requests at the same time."""

    request_bytes: int = 1_000_000
    requests_per_minute: int = 120
    requests_at_once: int = 4


class Allowance:
    """How many requests each caller has left: a minute's worth at first, and as much again each minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._most = float(per_minute)
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, caller: str) -> float:
        """Take one request: 0 where there is one left, else the seconds until there is."""
        with self._lock:
            now = self._clock()
            left, last = self._left.pop(caller, (self._most, now))
            left = min(self._most, left + (now - last) * self._most / 60)
            taken = left >= 1
            self._left[caller] = (left - taken, now)
            while len(self._left) > _CALLERS:
                self._left.popitem(last=False)
        return 0.0 if taken else (1 - left) * 60 / self._most


class Limited:
    """Holds programs to the limits; other paths pass."""

    def __init__(self, app: ASGIApp, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Wrap an ASGI application."""
        self._app = app
        self._limits = limits
        self._allowance = Allowance(limits.requests_per_minute, clock)
        self._at_once: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or say what it is too much of."""
        if scope["type"] != "http" or not is_of_programs(scope["path"]):
            await self._app(scope, receive, send)
            return
        caller = _caller(scope)
        if refusal := self._refusal(scope["path"], caller):
            await refusal(scope, receive, send)
            return
        self._at_once[caller] = self._at_once.get(caller, 0) + 1
        try:
            await self._with_body(scope, receive, send)
        finally:
            self._at_once[caller] -= 1
            if not self._at_once[caller]:
                del self._at_once[caller]

    def _refusal(self, path: str, caller: str) -> Response | None:
        if wait := ceil(self._allowance.take(caller)):
            told = _TOO_OFTEN.format(self._limits.requests_per_minute, wait)
            return problem(path, 429, told, headers={"Retry-After": str(wait)})
        if (at_once := self._at_once.get(caller, 0)) >= self._limits.requests_at_once:
            return problem(path, 429, _TOO_MANY.format(at_once), headers={"Retry-After": "1"})
        return None

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The whole request is taken in first, so that one that is too large is refused before anything reads it."""
        most = self._limits.request_bytes
        body: bytes | None = b""
        try:
            with anyio.fail_after(_SECONDS_TO_ARRIVE):
                body = await _body(scope, receive, most)
        except TimeoutError:
            await problem(scope["path"], 408, _TOO_SLOW.format(_SECONDS_TO_ARRIVE))(scope, receive, send)
            return
        if body is None:
            too_large = problem(scope["path"], 413, _TOO_LARGE.format(most), headers={"Connection": "close"})
            await too_large(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)


async def _body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The request's body, or None where it has more than `most` bytes."""
    stated = Headers(scope=scope).get("content-length", "0")
    if stated.isdecimal() and int(stated) > most:
        return None
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        part: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        parts.append(part)
        size += len(part)
        if size > most:
            return None
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was taken in, and after it what comes next."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again


def _caller(scope: Scope) -> str:
    """The name that the server has checked, or the address; of IPv6 its network of 64 bits, all of which one machine can use."""
    if name := scope.get("user"):
        return f"name {name}"
    address = scope["client"][0] if scope.get("client") else ""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return f"address {address[:100]}"
    return f"address {ipaddress.ip_network((found, 64), strict=False) if found.version == 6 else found}"

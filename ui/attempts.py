"""Wrong tries to sign in, which make the next one wait: longer with each, by name and by address."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

__all__ = ["Attempts"]

_FREE = 3
"""So many wrong tries wait for nothing; after them 1, 2, 4, 8 … seconds."""
_LONGEST = {"name": 30, "address": 900}
"""Seconds. Short for a name, so that nobody can lock out somebody else for long."""
_FORGOTTEN_AFTER = 3600
"""Seconds without a try."""


@dataclass(slots=True)
class _Tries:
    wrong: int
    last: float


class Attempts:
    """How often each name and each address was wrong lately; of the latest `size` of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, size: int = 10_000) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._size = size
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()
        self._lock = Lock()

    def begin(self, name: str, address: str) -> float:
        """0 where a try may be made, which counts as wrong until it is `right`; else the seconds to wait before the next one.

        It is counted beforehand, so that tries at the same time do not slip through.
        """
        with self._lock:
            now, keys = self._clock(), _keys(name, address)
            wait = max(self._wait(key, now) for key in keys)
            if wait > 0:
                return wait
            for key in keys:
                tries = self._tries.setdefault(key, _Tries(0, now))
                tries.wrong = tries.wrong + 1 if now - tries.last < _FORGOTTEN_AFTER else 1
                tries.last = now
                self._tries.move_to_end(key)
            while len(self._tries) > self._size:
                self._tries.popitem(last=False)
        return 0.0

    def right(self, name: str, address: str) -> None:
        """The try was right: the name begins anew; the address has this one back, no more, since it may have tried other names."""
        with self._lock:
            named, addressed = _keys(name, address)
            self._tries.pop(named, None)
            if tries := self._tries.get(addressed):
                tries.wrong -= 1

    def _wait(self, key: tuple[str, str], now: float) -> float:
        tries = self._tries.get(key)
        if tries is None or tries.wrong < _FREE:
            return 0.0
        delay = min(2.0 ** min(tries.wrong - _FREE, 20), _LONGEST[key[0]])
        return max(0.0, tries.last + delay - now)


def _keys(name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("name", name.casefold()[:100]), ("address", _network(address))


def _network(address: str) -> str:
    """The address, or of IPv6 its network of 64 bits, all of which one machine can use."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)

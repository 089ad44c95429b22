"""How far the adding of documents has come."""

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["AddProgress", "ProgressCallback"]


@dataclass(frozen=True, slots=True)
class AddProgress:
    """How far an `add` has come: files done of all, chunks so far, the file now at hand, and the share of it that is done (0–1)."""

    done: int
    total: int
    chunks: int
    source: str
    share: float = 0.0


ProgressCallback = Callable[[AddProgress], None]

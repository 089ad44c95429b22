"""Vectors of texts that come up again and again: sentences and headings of the documents asked about."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Protocol

import numpy as np

from index.embed import Vectors

__all__ = ["CachedEmbedder"]


class Embeds(Protocol):
    """What turns texts into unit vectors: a library or a model."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text."""


class CachedEmbedder:
    """An embedder that remembers its latest vectors; at most `size` of them (1.5 kB each at 384 dimensions)."""

    def __init__(self, embedder: Embeds, *, size: int = 20_000) -> None:
        self._embedder = embedder
        self._size = size
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (len(texts), dimension)."""
        wanted = dict.fromkeys(texts)
        with self._lock:
            known = {text: self._vectors[text] for text in wanted if text in self._vectors}
        missing = [text for text in wanted if text not in known]
        if missing:
            known.update(zip(missing, self._embedder.embed(missing), strict=True))
        with self._lock:
            for text in wanted:
                self._vectors[text] = known[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else self._embedder.embed([])

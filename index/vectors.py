"""The derived index of vectors, by FAISS: exact inner products over unit vectors."""

import os
from itertools import islice
from collections.abc import Iterable, Sequence
from pathlib import Path

import faiss
import numpy as np

from index.derived import read_manifest, write_manifest
from index.embed import Vectors

__all__ = ["VectorIndex"]

_BATCH = 10_000
"""Vectors added at once."""


class VectorIndex:
    """Chunk ids by their vectors; in memory, with a copy on disk."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @classmethod
    def read(cls, folder: Path, dimension: int) -> tuple["VectorIndex", int] | None:
        """The index on disk and its generation, or None when it is missing, damaged or of another shape."""
        generation = read_manifest(folder / "vectors.json", folder, dimension=dimension)
        if generation is None:
            return None
        index = cls(dimension)
        index._index = faiss.read_index(str(folder / "vectors.faiss"))
        return index, generation

    def write(self, folder: Path, generation: int) -> None:
        """Put the index on disk; its manifest last."""
        path, temporary = folder / "vectors.faiss", folder / "vectors.faiss.tmp"
        faiss.write_index(self._index, str(temporary))
        os.replace(temporary, path)
        write_manifest(folder / "vectors.json", [path], generation=generation, dimension=self._dimension)

    def update(self, removed: Sequence[int], added: Iterable[tuple[int, Vectors]]) -> None:
        """Take out these chunks and put in those, each with its vector of shape (dimension,)."""
        if removed and len(self):
            self._index.remove_ids(np.asarray(removed, dtype=np.int64))
        pairs_left = iter(added)
        while pairs := list(islice(pairs_left, _BATCH)):
            ids = np.asarray([number for number, _ in pairs], dtype=np.int64)
            self._index.add_with_ids(np.stack([vector for _, vector in pairs]), ids)

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` nearest chunks to a vector of shape (dimension,): id and cosine, best first, ties by id."""
        if not len(self):
            return []
        scores, ids = self._index.search(vector.reshape(1, -1), min(k, len(self)))
        hits = [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

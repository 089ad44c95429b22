"""The derived index of vectors, by FAISS: exact inner products over unit vectors."""

import os
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from index.derived import read_manifest, write_manifest
from index.embed import Vectors

__all__ = ["VectorIndex"]

_BATCH = 1_000
"""Vectors added at once."""


class VectorIndex:
    """Chunk ids by their vectors; in memory, with a copy on disk."""

    def __init__(self, dimension: int) -> None:
        import faiss

        self._dimension = dimension
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @classmethod
    def read(cls, folder: Path, dimension: int) -> tuple["VectorIndex", int] | None:
        """The index on disk and its generation, or None when it is missing, damaged or of another shape."""
        import faiss

        generation = read_manifest(folder / "vectors.json", folder, dimension=dimension)
        if generation is None:
            return None
        try:
            stored = faiss.read_index(str(folder / "vectors.faiss"))
        except RuntimeError:  # of another version of FAISS
            return None
        if not isinstance(stored, faiss.IndexIDMap2) or stored.d != dimension:
            return None
        index = cls(dimension)
        index._index = stored
        return index, generation

    def write(self, folder: Path, generation: int) -> None:
        """Put the index on disk; its manifest last."""
        import faiss

        path, temporary = folder / "vectors.faiss", folder / "vectors.faiss.tmp"
        try:
            faiss.write_index(self._index, str(temporary))
        except RuntimeError as error:  # how FAISS reports a disk that cannot be written
            temporary.unlink(missing_ok=True)
            raise OSError(str(error)) from error
        os.replace(temporary, path)
        write_manifest(folder / "vectors.json", [path], generation=generation, dimension=self._dimension)

    def update(self, removed: Sequence[int], added: Iterable[tuple[int, Vectors]]) -> None:
        """Take out these chunks and put in those, each with its vector of shape (dimension,)."""
        import faiss

        if removed and len(self):
            self._index.remove_ids(faiss.IDSelectorBatch(np.asarray(removed, dtype=np.int64)))
        pairs_left = iter(added)
        while pairs := list(islice(pairs_left, _BATCH)):
            ids = np.asarray([number for number, _ in pairs], dtype=np.int64)
            self._index.add_with_ids(np.stack([vector for _, vector in pairs]), ids)

    def search(self, vector: Vectors, k: int, *, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The `k` nearest chunks to a vector of shape (dimension,): id and cosine, best first, ties by id.

        With `among`, of these chunks alone: exact, however few or many they are.
        """
        if not len(self) or (among is not None and not among):
            return []
        scores, ids = self._index.search(vector.reshape(1, -1), min(k, len(self)), params=_only(among))
        hits = [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def _only(among: Sequence[int] | None) -> Any:
    """FAISS's parameters for a search among these ids, one bit an id."""
    import faiss

    if among is None:
        return None
    numbers = np.asarray(among, dtype=np.int64)
    bits = np.zeros(int(numbers.max()) + 1, dtype=bool)
    bits[numbers] = True
    # FAISS puts its Python arguments in place of those that its stubs know
    selector = faiss.IDSelectorBitmap(np.packbits(bits, bitorder="little"))  # type: ignore[call-arg, arg-type]
    return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]

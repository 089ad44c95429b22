"""The derived index of vectors, by FAISS: inner products over unit vectors.

Up to `FLAT_UP_TO` vectors each is compared, exactly. More are put into lists of near ones, at one byte a dimension, of which a
search reads a few (FAISS's IVF with a scalar quantizer); who asks compares what is found once more with the stored vectors.
"""

import math
import os
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from index.derived import read_manifest, write_manifest
from index.embed import Vectors

__all__ = ["VectorIndex"]

FLAT_UP_TO = 100_000
"""Vectors that are all compared in about ten milliseconds by one core."""
_LISTS = 4
"""Lists for each square root of the vectors' number, as FAISS's guidelines have it."""
_PROBED_SHARE, _PROBED = 16, 128
"""A search reads one list in so many, and so many at least; measured in docs/speed.md."""
_OUTGROWN = 4
"""Lists are made anew when there are so many times more vectors, or fewer, than they were made of."""
_SAMPLE = 40
"""Vectors for each list that decide where the lists' centres are."""
_BATCH = 1_000
"""Vectors added at once."""


class VectorIndex:
    """Chunk ids by their vectors; in memory, with a copy on disk."""

    def __init__(self, dimension: int) -> None:
        import faiss

        self._dimension = dimension
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @property
    def lists(self) -> int:
        """How many lists there are; 0 where each vector is compared, and scores are exact."""
        return int(getattr(self._index, "nlist", 0))

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
        if not isinstance(stored, (faiss.IndexIDMap2, faiss.IndexIVF)) or stored.d != dimension:
            return None
        index = cls(dimension)
        index._index = stored
        return (index, generation) if index._fits() else None

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
        if not self.lists and len(self) > FLAT_UP_TO:
            self.make_lists()

    def search(self, vector: Vectors, k: int, *, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The `k` nearest chunks to a vector of shape (dimension,): id and cosine, best first, ties by id.

        With `among`, of these chunks alone. Where there are lists, cosines are a thousandth off at most, and a near chunk may be missed.
        """
        if not len(self) or (among is not None and not among):
            return []
        scores, ids = self._index.search(vector.reshape(1, -1), min(k, len(self)), params=self._only(among))
        hits = [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def vectors(self, ids: Sequence[int]) -> Vectors | None:
        """The vectors of these chunks, shape (chunks, dimension); None where one is not here, or all are kept at one byte a dimension."""
        if self.lists:
            return None
        try:
            found: Vectors = self._index.reconstruct_batch(np.asarray(ids, dtype=np.int64))
        except RuntimeError:
            return None
        return found

    def _only(self, among: Sequence[int] | None) -> Any:
        """FAISS's parameters for a search, among these ids if any are given; these may be in any list."""
        import faiss

        # FAISS puts its Python arguments in place of those that its stubs know
        given = {} if among is None else {"sel": _selector(among)}
        if self.lists:
            probed = self.lists if among is not None else min(self.lists, max(_PROBED, self.lists // _PROBED_SHARE))
            return faiss.SearchParametersIVF(nprobe=probed, **given)  # type: ignore[call-arg]
        return faiss.SearchParameters(**given) if given else None

    def _fits(self) -> bool:
        """Whether there are about as many vectors as the lists, if any, were made of."""
        made_of = (self.lists // _LISTS) ** 2
        return not self.lists or made_of // _OUTGROWN <= len(self) <= made_of * _OUTGROWN

    def make_lists(self) -> None:
        """Go over from comparing each to lists, as `update` does when there are many; where their centres are is the same each time."""
        import faiss

        flat, count = self._index, len(self)
        numbers, lists = faiss.vector_to_array(flat.id_map), _LISTS * math.isqrt(count)
        kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        self._index = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatIP(self._dimension), self._dimension, lists, kind, metric)
        self._index.cp.min_points_per_centroid = 1  # of few vectors, as in tests, FAISS would complain
        self._index.train(flat.reconstruct_batch(numbers[:: max(1, count // (_SAMPLE * lists))]))
        for at in range(0, count, _BATCH):
            ids = numbers[at : at + _BATCH]
            self._index.add_with_ids(flat.reconstruct_batch(ids), ids)


def _selector(among: Sequence[int]) -> Any:
    """FAISS's selector of these ids, one bit an id."""
    import faiss

    numbers = np.asarray(among, dtype=np.int64)
    bits = np.zeros(int(numbers.max()) + 1, dtype=bool)
    bits[numbers] = True
    return faiss.IDSelectorBitmap(np.packbits(bits, bitorder="little"))  # type: ignore[call-arg, arg-type]

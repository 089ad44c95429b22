"""The derived indexes kept at the library's generation, on disk where that can be written."""

from collections.abc import Callable, Sized
from pathlib import Path
from typing import TypeVar

from index.errors import LibraryBusy, StorageError
from index.lexical import LexicalIndex
from index.lock import writing
from index.store import Store
from index.vectors import VectorIndex

__all__ = ["DerivedIndexes"]

Index = TypeVar("Index", VectorIndex, LexicalIndex)


class DerivedIndexes:
    """The index of vectors and the index of words of one library; to be used by one thread at a time.

    `vectors` and `lexical` are of `generation`, which is -1 before the first `refresh`.
    """

    def __init__(self, folder: Path, store: Store, dimension: Callable[[], int]) -> None:
        self._folder = folder
        self._store = store
        self._dimension = dimension
        self.generation = -1
        self._start_afresh()

    def refresh(self) -> None:
        """Bring the indexes to the store's generation; while a writer is at work, what was read before is good enough."""
        if self.generation == self._store.generation() or self._load():
            return
        try:
            with writing(self._folder):
                self.catch_up()
        except LibraryBusy:
            if self.generation < 0:
                self._build_in_memory()
        except StorageError:
            self._build_in_memory()

    def catch_up(self) -> None:
        """Update the indexes from the store, in memory and on disk; the write lock is held.

        Raises:
            LibraryDamaged: what is stored is not what was written.
            StorageError: they cannot be written; they are built again at the next chance.
        """
        if self.generation == self._store.generation() or self._load():
            return
        dimension = self._dimension()
        try:
            with self._store.snapshot():
                generation = self._store.generation()
                vectors = self._updated_vectors(generation, dimension)
                lexical = self._updated_lexical(generation, dimension)
        except OSError as error:
            raise StorageError(
                f"{self._folder}: the search index cannot be written ({error.strerror or error}). "
                "The documents are safe; check that the disk has space left, and the index is made again."
            ) from error
        self.vectors, self.lexical, self.generation = vectors, lexical, generation

    def discard(self) -> None:
        """Forget the indexes, also those on disk; the write lock is held."""
        for name in ("vectors.json", "lexical.json"):
            (self._folder / name).unlink(missing_ok=True)
        self.generation = -1
        self._start_afresh()

    def _start_afresh(self) -> None:
        self.vectors, self.lexical = VectorIndex(0), LexicalIndex.in_memory()

    def _load(self) -> bool:
        """Take over what another process left on disk, if it is of the store's generation."""
        generation = self._store.generation()
        vectors, lexical = VectorIndex.read(self._folder, self._dimension()), LexicalIndex.read(self._folder)
        if vectors is None or lexical is None or not vectors[1] == lexical[1] == generation:
            return False
        if not (self._is_whole(vectors[0]) and self._is_whole(lexical[0])):
            return False
        self.vectors, self.lexical, self.generation = vectors[0], lexical[0], generation
        return True

    def _updated_vectors(self, generation: int, dimension: int) -> VectorIndex:
        vectors, at = self._usable(VectorIndex.read(self._folder, dimension), generation) or (VectorIndex(dimension), -1)
        if at != generation:
            self._put_vectors(vectors, at, dimension)
        if at >= 0 and not self._is_whole(vectors):
            self._store.check()
            vectors, at = VectorIndex(dimension), -1
            self._put_vectors(vectors, at, dimension)
        self._require_whole(vectors)
        if at != generation:
            vectors.write(self._folder, generation)
        return vectors

    def _updated_lexical(self, generation: int, dimension: int) -> LexicalIndex:
        lexical, at = self._usable(LexicalIndex.read(self._folder), generation) or (LexicalIndex.create(self._folder), -1)
        if at != generation:
            self._put_words(lexical, at, generation, dimension)
        if at >= 0 and not self._is_whole(lexical):
            self._store.check()
            lexical = LexicalIndex.create(self._folder)
            self._put_words(lexical, -1, generation, dimension)
        self._require_whole(lexical)
        return lexical

    @staticmethod
    def _usable(found: tuple[Index, int] | None, generation: int) -> tuple[Index, int] | None:
        """An index on disk, unless it is ahead of the store: the store was then put back from a backup, and has another history."""
        return found if found and found[1] <= generation else None

    def _is_whole(self, index: Sized) -> bool:
        """Whether an index holds as much as is stored; if not, it is of another history, or the store is damaged."""
        return len(index) == self._store.searched_count()

    def _require_whole(self, index: Sized) -> None:
        """Nothing that is stored may be missing from an index: it would not be found, without a word."""
        if not self._is_whole(index):
            raise self._store.damaged(f"{len(index):,} of {self._store.searched_count():,} chunks could be read")

    def _put_vectors(self, vectors: VectorIndex, at: int, dimension: int) -> None:
        """Into an index of generation `at`, -1 for an empty one, what came since, and out of it what went."""
        added = ((chunk.id, vector) for chunk, _, vector in self._store.added_since(at, dimension))
        vectors.update(self._store.removed_since(at) if at >= 0 else [], added)

    def _put_words(self, lexical: LexicalIndex, at: int, generation: int, dimension: int) -> None:
        added = ((chunk, title) for chunk, title, _ in self._store.added_since(at, dimension))
        lexical.update(self._store.removed_since(at) if at >= 0 else [], added, generation)

    def _build_in_memory(self) -> None:
        """Indexes of this process alone, where the folder cannot be written now."""
        dimension = self._dimension()
        with self._store.snapshot():
            generation = self._store.generation()
            vectors, lexical = VectorIndex(dimension), LexicalIndex.in_memory()
            self._put_vectors(vectors, -1, dimension)
            self._put_words(lexical, -1, generation, dimension)
            self._require_whole(vectors)
        self.vectors, self.lexical, self.generation = vectors, lexical, generation

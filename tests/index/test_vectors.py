import numpy as np
import pytest

from index import vectors
from index.vectors import VectorIndex

EAST, NORTH = np.array([1, 0], dtype=np.float32), np.array([0, 1], dtype=np.float32)
BETWEEN = np.array([0.6, 0.8], dtype=np.float32)


@pytest.fixture
def index():
    found = VectorIndex(2)
    found.update([], [(5, EAST), (3, NORTH), (9, BETWEEN)])
    return found


def test_search_is_by_cosine_best_first(index):
    assert index.search(NORTH, 2) == [(3, 1.0), (9, pytest.approx(0.8))]
    assert [number for number, _ in index.search(NORTH, 10)] == [3, 9, 5]


def test_ties_are_in_order_of_id():
    index = VectorIndex(2)
    index.update([], [(8, EAST), (2, EAST), (4, EAST)])
    assert [number for number, _ in index.search(EAST, 3)] == [2, 4, 8]


def test_an_empty_index_finds_nothing():
    index = VectorIndex(2)
    assert (len(index), index.search(EAST, 3)) == (0, [])
    index.update([1], [])


def test_removed_chunks_are_gone(index):
    index.update([3, 77], [(10, NORTH)])
    assert len(index) == 3
    assert index.search(NORTH, 1) == [(10, 1.0)]


def test_what_is_written_is_read(index, tmp_path):
    index.write(tmp_path, 4)
    read, generation = VectorIndex.read(tmp_path, 2)
    assert (generation, read.search(EAST, 3)) == (4, index.search(EAST, 3))
    read.update([5], [(6, EAST)])
    assert read.search(EAST, 1) == [(6, 1.0)]
    assert VectorIndex.read(tmp_path, 3) is None
    assert not list(tmp_path.glob("*.tmp"))


def test_a_folder_that_is_gone_is_a_storage_problem(index, tmp_path):
    with pytest.raises(OSError, match="vectors"):
        index.write(tmp_path / "none", 1)


@pytest.fixture
def many(monkeypatch):
    """Unit vectors in the directions of a circle, far more than are compared one by one; the ids count by threes."""
    monkeypatch.setattr(vectors, "FLAT_UP_TO", 500)
    angles = np.linspace(0, 2 * np.pi, 1_000, endpoint=False)
    index = VectorIndex(2)
    index.update([], [(3 * at, np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)) for at, angle in enumerate(angles)])
    return index


def test_many_vectors_are_put_into_lists(many):
    assert (many.lists, len(many)) == (4 * 31, 1_000)
    found = dict(many.search(NORTH, 5))
    assert 3 * 250 in found
    assert all(score == pytest.approx(1, abs=0.01) for score in found.values())


def test_lists_are_searched_among_some_only_wherever_they_are(many):
    first, *others = (number for number, _ in many.search(NORTH, 5, among=[0, 1500, 750, 7]))
    assert (first, sorted(others)) == (750, [0, 1500])


def test_lists_are_written_read_added_to_and_taken_from(many, tmp_path):
    many.write(tmp_path, 2)
    read, generation = VectorIndex.read(tmp_path, 2)
    assert (generation, read.lists, len(read)) == (2, many.lists, 1_000)
    read.update([3 * 250], [(9_000, NORTH)])
    found = [number for number, _ in read.search(NORTH, 20)]
    assert 9_000 in found and 3 * 250 not in found


def test_lists_that_were_made_of_another_number_are_made_anew(many, tmp_path):
    many.update([3 * at for at in range(800)], [])
    many.write(tmp_path, 3)
    assert VectorIndex.read(tmp_path, 2) is None

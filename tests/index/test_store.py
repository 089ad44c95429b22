import numpy as np
import pytest

from index.errors import LibraryDamaged
from index.records import Chunk, Document, FileReport
from index.store import Store


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "library.sqlite")
    yield opened
    opened.close()


def document(number="d1", text="abcdef", source=None):
    return Document(id=number, title=f"T {number}", source=source or f"/{number}", media_type="text/plain", sha256=f"h{number}", text=text)


def put(store, found, *spans):
    chunks = [Chunk(document_id=found.id, start=a, end=b, text=found.text[a:b], heading_path=("H", "I"), lead="L") for a, b in spans]
    vectors = np.eye(3, dtype=np.float32)[: len(chunks)]
    store.put(found, FileReport(source=found.source, status="added", chunks=len(chunks)), chunks, vectors)


def test_a_new_store_is_empty(store):
    assert (store.generation(), store.chunk_count(), store.summaries(), store.settings(), store.document("x")) == (0, 0, [], {}, None)
    store.check()


def test_what_is_put_comes_back(store):
    put(store, document(), (0, 2), (3, 6))
    assert store.document("d1") == document()
    assert store.chunks([1, 2, 99]) == {
        1: Chunk(id=1, document_id="d1", start=0, end=2, text="ab", heading_path=("H", "I"), lead="L"),
        2: Chunk(id=2, document_id="d1", start=3, end=6, text="def", heading_path=("H", "I"), lead="L"),
    }
    assert {number: vector.tolist() for number, vector in store.vectors([2], 3).items()} == {2: [0.0, 1.0, 0.0]}
    assert [(chunk.id, vector.tolist()) for chunk, vector in store.document_vectors("d1", 3)] == [(1, [1, 0, 0]), (2, [0, 1, 0])]
    assert store.known_files() == {"d1": ("hd1", "")}
    assert store.report("d1").chunks == 2
    assert store.report("none") is None


def test_summaries_are_ordered_by_source(store):
    put(store, document("d1", source="/b"))
    put(store, document("d2", source="/a"))
    assert [(each.id, each.title, each.source) for each in store.summaries()] == [("d2", "T d2", "/a"), ("d1", "T d1", "/b")]
    assert store.summaries()[0].added_at.endswith("+00:00")


def test_a_replaced_document_has_new_chunks_and_the_old_ones_are_logged(store):
    put(store, document(), (0, 2), (3, 6))
    put(store, document(text="xyz"), (0, 3))
    assert store.document("d1").text == "xyz"
    assert (store.generation(), store.chunk_count()) == (2, 1)
    assert store.removed_since(1) == [1, 2]
    assert store.removed_since(2) == []
    assert [(chunk.id, chunk.text, title) for chunk, title, _ in store.added_since(0, 3)] == [(3, "xyz", "T d1")]
    assert list(store.added_since(2, 3)) == []


def test_numbers_of_removed_chunks_are_never_used_again(store):
    put(store, document(), (0, 2))
    store.remove("d1")
    put(store, document(), (0, 2))
    assert store.chunks([1, 2]).keys() == {2}


def test_removing_an_unknown_document_changes_nothing(store):
    put(store, document(), (0, 2))
    store.remove("none")
    assert store.chunk_count() == 1


def test_a_transaction_is_all_or_nothing(store):
    put(store, document("d1"), (0, 2))
    with pytest.raises(ZeroDivisionError), store.transaction():
        put(store, document("d2"), (0, 2))
        store.set_settings({"model": "m"})
        raise ZeroDivisionError
    assert (store.generation(), len(store.known_files()), store.settings().get("model")) == (1, 1, None)


def test_chunks_and_vectors_must_be_as_many(store):
    with pytest.raises(ValueError, match="shorter than argument|longer than argument"):
        store.put(document(), FileReport(source="s", status="added"), [], np.zeros((2, 3), dtype=np.float32))


def test_a_snapshot_sees_one_state(store, tmp_path):
    other = Store(tmp_path / "library.sqlite")
    with store.snapshot():
        assert store.generation() == 0
        put(other, document(), (0, 2))
        assert store.generation() == 0
    assert store.generation() == 1
    other.close()


def test_a_vector_of_another_length_is_damage(store):
    put(store, document(), (0, 2))
    with pytest.raises(LibraryDamaged, match="a vector of 12 bytes where 16 belong"):
        store.vectors([1], 4)


def test_a_record_that_cannot_be_read_is_damage(store):
    put(store, document(), (0, 2))
    store._database.write("UPDATE documents SET record = '{'")
    with pytest.raises(LibraryDamaged, match="the text of /d1 is not what was written"):
        store.document("d1")

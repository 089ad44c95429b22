"""One bit of a library's files is another one: what is found and shown is as it was, or there is an error that says what to do."""

import random
import shutil

import pytest

from index.errors import LibraryDamaged, LibraryError, StorageError
from index.library import Library
from tests.conftest import FakeEmbedder

QUESTIONS = ("when does the tide turn", "which crane lifts boats", "harbour master")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A library of some documents, one of them removed, one replaced, one a copy of another; closed."""
    files, folder = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("library")
    for number in range(8):
        paragraphs = (f"Paragraph {n} of text {number} tells of tide{n} and crane{number}. " * 6 for n in range(6))
        (files / f"{number}.md").write_text(f"# Harbour {number}\n\n" + "\n\n".join(paragraphs))
    shutil.copy(files / "3.md", files / "copy.md")
    with Library(folder, FakeEmbedder(), chunk_tokens=64) as library:
        library.add([files])
        library.remove("7.md")
        (files / "6.md").write_text("# Master\n\nThe harbour master signs.\n")
        library.add([files / "6.md"])
    # made anew, for BM25 also counts what was taken out, until its part of the index is written again
    for name in ("vectors.json", "lexical.json"):
        (folder / name).unlink()
    state(folder)
    return folder


def state(folder):
    """All that can be read of a library."""
    with Library(folder, FakeEmbedder(), chunk_tokens=64) as library:
        documents = library.documents()
        found = []
        for question in QUESTIONS:
            hits = library.search_vectors(library.embed([question])[0], 20), library.search_words(question, 20)
            numbers = sorted({number for hit in hits for number, _ in hit})
            # the indexes may be made again in another order, in which equal scores stand otherwise
            scores = [sorted(round(score, 4) for _, score in hit) for hit in hits]
            vectors = library.chunk_vectors(numbers)
            found.append((scores, library.chunks(numbers), {number: vector.tobytes() for number, vector in vectors.items()}))
        return documents, [library.document(document.id) for document in documents], found


def flip(path, chance):
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def flips(built, tmp_path, names, count, seed):
    """How often the library was as before, and how often it was an error; anything else fails."""
    chance, whole, outcomes = random.Random(seed), state(built), {"as before": 0, "error": 0}
    for number in range(count):
        folder = shutil.copytree(built, tmp_path / f"{seed}-{number}")
        path = chance.choice(sorted(file for name in names for file in folder.glob(name) if file.stat().st_size))
        flip(path, chance)
        try:
            assert state(folder) == whole, (number, path)
            outcomes["as before"] += 1
        except (LibraryError, StorageError) as error:
            assert str(folder) in str(error)
            outcomes["error"] += 1
        shutil.rmtree(folder, ignore_errors=True)  # a thread of tantivy may still be tidying up in it, and leave it there
    return outcomes


def test_a_bit_of_the_vectors(built, tmp_path):
    assert flips(built, tmp_path, ["vectors.*"], 25, seed=1) == {"as before": 25, "error": 0}


def test_a_bit_of_the_words(built, tmp_path):
    assert flips(built, tmp_path, ["lexical/*", "lexical.json"], 25, seed=2) == {"as before": 25, "error": 0}


def test_a_bit_of_the_database(built, tmp_path):
    outcomes = flips(built, tmp_path, ["library.sqlite"], 60, seed=3)
    assert outcomes["error"] > 10


@pytest.mark.slow
def test_many_bits_of_every_file(built, tmp_path):
    flips(built, tmp_path, ["library.sqlite"], 600, seed=4)
    assert flips(built, tmp_path, ["vectors.*", "lexical/*", "lexical.json"], 150, seed=5)["error"] == 0


@pytest.mark.slow
def test_many_bits_without_the_indexes(built, tmp_path):
    """What is read to build them again is checked too."""
    bare = shutil.copytree(built, tmp_path / "bare")
    for name in ("vectors.json", "lexical.json"):
        (bare / name).unlink()
    flips(bare, tmp_path / "flips", ["library.sqlite"], 200, seed=6)


@pytest.mark.parametrize("column", ["text", "heading_path", "lead", "vector", "start", '"end"', "document_id"])
def test_each_altered_part_of_a_chunk_is_noticed(built, tmp_path, column):
    folder = shutil.copytree(built, tmp_path / "library")
    with Library(folder, FakeEmbedder(), chunk_tokens=64) as library:
        value = {"start": 1, '"end"': 2, "vector": bytes(1024)}.get(column, '["x"]')
        library._store.store._database.write("PRAGMA foreign_keys=OFF")
        library._store.store._database.write(f"UPDATE chunks SET {column} = ? WHERE id = 2", [value])
        with pytest.raises(LibraryDamaged, match="chunk 2 is not what was written"):
            library.chunks([1, 2])
        with pytest.raises(LibraryDamaged):
            library.facts()


def test_a_chunk_that_is_gone_without_a_word_is_noticed(built, tmp_path):
    folder = shutil.copytree(built, tmp_path / "library")
    with Library(folder, FakeEmbedder(), chunk_tokens=64) as library:
        library._store.store._database.write("DELETE FROM chunks WHERE id = 2")
    with pytest.raises(LibraryDamaged, match=r"are not those of its text|could be read"):
        with Library(folder, FakeEmbedder(), chunk_tokens=64) as library:
            library.facts()

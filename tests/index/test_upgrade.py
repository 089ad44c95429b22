"""A library from before rows had checksums is taken over whole."""

import json
import shutil
import sqlite3

import pytest

from index.errors import LibraryDamaged
from index.library import Library
from tests.conftest import FakeEmbedder

TIDES = "# Tides\n\nThe tide turns twice a day.\n"
BEFORE = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, source TEXT UNIQUE NOT NULL, sha256 TEXT NOT NULL, title TEXT NOT NULL, media_type TEXT NOT NULL,
    added_at TEXT NOT NULL, record TEXT NOT NULL, report TEXT NOT NULL);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, heading_path TEXT NOT NULL, lead TEXT NOT NULL,
    vector BLOB NOT NULL, generation INTEGER NOT NULL);
CREATE INDEX chunks_document ON chunks(document_id);
CREATE INDEX chunks_generation ON chunks(generation);
CREATE TABLE removed_chunks (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
CREATE INDEX removed_generation ON removed_chunks(generation);
"""


@pytest.fixture
def old(library, write_file, tmp_path):
    """The folder of a library of two documents in the tables of before."""
    library.add([write_file("tides.md", TIDES), write_file("docks.md", "# Docks\n\nA dock is dry.\n")])
    new = sqlite3.connect(library.folder / "library.sqlite")
    folder = tmp_path / "old"
    folder.mkdir()
    connection = sqlite3.connect(folder / "library.sqlite")
    connection.executescript(BEFORE)
    connection.executemany(
        "INSERT INTO documents VALUES (?,?,?,?,?,?,?,?)",
        new.execute("SELECT id, source, sha256, title, media_type, added_at, record, report FROM documents"),
    )
    chunks = new.execute('SELECT id, document_id, start, "end", text, heading_path, lead, vector, generation FROM chunks')
    connection.executemany("INSERT INTO chunks VALUES (?,?,?,?,?,?,?,?,?)", chunks)
    connection.executemany("INSERT INTO settings VALUES (?,?)", new.execute("SELECT * FROM settings WHERE name != 'checksum'"))
    connection.commit()
    connection.close()
    new.close()
    return folder


def test_all_of_it_is_there_and_checked(old, library, write_file):
    embedder = FakeEmbedder()
    with Library(old, embedder) as upgraded:
        assert upgraded.facts()["vectors"] == 2
        assert [document.model_dump() for document in upgraded.documents()] == [d.model_dump() for d in library.documents()]
        assert upgraded.search_words("tide", 2) == library.search_words("tide", 2) != []
        assert upgraded.remove("docks.md").title == "Docks"
        assert upgraded.add([write_file("tides.md", TIDES)]).count("unchanged") == 1
    assert embedder.embedded == []
    with Library(old, FakeEmbedder()) as again:
        again._store.store._database.write("UPDATE chunks SET text = replace(text, 'twice', 'never')")
        with pytest.raises(LibraryDamaged, match="is not what was written"):
            again.facts()


def test_an_upgrade_that_fails_leaves_the_library_as_it_was(old, tmp_path):
    before = shutil.copytree(old, tmp_path / "before")
    connection = sqlite3.connect(old / "library.sqlite")
    connection.execute("UPDATE chunks SET heading_path = ? WHERE id = 2", [json.dumps([7])])
    connection.commit()
    with pytest.raises(ValueError, match="heading_path"):
        Library(old, FakeEmbedder())
    assert connection.execute("SELECT count(*), max(length(vector)) FROM chunks").fetchall() == [(2, 1024)]
    connection.close()
    with Library(before, FakeEmbedder()) as library:
        assert library.chunk_count() == 2

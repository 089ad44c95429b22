"""What goes wrong around a library: damage, full disks, locked folders, other processes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import LibraryBusy, LibraryDamaged, StorageError
from index.library import Library
from index.vectors import VectorIndex
from tests.conftest import FakeEmbedder

ROOT = Path(__file__).parent.parent.parent
TEXT = "# Tides\n\nThe tide turns twice a day.\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A library of three documents, closed; to be copied."""
    files, folder = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("library")
    for name, text in (("tides", TEXT), ("boats", "# Boats\n\nA boat floats.\n"), ("cranes", "# Cranes\n\nA crane lifts.\n")):
        (files / f"{name}.md").write_text(text)
    with Library(folder, FakeEmbedder()) as library:
        library.add([files])
    return folder


@pytest.fixture
def folder(tmp_path, built):
    return shutil.copytree(built, tmp_path / "library")


def best(folder):
    """The best chunk by vectors and by words for a question about tides."""
    with Library(folder, FakeEmbedder()) as library:
        dense = library.search_vectors(library.embed(["Tides: the tide turns"])[0], 1)[0][0]
        words = library.search_words("tide", 1)[0][0]
        return {chunk.text for chunk in library.chunks([dense, words]).values()}


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def flip_a_byte(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def each_file(change):
    def damage(folder):
        for path in (folder / "lexical").iterdir():
            change(path)

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: truncate(folder / "vectors.faiss"),
        lambda folder: flip_a_byte(folder / "vectors.faiss"),
        lambda folder: (folder / "vectors.faiss").unlink(),
        lambda folder: (folder / "vectors.faiss").write_bytes(b""),
        lambda folder: (folder / "vectors.json").write_text("{"),
        lambda folder: (folder / "vectors.json").unlink(),
        each_file(lambda path: path.unlink()),
        each_file(truncate),
        each_file(lambda path: path.write_bytes(b"garbage")),
        lambda folder: (folder / "lexical" / "meta.json").unlink(),
        lambda folder: (folder / "lexical.json").write_text("[]"),
    ],
)
def test_a_damaged_index_is_built_again_in_silence(folder, damage):
    damage(folder)
    assert best(folder) == {TEXT.strip()}
    with Library(folder, FakeEmbedder()) as library:
        assert library.facts()["indexes"] == "up to date"
        assert library.facts()["vectors"] == 3


def test_nothing_is_embedded_to_build_an_index_again(folder):
    (folder / "vectors.faiss").unlink()
    embedder = FakeEmbedder()
    with Library(folder, embedder) as library:
        assert len(library.search_words("tide", 3)) == 1
    assert embedder.embedded == []


def test_an_index_from_before_a_crash_catches_up(folder, write_file):
    kept = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "sqlite" not in path.name}
    with Library(folder, FakeEmbedder()) as library:
        library.remove("boats.md")
        library.add([write_file("d.md", "# Docks\n\nA dock is dry.\n")])
    for path, data in kept.items():
        path.write_bytes(data)
    with Library(folder, FakeEmbedder()) as library:
        assert library.search_words("boat", 3) == []
        assert len(library.search_words("dock", 3)) == 1
        assert library.facts()["vectors"] == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"not a database, but long enough to be taken for one" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff" * (path.stat().st_size - 100)),
        truncate,
    ],
)
def test_a_damaged_database_is_an_error_that_says_what_to_do(folder, damage):
    damage(folder / "library.sqlite")
    with pytest.raises(LibraryDamaged, match=r"library.sqlite is damaged \(.+\). Restore it from a backup, or move the folder away"):
        with Library(folder, FakeEmbedder()) as library:
            library.facts()


def run(code, *arguments):
    """A second process."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def hold(folder):
    """A second process that writes to a library until its input ends."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


WRITE = """
import os, sys
from pathlib import Path
from index.errors import CitewellError
from index.library import Library
from tests.conftest import FakeEmbedder
if sys.argv[1] == "as nobody":
    sys.argv.pop(1)
    os.setuid(65534)
try:
    with Library(Path(sys.argv[1]), FakeEmbedder()) as library:
        print(len(library.search_words("tide", 3)), "found", flush=True)
        library.add(sys.argv[2:])
    print("added")
except CitewellError as error:
    print(type(error).__name__, error)
"""


def test_a_full_disk_leaves_nothing_half_there(folder, write_file):
    """The limit is on the size of a file, which a write meets just as it meets the end of a disk."""
    big = write_file("big.txt", "\n\n".join(f"Paragraph {number} has words{number} of its own." for number in range(3_000)))
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
    done = run(limit + WRITE, folder, big)
    assert "StorageError" in done.stdout, done
    assert "disk" in done.stdout
    with Library(folder, FakeEmbedder()) as library:
        library.facts()
        assert [document.title for document in library.documents()] == ["Boats", "Cranes", "Tides"]
        assert library.search_words("paragraph", 3) == []
    assert best(folder) == {TEXT.strip()}


def test_a_disk_that_fills_up_under_an_index_keeps_the_documents(folder, write_file, monkeypatch):
    def full(*_):
        raise RuntimeError("could not write: No space left on device")

    with Library(folder, FakeEmbedder()) as library:
        monkeypatch.setattr("faiss.write_index", full)
        with pytest.raises(StorageError, match="the search index cannot be written .* The documents are safe"):
            library.add([write_file("d.md", "# Docks\n\nA dock is dry.\n")])
        assert len(library.search_words("dock", 3)) == 1
        monkeypatch.undo()
    with Library(folder, FakeEmbedder()) as library:
        assert len(library.search_words("dock", 3)) == 1


def test_a_folder_that_cannot_be_written_can_be_searched(folder, write_file):
    new = write_file("d.md", "# Docks\n\nA dock is dry.\n")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    am_root = os.getuid() == 0  # who may write everywhere, so the other process becomes nobody
    if am_root:
        for parent in [folder.parent, folder.parent.parent, folder.parent.parent.parent]:
            parent.chmod(0o755)
    done = run(WRITE, *["as nobody"] * am_root, folder, new)
    folder.chmod(0o755)
    assert done.stdout.startswith("1 found\nStorageError"), done
    assert "cannot be written" in done.stdout


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="file/library cannot be made"):
        Library(tmp_path / "file" / "library", FakeEmbedder())


HOLD = """
import sys
from pathlib import Path
from index.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_writes_and_readers_go_on(folder, write_file):
    new = write_file("d.md", "# Docks\n\nA dock is dry.\n")
    holder = hold(folder)
    with holder, Library(folder, FakeEmbedder()) as library:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LibraryBusy, match=f"is being written by process {holder.pid} on "):
            library.add([new])
        assert len(library.search_words("tide", 3)) == 1
        holder.stdin.close()
        holder.wait(60)
        assert [file.status for file in library.add([new]).files] == ["added"]


def test_a_writer_that_was_killed_leaves_no_lock(folder, write_file):
    holder = hold(folder)
    with holder:
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    with Library(folder, FakeEmbedder()) as library:
        assert [file.status for file in library.add([write_file("d.md", "# Docks\n\nDry.\n")]).files] == ["added"]


def test_what_another_process_adds_is_found(folder, write_file):
    with Library(folder, FakeEmbedder()) as library:
        assert library.search_words("dock", 3) == []
        assert run(WRITE, folder, write_file("d.md", "# Docks\n\nA dock is dry.\n")).stdout == "1 found\nadded\n"
        assert len(library.search_words("dock", 3)) == 1


def test_a_database_that_was_put_back_from_a_backup_is_searched_as_it_is(folder, write_file, tmp_path):
    """The numbers of its chunks are given out again; an index of before must not name them."""
    backup = (folder / "library.sqlite").read_bytes()
    with Library(folder, FakeEmbedder()) as library:
        library.add([write_file("d.md", "# Docks\n\nA dock is dry.\n"), write_file("e.md", "# Eels\n\nAn eel swims.\n")])
    (folder / "library.sqlite").write_bytes(backup)
    with Library(folder, FakeEmbedder()) as library:
        assert library.search_words("dock", 3) == []
        library.add([write_file("f.md", "# Flags\n\nA flag waves.\n")])
        assert library.facts()["vectors"] == 4
        number = library.search_words("flag", 3)[0][0]
        assert library.chunks([number])[number].text == "# Flags\n\nA flag waves."
        assert number in [hit for hit, _ in library.search_vectors(library.embed(["Flags: a flag waves"])[0], 1)]


def test_an_index_that_says_less_than_is_stored_is_made_again(folder):
    """Its hashes are right, so that only the count tells."""
    with Library(folder, FakeEmbedder()) as library:
        index, generation = VectorIndex.read(folder, 256)
        index.update([1], [])
        index.write(folder, generation)
    with Library(folder, FakeEmbedder()) as library:
        assert library.facts()["vectors"] == 3


def test_settings_that_were_altered_are_noticed(folder):
    with Library(folder, FakeEmbedder()) as library:
        library._store.store._database.write("UPDATE settings SET value = '1' WHERE name = 'generation'")
        with pytest.raises(LibraryDamaged, match="the settings are not what was written"):
            library.search_words("tide", 1)


def test_a_reader_sees_whole_documents_while_one_is_written(folder, write_file):
    """A reader looks in between the chunks of a long document that is being added."""
    text = "# Long\n\n" + "\n\n".join(f"Paragraph{number} " + "tells of nothing in many words " * 20 for number in range(600))
    seen = []

    def look(progress):
        if progress.share:
            with Library(folder, FakeEmbedder()) as reader:
                seen.append((len(reader.documents()), reader.search_words("paragraph5", 3), reader.chunk_count()))

    with Library(folder, FakeEmbedder()) as library:
        library.add([write_file("long.md", text)], progress=look)
        assert seen
        assert set(map(str, seen)) == {"(3, [], 3)"}
        assert len(library.search_words("paragraph5", 3)) == 1

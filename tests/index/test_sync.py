from zipfile import ZipFile

import pytest

from index.errors import CitewellError, NotFound
from index.sync import sync_folder
from tests.index.test_library import TIDES, found_texts

DOCKS = "# Docks\n\nA dock is dry.\n"


def asked(answer):
    """Answers so, and keeps what it was asked about."""

    def agree(gone):
        agree.gone += [document.source for document in gone]
        return answer

    agree.gone = []
    return agree


def test_what_is_new_comes_and_what_is_gone_goes(library, write_file):
    tides, docks, other = write_file("a/tides.md", TIDES), write_file("a/b/docks.md", DOCKS), write_file("elsewhere.md", "# E\n\nFar.\n")
    library.add([tides, docks, other])
    docks.unlink()
    write_file("a/tides.md", TIDES.replace("twice", "never"))
    write_file("a/boats.md", "# Boats\n\nA boat floats.\n")
    other.unlink()
    agree = asked(True)
    report = sync_folder(library, tides.parent, agree=agree)
    assert [(file.source.rpartition("/")[2], file.status) for file in report.added.files] == [
        ("boats.md", "added"),
        ("tides.md", "replaced"),
    ]
    assert agree.gone == [str(docks)] == [document.source for document in report.removed]
    assert found_texts(library, "dock")[1] == []
    assert [document.title for document in library.documents()] == ["Boats", "Tides", "E"]


def test_nothing_is_asked_where_nothing_is_gone(library, write_file):
    agree = asked(False)
    assert sync_folder(library, write_file("a/tides.md", TIDES).parent, agree=agree).removed == ()
    assert agree.gone == []


def test_without_agreement_all_is_kept_and_told(library, write_file):
    tides, docks = write_file("a/tides.md", TIDES), write_file("a/docks.md", DOCKS)
    library.add([tides, docks])
    docks.unlink()
    report = sync_folder(library, tides.parent, agree=asked(False))
    assert (report.removed, [document.source for document in report.kept]) == ((), [str(docks)])
    assert len(library.documents()) == 2


def test_a_file_that_cannot_be_read_keeps_what_was_stored(library, write_file):
    tides = write_file("a/tides.md", TIDES)
    library.add([tides, write_file("a/docks.md", DOCKS)])
    tides.write_bytes(b"")
    agree = asked(True)
    assert len(sync_folder(library, tides.parent, agree=agree).added.skipped) == 1
    assert (agree.gone, len(library.documents())) == ([], 2)


def test_a_hidden_file_that_was_added_by_name_is_kept(library, write_file):
    hidden = write_file("a/.tides.md", TIDES)
    library.add([hidden, write_file("a/docks.md", DOCKS)])
    agree = asked(True)
    sync_folder(library, hidden.parent, agree=agree)
    assert agree.gone == []


def test_members_of_archives(library, write_file):
    folder = write_file("a/docks.md", DOCKS).parent
    for name in ("one", "two", "three"):
        with ZipFile(folder / f"{name}.zip", "w") as archive:
            archive.writestr("tides.md", TIDES)
            archive.writestr("boats.md", "# Boats\n\nA boat floats.\n")
    library.add([folder])
    (folder / "one.zip").unlink()
    (folder / "two.zip").write_bytes(b"PK no more")
    with ZipFile(folder / "three.zip", "w") as archive:
        archive.writestr("tides.md", TIDES)
    agree = asked(True)
    sync_folder(library, folder, agree=agree)
    assert agree.gone == [str(folder / name) for name in ("one.zip!/boats.md", "one.zip!/tides.md", "three.zip!/boats.md")]


def test_an_empty_folder_is_taken_for_a_disk_that_is_not_there(library, write_file):
    tides = write_file("a/tides.md", TIDES)
    library.add([tides])
    tides.unlink()
    with pytest.raises(CitewellError, match="holds no files, and the library has 1 documents of it. Nothing was removed"):
        sync_folder(library, tides.parent, agree=asked(True))
    with pytest.raises(NotFound, match="no such folder"):
        sync_folder(library, tides.parent / "none", agree=asked(True))
    assert len(library.documents()) == 1

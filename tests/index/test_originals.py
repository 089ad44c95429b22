import os
from io import BytesIO
from zipfile import ZipFile

import pytest

from index.errors import NotFound, StorageError
from index.originals import SHIPPED, shipped_folder

NOTE = b"# Note\n\nThe harbour opens at six.\n"
OTHER = b"# Note\n\nThe harbour opens at seven.\n"


def two_in_a_zip():
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("a/note.md", NOTE)
        archive.writestr("b/other.md", OTHER)
    return out.getvalue()


def by_source(library):
    return {document.source: document.id for document in library.documents()}


def kept(library):
    folder = library.folder / "originals"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def upload(library, write_file):
    """Adds a file as the web chat does: from a folder that does not last."""

    def add(name, data):
        path = write_file(f"upload/{name}", data)
        library.add_folder_as(path.parent, "uploaded:", keep_originals=True)
        path.unlink()

    return add


def test_a_file_is_read_from_where_it_lies(library, write_file):
    library.add([write_file("note.md", NOTE)])
    [number] = by_source(library).values()
    assert library.original(number) == NOTE
    assert kept(library) == []


@pytest.mark.parametrize("change", ["write", "remove", "pipe"])
def test_a_file_that_has_changed_or_gone_is_not_given(library, write_file, change):
    path = write_file("note.md", NOTE)
    library.add([path])
    [number] = by_source(library).values()
    path.unlink()
    if change == "write":
        path.write_bytes(OTHER)
    if change == "pipe":
        os.mkfifo(path)
    with pytest.raises(NotFound, match="note.md: the file has changed or gone"):
        library.original(number)


def test_a_member_is_read_from_its_archive(library, write_file):
    path = write_file("all.zip", two_in_a_zip())
    library.add([path])
    assert library.original(by_source(library)[f"{path}!/a/note.md"]) == NOTE
    path.write_bytes(b"PK\x03\x04 no archive any more")
    with pytest.raises(NotFound, match="changed or gone"):
        library.original(by_source(library)[f"{path}!/a/note.md"])


def test_a_shipped_document_is_read_from_the_package(library):
    library.add_folder_as(shipped_folder(), SHIPPED)
    assert library.original(by_source(library)[f"{SHIPPED}bar-raisers.md"]) == (shipped_folder() / "bar-raisers.md").read_bytes()


def test_an_upload_is_kept_and_goes_with_its_last_document(library, upload):
    upload("note.md", NOTE)
    upload("copy.md", NOTE)
    numbers = by_source(library)
    assert library.original(numbers["uploaded:note.md"]) == library.original(numbers["uploaded:copy.md"]) == NOTE
    assert len(kept(library)) == 1
    library.remove(numbers["uploaded:note.md"])
    assert library.original(numbers["uploaded:copy.md"]) == NOTE
    library.remove(numbers["uploaded:copy.md"])
    assert kept(library) == []


def test_a_replaced_upload_is_kept_as_it_is_now(library, upload):
    upload("note.md", NOTE)
    upload("note.md", OTHER)
    assert library.original(by_source(library)["uploaded:note.md"]) == OTHER
    assert len(kept(library)) == 1


def test_the_files_of_an_uploaded_archive_are_kept(library, upload):
    upload("all.zip", two_in_a_zip())
    assert library.original(by_source(library)["uploaded:all.zip!/b/other.md"]) == OTHER
    assert len(kept(library)) == 2


@pytest.mark.parametrize("name, data, source", [("note.md", NOTE, "note.md"), ("all.zip", two_in_a_zip(), "all.zip!/a/note.md")])
def test_an_upload_that_was_not_kept_is_when_it_comes_again(library, upload, write_file, name, data, source):
    library.add_folder_as(write_file(f"first/{name}", data).parent, "uploaded:")
    number = by_source(library)[f"uploaded:{source}"]
    with pytest.raises(NotFound, match="was not kept. Upload it again"):
        library.original(number)
    upload(name, data)
    assert library.original(number) == NOTE


def test_a_file_that_could_not_be_read_is_not_kept(library, upload):
    upload("empty.md", b"\n")
    assert kept(library) == []


def test_an_altered_copy_is_not_given(library, upload):
    upload("note.md", NOTE)
    [name] = kept(library)
    (library.folder / "originals" / name).write_bytes(OTHER)
    with pytest.raises(NotFound):
        library.original(by_source(library)["uploaded:note.md"])


def test_what_is_left_of_a_broken_off_upload_goes_with_the_next_change(library, upload):
    upload("note.md", NOTE)
    (library.folder / "originals" / "0abc.part").write_bytes(b"half")
    upload("other.md", OTHER)
    assert len(kept(library)) == 2


def test_a_page_of_the_web_is_not_looked_for_on_the_disk(library, write_file):
    library.add_folder_as(write_file("page.md", NOTE).parent, "https://example.org/")
    with pytest.raises(NotFound, match="read from the web"):
        library.original(by_source(library)["https://example.org/page.md"])


def test_a_full_disk_is_an_error_in_words(library, write_file):
    (library.folder / "originals").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be kept"):
        library.add_folder_as(write_file("up/note.md", NOTE).parent, "uploaded:", keep_originals=True)
    assert library.documents() == []

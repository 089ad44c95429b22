"""ZIP archives: each member a document; nothing of them can harm."""

import pytest

from index.errors import UnreadableFile
from index.formats.archive import archive_members
from index.library import Library
from index.parsed import Limits
from tests.conftest import FakeEmbedder
from tests.index.files import make_pdf
from tests.index.office import make_zip

TEXT = "# Tides\n\nThe tide turns twice a day.\n"


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path / "library", FakeEmbedder(), max_file_bytes=5_000) as opened:
        yield opened


def test_each_member_is_a_document(library, write_file):
    members = {"notes/tides.md": TEXT, "boats.pdf": make_pdf([["A boat floats."]]), "empty/": "", "__MACOSX/x.md": "x", ".hidden": "x"}
    path = write_file("a.zip", make_zip(members))
    report = library.add([path])
    assert [(file.source, file.status) for file in report.files] == [(f"{path}!/boats.pdf", "added"), (f"{path}!/notes/tides.md", "added")]
    document = library.document(report.files[1].document_id)
    assert (document.title, document.text) == ("Tides", TEXT)
    assert [file.status for file in library.add([path]).files] == ["unchanged", "unchanged"]
    write_file("a.zip", make_zip({**members, "notes/tides.md": TEXT + "\nTwice."}))
    assert [file.status for file in library.add([path]).files] == ["unchanged", "replaced"]


def test_what_is_wrong_with_a_member_is_said_and_the_others_are_added(library, write_file):
    members = {
        "../up.md": TEXT,
        "/root.md": TEXT,
        "a.md": TEXT,
        "big.txt": "x" * 5_001,
        "inner.zip": make_zip({"a.md": TEXT}),
        "p.png": b"\x89PNG\r\n\x1a\n",
    }
    files = library.add([write_file("a.zip", make_zip(members, packed=True))]).files
    assert {file.source.rpartition("!/")[2]: file.warnings[0].partition(": ")[2] if file.warnings else file.status for file in files} == {
        "../up.md": "its path leads out of the archive, as in an attack. It is not read.",
        "/root.md": "its path leads out of the archive, as in an attack. It is not read.",
        "a.md": "added",
        "big.txt": "5,001 bytes is more than the limit of 5,000. Split it, or raise CITEWELL_MAX_FILE_BYTES.",
        "inner.zip": "an archive inside an archive. Unpack it and add its files.",
        "p.png": "binary data, not text: it is a PNG image. If it shows text, run it through OCR and add the result.",
    }


def test_damaged_member(library, write_file):
    data = bytearray(make_zip({"a.md": TEXT, "b.md": TEXT}))
    data[data.index(b"# Tides")] ^= 1
    reports = library.add([write_file("a.zip", bytes(data))]).files
    assert [file.status for file in reports] == ["skipped", "added"]
    assert "a.md: damaged in the archive" in reports[0].warnings[0]


@pytest.mark.parametrize(
    ("data", "limits", "message"),
    [
        (b"no zip", {}, "not a readable ZIP archive"),
        (make_zip({}), {}, "an archive without files"),
        (make_zip({"a": "x" * 101}), {"max_unpacked_bytes": 100}, "101 bytes when unpacked are more than the limit of 100"),
        (make_zip({"a": "x", "b": "x"}), {"max_archive_files": 1}, "2 files inside are more than the limit of 1"),
    ],
)
def test_archives_that_are_refused(tmp_path, data, limits, message):
    with pytest.raises(UnreadableFile, match=message):
        list(archive_members(data, tmp_path / "a.zip", "a.zip", max_bytes=1_000, limits=Limits(**limits)))

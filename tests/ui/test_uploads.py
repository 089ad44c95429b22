"""What a browser says of the files it sent is not trusted."""

import os
import secrets

import pytest

from ui.uploads import Upload, read_uploads, upload_work


@pytest.fixture
def received(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))

    def put(text="# A\n\nWords.\n", folder=None):
        path = tmp_path / "gradio" / (folder or secrets.token_hex(32)) / "12.part"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return put


def told(library, *uploads):
    work = upload_work(library, uploads, 0)
    try:
        return work.run(lambda step: None)
    finally:
        work.end()


def test_a_file_that_was_received_is_added(library, received):
    assert "<b>Added</b>" in told(library, Upload("a.md", 5, str(received())))


def test_a_path_that_is_not_an_uploads_is_not_touched(library, received, tmp_path, monkeypatch):
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n\nNobody may read this.\n")
    inside = received()
    link, hash_folder = inside.with_name("link.part"), tmp_path / "gradio" / secrets.token_hex(32)
    link.symlink_to(secret)
    hash_folder.symlink_to(tmp_path)
    outside = tmp_path / "elsewhere" / secrets.token_hex(32) / "12.part"
    outside.parent.mkdir(parents=True)
    outside.write_text("# X\n\nWords.\n")
    monkeypatch.chdir(inside.parent)
    paths = [secret, link, hash_folder / "secret.md", outside, inside.parent, f"{inside.parent}/../{inside.parent.name}/../../secret.md"]
    for path in [*map(str, paths), "/etc/passwd", "12.part", "", "\0", f"{inside.parent}/..", f"{inside}\0.md"]:
        assert "it was not received" in told(library, Upload("a.md", 5, path)), path
    assert secret.exists() and outside.exists()
    assert library.documents() == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../a.md", "not that of a file in a folder"),
        ("a/../../b.md", "not that of a file in a folder"),
        ("/etc/a.md", "not that of a file in a folder"),
        ("..\\a.md", "not that of a file in a folder"),
        ("C:\\a.md", "not that of a file in a folder"),
        ("a\0.md", "not that of a file in a folder"),
        ("", "not that of a file in a folder"),
        ("a/", "not that of a file in a folder"),
        ("x" * 300 + ".md", "its name is too long"),
        ("/".join(["x" * 200] * 15) + "/a.md", "its name is too long"),
        ("a.exe", "files of the kind .exe cannot be read"),
        ("README", "files without ending cannot be read"),
        ("..md", "files without ending cannot be read"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(library, received, name, reason):
    path = received()
    assert reason in told(library, Upload(name, 5, str(path)))
    assert path.exists()


STRANGE = ["<img src=x onerror=alert(1)>.md", "a\"b'.md", "invoice\u202efdp.md", "two\nlines.md", "ü 東京.md", "-rf.md"]


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_name_is_added_and_shown_harmlessly(library, received, name):
    html = told(library, Upload(name, 5, str(received())))
    assert "<b>Added</b>" in html
    assert "<img" not in html and "\u202e" not in html and "\n" not in html
    assert [document.source for document in library.documents()] == [f"uploaded:{name}"]


def test_too_large_a_file_is_refused_whatever_the_browser_says(tmp_path, embedder, received):
    from index.library import Library

    with Library(tmp_path / "small", embedder, max_file_bytes=20) as library:
        for size in (5, 500):
            html = told(library, Upload("a.md", size, str(received("# A\n\n" + "Words. " * 50))))
            assert "is more than the limit of 20" in html


def test_the_same_name_twice_and_a_file_where_a_folder_is(library, received):
    paths = [str(received()) for _ in range(4)]
    html = told(library, Upload("a.md", 5, paths[0]), Upload("a.md", 5, paths[1]), Upload("a.md/b.md", 5, paths[2]))
    assert html.count("<b>Added</b>") == 1
    assert "another file of this name" in html and "it could not be kept" in html


def test_what_is_no_list_of_files_is_none():
    assert read_uploads("x") is None
    assert read_uploads([{"name": 1, "size": "x", "path": {}}]) == [Upload("")]
    assert read_uploads([{"name": "\ud800.md"}]) == [Upload("?.md")]


def test_nothing_is_left_behind(library, received, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    os.mkdir(tmp_path / "tmp")
    told(library, Upload("a.md", 5, str(received())))
    assert os.listdir(tmp_path / "tmp") == []

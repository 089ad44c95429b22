import os

import pytest

from index.discover import find_files
from index.errors import NotFound


@pytest.fixture
def folder(tmp_path):
    for name in ("b.txt", "a.md", "sub/c.txt", "sub/deep/d.txt", ".hidden", ".git/e.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path


def names(paths, folder):
    return [path.relative_to(folder).as_posix() for path in find_files(paths)]


def test_a_folder_is_walked_in_name_order_without_hidden_files(folder):
    assert names([folder], folder) == ["a.md", "b.txt", "sub/c.txt", "sub/deep/d.txt"]


def test_files_come_in_the_order_named_and_once(folder):
    assert names([folder / "b.txt", folder / "sub" / ".." / "a.md", folder], folder) == ["b.txt", "a.md", "sub/c.txt", "sub/deep/d.txt"]


def test_a_hidden_file_that_is_named_is_meant(folder):
    assert names([folder / ".hidden"], folder) == [".hidden"]


def test_globs(folder):
    assert names([str(folder / "*.txt")], folder) == ["b.txt"]
    assert names([str(folder / "**" / "*.txt")], folder) == ["b.txt", "sub/c.txt", "sub/deep/d.txt"]
    assert names([str(folder / "su?")], folder) == ["sub/c.txt", "sub/deep/d.txt"]


def test_a_name_with_glob_signs_is_a_name_first(folder):
    (folder / "x[1].txt").write_text("x")
    assert names([folder / "x[1].txt"], folder) == ["x[1].txt"]


def test_paths_are_absolute_and_home_is_known(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)
    assert find_files(["a.md", "~/b.txt"]) == [folder / "a.md", folder / "b.txt"]


def test_what_is_not_there(folder):
    with pytest.raises(NotFound, match="none.txt: no such file or folder"):
        find_files([folder / "none.txt"])
    with pytest.raises(NotFound, match="no file matches"):
        find_files([str(folder / "*.pdf")])


def test_an_empty_folder_has_no_files(tmp_path):
    assert find_files([tmp_path]) == []


def test_a_ring_of_links_ends(folder):
    os.symlink(folder, folder / "sub" / "ring")
    assert names([folder], folder) == ["a.md", "b.txt", "sub/c.txt", "sub/deep/d.txt"]

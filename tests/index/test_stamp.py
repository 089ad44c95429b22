import os
import time

import pytest

from index.stamp import file_stamp
from tests.index.test_library import TIDES


@pytest.fixture
def later(monkeypatch):
    """The clock goes on by a minute, so that files have settled."""
    now = time.time_ns
    monkeypatch.setattr("index.stamp.time.time_ns", lambda: now() + 60_000_000_000)


def test_a_stamp_changes_with_every_write(write_file, later):
    path = write_file("a.md", TIDES)
    before = os.stat(path)
    stamp = file_stamp(path)
    path.write_text(TIDES.replace("twice", "never"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert stamp.startswith(f"{len(TIDES)}:{before.st_mtime_ns}:")
    assert file_stamp(path) != stamp


def test_a_file_of_moments_ago_or_none_has_no_stamp(write_file):
    assert file_stamp(write_file("a.md", TIDES)) == ""
    assert file_stamp(write_file("a.md", TIDES).with_name("none")) == ""


def test_a_file_with_the_same_stamp_is_not_read_again(library, write_file, later, monkeypatch):
    path = write_file("a.md", TIDES)
    library.add([path])
    monkeypatch.setattr("index.ingest._sha256", lambda file: pytest.fail("read again"))
    assert library.add([path]).count("unchanged") == 1


def test_a_file_that_was_only_touched_is_hashed_once(library, write_file, later, monkeypatch):
    path = write_file("a.md", TIDES)
    library.add([path])
    os.utime(path, ns=(1, 1))
    assert library.add([path]).count("unchanged") == 1
    monkeypatch.setattr("index.ingest._sha256", lambda file: pytest.fail("read again"))
    assert library.add([path]).count("unchanged") == 1


def test_a_change_of_the_same_size_and_time_is_seen(library, write_file, later):
    path = write_file("a.md", TIDES)
    library.add([path])
    before = os.stat(path)
    path.write_text(TIDES.replace("twice", "never"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert library.add([path]).count("replaced") == 1

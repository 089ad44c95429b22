import os

import pytest

from index.errors import LibraryBusy, StorageError
from index.lock import writing


def test_a_second_writer_is_told_who_holds_it(tmp_path):
    with writing(tmp_path):
        with pytest.raises(LibraryBusy, match=rf"is being written by process {os.getpid()} on .+ since 20\d\d-"), writing(tmp_path):
            pass
    with writing(tmp_path):
        pass


def test_the_lock_is_free_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), writing(tmp_path):
        raise ZeroDivisionError
    with writing(tmp_path):
        pass


def test_a_holder_that_cannot_be_read_is_another_process(tmp_path):
    with writing(tmp_path):
        (tmp_path / "writer.json").write_text("{")
        with pytest.raises(LibraryBusy, match="by another process"), writing(tmp_path):
            pass


def test_a_folder_that_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be written"), writing(tmp_path / "file"):
        pass

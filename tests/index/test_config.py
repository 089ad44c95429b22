import pytest
from pydantic import ValidationError

import index
from index import errors
from index.config import IndexSettings


def test_every_setting_is_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("CITEWELL_CHUNK_TOKENS", "200")
    monkeypatch.setenv("CITEWELL_LIBRARY", "/somewhere")
    settings = IndexSettings()
    assert (settings.chunk_tokens, settings.library) == (200, "/somewhere")


@pytest.mark.parametrize("values", [{"chunk_tokens": 3}, {"max_file_bytes": 0}, {"embed_batch": 0}, {"chunk_token": 200}])
def test_wrong_settings_are_refused(values):
    with pytest.raises(ValidationError):
        IndexSettings(**values)


def test_public_names_are_there():
    assert all(hasattr(index, name) for name in index.__all__)


def test_every_error_is_in_the_tree_of_the_docstring():
    assert all(name in errors.__doc__ for name in errors.__all__)
    assert all(issubclass(getattr(errors, name), errors.CitewellError) for name in errors.__all__)

import json

import pytest

from index.derived import read_manifest, write_manifest


@pytest.fixture
def manifest(tmp_path):
    file = tmp_path / "part.bin"
    file.write_bytes(b"0123456789")
    write_manifest(tmp_path / "part.json", [file], generation=7, dimension=3)
    return tmp_path / "part.json"


def read(manifest, **facts):
    return read_manifest(manifest, manifest.parent, **facts)


def test_a_whole_index_gives_its_generation(manifest):
    assert read(manifest) == read(manifest, dimension=3) == 7


def test_another_fact_is_no_match(manifest):
    assert read(manifest, dimension=4) is None


@pytest.mark.parametrize("content", [b"012345678", b"01234x6789", b"0123456789\n", b""])
def test_an_altered_file_is_no_match(manifest, content):
    (manifest.parent / "part.bin").write_bytes(content)
    assert read(manifest) is None


def test_a_missing_file_or_manifest_is_no_match(manifest):
    (manifest.parent / "part.bin").unlink()
    assert read(manifest) is None
    assert read_manifest(manifest.parent / "other.json", manifest.parent) is None


@pytest.mark.parametrize(
    "content", ["", "[1]", "{}", '{"files": {}, "generation": 1}', '{"files": 3}', "\ufffd", '{"files": {"part.bin": 1}}']
)
def test_a_garbled_manifest_is_no_match(manifest, content):
    manifest.write_text(content)
    assert read(manifest) is None


def test_a_generation_that_is_no_number_is_no_match(manifest):
    facts = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**facts, "generation": "x"}))
    assert read(manifest) is None

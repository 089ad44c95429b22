"""Models run without torch give the vectors of sentence-transformers; what cannot be run so is left to it."""

import json
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import model_check
from index.embed import SentenceEmbedder
from index.errors import ModelError
from index.graph import Graph
from index.model_check import difference
from index.onnx_encoder import OnnxEncoder
from index.sentence_model import Unsupported, read_sentence_model
from index.torch_encoder import TorchEncoder
from tests.index.tiny_models import FAMILIES, make_model

TEXTS = ["the tide", "", "a longer text, " * 20, "The Tide turns twice a day.", "?", "one two three 4 5 6"]

WITH_OPENVINO = pytest.mark.skipif(find_spec("openvino") is None, reason="there is no OpenVINO for this processor")
WITHOUT_TORCH = ("openvino, bfloat16", "openvino", "onnxruntime")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def tiny(folder):
    return make_model(folder / "tiny")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/citewell/models"


@pytest.fixture(params=["as it comes", "onnxruntime"])
def runs(request, monkeypatch):
    """Both that can run a graph; where OpenVINO is not installed, onnxruntime twice."""
    if request.param == "onnxruntime":
        without_openvino(monkeypatch)


def without_openvino(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)


def encoder(folder, batch_size=32, precision="full"):
    return OnnxEncoder(read_sentence_model(folder), batch_size=batch_size, precision=precision)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_gives_the_vectors_of_sentence_transformers(runs, folder, family, pooling):
    made = make_model(folder / f"{family}-{pooling}", family, pooling=pooling, max_tokens=40)
    assert difference(encoder(made).embed, TorchEncoder(str(made), family, batch_size=32).embed) < 1e-5


def test_a_text_has_the_same_vector_alone_and_among_others(runs, tiny):
    whole = encoder(tiny).embed(TEXTS)
    assert np.array_equal(whole, encoder(tiny).embed(TEXTS))
    for batch_size in (1, 2, 5):
        assert np.allclose(encoder(tiny, batch_size).embed(TEXTS), whole, atol=1e-6)
    assert np.allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-6)


def test_the_vectors_of_tokens_are_those_of_sentence_transformers(runs, tiny):
    texts = ["the tide (turns).", "", "a b c d e f g h " * 40, "a"]
    ours, theirs = encoder(tiny).embed_tokens(texts), TorchEncoder(str(tiny), "tiny", batch_size=2).embed_tokens(texts)
    for one, other in zip(ours, theirs, strict=True):
        assert one.shape == other.shape
        assert np.allclose(one, other, atol=1e-5)
        assert np.allclose(np.linalg.norm(one, axis=1), 1, atol=1e-5)
    assert [len(vectors) for vectors in ours][1::2] == [0, 1]


def test_many_long_texts_are_run_in_small_batches(tiny, monkeypatch):
    running, shapes = encoder(tiny), []
    run = running._run_batch
    monkeypatch.setattr(
        running, "_run_batch", lambda output, batch: shapes.append((len(batch), max(map(len, batch)))) or run(output, batch)
    )
    running.embed(["a b c d e f g h " * 40] * 30 + ["a"] * 40)
    assert sum(texts for texts, tokens in shapes if tokens < 9) == 40
    assert len([texts for texts, tokens in shapes if tokens < 9]) == 2  # 32 at most in a batch
    assert all(texts * tokens <= 1024 for texts, tokens in shapes)


def test_few_texts_are_shared_among_the_cores(tiny, monkeypatch):
    monkeypatch.setattr("index.onnx_encoder.core_count", lambda: 4)
    running, rows = encoder(tiny), []
    run = running._run_batch
    monkeypatch.setattr(running, "_run_batch", lambda output, batch: rows.append(len(batch)) or run(output, batch))
    running.embed(["a b c d e f g h i j k l m n o p q r s t u v w x y z"] * 8)
    assert rows == [2, 2, 2, 2]


def test_threads_may_share_it(runs, tiny):
    shared = encoder(tiny)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: shared.embed([*TEXTS, f"number {number}"]), range(40)))
    assert all(np.allclose(vectors[:-1], found[0][:-1], atol=1e-6) for vectors in found)


def test_what_runs_it_is_told(tiny, monkeypatch):
    assert encoder(tiny).engine in WITHOUT_TORCH[1:]
    assert encoder(tiny, precision="auto").engine in WITHOUT_TORCH
    without_openvino(monkeypatch)
    assert encoder(tiny, precision="auto").engine == "onnxruntime"


def test_fewer_bits_change_vectors_little(tiny):
    whole, fewer = encoder(tiny).embed(TEXTS), encoder(tiny, precision="auto").embed(TEXTS)
    assert np.allclose(np.linalg.norm(fewer, axis=1), 1, atol=1e-5)
    assert (whole * fewer).sum(axis=1).min() > 0.999


@WITH_OPENVINO
def test_where_openvino_fails_onnxruntime_runs_the_model(tiny, monkeypatch, caplog):
    wanted = encoder(tiny).embed(TEXTS)
    written, asked = Graph.written, list[Graph]()

    def first_broken(graph):
        asked.append(graph)
        return written(graph) if len(asked) > 1 else b"no graph"

    monkeypatch.setattr(Graph, "written", first_broken)
    failing = encoder(tiny)
    assert failing.engine == "onnxruntime"
    assert np.allclose(failing.embed(TEXTS), wanted, atol=1e-5)
    assert "OpenVINO cannot run the model here" in caplog.text


IMPORTS = """
import sys
from index.embed import SentenceEmbedder
SentenceEmbedder().embed(["a"])
print(*sys.modules)
"""


@WITH_OPENVINO
def test_openvino_is_loaded_without_what_tells_its_makers():
    imported = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True).stdout.split()
    assert "openvino" in imported
    assert not [name for name in imported if "telemetry" in name or name.startswith("openvino.tools.ovc")]


def change(folder, tiny, name, **values):
    """A copy of the tiny model with another line in one of its files."""
    from shutil import copytree

    made = copytree(tiny, folder, dirs_exist_ok=True)
    found = json.loads((made / name).read_text())
    if isinstance(found, list):
        found[0].update(values)
    (made / name).write_text(json.dumps(found if isinstance(found, list) else found | values))
    return made


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("config.json", {"model_type": "albert"}, "its encoder is of the kind albert"),
        ("config.json", {"hidden_act": "relu"}, "its activation is relu"),
        ("config.json", {"auto_map": {"AutoModel": "own.Model"}}, "brings code of its own"),
        ("config.json", {"position_embedding_type": "relative_key"}, "its positions are relative_key"),
        ("modules.json", {"type": "own_code.Transformer"}, "it brings code of its own"),
        ("1_Pooling/config.json", {"pooling_mode": "max"}, "its pooling is max"),
        ("1_Pooling/config.json", {"pooling_mode": ["mean", "cls"]}, "its pooling is mean, cls"),
        ("config_sentence_transformers.json", {"default_prompt_name": "query"}, "a prompt"),
    ],
)
def test_what_is_not_supported_is_said(tmp_path, tiny, name, values, reason):
    with pytest.raises(Unsupported, match=reason):
        read_sentence_model(change(tmp_path / "other", tiny, name, **values))


@pytest.mark.parametrize("name", ["modules.json", "config.json", "model.safetensors", "tokenizer.json"])
def test_missing_and_broken_files_are_said(tmp_path, tiny, name):
    made = change(tmp_path / "other", tiny, "config.json")
    (made / name).write_text("{")
    with pytest.raises(Unsupported, match="cannot be read"):
        encoder(made)
    (made / name).unlink()
    with pytest.raises(Unsupported, match="cannot be read|it has no"):
        encoder(made)


def test_other_weights_than_the_kind_has(tmp_path, tiny):
    with pytest.raises(Unsupported, match=r"it has no .*layer\.2"):
        encoder(change(tmp_path / "other", tiny, "config.json", num_hidden_layers=3))


def test_a_model_is_compared_once(tiny, cache, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "citewell")
    assert SentenceEmbedder(str(tiny)).engine in WITHOUT_TORCH
    assert caplog.messages == ["Preparing the model for this machine (once) …"]
    monkeypatch.setattr(TorchEncoder, "load", lambda self: pytest.fail("torch was asked again"))
    again = SentenceEmbedder(str(tiny))
    assert again.engine in WITHOUT_TORCH
    assert (again.dimension, again.embed(["a"]).shape) == (32, (1, 32))
    assert len(list(cache.glob("*.verdict"))) == 1


@pytest.mark.parametrize("content", ["", "\n", "its vectors would be 1e-3 off", "00\nits vectors would be 1e-3 off"])
@pytest.mark.parametrize("kind", ["verdict", "graph"])
def test_what_is_kept_broken_is_made_anew(tiny, cache, kind, content):
    SentenceEmbedder(str(tiny)).embed(["a"])
    kept = next(cache.glob(f"*.{kind}"))
    good = kept.read_bytes()
    kept.write_text(content)
    assert SentenceEmbedder(str(tiny)).engine in WITHOUT_TORCH
    assert kept.read_bytes() == good


def test_a_graph_is_written_once(tiny, runs, cache, monkeypatch):
    wanted = encoder(tiny).embed(TEXTS)
    kept = list(cache.iterdir())
    monkeypatch.setitem(sys.modules, "onnx", None)  # an import of it fails
    assert np.array_equal(encoder(tiny).embed(TEXTS), wanted)
    assert list(cache.iterdir()) == kept


def test_graphs_of_other_shapes_are_others(folder, tiny, cache):
    for made in (tiny, make_model(folder / "cls", pooling="cls")):
        encoder(made).embed(TEXTS)
    assert len(list(cache.glob("*.graph"))) == 2


def test_a_cache_that_cannot_be_written_changes_nothing(tiny, cache):
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    assert SentenceEmbedder(str(tiny)).engine in WITHOUT_TORCH


def test_a_model_whose_vectors_would_differ_is_run_as_it_is(tiny, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "citewell")
    wanted = SentenceEmbedder(str(tiny), engine="torch")
    assert wanted.engine == "sentence-transformers"
    monkeypatch.setattr(model_check, "_TOLERANCE", -1.0)
    for said in (["Preparing", "is run by sentence-transformers"], ["is run by sentence-transformers"]):  # the verdict is kept
        caplog.clear()
        embedder = SentenceEmbedder(str(tiny))
        assert np.array_equal(embedder.embed(["a"]), wanted.embed(["a"]))
        assert "off" in embedder.engine
        assert len(caplog.messages) == len(said)
        assert all(part in message for part, message in zip(said, caplog.messages, strict=True))
    with pytest.raises(ModelError, match="cannot be run without torch: its vectors would be .* off. Set CITEWELL_ENGINE=auto"):
        SentenceEmbedder(str(tiny), engine="onnx").embed(["a"])


def test_an_unsupported_model_is_run_as_it_is(folder):
    embedder = SentenceEmbedder(str(make_model(folder / "dense", dense=True)))
    assert embedder.embed(["a", "b"]).shape == (2, 16)
    assert embedder.engine == "sentence-transformers: it consists of Transformer, Pooling, Dense, Normalize"
    assert embedder.count_tokens(["the tide"]) == [2]


def test_vectors_that_are_no_numbers_differ():
    nothing, numbers = (lambda texts: np.full((len(texts), 2), np.nan)), (lambda texts: np.zeros((len(texts), 2)))
    assert difference(nothing, numbers) == difference(lambda texts: np.zeros((len(texts), 3)), numbers) == float("inf")
    assert difference(numbers, numbers) == 0


def test_the_tokens_of_texts_just_embedded_are_not_run_again(tiny, monkeypatch):
    running, fresh = encoder(tiny), encoder(tiny)
    running.embed(TEXTS)
    runs = []
    run = running._run_batch
    monkeypatch.setattr(running, "_run_batch", lambda outputs, batch: runs.append(len(batch)) or run(outputs, batch))
    found = running.embed_tokens([TEXTS[0], "the turning tide", TEXTS[0]])
    assert runs == [1]
    for one, other in zip(found, fresh.embed_tokens([TEXTS[0], "the turning tide", TEXTS[0]]), strict=True):
        assert np.allclose(one, other, atol=1e-5)


def test_what_is_remembered_is_bounded(tiny):
    running = encoder(tiny)
    for number in range(9):
        running.embed([f"number {number} {n}" for n in range(20)])
    running.embed([f"many {n}" for n in range(65)])
    assert len(running._tokens) == 64
    assert not any(text.startswith("many") for text in running._tokens)


@given(st.lists(st.integers(1, 120), max_size=70))
def test_every_text_is_in_one_batch_which_is_not_too_large(lengths):
    running = OnnxEncoder.__new__(OnnxEncoder)
    running._batch_size = 8
    batches = running._batches(lengths)
    assert sorted(at for batch in batches for at in batch) == list(range(len(lengths)))
    costs = [len(batch) * max(lengths[at] for at in batch) for batch in batches]
    assert costs == sorted(costs, reverse=True)
    assert all(len(batch) <= 8 and (len(batch) == 1 or cost <= 1024) for batch, cost in zip(batches, costs, strict=True))

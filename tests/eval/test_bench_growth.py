import json

import numpy as np
import pytest
from rich.console import Console

from eval import bench_growth
from eval.bench_growth import Source, fill, grow
from eval.growth_page import Size, exponent, page, plots
from index import Library
from tests.conftest import FakeEmbedder

TEXT = "The tide turns at nine. A crane lifts the boats in spring. The harbour master signs for each of them. " * 3
ONES = {name: 1.0 for name in Size.model_fields if name not in ("chunks", "added", "disk")} | {"search_resident": 1, "answer_resident": 1}


def size(chunks, **figures):
    return Size.model_validate(ONES | {"chunks": chunks, "added": chunks, "disk": 3000 * chunks} | figures)


def unit(rows):
    vectors = np.random.default_rng(0).standard_normal((rows, 8), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_mixtures_are_unit_vectors_near_a_real_one():
    real = np.abs(unit(5))
    mixed = Source([TEXT], real).mixtures(40)
    assert np.allclose(np.linalg.norm(mixed, axis=1), 1, atol=1e-5)
    assert (mixed @ real.T).max(axis=1).min() > 0.6


def test_what_is_filled_is_searched_like_what_was_added(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_growth, "SentenceEmbedder", lambda name="": FakeEmbedder())
    (tmp_path / "one.md").write_text(f"# One\n\n{TEXT}")
    with Library(tmp_path / "library", FakeEmbedder()) as library:
        library.add([tmp_path / "one.md"])
        before, vector = library.chunk_count(), library.embed(["the tide"])
    fill(tmp_path / "library", Source([TEXT], np.repeat(vector, 2, axis=0)), 120)
    with Library(tmp_path / "library", FakeEmbedder()) as library:
        assert library.chunk_count() == before + 120
        assert len(library.documents()) == 1 + 3
        assert library.search_vectors(vector[0], 5)[0][1] > 0.9
        library.facts()  # reads and verifies all


def test_a_library_grows_to_each_size(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_growth, "SentenceEmbedder", lambda name="": FakeEmbedder())
    monkeypatch.setattr(bench_growth, "_probe", lambda home, questions: (ONES, 2.0, 0.5))
    found = list(grow(tmp_path, [TEXT], [60, 130], 60, None, FakeEmbedder(), Console(quiet=True)))
    assert [one.chunks for one in found] == [found[0].chunks, 130]
    assert found[1].added == 130 - found[0].chunks
    assert found[1].disk > found[0].disk
    assert found[0].cold_s == 2.0


def test_the_exponent_is_the_slope_of_the_logarithms():
    assert exponent([10, 100, 1000], [5, 50, 500]) == pytest.approx(1)
    assert exponent([10, 100], [3, 3]) == pytest.approx(0)
    assert exponent([1, 4], [1, 2]) == pytest.approx(0.5)


def test_the_page_has_figures_exponents_and_what_was_wanted():
    text = page([size(1000), size(10_000, search_p50_ms=30.0)], "the command")
    assert "| disk, MB | 3 | 30 | 1.00 | 1.00 | 3,000 |" in text
    assert "| search, p50, ms | 1 | 30 | 1.48 | 1.48 | 27000 |" in text
    assert "At 10,000 chunks: half of the searches take 25 ms at most: no; 25 ms of the processor at most: yes; it is opened" in text


def test_each_plot_is_named_in_the_page_and_holds_each_size():
    sizes = [size(1000), size(10_000), size(100_000)]
    drawn, text = plots(sizes), page(sizes, "the command")
    assert all(f"(pictures/{name})" in text and plot.count("<circle") == 3 for name, plot in drawn.items())


def test_sizes_are_kept_as_json():
    assert Size.model_validate(json.loads(size(5).model_dump_json())) == size(5)


def test_where_a_million_was_measured_nothing_is_estimated():
    assert "if it goes on so" not in page([size(1000), size(1_000_000)], "the command")

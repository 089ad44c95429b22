"""Vectors are made once, the oldest are forgotten, and threads do not disturb each other."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.cache import CachedEmbedder
from tests.conftest import FakeEmbedder


def test_a_text_is_embedded_once(embedder):
    cached = CachedEmbedder(embedder)
    first = cached.embed(["rye", "wheat", "rye"])
    again = cached.embed(["wheat", "spelt"])
    assert embedder.embedded == ["rye", "wheat", "spelt"]
    np.testing.assert_array_equal(first[0], first[2])
    np.testing.assert_array_equal(first[1], again[0])
    np.testing.assert_array_equal(first, FakeEmbedder().embed(["rye", "wheat", "rye"]))


def test_of_no_texts_there_are_no_vectors(embedder):
    assert CachedEmbedder(embedder).embed([]).shape == (0, embedder.dimension)


def test_the_least_recently_used_is_forgotten(embedder):
    cached = CachedEmbedder(embedder, size=2)
    for texts in (["rye"], ["wheat"], ["rye"], ["spelt"]):  # wheat is the oldest then
        cached.embed(texts)
    embedder.embedded.clear()
    cached.embed(["rye"])
    assert embedder.embedded == []
    cached.embed(["wheat"])
    assert embedder.embedded == ["wheat"]


def test_more_texts_than_it_holds(embedder):
    cached = CachedEmbedder(embedder, size=1)
    texts = ["rye", "wheat", "spelt"]
    np.testing.assert_array_equal(cached.embed(texts), FakeEmbedder().embed(texts))


def test_threads_get_their_own_vectors(embedder):
    cached = CachedEmbedder(embedder, size=3)
    batches = [[f"bread {number % 5}", f"oven {number % 7}"] for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(cached.embed, batches))
    for batch, vectors in zip(batches, found, strict=True):
        np.testing.assert_array_equal(vectors, FakeEmbedder().embed(batch))


@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4), max_size=6), st.integers(1, 4))
def test_the_same_as_without_a_cache(batches, size):
    cached = CachedEmbedder(FakeEmbedder(), size=size)
    for batch in batches:
        np.testing.assert_array_equal(cached.embed(batch), FakeEmbedder().embed(batch))

"""The worst-met tokens of a question, with vectors that are known by hand."""

import numpy as np
import pytest

from rag.match import least_met

VECTORS = {"a": (1.0, 0.0), "b": (0.0, 1.0), "c": (0.6, 0.8)}


def embed_tokens(texts):
    return [np.array([VECTORS[sign] for sign in text], np.float32).reshape(-1, 2) for text in texts]


def test_the_mean_of_the_three_worst():
    assert least_met("abca", ["a"], embed_tokens) == [pytest.approx((0.0 + 0.6 + 1.0) / 3)]


def test_a_token_takes_the_one_that_is_nearest_to_it():
    assert least_met("b", ["ac", "ab"], embed_tokens) == [pytest.approx(0.8), pytest.approx(1.0)]


def test_without_tokens_nothing_is_met():
    assert least_met("", ["a"], embed_tokens) == [0.0]
    assert least_met("a", ["", "a"], embed_tokens) == [0.0, 1.0]

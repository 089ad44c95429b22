"""The arithmetic of the benchmarks; what they measure is measured by running them."""

from eval.bench import spread
from eval.bench_search import recall


def test_spread_is_of_the_medians_with_the_smallest_and_largest_ratio():
    assert spread([8.0, 10.0, 12.0], [2.0, 2.0, 2.0]) == "5.0 × (4.0 – 6.0)"


def test_recall_is_the_share_of_the_exact_ones():
    assert recall([1, 2, 3, 4], [4, 9, 2, 8]) == 0.5

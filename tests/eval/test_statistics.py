import numpy as np
import pytest

from eval.statistics import bootstrap, difference_interval, mean_interval, tally


def test_the_interval_of_a_mean_is_near_the_normal_one():
    values = [0.0] * 60 + [1.0] * 40
    low, high = mean_interval(values)
    # sqrt(0.4 · 0.6 / 100) = 0.049; 1.96 of these on both sides.
    assert low == pytest.approx(0.4 - 0.096, abs=0.02)
    assert high == pytest.approx(0.4 + 0.096, abs=0.02)


def test_the_same_seed_gives_the_same_interval_and_another_another():
    values = [n**2 / 10_000 for n in range(100)]
    assert mean_interval(values, 3) == mean_interval(values, 3)
    assert mean_interval(values, 3) != mean_interval(values, 4)


def test_a_share_without_exception_is_not_certain():
    # Clopper and Pearson for 20 of 20: the lower end is 0.025 ** (1 / 20) = exp(-3.68888 / 20).
    assert mean_interval([1.0] * 20) == (pytest.approx(0.8316, abs=1e-4), 1.0)
    assert mean_interval([0.0] * 20) == (0.0, pytest.approx(0.1684, abs=1e-4))


def test_values_that_are_all_the_same_but_no_share_have_no_width():
    assert mean_interval([0.5, 0.5, 0.5]) == (0.5, 0.5)


def test_bootstrap_of_any_figure_and_of_one_that_is_often_missing():
    values = np.arange(100.0)
    low, high = bootstrap(100, lambda drawn: float(values[drawn].max()))
    assert 90 < low <= high <= 99
    assert bootstrap(3, lambda drawn: None) is None


def test_the_paired_interval_sees_what_the_questions_share():
    before = [0.0, 1.0] * 50
    after = [value * 0.9 + 0.05 for value in before]
    low, high = difference_interval(before, [value + 0.01 for value in before])
    assert (low, high) == (pytest.approx(0.01), pytest.approx(0.01))
    low, high = difference_interval(before, after)
    assert low < 0 < high


def test_tally():
    assert tally([0, 0.5, 1], [1, 0.5, 0.5]) == (1, 1, 1)
    assert tally([10, 20], [5, 30], lower_is_better=True) == (1, 1, 0)
    assert tally([10, 20], [5, 5], lower_is_better=True) == (2, 0, 0)

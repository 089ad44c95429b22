"""The arithmetic of the benchmarks; what they measure is measured by running them."""

import os
import sys
import time

import numpy as np
import pytest

from eval.bench import spread, until_answered
from eval.bench_precision import gains
from eval.bench_search import recall


def test_spread_is_of_the_medians_with_the_smallest_and_largest_ratio():
    assert spread([8.0, 10.0, 12.0], [2.0, 2.0, 2.0]) == "5.0 × (4.0 – 6.0)"


def test_recall_is_the_share_of_the_exact_ones():
    assert recall([1, 2, 3, 4], [4, 9, 2, 8]) == 0.5


def test_gains_are_told_with_their_spread():
    said = gains([4.0, 6.0], [2.0, 2.0], [1.0, 0.5], [0.9, 0.3], np.array([1.0, 0.98], np.float32))
    assert said.startswith("The second is 2.50 times faster (2.00 – 3.00); nDCG@10 moves by -20.00% (")
    assert said.endswith("cosines with full precision: 0.99000 in the mean, 0.98000 at least.")


def test_a_start_ends_with_the_first_line_and_a_failure_is_no_start():
    slow_to_end = "import time; print('an answer', flush=True); time.sleep(0.5)"
    began = time.perf_counter()
    spent = until_answered([sys.executable, "-c", slow_to_end], os.environ)
    assert spent < time.perf_counter() - began - 0.4
    for code in ("print('an answer'); raise SystemExit(3)", "pass"):
        with pytest.raises(RuntimeError, match="exit code"):
            until_answered([sys.executable, "-c", code], os.environ)

"""The logistic fit of the confidence, against scikit-learn's, and where a weight would be negative."""

import numpy as np
import pytest

from eval.fit_confidence import _PENALTY, fit_logistic

CHANCE = np.random.default_rng(3)
SIGNS = CHANCE.random((400, 3))
ANSWERABLE = SIGNS @ np.array([3.0, 1.0, 1.0]) + CHANCE.normal(0, 0.5, 400) > 2.5
WEIGHTS = CHANCE.uniform(0.5, 2, 400)


def test_the_same_as_scikit_learns():
    from sklearn.linear_model import LogisticRegression

    theirs = LogisticRegression(C=1 / _PENALTY, max_iter=5000, tol=1e-8).fit(SIGNS, ANSWERABLE, sample_weight=WEIGHTS)
    assert (theirs.coef_ > 0).all()
    assert fit_logistic(SIGNS, ANSWERABLE, WEIGHTS) == pytest.approx([*theirs.intercept_, *theirs.coef_[0]], abs=1e-2)


def test_no_weight_is_below_zero():
    intercept, *weights = fit_logistic(np.column_stack([SIGNS[:, 0], -SIGNS[:, 1]]), ANSWERABLE, WEIGHTS)
    assert weights[0] > 0
    assert weights[1] == 0.0

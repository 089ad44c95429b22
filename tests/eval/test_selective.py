import random
from fractions import Fraction
from itertools import permutations

import pytest

from eval.selective import Bin, calibration_error, error_at_coverage, fit_threshold, reliability, risk_coverage, risk_coverage_area

CONFIDENCE = [0.9, 0.8, 0.8, 0.3]
WRONG = [False, True, False, True]


def test_the_curve_has_a_point_for_each_confidence():
    # 1 answered: 0 wrong; 3 answered, the two of 0.8 together: 1 wrong; all 4: 2 wrong.
    assert risk_coverage(CONFIDENCE, WRONG) == [(0.9, 0.25, 0.0), (0.8, 0.75, pytest.approx(1 / 3)), (0.3, 1.0, 0.5)]


def test_the_area_under_the_curve_worked_by_hand():
    # Errors expected among the first 1, 2, 3, 4: 0, 1/2, 1, 2; risks 0, 1/4, 1/3, 1/2; their mean 13/48.
    assert risk_coverage_area(CONFIDENCE, WRONG) == pytest.approx(13 / 48)
    assert risk_coverage_area([0.5], [True]) == 1.0


def test_the_area_is_the_mean_over_all_orders_of_ties():
    confidence, wrong = [0.5, 0.5, 0.5, 0.1], [True, False, False, True]
    areas = []
    for order in permutations(range(3)):
        failed = [wrong[place] for place in (*order, 3)]
        areas.append(sum(Fraction(sum(failed[:k]), k) for k in range(1, 5)) / 4)
    assert risk_coverage_area(confidence, wrong) == pytest.approx(float(sum(areas) / len(areas)), abs=1e-12)


def test_error_at_coverage():
    assert error_at_coverage(0.25, CONFIDENCE, WRONG) == 0.0
    assert error_at_coverage(0.5, CONFIDENCE, WRONG) == 0.25
    assert error_at_coverage(0.6, CONFIDENCE, WRONG) == pytest.approx(1 / 3)
    assert error_at_coverage(1.0, CONFIDENCE, WRONG) == 0.5


def test_ten_questions_at_30_percent_are_three():
    # 0.1 + 0.2 is a hair above 0.3: still three of ten.
    wrong = [False, False, False, True, *[True] * 6]
    assert error_at_coverage(0.1 + 0.2, [1 - n / 20 for n in range(10)], wrong) == 0.0


def test_reliability_and_calibration_error_worked_by_hand():
    # [0.2, 0.3): 0.2 and 0.24, one of two came; [0.9, 1]: 0.95 and 1.0, both came.
    confidence, outcome = [0.2, 0.24, 0.95, 1.0], [True, False, True, True]
    assert reliability(confidence, outcome) == [
        Bin(0.2, 0.3, 2, pytest.approx(0.22), 0.5),
        Bin(0.9, 1.0, 2, pytest.approx(0.975), 1.0),
    ]
    assert calibration_error(confidence, outcome) == pytest.approx(0.5 * 0.28 + 0.5 * 0.025)


def test_calibration_error_equals_a_restatement_on_random_inputs():
    chance = random.Random(5)
    for _ in range(50):
        confidence = [chance.random() for _ in range(chance.randint(1, 80))]
        outcome = [chance.random() < sure for sure in confidence]
        total = 0.0
        for number in range(10):
            inside = [(c, o) for c, o in zip(confidence, outcome, strict=True) if number / 10 <= c < (number + 1) / 10]
            total += abs(sum(c for c, _ in inside) - sum(o for _, o in inside))
        assert calibration_error(confidence, outcome) == pytest.approx(total / len(confidence), abs=1e-9)


def test_risk_and_coverage_equal_a_restatement_on_random_inputs():
    chance = random.Random(6)
    for _ in range(50):
        size = chance.randint(1, 60)
        confidence = [round(chance.random(), 1) for _ in range(size)]
        wrong = [chance.random() < 0.4 for _ in range(size)]
        for threshold, coverage, risk in risk_coverage(confidence, wrong):
            answered = [failed for sure, failed in zip(confidence, wrong, strict=True) if sure >= threshold]
            assert coverage == pytest.approx(len(answered) / size, abs=1e-9)
            assert risk == pytest.approx(sum(answered) / len(answered), abs=1e-9)


def test_the_threshold_answers_as_much_as_the_risk_allows():
    assert fit_threshold(CONFIDENCE, WRONG, 0.4) == pytest.approx(0.55)
    assert fit_threshold(CONFIDENCE, WRONG, 0.1) == pytest.approx(0.85)
    assert fit_threshold(CONFIDENCE, WRONG, 0.5) == pytest.approx(0.15)
    assert fit_threshold([0.5], [True], 0.9) is None

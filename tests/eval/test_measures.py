import random
import re
import string
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures import (
    auroc,
    citation_overlap,
    contains_answer,
    discounted_gain,
    exact_match,
    f1,
    fact_found,
    percentile,
    rank_measures,
    recall_at,
    reciprocal_rank,
    sentence_overlap,
    success_at,
    token_f1,
)
from eval.summary import GROUP_FIGURES, Columns

# Retrieval

RANKS = [3, None, 6]


def test_success_is_one_piece_in_time():
    assert [success_at(k, RANKS) for k in (1, 3, 10)] == [0.0, 1.0, 1.0]
    assert success_at(10, [None]) == 0.0


def test_recall_is_the_share_in_time():
    assert [recall_at(k, RANKS) for k in (1, 5, 10)] == [0.0, pytest.approx(1 / 3), pytest.approx(2 / 3)]


def test_reciprocal_rank_is_of_the_first():
    assert reciprocal_rank(10, RANKS) == pytest.approx(1 / 3)
    assert reciprocal_rank(2, RANKS) == 0.0


def test_discounted_gain_worked_by_hand():
    # Gains 1/log2(4) = 0.5 at rank 3 and 1/log2(8) = 1/3 at rank 7; ideal 1 + 1/log2(3) = 1.63093 for two pieces.
    assert discounted_gain(10, [3, 7]) == pytest.approx((0.5 + 1 / 3) / 1.6309297)
    assert discounted_gain(10, [1, 2]) == pytest.approx(1.0)
    assert discounted_gain(10, [1, 1, 1]) == 1.0
    assert discounted_gain(10, [11, None]) == 0.0


@given(st.lists(st.one_of(st.none(), st.integers(1, 14)), min_size=1, max_size=12))
def test_evidence_in_passages_of_its_own_measures_as_ir_measures_does(ranks):
    used, pieces = set[int](), []
    for rank in ranks:
        pieces.append(rank if rank not in used else None)
        used |= {rank} if rank else set()
    run = [f"other {rank}" for rank in range(1, 15)]
    for number, rank in enumerate(pieces):
        if rank:
            run[rank - 1] = f"piece {number}"
    theirs = rank_measures(("Success@5", "R@5", "RR@10", "nDCG@10"), {"q": {f"piece {n}": 1 for n in range(len(pieces))}}, {"q": run})["q"]
    ours = (success_at(5, pieces), recall_at(5, pieces), reciprocal_rank(10, pieces), discounted_gain(10, pieces))
    assert tuple(theirs.values()) == pytest.approx(ours, abs=1e-9)


def test_rank_measures_by_question():
    found = rank_measures(
        ("Success@1", "R@5", "RR@10", "nDCG@10"), {"q": {"a": 1, "b": 1, "x": 0}, "empty": {"a": 1}}, {"q": ["x", "a"], "other": ["a"]}
    )
    assert found["q"] == {"Success@1": 0.0, "R@5": 0.5, "RR@10": 0.5, "nDCG@10": pytest.approx(0.6309297 / 1.6309297)}
    assert found["empty"] == {"Success@1": 0.0, "R@5": 0.0, "RR@10": 0.0, "nDCG@10": 0.0}
    assert set(found) == {"q", "empty"}


# Answers


def test_exact_match_ignores_case_punctuation_and_articles():
    assert exact_match("The 10th, and 11th centuries.", ["10th and 11th centuries"]) == 1.0
    assert exact_match("in 2017", ["2017", "In the 2017"]) == 1.0
    assert exact_match("2017 or so", ["2017"]) == 0.0


def test_token_f1_takes_the_best_gold_answer():
    # "four days in a row" has 4 words (an article less), 2 of them gold: P 2/4, R 2/2.
    assert token_f1("four days in a row", ["a week", "four days"]) == pytest.approx(2 / 3)
    assert token_f1("", ["four days"]) == 0.0
    assert token_f1("", ["the"]) == 1.0


def test_contains_answer_is_whole_words_in_a_row():
    assert contains_answer("It lasts four days a year.", ["Four days."]) == 1.0
    assert contains_answer("It lasts twenty-four daystretches.", ["four days"]) == 0.0
    assert contains_answer("days: four", ["four days"]) == 0.0
    assert contains_answer("anything", ["the"]) == 0.0


def published_squad(answer: str, gold: str) -> tuple[float, float]:
    """SQuAD's definitions, restated: normalise, then compare strings, or bags of words."""

    def normalise(text: str) -> str:
        no_punctuation = "".join(" " * 0 if c in set(string.punctuation) else c for c in text.lower())
        return " ".join(re.compile(r"\b(a|an|the)\b", re.UNICODE).sub(" ", no_punctuation).split())

    words, gold_words = normalise(answer).split(), normalise(gold).split()
    common = sum(min(words.count(word), gold_words.count(word)) for word in Counter(words))
    if not words or not gold_words:
        return float(normalise(answer) == normalise(gold)), float(words == gold_words)
    score = (
        0.0 if common == 0 else 2 * (common / len(words)) * (common / len(gold_words)) / (common / len(words) + common / len(gold_words))
    )
    return float(normalise(answer) == normalise(gold)), score


TEXTS = st.lists(st.sampled_from(["a", "The", "an", "tea", "Tea,", "four", "days.", "anthem", "-", "'s", "é"]), max_size=8).map(" ".join)


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))
def test_exact_match_and_f1_are_squads(answer, golds):
    pairs = [published_squad(answer, gold) for gold in golds]
    assert exact_match(answer, golds) == max(match for match, _ in pairs)
    assert token_f1(answer, golds) == pytest.approx(max(score for _, score in pairs), abs=1e-9)


@pytest.mark.parametrize(
    ("answer", "wordings", "found"),
    [
        ("Students in a master's (MS) program.", ["MS"], True),
        ("It forms teams of students.", ["MS"], False),
        ("on behalf of Amazon", ["half"], False),
        ("better than 50% of them", ["50%"], True),
        ("He leads  the\nM5 team", ["the m5 TEAM"], True),
        ("Amazon’s “loop”", ['Amazon\'s "loop"'], True),
        ("a four‑day event", ["four days", "four-day"], True),
        ("more than 2000", ["200"], False),
        ("", ["tea"], False),
    ],
)
def test_facts_are_whole_words_in_any_wording(answer, wordings, found):
    assert fact_found(answer, wordings) is found


# Citations


def test_citation_overlap_worked_by_hand():
    # Cited 0–10 and 20–30 of d; gold 5–15 and 100–110. 5 of 20 cited characters are gold; 5 of 20 gold ones cited.
    assert citation_overlap([("d", 0, 10), ("d", 20, 30)], [[("d", 5, 15)], [("d", 100, 110)]]) == (0.25, 0.25)


def test_a_quote_that_stands_twice_is_found_at_either_place():
    twice = [[("d", 0, 10), ("d", 50, 60)]]
    assert citation_overlap([("d", 50, 60)], twice) == (1.0, 1.0)
    assert citation_overlap([("d", 0, 10)], twice) == (1.0, 1.0)


def test_citations_of_another_document_or_none_score_nothing():
    assert citation_overlap([("e", 0, 10)], [[("d", 0, 10)]]) == (0.0, 0.0)
    assert citation_overlap([], [[("d", 0, 10)]]) == (0.0, 0.0)


def test_a_character_cited_twice_counts_once():
    assert citation_overlap([("d", 0, 10), ("d", 0, 10)], [[("d", 0, 20)]]) == (1.0, 0.5)


def test_f1_is_the_harmonic_mean():
    assert f1(0.5, 1.0) == pytest.approx(2 / 3)
    assert f1(0.0, 0.0) == 0.0


# Abstention


def precision_and_recall(unanswerable, refused):
    """The two figures as they are reported."""
    nothing = np.zeros(len(refused))
    columns = Columns(~np.array(unanswerable), np.array(refused), nothing, nothing, nothing)
    return GROUP_FIGURES["refusal precision"](columns), GROUP_FIGURES["refusal recall"](columns)


def test_precision_and_recall_of_refusing():
    assert precision_and_recall([True, True, False, False], [True, False, True, False]) == (0.5, 0.5)
    assert precision_and_recall([True], [False]) == (None, 0.0)
    assert precision_and_recall([False], [True]) == (0.0, None)


def test_auroc_worked_by_hand():
    # Pairs (positive, negative): 0.9 beats both, 0.4 beats 0.1 and ties with 0.4: (2 + 1 + 0.5) / 4.
    assert auroc([True, True, False, False], [0.9, 0.4, 0.4, 0.1]) == 0.875
    assert auroc([True, True], [0.5, 0.6]) is None
    assert auroc([], []) is None


def test_auroc_and_decisions_are_scikit_learns():
    metrics = pytest.importorskip("sklearn.metrics")
    generator = random.Random(7)
    for _ in range(50):
        size = generator.randint(2, 60)
        actual = [True, False] + [generator.random() < 0.4 for _ in range(size)]
        scores = [round(generator.random(), generator.choice([1, 3])) for _ in actual]
        predicted = [True] + [generator.random() < 0.5 for _ in actual[1:]]
        assert auroc(actual, scores) == pytest.approx(metrics.roc_auc_score(actual, scores), abs=1e-9)
        precision, recall = precision_and_recall(actual, predicted)
        assert precision == pytest.approx(metrics.precision_score(actual, predicted), abs=1e-9)
        assert recall == pytest.approx(metrics.recall_score(actual, predicted), abs=1e-9)
        assert f1(precision, recall) == pytest.approx(metrics.f1_score(actual, predicted), abs=1e-9)


# Time


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.floats(0, 1))
def test_percentile_is_numpys(values, share):
    assert percentile(values, share) == pytest.approx(float(np.percentile(values, 100 * share)))


def test_percentile_worked_by_hand():
    assert percentile([40.0, 10.0, 20.0, 30.0], 0.5) == 25.0
    assert percentile([10.0, 20.0], 0.95) == 19.5


def test_sentence_overlap_worked_by_hand():
    gold = [[[("d", 0, 10), ("d", 10, 20)]], [[("d", 50, 60)], [("d", 90, 100)]]]
    # cited: 0–10 gold; 14–20 covers 6 of the 10 of the second sentence; 95–99 covers 4 of 10, too few; 70–80 nothing.
    cited = [("d", 0, 10), ("d", 14, 20), ("d", 95, 99), ("d", 70, 80)]
    assert sentence_overlap(cited, gold) == (3 / 4, 2 / 3)
    assert sentence_overlap([("d", 91, 100)], gold) == (1.0, 1 / 3)
    assert sentence_overlap([], gold) == (0.0, 0.0)

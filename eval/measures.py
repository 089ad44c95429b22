"""The measures, each a plain function, with its definition and source in its docstring.

All are 0–1, higher better, unless they say otherwise. None of them knows about Citewell's records.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, log2

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Span",
    "auroc",
    "citation_overlap",
    "contains_answer",
    "discounted_gain",
    "exact_match",
    "f1",
    "fact_found",
    "percentile",
    "rank_measures",
    "recall_at",
    "reciprocal_rank",
    "sentence_overlap",
    "success_at",
    "token_f1",
]

Span = tuple[str, int, int]
"""(document id, start, end), half open."""

# Retrieval. `ranks` holds, for each piece of gold evidence, the rank (from 1) of the first passage
# that holds it, or None.


def success_at(k: int, ranks: Sequence[int | None]) -> float:
    """1 if at least one piece of evidence is among the first `k` passages, else 0 (Success@k of ir-measures)."""
    return float(any(rank is not None and rank <= k for rank in ranks))


def recall_at(k: int, ranks: Sequence[int | None]) -> float:
    """The share of the pieces of evidence that are among the first `k` passages (R@k of ir-measures)."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def reciprocal_rank(k: int, ranks: Sequence[int | None]) -> float:
    """1 / rank of the first passage that holds evidence, 0 if none of the first `k` does (RR@k; Voorhees 1999)."""
    return max((1 / rank for rank in ranks if rank is not None and rank <= k), default=0.0)


def discounted_gain(k: int, ranks: Sequence[int | None]) -> float:
    """NDCG@k (Järvelin and Kekäläinen 2002), each piece of evidence gaining 1 where it is first found.

    The ideal has each piece in a passage of its own, from rank 1 on. One passage that holds
    several can do better than that; it counts as 1.
    """
    gain = sum(1 / log2(1 + rank) for rank in ranks if rank is not None and rank <= k)
    return min(1.0, gain / sum(1 / log2(1 + rank) for rank in range(1, min(k, len(ranks)) + 1)))


def rank_measures(
    names: Sequence[str], qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Measures of ir-measures (Macdonald and MacAvaney), by their names there, per question.

    Args:
        names: such as "Success@5", "R@5", "RR@10", "nDCG@10".
        qrels: question id → document id → grade, of the judged documents; relevant are those above 0.
        run: question id → ranked document ids, best first, none twice.

    Returns:
        question id → name → value, for every question of `qrels`; one that found nothing has zeros.
    """
    import ir_measures

    measures = {name: ir_measures.parse_measure(name) for name in names}
    judged = {query: dict(grades) for query, grades in qrels.items()}
    scored = {query: {document: -float(rank) for rank, document in enumerate(run.get(query, ()))} for query in judged}
    values = {query: dict.fromkeys(names, 0.0) for query in judged}
    named = {measure: name for name, measure in measures.items()}
    for found in ir_measures.iter_calc(list(named), judged, scored):
        values[found.query_id][named[found.measure]] = float(found.value)
    return values


# Answers


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """1 if the answer equals one of the gold answers after SQuAD's normalisation (Rajpurkar et al. 2016)."""
    return float(any(_squad_words(answer) == _squad_words(gold) for gold in golds))


def token_f1(answer: str, golds: Sequence[str]) -> float:
    """The harmonic mean of precision and recall of words, with the gold answer that fits best (SQuAD)."""
    return max(_token_f1(_squad_words(answer), _squad_words(gold)) for gold in golds)


def contains_answer(answer: str, golds: Sequence[str]) -> float:
    """1 if the answer holds one of the gold answers, word for word after SQuAD's normalisation.

    Fairer than exact match to answers in full sentences (DPR's "has answer"; Karpukhin et al. 2020).
    """
    words = f" {' '.join(_squad_words(answer))} "
    return float(any(f" {' '.join(_squad_words(gold))} " in words for gold in golds if _squad_words(gold)))


def fact_found(answer: str, wordings: Sequence[str]) -> bool:
    """Whether the answer holds one of a fact's wordings, in whole words; case, quotes and white space are equal."""
    plain = _plain(answer)
    return any(re.search(rf"(?<!\w){re.escape(_plain(wording))}(?!\w)", plain) for wording in wordings)


# Citations


def citation_overlap(cited: Iterable[Span], gold: Sequence[Sequence[Span]]) -> tuple[float, float]:
    """Precision and recall of cited characters against gold evidence.

    Args:
        cited: the spans of an answer's citations.
        gold: for each piece of evidence, all the places where its words stand; citing any one counts.

    Returns:
        precision, the share of the cited characters that stand in gold evidence (0 if nothing is
        cited), and recall, the share of the evidence's characters that is cited (each piece at the
        place where most of it is).
    """
    characters = _characters(cited)
    relevant = _characters(span for places in gold for span in places)
    precision = len(characters & relevant) / len(characters) if characters else 0.0
    pieces = [[_characters([place]) for place in places] for places in gold]
    length = sum(max(map(len, places)) for places in pieces)
    found = sum(max(len(place & characters) for place in places) for places in pieces)
    return precision, found / length


def sentence_overlap(cited: Sequence[Span], gold: Sequence[Sequence[Sequence[Span]]]) -> tuple[float, float]:
    """Precision and recall of whole sentences: which citations are gold, and which gold sentences are cited.

    A span is covered where at least half of its characters are (as the evidence sentences of FEVER,
    Thorne et al. 2018, but by overlap, since sentences are cut in more than one way).

    Args:
        cited: the spans of an answer's citations.
        gold: for each piece of evidence, for each place where its words stand, the sentences there;
            the place counts of which most are cited.
    """
    characters = _characters(cited)
    relevant = _characters(span for places in gold for sentences in places for span in sentences)
    right = sum(_is_covered(span, relevant) for span in cited)
    found = [max(([_is_covered(span, characters) for span in sentences] for sentences in places), key=sum) for places in gold]
    return (right / len(cited) if cited else 0.0), sum(map(sum, found)) / sum(map(len, found))


def f1(precision: float, recall: float) -> float:
    """The harmonic mean, 0 if both are 0 (van Rijsbergen 1979)."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


# Abstention


def auroc(actual: Sequence[bool] | NDArray[np.bool_], scores: Sequence[float] | NDArray[np.float64]) -> float | None:
    """The probability that a positive outscores a negative, a tie counting half; None without both.

    The area under the ROC curve by its rank formula (Mann and Whitney 1947; Hanley and McNeil
    1982): (sum of the positives' ranks − p(p + 1) / 2) / (p · n), ranks shared among ties.
    """
    positive = np.asarray(actual, dtype=bool)
    positives = int(positive.sum())
    negatives = len(positive) - positives
    if not positives or not negatives:
        return None
    total = float(_shared_ranks(scores)[positive].sum())
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


# Time


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0–1) of the values lie, between neighbours by straight line (Hyndman and Fan's 7)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low, high = ordered[floor(place)], ordered[ceil(place)]
    return low + (high - low) * (place - floor(place))


def _squad_words(text: str) -> list[str]:
    """Lower case, without punctuation and articles, as in SQuAD's evaluation script."""
    kept = "".join(character for character in text.lower() if character not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", kept).split()


def _token_f1(answer: list[str], gold: list[str]) -> float:
    if not answer or not gold:
        return float(answer == gold)
    shared = sum((Counter(answer) & Counter(gold)).values())
    return f1(shared / len(answer), shared / len(gold))


_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "‑": "-"})


def _plain(text: str) -> str:
    return " ".join(text.translate(_STRAIGHT).casefold().split())


def _characters(spans: Iterable[Span]) -> set[tuple[str, int]]:
    return {(document, offset) for document, start, end in spans for offset in range(start, end)}


def _is_covered(span: Span, characters: set[tuple[str, int]]) -> bool:
    return 2 * len(_characters([span]) & characters) >= span[2] - span[1]


def _shared_ranks(scores: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, the lowest score first; equal scores share the mean of their ranks."""
    _, place, counts = np.unique(np.asarray(scores, dtype=float), return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks

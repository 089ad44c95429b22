"""From a question to ranked passages: two lists, by meaning and by words, fused into one.

Two ways of fusing are offered, both deterministic, ties broken by chunk id:

- scores (the default): w · cosine + (1 − w) · BM25 / bound, where the bound is the BM25 score of a chunk
  that holds every word of the question without end, so that a question whose words stand nowhere is
  left to meaning. A convex combination under theoretical normalisation (Bruch, Gai and Ingber 2023,
  "An Analysis of Fusion Functions for Hybrid Retrieval").
- ranks: the sum over the lists of weight / (k + rank), reciprocal rank fusion (Cormack, Clarke and
  Büttcher 2009).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from index import Chunk, Searchable
from index.cores import core_count
from index.embed import Vectors
from index.injection import find_instructions
from rag.records import Passage

__all__ = ["Fusion", "retrieve"]

_TERM_BOUND = 2.2
"""k1 + 1 at tantivy's k1 = 1.2: a word counts for at most this many times its inverse document frequency."""
_AMONG_COPIES = 4
"""So many times the passages that are wanted are looked through, for some may say the same."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """How the two lists become one: chunks taken from each, by what, the weight (0–1) of meaning, and the k of ranks."""

    depth: int = 100
    by: Literal["scores", "ranks"] = "scores"
    dense_weight: float = 0.4
    k: int = 20


def retrieve(
    question: str, library: Searchable, *, count: int, fusion: Fusion, embed: Callable[[Sequence[str]], Vectors] | None = None
) -> list[Passage]:
    """The `count` best passages for a question, best first; `embed` may remember vectors, else the library embeds."""
    by_words = _beside().submit(library.search_words, question, fusion.depth)  # in a large library each search takes some milliseconds
    vector = (embed or library.embed)([question])[0]
    dense = library.search_vectors(vector, fusion.depth)
    lexical = by_words.result()
    dense_ranks, lexical_ranks = _ranks(dense), _ranks(lexical)
    vectors = library.chunk_vectors([*(dense_ranks | lexical_ranks)])
    similarities = {number: float(stored @ vector) for number, stored in vectors.items()}
    if fusion.by == "scores":
        scores = _by_scores(similarities, dict(lexical), _bound(question, library), fusion.dense_weight)
    else:
        scores = _by_ranks(dense_ranks, lexical_ranks, fusion)
    best = sorted((number for number in scores if number in vectors), key=lambda number: (-scores[number], number))
    best = best[: count * _AMONG_COPIES]
    chunks, copies = library.chunks(best), library.also_in(best)
    return [
        _passage(library, chunks[number], rank, scores[number], similarities[number], dense_ranks, lexical_ranks, copied=number in copies)
        for rank, number in enumerate(_each_once(best, chunks, copies)[:count], start=1)
    ]


@cache
def _beside() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(core_count(), "citewell-words")


def _each_once(ranked: Sequence[int], chunks: Mapping[int, Chunk], copies: Mapping[int, Sequence[tuple[str, int, int]]]) -> list[int]:
    """The chunks that are still there, without those that repeat a better one word for word (`Library.also_in`)."""
    kept: list[int] = []
    repeated: set[tuple[str, int, int]] = set()
    for number in ranked:
        chunk = chunks.get(number)
        if chunk and (chunk.document_id, chunk.start, chunk.end) not in repeated:
            kept.append(number)
            repeated.update(copies.get(number, ()))
    return kept


def _by_scores(similarities: Mapping[int, float], lexical: Mapping[int, float], bound: float, weight: float) -> dict[int, float]:
    return {number: weight * cosine + (1 - weight) * lexical.get(number, 0.0) / bound for number, cosine in similarities.items()}


def _bound(question: str, library: Searchable) -> float:
    """The BM25 score of a chunk whose text repeats every word of the question without end; 1 where none is known."""
    index, chunks = library.lexical(), library.chunk_count()
    found = [index.frequency(term) for term in index.terms(question)]
    return _TERM_BOUND * sum(math.log(1 + (chunks - n + 0.5) / (n + 0.5)) for n in found) or 1.0


def _by_ranks(dense: Mapping[int, int], lexical: Mapping[int, int], fusion: Fusion) -> dict[int, float]:
    scores: dict[int, float] = {}
    for ranks, weight in ((dense, fusion.dense_weight), (lexical, 1 - fusion.dense_weight)):
        for number, rank in ranks.items():
            scores[number] = scores.get(number, 0.0) + weight / (fusion.k + rank)
    return scores


def _ranks(hits: Sequence[tuple[int, float]]) -> dict[int, int]:
    return {number: rank for rank, (number, _) in enumerate(hits, start=1)}


def _passage(
    library: Searchable,
    chunk: Chunk,
    rank: int,
    score: float,
    similarity: float,
    dense_ranks: dict[int, int],
    lexical_ranks: dict[int, int],
    *,
    copied: bool,
) -> Passage:
    document = library.document(chunk.document_id)
    return Passage(
        chunk_id=chunk.id,
        document_id=chunk.document_id,
        title=document.title,
        source=document.source,
        page=document.page_at(chunk.start),
        heading_path=chunk.heading_path,
        lead=chunk.lead,
        start=chunk.start,
        end=chunk.end,
        text=chunk.text,
        score=score,
        rank=rank,
        similarity=similarity,
        dense_rank=dense_ranks.get(chunk.id),
        lexical_rank=lexical_ranks.get(chunk.id),
        also_in=library.other_sources(document.id, chunk.start, chunk.end) if copied else (),
        flagged=_instructs(chunk.text),
    )


@lru_cache(maxsize=4096)
def _instructs(text: str) -> bool:
    """Whether it holds instructions to a machine; the same passages are found again and again."""
    return bool(find_instructions(text))

"""From a question to ranked passages: two lists, by meaning and by words, fused by rank.

Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): a chunk's score is the sum over the
lists of weight / (k + rank). Ties break by chunk id, so the same library and question give the
same passages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index import Chunk, Library
from index.embed import Vectors
from rag.records import Passage

__all__ = ["Fusion", "retrieve"]


@dataclass(frozen=True, slots=True)
class Fusion:
    """How the two lists become one: chunks taken from each, the constant k, and the lists' weights."""

    depth: int = 50
    k: int = 20
    dense_weight: float = 1.0
    lexical_weight: float = 1.0


def retrieve(question: str, library: Library, *, count: int, fusion: Fusion) -> tuple[list[Passage], Vectors]:
    """The `count` best passages for a question, best first, and the question's vector of shape (dimension,)."""
    vector = library.embed([question])[0]
    dense = library.search_vectors(vector, fusion.depth)
    lexical = library.search_words(question, fusion.depth)
    dense_ranks, lexical_ranks = _ranks(dense), _ranks(lexical)
    scores: dict[int, float] = {}
    for ranks, weight in ((dense_ranks, fusion.dense_weight), (lexical_ranks, fusion.lexical_weight)):
        for number, rank in ranks.items():
            scores[number] = scores.get(number, 0.0) + weight / (fusion.k + rank)
    chunks = library.chunks(list(scores))
    best = sorted((number for number in scores if number in chunks), key=lambda number: (-scores[number], number))[:count]
    vectors = library.chunk_vectors(best)
    return [
        _passage(library, chunks[number], rank, scores[number], float(vectors[number] @ vector), dense_ranks, lexical_ranks)
        for rank, number in enumerate(best, start=1)
    ], vector


def _ranks(hits: Sequence[tuple[int, float]]) -> dict[int, int]:
    return {number: rank for rank, (number, _) in enumerate(hits, start=1)}


def _passage(
    library: Library,
    chunk: Chunk,
    rank: int,
    score: float,
    similarity: float,
    dense_ranks: dict[int, int],
    lexical_ranks: dict[int, int],
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
    )

"""How well a large library's lists find what comparing each vector finds, and how fast: `python -m eval.bench_search FOLDER…`.

The vectors are real, those of overlapping pieces of the texts in the folders; they are kept in a file, since they take a while.
Above their number, each is taken several times with a little noise, which is easier for lists than new texts would be. Both kinds of
index are asked the same pieces, kept out of them, in turns. Recall is the share of the exact ten nearest that is found.
"""

import random
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from index.embed import DEFAULT_MODEL, SentenceEmbedder, Vectors
from index.vectors import VectorIndex

__all__ = ["main", "recall"]

_WORDS, _STEP = 24, 8
"""Words of a piece, and how many on the next one begins."""
_QUESTIONS = 300
_NEAREST = 10
_NOISE = 0.02
"""Standard deviation of the noise in each dimension; its length is then about 0.4 at 384 dimensions."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each size."""
    parser = ArgumentParser(prog="python -m eval.bench_search", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, help="folders with texts (.txt, .md, .json, .jsonl)")
    parser.add_argument("--vectors", type=Path, default=Path("vectors.npy"), help="where the vectors are kept (default: vectors.npy)")
    parser.add_argument("--most", type=int, help="pieces that are embedded, drawn at random (default: all)")
    parser.add_argument("--sizes", type=int, nargs="*", default=[20_000, 50_000, 100_000])
    options = parser.parse_args(arguments)
    console = Console()
    if not options.vectors.exists():
        np.save(options.vectors, _embedded(options.folders, options.most, console))
    vectors = np.load(options.vectors)
    chance = np.random.default_rng(0)
    chance.shuffle(vectors)
    asked, stored = vectors[:_QUESTIONS], vectors[_QUESTIONS:]
    table = Table("vectors", "lists", "recall@10", "exact p50", "lists p50", "times faster", "made in")
    for size in options.sizes:
        table.add_row(*_row(_of_size(stored, size, chance), asked))
    console.print(f"{len(stored):,} real vectors.", table)


def _embedded(folders: Sequence[Path], most: int | None, console: Console) -> Vectors:
    pieces = list(dict.fromkeys(piece for folder in folders for path in sorted(folder.rglob("*.*")) for piece in _pieces(path)))
    if most is not None and most < len(pieces):
        pieces = random.Random(0).sample(pieces, most)
    embedder = SentenceEmbedder(DEFAULT_MODEL)
    batches = track(range(0, len(pieces), 1_000), description="Embedding", console=console)
    return np.concatenate([embedder.embed(pieces[at : at + 1_000]) for at in batches])


def _pieces(path: Path) -> Iterator[str]:
    words = path.read_text(encoding="utf-8", errors="replace").split()
    for at in range(0, max(len(words) - _WORDS, 0), _STEP):
        yield " ".join(words[at : at + _WORDS])


def _of_size(vectors: Vectors, size: int, chance: np.random.Generator) -> Vectors:
    """As many as asked for: the first ones, or all of them and again with noise."""
    chosen = vectors[np.arange(size) % len(vectors)]
    if size > len(vectors):
        more = chosen[len(vectors) :]
        more += chance.standard_normal(more.shape, dtype=np.float32) * _NOISE
        more /= np.linalg.norm(more, axis=1, keepdims=True)
    return chosen


def _row(stored: Vectors, asked: Vectors) -> list[str]:
    import faiss

    exact = faiss.IndexFlatIP(stored.shape[1])
    exact.add(stored)
    began = time.perf_counter()
    lists = VectorIndex(stored.shape[1])
    lists.update([], enumerate(stored))
    if not lists.lists:
        lists.make_lists()
    made = time.perf_counter() - began
    found: list[float] = []
    slow: list[float] = []
    fast: list[float] = []
    for vector in asked:
        begun = time.perf_counter()
        nearest = exact.search(vector.reshape(1, -1), _NEAREST)[1][0]
        between = time.perf_counter()
        # as the library does: twice as many are looked up, and compared exactly
        near = [number for number, _ in lists.search(vector, 2 * _NEAREST)]
        hits = sorted(near, key=lambda number: (-float(stored[number] @ vector), number))[:_NEAREST]
        slow.append(between - begun)
        fast.append(time.perf_counter() - between)
        found.append(recall([int(number) for number in nearest], hits))
    exactly, listed = float(np.median(slow)) * 1_000, float(np.median(fast)) * 1_000
    figures = [f"{np.mean(found):.3f}", f"{exactly:.2f} ms", f"{listed:.2f} ms", f"{exactly / listed:.1f}", f"{made:.0f} s"]
    return [f"{len(stored):,}", f"{lists.lists:,}", *figures]


def recall(exact: Sequence[int], found: Sequence[int]) -> float:
    """The share of the exact ones that is found, 0–1."""
    return len(set(exact) & set(found)) / len(exact)


if __name__ == "__main__":
    main()

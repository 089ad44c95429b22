"""What fewer bits win and lose: `python -m eval.bench_precision FOLDER`, a test collection in the layout of BEIR.

The same texts are embedded in turns with 32-bit products and as this machine does it (`index.runtime`: in bfloat16, where the
processor has it); nDCG@10 is that of the search by meaning alone.
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from eval.beir import Beir, load_beir, text_id, write_corpus
from eval.measures import rank_measures
from eval.run import document_measures
from index.embed import DEFAULT_MODEL, Vectors, model_folder
from index.onnx_encoder import OnnxEncoder
from index.sentence_model import read_sentence_model

__all__ = ["gains", "main"]

_BATCH, _STEP = 32, 100
_FIGURE = "document nDCG@10"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print speed, nDCG@10 and how near the vectors are."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_precision", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="corpus.jsonl, queries.jsonl and qrels/")
    parser.add_argument("--queries", type=int, default=300, help="drawn (default: 300)")
    parser.add_argument("--texts", type=int, default=2_000, help="drawn beside those that are relevant (default: 2000)")
    parsed = parser.parse_args(arguments)
    folder = model_folder(DEFAULT_MODEL)
    assert folder is not None
    model = read_sentence_model(folder)
    sides = {"full": OnnxEncoder(model, batch_size=_BATCH, precision="full"), "auto": OnnxEncoder(model, batch_size=_BATCH)}
    beir = load_beir(parsed.folder)
    chance = random.Random(0)
    queries = chance.sample(beir.queries, min(parsed.queries, len(beir.queries)))
    names, texts = _texts(beir, {name for query in queries for name in query.grades}, parsed.texts, chance)
    seconds, vectors = _embedded(sides, texts)
    asked = {side: encoder.embed([query.text for query in queries]) for side, encoder in sides.items()}
    figures: dict[str, list[float]] = {}
    for side in sides:
        nearest = np.argsort(-(asked[side] @ vectors[side].T), axis=1, kind="stable")[:, :10]
        ranked = {query.id: [names[n] for n in row] for query, row in zip(queries, nearest, strict=True)}
        measures = document_measures((10,))
        measured = rank_measures(tuple(measures), {query.id: query.grades for query in queries}, ranked)
        key = next(measure for measure, name in measures.items() if name == _FIGURE)
        figures[side] = [measured[query.id][key] for query in queries]
    table = Table("", "texts a processor second", "nDCG@10", title=f"{len(texts):,} texts, {len(queries)} queries of {parsed.folder.name}")
    for side in sides:
        table.add_row(f"{side}: {sides[side].engine}", f"{len(texts) / sum(seconds[side]):.1f}", f"{np.mean(figures[side]):.4f}")
    Console().print(
        table, gains(seconds["full"], seconds["auto"], figures["full"], figures["auto"], (vectors["full"] * vectors["auto"]).sum(1))
    )


def gains(slow: Sequence[float], fast: Sequence[float], whole: Sequence[float], fewer: Sequence[float], cosines: Vectors) -> str:
    """In a sentence: how many times faster, with the spread of the batches, and how far nDCG@10 moves, with its 95 % interval."""
    ratios = [one / other for one, other in zip(slow, fast, strict=True)]
    moved = np.asarray(fewer) - np.asarray(whole)
    draws = np.random.default_rng(0).choice(moved, size=(2_000, len(moved))).mean(axis=1) / max(float(np.mean(whole)), 1e-9)
    low, high = np.percentile(draws, [2.5, 97.5])
    share = float(np.sum(fewer)) / max(float(np.sum(whole)), 1e-9) - 1
    return (
        f"The second is {sum(slow) / sum(fast):.2f} times faster ({min(ratios):.2f} – {max(ratios):.2f}); nDCG@10 moves by {share:+.2%} "
        f"({low:+.2%} – {high:+.2%}); cosines with full precision: {cosines.mean():.5f} in the mean, {cosines.min():.5f} at least."
    )


def _texts(beir: Beir, relevant: set[str], more: int, chance: random.Random) -> tuple[list[str], list[str]]:
    """Ids and texts of the relevant ones and of others."""
    with TemporaryDirectory() as folder:
        write_corpus(beir.folder, Path(folder))
        found = {text_id(file.name): file for file in sorted(Path(folder).iterdir())}
        others = [name for name in found if name not in relevant]
        names = sorted(relevant & found.keys()) + sorted(chance.sample(others, min(more, len(others))))
        return names, [found[name].read_text(encoding="utf-8") for name in names]


def _embedded(sides: dict[str, OnnxEncoder], texts: Sequence[str]) -> tuple[dict[str, list[float]], dict[str, Vectors]]:
    """Processor seconds of each batch, and the vectors, by side."""
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    vectors: dict[str, list[Vectors]] = {side: [] for side in sides}
    for at in track(range(0, len(texts), _STEP), description="Embedding", console=Console(stderr=True)):
        for side, encoder in sides.items():
            began = time.process_time()
            vectors[side].append(encoder.embed(texts[at : at + _STEP]))
            seconds[side].append(time.process_time() - began)
    return seconds, {side: np.concatenate(found) for side, found in vectors.items()}


if __name__ == "__main__":
    main()

"""How well a reader reads: `python -m eval.measure_reader SQUAD2 [--reader NAME]`.

Each question of the documents kept for measuring (`eval.train_reader`) is read with its own paragraph; an unanswerable one with the
paragraph that it was written about.
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from eval.measures import auroc, token_f1
from eval.reader_examples import Source, load_sources, split
from rag.reader import SHIPPED_READER, Reader

__all__ = ["measure"]


def main() -> None:
    """Print the figures of one reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--reader", default=SHIPPED_READER)
    parser.add_argument("--sample", type=int, help="questions, drawn with seed 0; all without it")
    parsed = parser.parse_args()
    sources = split(load_sources(parsed.questions)).measured
    if parsed.sample:
        sources = random.Random(0).sample(sources, min(parsed.sample, len(sources)))
    for name, figure in measure(Reader(parsed.reader), sources).items():
        Console().print(f"{name}: {figure:.3f}")


def measure(reader: Reader, sources: Sequence[Source]) -> dict[str, float]:
    """AUROC of the score for answerable against not; of the answerable, the share whose span touches the answer, and token F1."""
    scores, overlaps, f1s, started = [], [], [], time.monotonic()
    for source in sources:
        paragraph = source.paragraph
        best = reader.read(source.question, [(paragraph.title, paragraph.text)])[0].best
        assert best
        scores.append(best.score)
        if source.answer:
            overlaps.append(best.start < source.answer[1] and source.answer[0] < best.end)
            f1s.append(token_f1(paragraph.text[best.start : best.end], [paragraph.text[slice(*source.answer)]]))
    return {
        "questions": len(sources),
        "AUROC": auroc([source.answer is not None for source in sources], scores) or 0.0,
        "answers touched": float(np.mean(overlaps)),
        "token F1": float(np.mean(f1s)),
        "seconds a paragraph": (time.monotonic() - started) / len(sources),
    }


if __name__ == "__main__":
    main()

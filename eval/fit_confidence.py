"""Fit the confidence model of `rag.confidence`: `python -m eval.fit_confidence --large CLAPNQ MTRAG --held-out SQUAD2 [SMALL…]`.

Every folder holds `gold.jsonl` and `documents/`. Of a folder given as SMALL, each document becomes a
library of its own, which is asked its own questions and as many about other documents; a folder
given with `--large` becomes one library, asked its own questions, answerable or not, and some from
the other folders; of one given with `--held-out`, the reader was fitted on some documents, and only the questions on those
that are kept for calibration are asked. The shipped gold set comes last: its questions in wholly other words and those that
nearly find an answer are like none of the other sets'.
"""

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from eval.gold import GoldQuestion, load_gold, shipped_gold
from eval.measures import auroc
from eval.reader_examples import CALIBRATION, MEASURED
from rag import Assistant
from rag.confidence import Signs
from rag.confidence import confidence as shipped_confidence

__all__ = ["main"]

QUESTIONS = 6
"""Own questions that a small library is asked, and as many foreign ones."""
_PENALTY = 0.05
"""Of the weights' squares, against the log loss summed over the questions."""
ANSWERABLE_SHARE = 0.85
"""Of the questions that people ask of their own documents: what the probabilities are calibrated to."""


@dataclass(frozen=True, slots=True)
class Row:
    """The signs of one question asked of one library, and whether that holds the answer. `kind`: own, near or foreign."""

    folder: str
    kind: str
    signs: Signs

    @property
    def answerable(self) -> bool:
        """Whether the library answers it."""
        return self.kind == "own"


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask, fit, and print the intercept and weights, with how well they and the shipped ones tell answerable from not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("small", nargs="*", type=Path)
    parser.add_argument("--large", nargs="*", type=Path, default=[])
    parser.add_argument("--held-out", nargs="*", type=Path, default=[])
    parser.add_argument("--seed", type=int, default=0)
    parsed = parser.parse_args(arguments)
    gold = {folder: load_gold(folder / "gold.jsonl") for folder in (*parsed.small, *parsed.large)}
    gold |= {folder: _calibration(load_gold(folder / "gold.jsonl")) for folder in parsed.held_out}
    chance = random.Random(parsed.seed)
    rows = [row for folder in parsed.small for row in _ask_small(folder, gold, chance)]
    rows += [row for folder in (*parsed.large, *parsed.held_out) for row in _ask_large(folder, gold, chance)]
    rows += _ask_shipped()
    _fit(rows, Console())


def _calibration(questions: Sequence[GoldQuestion]) -> tuple[GoldQuestion, ...]:
    """The questions on the documents that are kept for calibration (`eval.reader_examples`)."""
    names = sorted({question.near_document for question in questions})[-MEASURED - CALIBRATION : -MEASURED]
    return tuple(question for question in questions if question.near_document in names)


def _ask_small(folder: Path, gold: Mapping[Path, Sequence[GoldQuestion]], chance: random.Random) -> Iterator[Row]:
    for path in sorted((folder / "documents").iterdir()):
        own = [q for q in gold[folder] if q.answerable and q.evidence[0].document == path.name and not q.history]
        foreign = [q for q in gold[folder] if q.answerable and q.evidence[0].document != path.name and not q.history]
        asked = [("own", q) for q in chance.sample(own, min(QUESTIONS, len(own)))]
        asked += [("foreign", q) for q in chance.sample(foreign, QUESTIONS)]
        yield from _ask(folder.name, path, asked)


def _ask_large(folder: Path, gold: Mapping[Path, Sequence[GoldQuestion]], chance: random.Random) -> Iterator[Row]:
    asked = [("own" if q.answerable else "near", q) for q in gold[folder]]
    others = [q for other, questions in gold.items() if other != folder for q in questions if q.answerable and not q.history]
    asked += [("foreign", q) for q in chance.sample(others, min(len(others), len(asked) // 3))]
    yield from _ask(folder.name, folder / "documents", asked)


def _ask_shipped() -> Iterator[Row]:
    asked = [("own" if q.answerable else "far" if "far" in q.tags else "near", q) for q in load_gold(shipped_gold())]
    yield from _ask("shipped", Path(str(files("index") / "corpus")), asked)


def _ask(name: str, documents: Path, asked: Sequence[tuple[str, GoldQuestion]]) -> Iterator[Row]:
    with TemporaryDirectory() as temporary, Assistant.open(temporary) as assistant:
        assistant.add(documents)
        for kind, question in asked:
            history = [turn.model_dump() for turn in question.history]
            yield Row(name, kind, assistant.signs(question.question, history))


def _fit(rows: Sequence[Row], console: Console) -> None:
    """A logistic regression with the rows of each folder and kind weighing as much as of any other."""
    signs = np.array([astuple(row.signs) for row in rows])
    answerable = np.array([row.answerable for row in rows])
    intercept, *weights = fit_logistic(signs, answerable, _weights(rows, answerable))
    confidence = 1 / (1 + np.exp(-(intercept + signs @ np.array(weights))))
    console.print(f"INTERCEPT = {intercept:.2f}")
    console.print("WEIGHTS = (" + ", ".join(f"{weight:.2f}" for weight in weights) + ")")
    console.print("for " + ", ".join(field.name for field in fields(Signs)))
    _compare(rows, answerable, "fitted on these questions", confidence, console)
    _compare(rows, answerable, "as shipped", np.array([shipped_confidence(row.signs) for row in rows]), console)


def fit_logistic(signs: NDArray[np.float64], answerable: NDArray[np.bool_], weights: NDArray[np.float64]) -> list[float]:
    """Intercept and weights that minimise the weighted log loss with a small L2 penalty; no weight below 0, for no sign speaks against."""
    from scipy.optimize import minimize

    side = np.where(answerable, 1.0, -1.0)

    def loss(beta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = side * (beta[0] + signs @ beta[1:])
        slope = -side * weights / (1 + np.exp(margin))
        gradient = np.array([slope.sum(), *(slope @ signs + _PENALTY * beta[1:])])
        return float((weights * np.logaddexp(0, -margin)).sum() + _PENALTY / 2 * (beta[1:] ** 2).sum()), gradient

    count = signs.shape[1]
    found = minimize(loss, np.zeros(count + 1), jac=True, method="L-BFGS-B", bounds=[(None, None), *[(0, None)] * count])
    return [float(value) for value in found.x]


def _compare(rows: Sequence[Row], answerable: NDArray[np.bool_], name: str, confidence: NDArray[np.float64], console: Console) -> None:
    """How many of each kind of question a model puts below 0.5, and how well it tells the kinds apart."""
    console.print(f"{name}:")
    for folder, kind in sorted({(row.folder, row.kind) for row in rows}):
        inside = np.array([(row.folder, row.kind) == (folder, kind) for row in rows])
        console.print(f"{folder:>12} {kind:>8}: {inside.sum():5} questions, {(confidence[inside] < 0.5).mean():.3f} below 0.5")
    for folder in sorted({row.folder for row in rows}):
        inside = np.array([row.folder == folder for row in rows])
        console.print(f"{folder:>12} AUROC {auroc(answerable[inside].tolist(), confidence[inside].tolist()) or 0:.3f}")


def _weights(rows: Sequence[Row], answerable: NDArray[np.bool_]) -> NDArray[np.float64]:
    groups = [(row.folder, row.kind) for row in rows]
    weights = np.array([1 / groups.count(group) for group in groups])
    for side, share in ((answerable, ANSWERABLE_SHARE), (~answerable, 1 - ANSWERABLE_SHARE)):
        weights[side] *= share * len(rows) / weights[side].sum()
    return weights


if __name__ == "__main__":
    main()

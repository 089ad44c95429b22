"""Fit the weights by which the antecedent of a follow-up question is chosen: `python -m eval.fit_followups FILE`.

FILE holds questions with rewrites by people, as in CANARD (Elgohary et al. 2019; CC BY-SA 4.0), whose rewrites
the weights in rag/followup/weights.py rest on. Only the conversations of the fitting part (60 %, by a hash of the
conversation's id) are read; the others are there to measure on. Each candidate's target is the share of its words
that the person put where the pronoun stood; the weights are a ridge logistic regression on them (Newton's method).
As the features look at how the question before was completed, which rests on the weights, it is fitted three times.
"""

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.followups import Rewrite, load_rewrites
from rag.followup.choice import FEATURES, KINDS, features
from rag.followup.forms import slots, wants_others
from rag.followup.names import words_of
from rag.followup.resolve import talk_before
from rag.followup.talk import asked_about
from rag.followup.weights import WEIGHTS

__all__ = ["examples", "fit", "fitting_part", "measured_part"]

Example = tuple[str, list[float], float]
"""The kind of slot, a candidate's features, and the share of its words that the person wrote there, 0–1."""

_FITTED_SHARE, _ROUNDS, _RIDGE = 0.6, 3, 2.0
_TOKEN = re.compile(r"[\w'’-]+|[^\w\s]")


def fitting_part(rewrites: Sequence[Rewrite]) -> list[Rewrite]:
    """Those whose conversation (the id before "#") belongs to the part that is fitted on."""
    return [rewrite for rewrite in rewrites if sha256(rewrite.id.split("#")[0].encode()).digest()[0] < 256 * _FITTED_SHARE]


def measured_part(rewrites: Sequence[Rewrite]) -> list[Rewrite]:
    """The others, which nothing is fitted on."""
    fitted = {rewrite.id for rewrite in fitting_part(rewrites)}
    return [rewrite for rewrite in rewrites if rewrite.id not in fitted]


def examples(rewrite: Rewrite) -> Iterator[Example]:
    """What a question shows: of each of its slots, all candidates."""
    talk = talk_before([turn.model_dump() for turn in rewrite.history])
    if not talk or not rewrite.context_dependent:
        return
    asked, found = words_of(rewrite.question), {kind: match[0].strip() for kind, match in slots(rewrite.question)}
    kinds = [*found, *(["other"] if wants_others(rewrite.question) else []), *([] if found else ["open"]), "extra"]
    for kind in kinds:
        about = asked_about(rewrite.question, kind, found.get(kind, ""), talk, completed=kind == "extra" and bool(found))
        written = _written(rewrite, found.get(kind, ""), list(found.values()) if kind in ("other", "extra") else [])
        for candidate in talk.named:
            if words := candidate.words - asked:
                yield kind, features(candidate, about), len(words & written) / len(words)


def fit(values: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights of a ridge logistic regression of `targets`, 0–1, on `values` (examples × features)."""
    weights = np.zeros(values.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-values @ weights))
        slope = values.T @ (chance - targets) + _RIDGE * weights
        curve = (values * (chance * (1 - chance))[:, None]).T @ values + _RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return weights


def _written(rewrite: Rewrite, pronoun: str, others: list[str]) -> frozenset[str]:
    """The words a person wrote in place of the pronoun; without one all that were added, but for those in place of `others`."""
    before = [token.lower() for token in _TOKEN.findall(rewrite.question)]
    after = [token.lower() for token in _TOKEN.findall(rewrite.rewrite)]
    added = [
        (before[a:b], words_of(" ".join(after[c:d])))
        for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if what != "equal"
    ]
    if others:
        pronouns = {other.lower() for other in others}
        return frozenset().union(*(words for replaced, words in added if pronouns.isdisjoint(replaced)))
    there = [words for replaced, words in added if pronoun.lower() in replaced] if pronoun else []
    return frozenset().union(*(there or [words for _, words in added]))


def main() -> None:
    """Fit, and write the weights down as Python."""
    parser = argparse.ArgumentParser(description="Fit the weights of rag/followup/weights.py.")
    parser.add_argument("file", type=Path, help="questions with rewrites, in JSON Lines")
    parser.add_argument("--out", type=Path, default=Path("rag/followup/weights.py"))
    arguments = parser.parse_args()
    part = fitting_part(load_rewrites(arguments.file))
    WEIGHTS.update({kind: (0.0,) * len(FEATURES) for kind in KINDS})
    for _ in range(_ROUNDS):
        found: dict[str, list[Example]] = defaultdict(list)
        for rewrite in part:
            for example in examples(rewrite):
                found[example[0]].append(example)
        fitted = {
            kind: fit(np.array([values for _, values, _ in found[kind]]), np.array([target for *_, target in found[kind]]))
            for kind in KINDS
        }
        WEIGHTS.update({kind: tuple(round(float(weight), 2) for weight in fitted[kind]) for kind in KINDS})
    arguments.out.write_text(_module(), encoding="utf-8")


def _module() -> str:
    lines = [
        '"""The weights of rag.followup.choice, one a feature in the order of FEATURES.',
        "",
        "Written by eval/fit_followups.py from the rewrites of CANARD (Elgohary et al. 2019), CC BY-SA 4.0.",
        '"""',
        "",
        '__all__ = ["WEIGHTS"]',
        "",
        "WEIGHTS: dict[str, tuple[float, ...]] = {",
    ]
    for kind in KINDS:
        rows = [f"        {weight},  # {name}" for name, weight in zip(FEATURES, WEIGHTS[kind], strict=True)]
        lines += [f'    "{kind}": (', *rows, "    ),"]
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    main()

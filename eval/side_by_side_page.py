"""The page of `eval.side_by_side`: a row a figure, a column a system, and why Citewell is behind where it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean, median

import numpy as np

from eval.beside_environments import Reply

__all__ = ["Measured", "Row", "page", "rows"]

_OURS = ("Citewell", "its search alone")
_TOP = """# Side by side

Citewell beside LangChain, LlamaIndex, Haystack and txtai, on one machine, in one run, all sides in turns. This page is made by

```
{command}
```

and is not edited by hand. The questions are {questions}.

- All use the same embedding model (all-MiniLM-L6-v2), the same files and the same questions, each in an environment of its own with the
  pinned packages of `eval/beside/*.txt`, and each as its tutorial has it (`eval/beside/*.py`): LangChain and LlamaIndex with
  FAISS, Haystack with its in-memory store by meaning and by words, txtai by both. None was tuned, and neither was Citewell.
- **Citewell** is the passages as an answer gets them: searched, then read sentence by sentence. **Its search alone** stops
  before the reading, which is as far as the other systems go. Both add in the same way: where they differ in that, it is by chance.
- Each figure of time is the median, with the smallest and largest of the rounds ({rounds}), or for a question the median and the 95th
  percentile.
  Where the machine has other work, seconds on the clock are longer than they would be; the seconds of the processor hardly are.
- *Success@k*: the share of questions of which one of the first k passages holds the gold evidence whole. Longer passages hold more, so
  the words that five passages have are given too.
- The best of a row is bold.
"""
_ADDS = "Citewell also finds sections, near copies and hidden instructions, cuts finer, and stores each chunk with a checksum."
_READS = "Citewell embeds the sentences of the passages and lets the reader read them, which the others do not do at all."
_WHY: dict[str, str] = {
    "adding": _ADDS,
    "adding, processor": _ADDS,
    "cold start": "Its own search alone starts sooner: the reader's model is loaded at the first question.",
    "a question": _READS,
    "a question, processor": _READS,
    "memory": "Citewell keeps a second model, the reader, in memory; its search alone does without.",
    "success@1": "The sentence that the gold names may stand across two of Citewell's chunks, which are shorter.",
    "success@5": "The passages of the other are longer: what counts is that one of five holds the whole quote.",
    "words": "Shorter passages are less to read, and less likely to hold a quote whole.",
}
"""Row → what makes Citewell slower or worse there, shown where it is."""


@dataclass
class Measured:
    """What was measured of one system: (seconds, processor seconds) of adding, seconds of starting, replies, ranks of each set."""

    chunks: int = 0
    resident: int = 0
    adding: list[tuple[float, float]] = field(default_factory=list)
    starting: list[float] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    ranks: dict[str, list[int | None]] = field(default_factory=dict)

    def asked(self, name: str, rank: int | None, reply: Reply) -> None:
        """Count a question of the set of this name."""
        self.ranks.setdefault(name, []).append(rank)
        self.replies.append(reply)

    def success(self, name: str, k: int) -> float:
        """The share of questions whose evidence is among the first `k` passages."""
        return mean(rank is not None and rank <= k for rank in self.ranks[name])


@dataclass(frozen=True)
class Row:
    """A figure of all systems: its title, the key of its reason, how it is shown, and whether more is better."""

    title: str
    key: str
    values: Mapping[str, float]
    shown: Mapping[str, str]
    more_is_better: bool = False

    @property
    def best(self) -> float:
        """The best value."""
        return (max if self.more_is_better else min)(self.values.values())

    def behind(self) -> bool:
        """Whether another system is better than Citewell and its search alone."""
        ours = [self.values[name] for name in _OURS if name in self.values]
        return bool(ours) and self.best not in ours


def rows(measured: Mapping[str, Measured]) -> list[Row]:
    """All figures."""
    sets = list(next(iter(measured.values())).ranks)

    def row(title: str, key: str, value: Callable[[Measured], float], shown: Callable[[Measured], str], *, more: bool = False) -> Row:
        values = {name: value(one) for name, one in measured.items()}
        return Row(title, key, values, {name: shown(one) for name, one in measured.items()}, more)

    def share(name: str, k: int) -> Row:
        title = f"{name}: success@{k}"
        return row(title, f"success@{k}", lambda one: one.success(name, k), lambda one: f"{one.success(name, k):.3f}", more=True)

    return [
        *(share(name, k) for name in sets for k in (1, 5)),
        row("words of five passages", "words", _words, lambda one: f"{_words(one):.0f}"),
        _spread("adding, s", "adding", measured, lambda one: [seconds for seconds, _ in one.adding]),
        _spread("adding, processor s", "adding, processor", measured, lambda one: [cpu for _, cpu in one.adding]),
        _spread("from the start of a process to a first result, s", "cold start", measured, lambda one: one.starting),
        _tail("a question, ms", "a question", measured, lambda one: [1000 * reply.seconds for reply in one.replies]),
        _tail("a question, processor ms", "a question, processor", measured, lambda one: [1000 * reply.cpu for reply in one.replies]),
        row("memory after the questions, MB", "memory", lambda one: one.resident / 1e6, lambda one: f"{one.resident / 1e6:.0f}"),
    ]


def _words(one: Measured) -> float:
    return median(sum(len(text.split()) for _, text in reply.passages) for reply in one.replies)


def _spread(title: str, key: str, measured: Mapping[str, Measured], of: Callable[[Measured], Sequence[float]]) -> Row:
    found = {name: of(one) for name, one in measured.items()}
    shown = {name: f"{median(values):.1f} ({min(values):.1f} – {max(values):.1f})" for name, values in found.items()}
    return Row(title, key, {name: median(values) for name, values in found.items()}, shown)


def _tail(title: str, key: str, measured: Mapping[str, Measured], of: Callable[[Measured], Sequence[float]]) -> Row:
    found = {name: of(one) for name, one in measured.items()}
    shown = {name: f"{median(values):.0f}, {np.percentile(values, 95):.0f}" for name, values in found.items()}
    return Row(title, key, {name: median(values) for name, values in found.items()}, shown)


def page(measured: Mapping[str, Measured], command: str, questions: Mapping[str, int], rounds: int) -> str:
    """The page, in Markdown."""
    said = " and ".join(f"{count} of {name}" for name, count in questions.items())
    found = rows(measured)
    lines = [_TOP.format(command=command, questions=said, rounds=rounds), f"| | {' | '.join(measured)} |", f"|---{'|---' * len(measured)}|"]
    lines.append(f"| chunks | {' | '.join(f'{one.chunks:,}' for one in measured.values())} |")
    for row in found:
        cells = (f"**{row.shown[name]}**" if row.values[name] == row.best else row.shown[name] for name in measured)
        lines.append(f"| {row.title} | {' | '.join(cells)} |")
    if behind := [row for row in found if row.behind()]:
        lines += ["", "## Where Citewell is not ahead", ""]
        lines += [f"- *{row.title}*: {_leader(row)} is. {_WHY[row.key]}" for row in behind]
    return "\n".join(lines) + "\n"


def _leader(row: Row) -> str:
    return next(name for name, value in row.values.items() if value == row.best)

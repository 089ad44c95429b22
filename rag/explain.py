"""What `citewell ask --explain` shows below an answer: each stage, what it did and its milliseconds, and the passages with their ranks."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from rag.records import Answer, Passage
from rag.trace import Fact, Stage, Trace

__all__ = ["show_explained"]

_DIM = "dim"
_MADE_UP = frozenset({"gen_ai.operation.name", "gen_ai.request.max_tokens"})
"""Facts that say nothing to a person."""


def show_explained(trace: Trace, answer: Answer, console: Console) -> None:
    """The stages in their order, those inside another one below it, and the passages as they stand in the end."""
    console.print()
    console.print(_stages(trace))
    if answer.passages:
        console.print()
        console.print(_passages(answer.passages))
    verdicts = Counter(sentence.verdict for sentence in answer.sentences)
    told = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items()) or "none"
    console.print()
    console.print(Text(f"Sentences: {told}. Withheld: {answer.withheld}. Confidence: {answer.confidence:.3f}."), soft_wrap=True)


def _stages(trace: Trace) -> Table:
    table = Table(
        Column("Stage", no_wrap=True),
        Column("ms", justify="right", no_wrap=True),
        Column("What it did", overflow="fold"),
        box=None,
        header_style="bold",
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for name, milliseconds, told in _rows(trace.stages):
        table.add_row(name, f"{milliseconds:.1f}", told)
    return table


def _rows(stages: Sequence[Stage], depth: int = 0) -> Iterator[tuple[str, float, Text]]:
    """A row for each stage; those that did the same many times, as the check of each sentence a model writes, are one."""
    groups: list[list[Stage]] = []
    for stage in stages:
        if groups and depth > 1 and groups[-1][0].name == stage.name and not stage.stages:
            groups[-1].append(stage)
        else:
            groups.append([stage])
    for group in groups:
        first, many = group[0], len(group) > 1
        name = "  " * depth + first.name + (f" ×{len(group)}" if many else "")
        yield name, sum(stage.milliseconds for stage in group), _told(first.texts, _summed(group) if many else first.facts)
        yield from _rows(first.stages, depth + 1)


def _summed(group: Sequence[Stage]) -> dict[str, Fact]:
    return {name: sum(int(stage.facts.get(name, 0)) for stage in group) for name in group[0].facts}


def _told(texts: dict[str, str], facts: dict[str, Fact]) -> Text:
    quoted = " · ".join(f"“{text}”" for text in texts.values())
    counts = " · ".join(_fact(name, value) for name, value in facts.items() if name not in _MADE_UP)
    return Text.assemble(quoted, "  " if quoted and counts else "", (counts, _DIM))


def _fact(name: str, value: Fact) -> str:
    """A fact in words: "by meaning 8", "output tokens 52", "resolved no"."""
    word = name.rpartition(".")[2].replace("_", " ")
    shown = ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else f"{value}"
    return f"{word} {shown}"


def _passages(passages: Sequence[Passage]) -> Table:
    """Where each passage stands in the end, and where it stood in each list."""
    numbers = [Column(name, justify="right", no_wrap=True) for name in ("Passage", "meaning", "words", "cosine", "reader", "score")]
    table = Table(*numbers, Column("From", overflow="fold"), box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for passage in passages:
        reader = "" if passage.reader_score is None else f"{passage.reader_score:.1f}"
        place = ", ".join(filter(None, (passage.title, f"page {passage.page}" if passage.page else " > ".join(passage.heading_path))))
        cells = [passage.rank, passage.dense_rank or "–", passage.lexical_rank or "–", f"{passage.similarity:.2f}", reader]
        table.add_row(*map(str, cells), f"{passage.score:.2f}", Text(place, style=_DIM))
    return table

"""How fast Citewell is beside plain sentence-transformers, in one run, both sides in turns: `python -m eval.bench [PART…]`, `make bench`.

Parts: `cold`, from the start of `citewell ask` to its printed answer; `warm`, a whole answer in a process that runs; `add`, from files to a
library that can be asked. The texts are put together at random from the sentences of the shipped documents. What counts are
the ratios: seconds are those of this machine at this hour.
"""

import os
import random
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from eval.bench_add import StandIn
from eval.gold import load_gold, shipped_gold
from index import Library
from index.documents import read_document
from index.embed import DEFAULT_MODEL, SentenceEmbedder
from index.originals import shipped_folder
from index.sentences import sentence_spans
from rag import Assistant
from rag.config import AnswerSettings

__all__ = ["main", "spread", "until_answered"]

_QUESTION = "what do Bar Raisers look for?"
_FROM_PYTHON = "import sys; from rag import Assistant; print(Assistant.open(sys.argv[1]).answer(sys.argv[2]).text, flush=True)"
_MOST_BYTES = 1_000_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the parts that are named, or all, and print a table of each."""
    parts: dict[str, Callable[[int, int, Path], Table]] = {"cold": _cold, "warm": _warm, "add": _add}
    parser = ArgumentParser(prog="python -m eval.bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[*parts, []], help="default: all")
    parser.add_argument("--chunks", type=int, default=10_000, help="chunks of the library that is asked")
    parser.add_argument("--rounds", type=int, default=5, help="times that each side is measured")
    parsed = parser.parse_args(arguments)
    for name in parsed.parts or parts:
        with TemporaryDirectory() as folder:
            Console().print(parts[name](parsed.chunks, parsed.rounds, Path(folder)))


def spread(slow: Sequence[float], fast: Sequence[float]) -> str:
    """How many times faster, by the medians, with the smallest and the largest ratio of the rounds."""
    ratios = [one / other for one, other in zip(slow, fast, strict=True)]
    return f"{median(slow) / median(fast):.1f} × ({min(ratios):.1f} – {max(ratios):.1f})"


def _cold(chunks: int, rounds: int, folder: Path) -> Table:
    """The command, and the same answer through sentence-transformers: from a program in Python, and by the command."""
    _filled(folder, chunks)
    library = str(folder / "library")
    command = [str(Path(sys.executable).with_name("citewell")), "ask", _QUESTION, "--library", library]
    sides = {
        "citewell ask": ("onnx", command),
        "Python, through sentence-transformers": ("torch", [sys.executable, "-c", _FROM_PYTHON, library, _QUESTION]),
        "citewell ask, through sentence-transformers": ("torch", command),
    }
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds + 1):
        for name, (engine, started) in sides.items():
            # an installed program has its bytecode beside it
            own = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | {"CITEWELL_ENGINE": engine}
            seconds[name].append(until_answered(started, own))
    # the first round filled the system's caches
    seconds = {name: spent[1:] for name, spent in seconds.items()}
    table = Table("a cold start", "seconds, median", "slower than citewell ask", title=f"{chunks:,} chunks, {rounds} rounds")
    for name, spent in seconds.items():
        table.add_row(name, f"{median(spent):.2f}", spread(spent, seconds["citewell ask"]))
    return table


def until_answered(started: Sequence[str], environment: Mapping[str, str]) -> float:
    """Seconds from the start of a process to the first line that it prints; not how long it takes to end."""
    began = time.perf_counter()
    with subprocess.Popen(started, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        answered = process.stdout.readline()
        spent = time.perf_counter() - began
        process.stdout.read()
    if process.returncode or not answered:
        raise RuntimeError(f"{started[0]} ended with exit code {process.returncode}, or without an answer.")
    return spent


def _warm(chunks: int, rounds: int, folder: Path) -> Table:
    _filled(folder, chunks)
    questions = [question.question for question in load_gold(shipped_gold()) if not question.history][: 20 * rounds]
    table = Table("an answer, warm", "p50, ms", "p95, ms", title=f"{chunks:,} chunks, {len(questions)} questions")
    with Library(folder / "library", SentenceEmbedder()) as library:
        sides = {name: Assistant(library, AnswerSettings(reader=name)) for name in ("none", "shipped")}
        spent: dict[str, list[float]] = {name: [] for name in sides}
        for assistant in sides.values():
            assistant.answer(_QUESTION)
        for turn in range(rounds):
            # twenty at a time: a process that answers without the reader has the caches of its processor for itself
            for name, assistant in sides.items():
                for question in questions[20 * turn : 20 * (turn + 1)]:
                    began = time.perf_counter()
                    assistant.answer(question)
                    spent[name].append(1_000 * (time.perf_counter() - began))
    for name, title in (("none", "without the reader"), ("shipped", "with the reader")):
        table.add_row(title, *(f"{np.percentile(spent[name], share):.0f}" for share in (50, 95)))
    return table


def _add(chunks: int, rounds: int, folder: Path) -> Table:
    """A tenth as many paragraphs, 1 to 30 a file; the plain loop embeds each file's paragraphs as they come, 32 at once."""
    chance = random.Random(0)
    files = folder / "files"
    files.mkdir()
    texts: list[list[str]] = []
    while (left := chunks // 10 - sum(map(len, texts))) > 0:
        texts.append([_paragraph(chance, chance.randrange(10, 110)) for _ in range(min(left, chance.randrange(1, 31)))])
        (files / f"{len(texts):04}.txt").write_text("\n\n".join(texts[-1]))
    ours: list[float] = []
    plain: list[float] = []
    busy = 0.0
    for turn in range(rounds):
        with Library(folder / f"library-{turn}", SentenceEmbedder()) as library:
            library.embed(["a first text, so that the model is there"])
            began, cpu = time.perf_counter(), time.process_time()
            library.add([files])
            library.search_vectors(library.embed([_QUESTION])[0], 10)
            ours.append(time.perf_counter() - began)
            busy += (time.process_time() - cpu) / rounds
            tokens = library.embedder.count_tokens([text for chunks in texts for text in chunks])
            half = "bfloat16" in library.embedder.engine
        plain.append(_plain(texts))
    count = sum(map(len, texts))
    table = Table("adding", "paragraphs a second", title=f"{count:,} paragraphs of {len(texts)} files, {rounds} rounds")
    table.add_row("Citewell, from files to a search", f"{count / median(ours):.0f}")
    table.add_row("sentence-transformers and FAISS, from paragraphs", f"{count / median(plain):.0f}")
    table.add_row("times faster", spread(plain, ours))
    table.add_row("of the processor's time, what the model's products alone would take", f"{_products(tokens, half=half) / busy:.0%}")
    return table


def _products(tokens: Sequence[int], *, half: bool) -> float:
    """Seconds of the processor for the default model's matrix products over texts of so many tokens, at the rate of large ones here.

    With `half` the products are those of bfloat16.

    Six layers of width 384: four products with the width and two with four times the width for each token, and two with each other token.
    """
    import torch

    width, layers = 384, 6
    products = sum(2 * layers * n * (12 * width**2 + 2 * n * width) for n in tokens)
    kind = torch.bfloat16 if half else torch.float32
    one, other, rounds = torch.randn(1024, width, dtype=kind), torch.randn(width, 4 * width, dtype=kind), 100
    one @ other
    began = time.process_time()
    for _ in range(rounds):
        one @ other
    rate = rounds * 2 * 1024 * 4 * width**2 / (time.process_time() - began)
    return products / rate


def _plain(texts: Sequence[Sequence[str]]) -> float:
    """Seconds that a plain loop takes, the model loaded before."""
    import faiss
    from sentence_transformers import SentenceTransformer

    from index.embed import model_folder

    model = SentenceTransformer(str(model_folder(DEFAULT_MODEL)), device="cpu")
    began = time.perf_counter()
    index = faiss.IndexFlatIP(384)
    for chunks in texts:
        for at in range(0, len(chunks), 32):
            index.add(model.encode(list(chunks[at : at + 32]), batch_size=32, normalize_embeddings=True, show_progress_bar=False))
    return time.perf_counter() - began


def _filled(folder: Path, chunks: int) -> None:
    """A library of about so many chunks; their vectors are random, which the times do not show."""
    chance = random.Random(0)
    files = folder / "files"
    files.mkdir()
    for number in range(100):
        paragraphs = (f"## Note {number}-{n}\n\n{_paragraph(chance, 80)}" for n in range(chunks // 100))
        (files / f"{number:03}.md").write_text(f"# Notes {number}\n\n" + "\n\n".join(paragraphs))
    stand_in = StandIn()
    stand_in.name = DEFAULT_MODEL
    with Library(folder / "library", stand_in) as library:
        library.add([files, shipped_folder()])


_SENTENCES: list[str] = []


def _paragraph(chance: random.Random, words: int) -> str:
    if not _SENTENCES:
        for path in sorted(shipped_folder().glob("*.md")):
            text = read_document(path, max_bytes=_MOST_BYTES)[0].text  # without what stands before the first heading for programs
            lines = (line for line in text.splitlines() if not line.startswith("#"))
            _SENTENCES.extend(line[start:end] for line in lines for start, end in sentence_spans(line))
    chosen: list[str] = []
    while sum(len(sentence.split()) for sentence in chosen) < words:
        chosen.append(chance.choice(_SENTENCES))
    return " ".join(" ".join(chosen).split())


if __name__ == "__main__":
    main()

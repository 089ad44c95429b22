"""What a library costs as it grows: adding, memory, disk, the cold start and the warm search, with the exponent of each.

    python -m eval.bench_growth [FOLDER…] [--sizes 1000 10000 100000] [--out docs/growth.md]

One library grows from size to size. Up to `--real` chunks come from files that are read, cut and embedded as always. Beyond, passages of
real sentences are put into the store by its own `put`, as `index.ingest` does, with vectors that are mixtures of two real ones and
noise: the model would take hours, and its share grows with the number of chunks alone. Each size is then asked by a new process.
"""

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.progress import track

from eval.growth_page import Size, page, plots
from eval.growth_probe import LATER, QUESTIONS
from index import Chunk, Document, FileReport, Library
from index.embed import DEFAULT_MODEL, Embedder, SentenceEmbedder, Vectors
from index.originals import shipped_folder
from index.sentences import sentence_spans
from index.store import Store

__all__ = ["Source", "fill", "grow", "main"]

_PASSAGES = 50
"""Passages of a document: about ten printed pages."""
_WORDS = 80
_NOISE = 0.02
"""Standard deviation of the noise in each dimension; its length is then about 0.4 at 384 dimensions."""


class Source:
    """Passages of real sentences, and real vectors to mix; the same for the same seed."""

    def __init__(self, texts: Sequence[str], vectors: Vectors, *, seed: int = 0) -> None:
        """Cut the texts into sentences.

        Args:
            texts: of any length.
            vectors: unit vectors of real texts, shape (any number, dimension).
            seed: of all that is drawn.
        """
        self._sentences = [" ".join(text[start:end].split()) for text in texts for start, end in sentence_spans(text)]
        self._vectors = vectors
        self._chance, self._noise = random.Random(seed), np.random.default_rng(seed)

    def passage(self) -> str:
        """Neighbouring sentences of about eighty words, none of them the first of another passage by more than chance."""
        at, chosen, words = self._chance.randrange(len(self._sentences)), list[str](), 0
        while words < _WORDS:
            # every second sentence is another's, so that no passage comes twice
            chosen.append(
                self._sentences[(at + len(chosen)) % len(self._sentences)] if len(chosen) % 2 else self._chance.choice(self._sentences)
            )
            words += len(chosen[-1].split())
        return " ".join(chosen)

    def mixtures(self, count: int) -> Vectors:
        """Unit vectors between two real ones, nearer to the first, with noise; shape (count, dimension)."""
        one, other = self._noise.integers(len(self._vectors), size=(2, count))
        share = self._noise.uniform(0, 0.5, size=(count, 1)).astype(np.float32)
        mixed = (1 - share) * self._vectors[one] + share * self._vectors[other]
        mixed += self._noise.standard_normal(mixed.shape, dtype=np.float32) * _NOISE
        unit: Vectors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
        return unit


def main(arguments: Sequence[str] | None = None) -> None:
    """Grow a library, measure, and write the page with its plots."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_growth", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "folders", nargs="*", type=Path, metavar="FOLDER", help="texts to take sentences from (default: the shipped documents)"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="chunks, rising")
    parser.add_argument("--real", type=int, default=1_000, help="chunks that are embedded by the model (default: 1000)")
    parser.add_argument(
        "--vectors", type=Path, help="real vectors, as eval.bench_search keeps them (default: those of the embedded chunks)"
    )
    parser.add_argument("--work", type=Path, help="where the library grows; 4 GB at a million chunks (default: a temporary folder)")
    parser.add_argument("--out", type=Path, help="where the page is written, and its plots beside it; without it, it is printed")
    parsed = parser.parse_args(arguments)
    console = Console(stderr=True)
    folders = parsed.folders or [shipped_folder()]
    if parsed.out:  # now, and not after ten minutes
        (parsed.out.parent / "pictures").mkdir(parents=True, exist_ok=True)
    texts = [path.read_text("utf-8", errors="replace") for folder in folders for path in sorted(folder.rglob("*.*")) if path.is_file()]
    with TemporaryDirectory(dir=parsed.work) as folder:
        vectors = np.load(parsed.vectors) if parsed.vectors else None
        measured = list(grow(Path(folder), texts, sorted(parsed.sizes), parsed.real, vectors, SentenceEmbedder(), console))
    given = [*(str(Path(*folder.parts[-2:])) for folder in parsed.folders), "--sizes", *map(str, parsed.sizes), "--real", str(parsed.real)]
    text = page(measured, " ".join(["python -m eval.bench_growth", *map(shlex.quote, given)]))
    if not parsed.out:
        Console().print(text, markup=False, soft_wrap=True)
        return
    parsed.out.write_text(text, encoding="utf-8")
    for name, plot in plots(measured).items():
        (parsed.out.parent / "pictures" / name).write_text(plot, encoding="utf-8")


def grow(
    folder: Path, texts: Sequence[str], sizes: Sequence[int], real: int, vectors: Vectors | None, embedder: Embedder, console: Console
) -> Iterator[Size]:
    """The library in `folder` at each of the sizes, measured."""
    files, home = folder / "files", folder / "library"
    files.mkdir()
    source = Source(texts, np.zeros((0, 0), np.float32))
    first = min(real, sizes[0])
    for number in range(-(-first // _PASSAGES)):
        count = min(_PASSAGES, first - number * _PASSAGES)
        text = "\n\n".join(f"## Part {n}\n\n{source.passage()}" for n in range(1, count + 1))
        (files / f"{number:05}.md").write_text(f"# Notes {number}\n\n{text}\n", encoding="utf-8")
    began, busy = time.perf_counter(), time.process_time()
    with Library(home, embedder) as library:
        library.add([files])
        library.search_words("ready", 1)
        if vectors is None:
            vectors = np.stack(list(library.chunk_vectors(range(1, library.chunk_count() + 1)).values()))
        known = library.chunk_count()
    spent, cpu = time.perf_counter() - began, time.process_time() - busy
    source = Source(texts, vectors, seed=1)
    for size in sizes:
        added = size - known if size > known else known
        if size > known:
            spent, cpu = fill(home, source, size - known, console)
            known = size
        yield Size.model_validate(_probed(home) | {"chunks": known, "added": added, "put_s": spent, "put_cpu_s": cpu, "disk": _bytes(home)})


def fill(home: Path, source: Source, count: int, console: Console | None = None) -> tuple[float, float]:
    """Put `count` more chunks into a library and bring its indexes up to date; seconds, and the processor's seconds."""
    console = console or Console(quiet=True)
    began, busy = time.perf_counter(), time.process_time()
    store = Store(home / "library.sqlite")
    start = len(store.known_files())
    for number in track(range(-(-count // _PASSAGES)), description=f"Putting {count:,} chunks", console=console):
        document, report, chunks = _document(start + number, [source.passage() for _ in range(min(_PASSAGES, count - number * _PASSAGES))])
        store.put(document, report, chunks, source.mixtures(len(chunks)))
    store.close()
    with Library(home, SentenceEmbedder(DEFAULT_MODEL)) as library:
        library.search_words("ready", 1)
    return time.perf_counter() - began, time.process_time() - busy


def _document(number: int, passages: Sequence[str]) -> tuple[Document, FileReport, list[Chunk]]:
    key, title = f"{number:016x}", f"Volume {number}"
    text, chunks = "", list[Chunk]()
    for n, passage in enumerate(passages, start=1):
        text += f"## Part {n}\n\n"
        chunks.append(
            Chunk(id=0, document_id=key, start=len(text), end=len(text) + len(passage), text=passage, heading_path=(f"Part {n}",))
        )
        text += passage + "\n\n"
    hashed, source = sha256(text.encode()).hexdigest(), f"volume-{number}.md"
    document = Document(id=key, title=title, source=source, media_type="text/markdown", sha256=hashed, text=text)
    return document, FileReport(source=source, status="added", document_id=key, title=title, chunks=len(chunks)), chunks


def _probed(home: Path) -> dict[str, object]:
    """What new processes say of a library: the first ones, from their start to a first find, then one that is asked, one that adds."""
    colds = [_probe(home, 0)[1:] for _ in range(3)]
    cold, cpu = (float(np.median(times)) for times in zip(*colds, strict=True))
    return {**_probe(home, QUESTIONS)[0], **_probe(home, LATER)[0], "cold_s": cold, "cold_cpu_s": cpu}


def _probe(home: Path, questions: int) -> tuple[dict[str, object], float, float]:
    """What a new process says, and its seconds from start to end, on the clock and of the processor."""
    began, busy = time.perf_counter(), os.times()
    done = subprocess.run(
        [sys.executable, "-m", "eval.growth_probe", str(home), str(questions)], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, object] = json.loads(done.stdout)
    now = os.times()
    spent = now.children_user + now.children_system - busy.children_user - busy.children_system
    return found, time.perf_counter() - began, spent


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()

"""What adding costs: time, and memory beside the vectors, for many files and for one long file.

    python -m eval.bench_add [--documents 10000] [--paragraphs 10000]

The texts are made up and the embedder is a stand-in that takes no time to speak of, so that what is
measured is Citewell's own work: reading, cutting, storing, indexing.
"""

import random
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import numpy as np

from index import AddReport, Library
from index.embed import Vectors

__all__ = ["StandIn", "main"]

_DIMENSION = 384
_MEBIBYTE = 2**20


class StandIn:
    """A vector of random numbers that the text decides."""

    name = engine = "stand-in"
    dimension = _DIMENSION

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (len(texts), dimension)."""
        rows = [np.random.default_rng(hash_of(text)).standard_normal(_DIMENSION, dtype=np.float32) for text in texts]
        return np.stack([row / np.linalg.norm(row) for row in rows])

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """A vector for each word, of shape (words, dimension)."""
        return [self.embed(text.split()) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words."""
        return [len(text.split()) for text in texts]


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return sum(position * ord(sign) for position, sign in enumerate(text, start=1))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = ArgumentParser(prog="python -m eval.bench_add", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--paragraphs", type=int, default=10_000)
    options = parser.parse_args(arguments)
    chance = random.Random(0)
    with TemporaryDirectory() as folder:
        many, long = Path(folder) / "many", Path(folder) / "long"
        many.mkdir()
        long.mkdir()
        for number in range(options.documents):
            (many / f"{number:06}.md").write_text(f"# Document {number}\n\n{paragraph(chance)}\n")
        (long / "long.md").write_text("# Long\n\n" + "\n\n".join(paragraph(chance) for _ in range(options.paragraphs)))
        _measure(f"{options.documents:,} files", many, Path(folder) / "library-many")
        _measure(f"one file of {options.paragraphs:,} paragraphs", long, Path(folder) / "library-long")


def paragraph(chance: random.Random) -> str:
    """About a hundred made-up words in sentences."""
    sentences = (" ".join(f"w{chance.randrange(50_000)}" for _ in range(12)) for _ in range(8))
    return " ".join(f"The {sentence}." for sentence in sentences)


def _measure(name: str, files: Path, folder: Path) -> None:
    with Library(folder, StandIn()) as library:
        first, report, grown = _timed(lambda: library.add([files]))
        second, again, _ = _timed(lambda: library.add([files]))
        vectors = library.chunk_count() * _DIMENSION * 4
        assert again.count("unchanged") == len(report.files), "a file that did not change was added again"
        _say(f"{name}: {library.chunk_count():,} chunks in {first:.1f} s, {library.chunk_count() / first:,.0f} a second")
        _say(f"  again, unchanged: {second:.2f} s, {second / first:.1%} of the first time")
        _say(f"  memory grew by {grown / _MEBIBYTE:.0f} MiB at most, of which the vectors are {vectors / _MEBIBYTE:.0f} MiB")


def _timed(work: Callable[[], AddReport]) -> tuple[float, AddReport, int]:
    """Seconds, the report, and by how many bytes this process grew at most meanwhile."""
    before, most, done = _resident(), [0], Event()

    def watch() -> None:
        while not done.wait(0.05):
            most[0] = max(most[0], _resident())

    watching = Thread(target=watch)
    watching.start()
    began = time.monotonic()
    try:
        report = work()
    finally:
        seconds = time.monotonic() - began
        done.set()
        watching.join()
    return seconds, report, max(most[0], _resident()) - before


def _resident() -> int:
    """Bytes of this process in memory, as Linux counts them."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""`kill -9` at any moment: what was reported is there, nothing is half there, and the indexes are made whole again."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.library import Library
from tests.conftest import FakeEmbedder

ROOT = Path(__file__).parents[2]


class Killer:
    """Starts children that work on one library, and ends them."""

    def __init__(self, folder: Path, zygote: subprocess.Popen) -> None:
        self.library, self.files, self.journal = folder / "library", folder / "files", folder / "journal"
        self.files.mkdir()
        self._zygote = zygote

    def run(self, seed: int, *, seconds: float = 0.0, lines: int = 0) -> None:
        """One child, killed after so many lines of the library's code, or after so many seconds from its first operation."""
        self.journal.unlink(missing_ok=True)
        task = [str(self.library), str(self.files), str(self.journal), seed, lines]
        self._zygote.stdin.write(json.dumps(task) + "\n")
        self._zygote.stdin.flush()
        child = int(self._zygote.stdout.readline())
        if not lines:
            with pytest.raises(subprocess.TimeoutExpired):  # the zygote itself goes on: this only lets time pass
                self._zygote.wait(seconds)
            os.kill(child, signal.SIGKILL)
        assert self._zygote.stdout.readline() == f"ended by {signal.SIGKILL.value}\n", seed

    def journalled(self) -> list[tuple[str, dict[str, str | None]]]:
        return [tuple(json.loads(line)) for line in self.journal.read_text().splitlines()] if self.journal.exists() else []


@pytest.fixture
def killer(tmp_path):
    command = [sys.executable, "-m", "tests.index.killed"]
    zygote = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with zygote:
        yield Killer(tmp_path, zygote)
        zygote.stdin.close()


def possible(before: dict[str, str], journal: list[tuple[str, dict[str, str | None]]]) -> dict[str, set[str | None]]:
    """What each source may hold after a kill: what was reported last, or what was being done."""
    found = {source: {text} for source, text in before.items()}
    for kind, changes in journal:
        for source, text in changes.items():
            found[source] = {text} if kind == "done" else found.get(source, {None}) | {text}
    return found


def check(folder: Path, allowed: dict[str, set[str | None]]) -> dict[str, str]:
    """Open the library and verify it from end to end; returns the text of each source."""
    embedder = FakeEmbedder()
    with Library(folder, embedder, chunk_tokens=48) as library:
        facts = library.facts()
        assert facts["indexes"] == "up to date"
        assert facts["vectors"] == facts["chunks"] - facts["copies"] == len(library.lexical())
        documents = [library.document(summary.id) for summary in library.documents()]
        held = {document.source: document.text for document in documents}
        for source, texts in allowed.items():
            assert held.get(source) in texts, (source, held.get(source), texts)
        assert held.keys() <= allowed.keys()
        for document in documents:
            check_document(library, document)
        return held


def check_document(library: Library, document) -> None:
    """Its chunks cover its text, each has its vector, and each is found by both searches, itself or by a copy that stands for it."""
    stored = library._store.store.document_vectors(document.id, 256)
    covered = "".join(chunk.text for chunk, _ in stored)
    assert "".join(covered.split()) == "".join(document.text.split())
    copies = library.also_in([chunk.id for chunk, _ in stored])
    for chunk, vector in stored:
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert np.isclose(np.linalg.norm(vector), 1, atol=1e-5)
        places = {(document.id, chunk.start, chunk.end), *copies.get(chunk.id, [])}
        for hits in (library.search_vectors(vector, 30), library.search_words(chunk.text, 30)):
            found = library.chunks([number for number, _ in hits]).values()
            assert places & {(other.document_id, other.start, other.end) for other in found}


def rounds(killer: Killer, seed: int, count: int, lines: int) -> int:
    """So many kills one after another, by turns at a line of code and after a time; returns how many operations were done."""
    chance = random.Random(seed)
    held: dict[str, str] = {}
    done = 0
    for number in range(count):
        if number % 2:
            killer.run(chance.randrange(10**6), seconds=chance.uniform(0.0, 0.6))
        else:
            killer.run(chance.randrange(10**6), lines=chance.randrange(1, lines))
        journal = killer.journalled()
        done += sum(kind == "done" for kind, _ in journal)
        held = check(killer.library, possible(held, journal))
    sys.stdout.write(f"{count} kills, {done} operations done, {len(held)} documents at the end\n")
    return done


def test_a_few_kills(killer):
    assert rounds(killer, seed=1, count=6, lines=60_000) > 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_kills(killer):
    assert rounds(killer, seed=2, count=120, lines=60_000) > 100

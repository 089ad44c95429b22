"""A process that changes a library until it is killed, and tells in a journal what it has done.

    python -m tests.index.killed

It loads everything once. For each line on standard input, a JSON list [library, files, journal, seed, lines], it makes
a child that works on the library in an order that the seed decides, prints the child's number, and how it ended when it
is dead. With `lines` above 0 the child kills itself before the so manieth line of our code; else it is killed from outside.

The journal has two JSON lines an operation: ["begins", {source: text or null}] and ["done", the same].
"""

import json
import os
import random
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

from index.library import Library
from index.sync import sync_folder
from tests.conftest import FakeEmbedder

NAMES = ("a.md", "b.md", "c.md", "d.md", "e.md")
OURS = str(Path(__file__).parents[2] / "index")


def text(name: str, chance: random.Random) -> str:
    """A text with a word of its own; some have a part that is the same in others."""
    number = chance.randrange(10**6)
    shared = "\n\n## Shared\n\n" + "The same words stand in many a file of this folder. " * 4
    parts = [f"## Part {n}\n\nThe word{number}x{n} stands in part {n} of it. " * 3 for n in range(chance.randint(1, 4))]
    return f"# Title of {name[0] if chance.random() < 0.6 else 'all'}\n\n" + "\n\n".join(parts) + shared * (chance.random() < 0.5) + "\n"


class Work:
    """Operations on one library, each told of in the journal before and after."""

    def __init__(self, library: Library, files: Path, journal: Path, chance: random.Random) -> None:
        self.library, self.files, self.chance = library, files, chance
        self.journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tell(self, kind: str, changes: dict[str, str | None]) -> None:
        os.write(self.journal, (json.dumps([kind, changes]) + "\n").encode())

    def do(self) -> None:
        {0: self.add, 1: self.add, 2: self.add, 3: self.remove, 4: self.sync, 5: self.rebuild}[self.chance.randrange(6)]()

    def change(self) -> dict[str, str | None]:
        changes = {name: text(name, self.chance) for name in self.chance.sample(NAMES, self.chance.randint(1, 3))}
        for name, words in changes.items():
            (self.files / name).write_text(words)
        return {str(self.files / name): words for name, words in changes.items()}

    def add(self) -> None:
        changes = self.change()
        self.tell("begins", changes)
        self.library.add(list(changes))
        self.tell("done", changes)

    def remove(self) -> None:
        for document in self.library.documents()[:1]:
            self.tell("begins", {document.source: None})
            self.library.remove(document.id)
            self.tell("done", {document.source: None})

    def sync(self) -> None:
        self.change()
        for name in self.chance.sample(NAMES, 2):
            (self.files / name).unlink(missing_ok=True)
        changes = {str(self.files / name): (self.files / name).read_text() if (self.files / name).exists() else None for name in NAMES}
        self.tell("begins", changes)
        sync_folder(self.library, self.files, agree=lambda gone: True)
        self.tell("done", changes)

    def rebuild(self) -> None:
        self.tell("begins", {})
        self.library.rebuild()
        self.tell("done", {})


def kill_at(lines: int) -> None:
    """End this process as a power cut would, before so many more lines of the library's code are run."""
    left = lines

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        left -= event == "line"
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def work(library: str, files: str, journal: str, seed: int, lines: int) -> None:
    """Until the end; an error is an end that the test takes for a failure."""
    if lines:
        kill_at(lines)
    try:
        endless(library, files, journal, seed)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)  # never back into the loop of `main`


def endless(library: str, files: str, journal: str, seed: int) -> None:
    """One operation after another."""
    with Library(Path(library), FakeEmbedder(), chunk_tokens=48) as opened:
        doing = Work(opened, Path(files), Path(journal), random.Random(seed))
        while True:
            doing.do()


def main() -> None:
    """A child for each line of standard input."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(*json.loads(line))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"ended by {os.WTERMSIG(status) if os.WIFSIGNALED(status) else 'itself'}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

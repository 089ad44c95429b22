"""The command line, which stops once half of the files of `add` are done, says so, and goes on after a line of standard input.

python -m tests.index.paused add …
"""

import sys
from contextlib import contextmanager

from rag import cli, terminal


@contextmanager
def pausing(title: str = "Adding"):
    paused = title != "Adding"

    def show(at) -> None:
        nonlocal paused
        if not paused and at.done >= at.total // 2:
            paused = True
            sys.stdout.write("half\n")
            sys.stdout.flush()
            sys.stdin.readline()

    yield show


if __name__ == "__main__":
    terminal.add_progress = pausing
    cli.main()

"""Runs one system and speaks JSON lines: `python serve.py MODULE MODEL STORE`.

The module holds a class `System`. A line of the standard input asks, one of the standard output replies: `{"do": "add", "folder": …}`
gives `{"chunks": n}`, and `{"do": "ask", "question": …, "k": n}` gives `{"passages": [[document, text], …]}`, each with the `seconds`
and the processor's seconds, `cpu`, that it took. A first line says that the system is ready. This file needs nothing but Python.
"""

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TextIO

__all__ = ["System", "serve"]


class System(Protocol):
    """What an adapter offers. It is made from the folder of a sentence-transformers model and one for what is stored."""

    def add(self, folder: Path) -> int:
        """Take in all files of a folder, store them, and be ready to be asked; gives the number of chunks."""

    def ask(self, question: str, k: int) -> list[tuple[str, str]]:
        """The `k` best chunks, each with the name of its file, best first; what was stored is opened at the first question."""


def serve(system: System, asked: TextIO, said: TextIO) -> None:
    """Do what each line asks until there are no more."""
    _say(said, {"ready": True})
    for line in asked:
        order = json.loads(line)
        began, busy = time.perf_counter(), time.process_time()
        reply: dict[str, Any] = {}
        if order["do"] == "add":
            reply["chunks"] = system.add(Path(order["folder"]))
        else:
            reply["passages"] = system.ask(order["question"], order["k"])
        _say(said, reply | {"seconds": time.perf_counter() - began, "cpu": time.process_time() - busy})


def _say(said: TextIO, reply: dict[str, Any]) -> None:
    said.write(json.dumps(reply) + "\n")
    said.flush()


def main() -> None:
    """Serve the named module's system; what libraries print goes to the standard error."""
    module, model, store = sys.argv[1:]
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as said:
        os.dup2(2, 1)
        system: System = import_module(module).System(Path(model), Path(store))
        serve(system, sys.stdin, said)


if __name__ == "__main__":
    main()

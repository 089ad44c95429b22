"""Opens a library and asks it, in a process of its own: `python -m eval.growth_probe FOLDER QUESTIONS`; prints JSON.

0 questions: a first find and no more. `LATER`: one more document is added. Any other number: so many questions, searched for and answered.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["LATER", "QUESTIONS", "main", "probe"]

QUESTIONS, LATER = 30, -1
_ANSWERED = 10
_FIRST = "what do Bar Raisers look for?"


def main() -> None:
    """Print what was measured."""
    sys.stdout.write(json.dumps(probe(Path(sys.argv[1]), int(sys.argv[2]))))


def probe(home: Path, questions: int) -> dict[str, float]:
    """Seconds, milliseconds and bytes, by name."""
    from index import Library
    from index.embed import SentenceEmbedder

    began, busy = time.perf_counter(), time.process_time()
    with Library(home, SentenceEmbedder()) as library:
        library.search_words("first", 1)
        found = {"opened_s": time.perf_counter() - began, "opened_cpu_s": time.process_time() - busy}
        vector = library.embed([_FIRST])[0]
        library.chunks([number for number, _ in library.search_vectors(vector, 10)])
        if questions == LATER:
            return _add_one(library.add)
        return found | _asked(library, questions) if questions else found


def _add_one(add: Callable[[list[Path]], object]) -> dict[str, float]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{os.getpid()}.md"
        file.write_text(f"# One more {os.getpid()}\n\nThis note says that one more document came to process {os.getpid()}.\n")
        began, busy = time.perf_counter(), time.process_time()
        add([file])
        return {"later_s": time.perf_counter() - began, "later_cpu_s": time.process_time() - busy}


def _asked(library: object, count: int) -> dict[str, float]:
    """Latencies of the search and of a whole answer without the reader, and the process's memory after it."""
    import numpy as np

    from eval.gold import load_gold, shipped_gold
    from index import Library
    from rag import Assistant
    from rag.config import AnswerSettings

    assert isinstance(library, Library)
    questions = [question.question for question in load_gold(shipped_gold()) if not question.history][:count]
    search = Assistant(library, AnswerSettings(reader="none", unit_weight=0.0))
    whole = Assistant(library, AnswerSettings(reader="none"))
    found: dict[str, float] = {}
    for name, ask in (("search", search.retrieve), ("answer", whole.answer)):
        clock: list[float] = []
        busy: list[float] = []
        for question in questions[: _ANSWERED if ask == whole.answer else count]:
            began, cpu = time.perf_counter(), time.process_time()
            ask(question)
            clock.append(1000 * (time.perf_counter() - began))
            busy.append(1000 * (time.process_time() - cpu))
        found |= {f"{name}_p50_ms": float(np.median(clock)), f"{name}_p95_ms": float(np.percentile(clock, 95))}
        found |= {f"{name}_cpu_ms": float(np.median(busy)), f"{name}_resident": resident()}
    return found


def resident() -> int:
    """Bytes of this process in memory, as Linux counts them."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()

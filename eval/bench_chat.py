"""How fast the web chat is for one person and for many at once, over the shipped documents.

    python -m eval.bench_chat [--people 50] [--crowd 120]

Starts `citewell serve` with a library of its own and asks it over plain http, as the page does: through
the queue, with the answer streamed. The questions are the chat's own examples, so that each has an answer.
"""

import json
import os
import re
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from eval.measures import percentile

__all__ = ["Asked", "main", "table"]

_QUESTIONS = (
    "What do Bar Raisers look for?",
    "How long do the internships last?",
    "Who is Belinda Zeng?",
    "How does working backwards begin?",
)
_SERVE = "import sys; from rag.cli import main; sys.argv = ['citewell', 'serve', '--port', '0']; main()"
_SECONDS_TO_WAIT = 300
_open = build_opener(ProxyHandler({})).open


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one question: seconds to the first words and to the end, or why it was not taken."""

    first: float = 0.0
    whole: float = 0.0
    refused: str = ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = ArgumentParser(prog="python -m eval.bench_chat", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=50, help="so many ask at once")
    parser.add_argument("--crowd", type=int, default=120, help="so many ask at once to see what a full queue says")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        with _serving(Path(folder)) as (url, _):
            asking = _asker(url)
            asking(_QUESTIONS[0])
        with _serving(Path(folder)) as (url, started):
            asking = _asker(url)
            asking(_QUESTIONS[0])
            warm = [asking(question) for question in _QUESTIONS * 5]
            many = _at_once(asking, options.people)
            crowd = _at_once(asking, options.crowd)
    _say(f"start to first page: {started:.1f} s")
    _say(table({"one after the other": warm, f"{options.people} at once": many, f"{options.crowd} at once": crowd}))
    for reason in sorted({asked.refused for asked in crowd if asked.refused}):
        _say(f"a question that is not taken: {reason}")


def table(rows: dict[str, Sequence[Asked]]) -> str:
    """The figures of each group of questions, times in seconds."""
    lines = [f"{'':24}{'answered':>12}{'first words p50':>18}{'p95':>8}{'whole p50':>12}{'p95':>8}"]
    for name, asked in rows.items():
        answered = [one for one in asked if not one.refused]
        times = ([one.first for one in answered], [one.whole for one in answered])
        shares = [f"{percentile(seconds, share):.2f}" if seconds else "–" for seconds in times for share in (0.5, 0.95)]
        count = f"{len(answered):,} of {len(asked):,}"
        lines.append(f"{name:24}{count:>12}{shares[0]:>18}{shares[1]:>8}{shares[2]:>12}{shares[3]:>8}")
    return "\n".join(lines)


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[str, float]]:
    """The server's address, and the seconds from its start to its first page."""
    own = os.environ | {"CITEWELL_LIBRARY": str(folder / "library"), "XDG_DATA_HOME": str(folder / "data")}
    began = time.monotonic()
    with subprocess.Popen([sys.executable, "-c", _SERVE], env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            assert server.stdout is not None
            lines: list[str] = []
            for line in server.stdout:
                lines.append(line)
                if found := re.search(r"Citewell is at (http://\S+)", line):
                    break
            else:
                raise RuntimeError(f"The server did not start: {''.join(lines)}")
            _open(found[1], timeout=_SECONDS_TO_WAIT).read()
            yield found[1], time.monotonic() - began
        finally:
            server.terminate()


def _asker(url: str) -> Callable[[str], Asked]:
    """What asks a question as the page's box does, in a session of its own."""
    with _open(f"{url}/config", timeout=_SECONDS_TO_WAIT) as response:
        config = json.load(response)
    [box] = [one["id"] for one in config["components"] if one["props"].get("elem_id") == "question"]
    [number] = [one["id"] for one in config["dependencies"] if [box, "submit"] in one["targets"] and one["backend_fn"]]
    inputs = next(one["inputs"] for one in config["dependencies"] if one["id"] == number)

    def ask(question: str) -> Asked:
        session = token_hex(8)
        data = [question, "", "[]"][: len(inputs)]
        body = json.dumps({"data": data, "fn_index": number, "session_hash": session, "trigger_id": box}).encode()
        began = time.monotonic()
        try:
            with _open(Request(f"{url}/gradio_api/queue/join", body, {"Content-Type": "application/json"}), timeout=_SECONDS_TO_WAIT):
                pass
        except HTTPError as error:
            return Asked(refused=f"{error.code} {error.read().decode()[:200]}")
        return _heard(url, session, began)

    return ask


def _heard(url: str, session: str, began: float) -> Asked:
    """Follow one answer's stream to its end."""
    first = 0.0
    with _open(f"{url}/gradio_api/queue/data?session_hash={session}", timeout=_SECONDS_TO_WAIT) as stream:
        steps = 0
        for line in stream:
            if not line.startswith(b"data:"):
                continue
            message = json.loads(line[5:])
            if message["msg"] == "process_generating":
                steps += 1
                # the first step shows the question and that it is being searched for
                first = first or (time.monotonic() - began if steps > 1 else 0.0)
            if message["msg"] == "process_completed":
                return _ended(message, first, time.monotonic() - began)
    return Asked(refused="the stream broke off")


def _ended(message: dict[str, Any], first: float, whole: float) -> Asked:
    if not message["success"]:
        return Asked(refused=str(message["output"].get("error") or "an error"))
    return Asked(first or whole, whole)


def _at_once(asking: Callable[[str], Asked], people: int) -> list[Asked]:
    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(asking, islice(cycle(_QUESTIONS), people)))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

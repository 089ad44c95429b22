"""The environments of the systems that Citewell is measured beside, and the processes that run in them."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Self

from rich.console import Console

from index.errors import CitewellError

__all__ = ["Reply", "Running", "System", "prepared", "systems"]

_FOLDER = Path(__file__).parent / "beside"
_LEFT_OUT = ("PYTHONPATH", "OMP_NUM_THREADS")
"""Of the environment: ours is of no use to others, and each system takes the threads that it would take."""


@dataclass(frozen=True)
class System:
    """A name, its adapter's module, what is set for it, and its Python: None for one that is made for it (`prepared`)."""

    name: str
    module: str
    settings: dict[str, str] = field(default_factory=dict)
    python: Path | None = None
    folder: Path = _FOLDER


def systems() -> list[System]:
    """All of them, Citewell first: as it is, and its search without the reading of what was found."""
    own = Path(sys.executable)
    return [
        System("Citewell", "citewell_library", python=own),
        System("its search alone", "citewell_library", {"CITEWELL_READER": "none", "CITEWELL_UNIT_WEIGHT": "0"}, own),
        System("LangChain", "langchain_faiss"),
        System("LlamaIndex", "llamaindex_faiss"),
        System("Haystack", "haystack_hybrid"),
        System("txtai", "txtai_hybrid"),
    ]


def prepared(system: System, console: Console | None = None, *, cache: Path | None = None) -> Path:
    """The Python of a system; its environment is made at the first time, and again when its list of packages changes.

    Raises:
        CitewellError: an installation failed; the message has pip's last lines.
    """
    if system.python:
        return system.python
    from platformdirs import user_cache_path

    home = (cache or user_cache_path("citewell", appauthor=False) / "side-by-side") / system.module
    listed = system.folder / f"{system.module}.txt"
    packages, python, stamp = listed.read_text(encoding="utf-8"), home / "bin" / "python", home / "installed.txt"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == packages:
        return python
    if console:
        console.print(f"Making an environment for {system.name} in {home} …", markup=False)
    _run([sys.executable, "-m", "venv", "--clear", str(home)], system)
    # torch goes first: the pinned release may be at hand as a CPU build
    for what in ([packages.split()[0]], ["--requirement", str(listed)]):
        _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what], system)
    stamp.write_text(packages, encoding="utf-8")
    return python


def _run(command: list[str], system: System) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CitewellError(f"The environment of {system.name} could not be made ({' '.join(command)}):\n{done.stderr[-2000:]}")


@dataclass(frozen=True)
class Reply:
    """What came back, the seconds that it took, and the seconds of processor time."""

    seconds: float
    cpu: float
    chunks: int = 0
    passages: tuple[tuple[str, str], ...] = ()


class Running:
    """A process that runs a system over one store."""

    def __init__(self, system: System, model: Path, store: Path) -> None:
        self._system = system
        self._began = time.perf_counter()
        kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT or (system.python and name == "PYTHONPATH")}
        command = [str(prepared(system)), str(system.folder / "serve.py"), system.module, str(model), str(store)]
        offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
        self._errors = TemporaryFile("w+", encoding="utf-8", errors="replace")
        self._process = subprocess.Popen(
            command, env=kept | offline | system.settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )
        self._line()

    def __enter__(self) -> Self:
        """The process itself, which ends with the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """End it."""
        self.close()

    def add(self, folder: Path) -> Reply:
        """Add the files of a folder."""
        return self._do({"do": "add", "folder": str(folder)})

    def ask(self, question: str, k: int) -> Reply:
        """The `k` best passages."""
        return self._do({"do": "ask", "question": question, "k": k})

    def age(self) -> float:
        """Seconds since the process was started."""
        return time.perf_counter() - self._began

    def resident(self) -> int:
        """Bytes of the process in memory, as Linux counts them."""
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
        self._errors.close()

    def _do(self, order: dict[str, object]) -> Reply:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        reply = self._line()
        passages = tuple((str(document), str(text)) for document, text in reply.get("passages", ()))
        return Reply(float(reply["seconds"]), float(reply["cpu"]), int(reply.get("chunks", 0)), passages)

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            reply: dict[str, Any] = json.loads(line)
            return reply
        self._process.communicate()
        with self._errors:
            self._errors.seek(0)
            raise CitewellError(f"{self._system.name} ended with code {self._process.returncode}:\n{self._errors.read()[-2000:]}")

"""A small Milvus server for tests: milvus-lite, as a process of its own on this machine."""

import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from index.address import milvus_address
from index.errors import CitewellError
from index.milvus import MilvusStore
from index.milvus.engine import Engine

_START_SECONDS = 60


class MilvusServer:
    """Holds what it is given in one folder; can be stopped and started again at the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def address(self, name: str) -> str:
        return f"milvus://127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        # one worker: this server, unlike a real one, does not bear two writers of one collection
        command: Sequence[str] = ["--data-dir", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port), "--max-workers", "1"]
        with (self.folder.parent / "milvus.log").open("ab") as log:
            self._process = subprocess.Popen([sys.executable, "-m", "milvus_lite.cmdline", "server", *command], stdout=log, stderr=log)
        engine, until = Engine(milvus_address(self.address("x")), token="", seconds=1), time.monotonic() + _START_SECONDS
        while True:
            try:
                engine.ping()
                return engine.close()
            except CitewellError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None


def make_empty(store: MilvusStore) -> None:
    """Takes all out of a library's collections, which is much faster than to make them again."""
    for table in store.engine.tables():
        if table == store.name or table.startswith(f"{store.name}_"):
            key = "name" if table == store.tables.settings else "id"
            store.engine.delete(table, "id > -1" if "_chunks" in table else f'{key} != ""')

"""Starting the real command in its own process, with a home of its own, as a person would."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

CITEWELL = str(Path(sys.executable).with_name("citewell"))
_NOT_HANDED_DOWN = ("CITEWELL_", "HF_", "MAKE", "MFLAGS", "PYTEST", "QUESTION")


def environment(home: Path, **more: str) -> dict[str, str]:
    """This process's environment without settings of ours, and with the default library below `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_HANDED_DOWN)}
    return {**kept, "XDG_DATA_HOME": str(home / "data"), **more}


def start(command: Sequence[str], **options) -> subprocess.Popen:
    """A process that `interrupt` stops as Ctrl-C does, with all that it starts."""
    # A run that was itself started in the background ignores Ctrl-C, and would hand that down.
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, **options}
    return subprocess.Popen(
        command, start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler), **options
    )


def interrupt(process: subprocess.Popen) -> None:
    """Ctrl-C."""
    os.killpg(process.pid, signal.SIGINT)


@contextmanager
def serving(command: Sequence[str], printed: str = r"Citewell is at (http://\S+)", **options) -> Iterator[tuple[str, subprocess.Popen]]:
    """A web chat, or what says `printed`, and the address that it printed; at the end it is stopped, whatever happened."""
    with start(command, **options) as process:
        try:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if found := re.search(printed, line):
                    yield found[1], process
                    break
            else:
                raise AssertionError(f"no address was printed: {''.join(lines)}")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def fetch(url: str) -> str:
    """The page at an address of this machine, asked without any proxy."""
    with build_opener(ProxyHandler({})).open(url, timeout=60) as response:
        return response.read().decode()

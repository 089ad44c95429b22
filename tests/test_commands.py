"""The commands of the README on a clean copy, as on a fresh machine: set up once, answer, start at once, serve."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import environment, fetch, interrupt, serving

ROOT = Path(__file__).parent.parent
QUESTION = "Q=what do Bar Raisers look for?"
NEEDED = "six==1.17.0"
"""A small package of constraints.txt, to see whether there is a package index."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """The last commit in an empty folder."""
    folder = tmp_path_factory.mktemp("clean") / "citewell"
    lacking = _lacking(folder.parent)
    if lacking and os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(lacking)
    if lacking:
        pytest.skip(lacking)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


def _lacking(folder: Path) -> str:
    """What this machine lacks for a set-up from nothing."""
    if not (ROOT / ".git").exists():
        return "the commands are tried on a clone, and this folder is no git repository"
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--retries", "1", "--dest", str(folder)]
    found = subprocess.run([*download, NEEDED], capture_output=True, text=True)
    return f"no package index can be reached: {found.stderr.strip().splitlines()[-1:]}" if found.returncode else ""


def test_ask_then_ask_again_then_chat(clone):
    environ = environment(clone.parent)
    # from here on, only what the set-up made
    environ.pop("VIRTUAL_ENV", None)

    def make(*arguments: str) -> str:
        ended = subprocess.run(["make", *arguments], cwd=clone, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    first = make("ask", QUESTION)
    assert "Setting up .venv" in first
    assert "functional competencies" in first
    assert "[1] Bar Raisers and What They Look For" in first

    set_up = (clone / ".venv/ready").stat().st_mtime_ns
    assert "pip" not in make("--dry-run", "ask", QUESTION)
    again = make("ask", QUESTION)
    assert "Setting up" not in again
    assert "functional competencies" in again
    assert (clone / ".venv/ready").stat().st_mtime_ns == set_up

    with serving(["make", "chat"], cwd=clone, env=environ) as (url, process):
        page = fetch(url)
        interrupt(process)
        output, _ = process.communicate()
    assert "Citewell" in page
    assert "Stopped." in output
    assert "Traceback" not in output
    status = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)
    assert status.stdout == ""

"""The Makefile's set-up of .venv, with a stand-in for Python that only notes what it is asked."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON = """#!/bin/sh
# Code is run by the real Python; `-m venv` and `-m pip` only leave a trace.
case "$1" in -c) exec {python} "$@";; esac
echo "$*" >>log
case "$*" in
*"-m venv"*) rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python; cp {said} .venv/bin/citewell;;
*"pip install"*) if [ -e broken ]; then exit 1; fi;;
esac
"""
SAID = '#!/bin/sh\necho "citewell $*"\n'
TORCH = "-m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch"
EDITABLE = "-m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ."
VENV = "-m venv --clear .venv"


class Folder:
    """A folder with the Makefile and a stand-in for Python."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, path)
        said = program(path.parent / "said", SAID)
        self.python = program(path.parent / "python", PYTHON.format(python=sys.executable, said=said))

    def start(self, *arguments: str) -> subprocess.Popen:
        # what an outer make hands down is not ours
        kept = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "Q")}
        command = ["make", f"PYTHON={self.python}", *arguments]
        return subprocess.Popen(command, cwd=self.path, env=kept, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def make(self, *arguments: str) -> tuple[int, str]:
        with self.start(*arguments) as running:
            output, _ = running.communicate()
        return running.returncode, output

    def log(self) -> list[str]:
        """What Python was asked since the last look."""
        log = self.path / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    def make_newer(self, name: str) -> None:
        later = (self.path / ".venv/ready").stat().st_mtime + 10
        os.utime(self.path / name, (later, later))


def program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "a folder, with space")


def test_the_first_run_sets_up_and_the_second_starts_at_once(folder):
    code, output = folder.make("ask", "Q=what?")
    assert (code, output.splitlines()[-1]) == (0, "citewell ask -- what?")
    assert "Setting up .venv" in output
    assert folder.log() == [VENV, TORCH, EDITABLE]
    assert folder.make("ask", "Q=what?") == (0, "citewell ask -- what?\n")
    assert folder.make() == (0, "citewell serve\n")
    assert folder.log() == []


@pytest.mark.parametrize("question", ["costs $5 or $HOME?", 'say "hello"', "it's `date`", "-- $(Q)", "ünï & co; | >x"])
def test_a_question_reaches_the_command_as_it_was_typed(folder, question):
    assert folder.make("ask", f"Q={question}")[1].splitlines()[-1] == f"citewell ask -- {question}"


def test_without_a_question_a_conversation_begins(folder):
    assert folder.make("ask")[1].splitlines()[-1] == "citewell ask"


def test_a_set_up_that_failed_is_done_anew(folder):
    (folder.path / "broken").touch()
    code, output = folder.make("chat")
    assert code != 0
    assert "citewell serve" not in output
    assert not (folder.path / ".venv/ready").exists()
    (folder.path / "broken").unlink()
    folder.log()
    assert folder.make("chat")[0] == 0
    assert folder.log() == [VENV, TORCH, EDITABLE]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_are_installed_into_what_is_there(folder, name):
    folder.make("chat")
    folder.log()
    folder.make_newer(name)
    folder.make("chat")
    assert folder.log() == [TORCH, EDITABLE]


def test_changed_requirements_that_cannot_be_installed_leave_nothing_that_looks_ready(folder):
    folder.make("chat")
    folder.make_newer("pyproject.toml")
    (folder.path / "broken").touch()
    assert folder.make("chat")[0] != 0
    assert not (folder.path / ".venv/ready").exists()


def test_an_environment_without_its_python_is_made_anew(folder):
    folder.make("chat")
    folder.log()
    (folder.path / ".venv/bin/python").unlink()
    assert folder.make("chat")[0] == 0
    assert folder.log() == [VENV, TORCH, EDITABLE]


def test_a_folder_that_was_moved_is_set_up_anew(folder):
    folder.make("chat")
    folder.log()
    folder.path = folder.path.rename(folder.path.with_name("moved"))
    assert folder.make("chat")[0] == 0
    assert folder.log() == [VENV, TORCH, EDITABLE]


def test_two_at_once_set_up_once(folder):
    both = [folder.start("chat"), folder.start("ask", "Q=what?")]
    for running in both:
        with running:
            running.communicate()
        assert running.returncode == 0
    assert folder.log() == [VENV, TORCH, EDITABLE]


def test_jobs_at_once_do_no_harm(folder):
    assert folder.make("-j", "4", "chat", "ask", "eval")[0] == 0
    assert folder.log() == [VENV, TORCH, EDITABLE]


def test_an_old_python_is_refused_in_words(folder):
    pretend = "import sys; sys.version_info = (3, 9, 1); exec(sys.argv[1])"
    old = program(folder.path.parent / "old", f'#!/bin/sh\nexec {sys.executable} -c "{pretend}" "$2"\n')
    code, output = folder.make("chat", f"PYTHON={old}")
    assert code != 0
    assert "Citewell needs Python 3.11 or newer" in output
    assert not (folder.path / ".venv").exists()

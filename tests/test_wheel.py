"""What is installed from a wheel works away from the checkout, and nothing else is in it."""

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.processes import environment

ROOT = Path(__file__).parent.parent
PACKAGES = ("rag", "index", "ui", "eval")
SHIPPED = {".py", ".md", ".txt", ".json", ".jsonl", ".onnx", ".toml", ".html", ".css", ".js"}
SHOW = """
import json, rag
from rag import answer
a = answer("what do Bar Raisers look for?")
print(json.dumps([rag.__file__, a.abstained, a.citations[0].quote]))
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy, since setuptools leaves its traces where it builds and would find those of earlier builds."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in (*PACKAGES, "tests"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", made, source)
    return next(made.glob("citewell-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The programs of a new environment with the wheel, which borrows this one's libraries but not the checkout."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, symlinks=True)
    python = folder / "bin/python"
    site = next((folder / "lib").glob("python*/site-packages"))
    # a folder that a .pth file adds is searched, but its own .pth files, such as that of the checkout, are not read
    (site / "borrowed.pth").write_text("".join(f"{path}\n" for path in sys.path if path.endswith("site-packages")))
    pip("--python", python, "install", "--no-deps", "--no-index", "--ignore-installed", wheel)
    return python.parent


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_wheel_holds_the_four_packages_and_their_data(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file() and path.suffix in SHIPPED]
    assert names == {path.relative_to(ROOT).as_posix() for path in files}
    assert {"eval/gold.jsonl", "index/corpus/bar-raisers.md", "ui/chat.css", "ui/conversation.js", "rag/cli.py"} <= names


def test_it_answers_from_another_folder(installed, tmp_path):
    ended = subprocess.run([installed / "python", "-c", SHOW], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    file, abstained, quote = json.loads(ended.stdout)
    assert Path(file).is_relative_to(installed.parent)
    assert not abstained
    assert quote


def test_its_command_runs(installed, tmp_path):
    ended = subprocess.run([installed / "citewell", "--version"], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "citewell 0.1.0\n", "")

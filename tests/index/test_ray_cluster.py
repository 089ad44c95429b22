"""Adding by a Ray cluster: the library is the one that this machine alone makes, also where a node is killed half-way."""

import json
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index import ray_cluster
from index.embed import DEFAULT_MODEL, SentenceEmbedder, model_folder
from index.errors import ClusterError
from index.library import Library
from index.ray_cluster import Facts, check_same
from tests.processes import CITEWELL, environment, interrupt, start
from tests.test_offline import GUARD, PROXY_PORT

ROOT = Path(__file__).parents[2]
WORDS = "tide moon harbour gauge lamp keeper chart wind rope anchor salt pier ferry cargo signal storm".split()
HERE = Facts("here", "3.11.7", "2.60.0", "0.1.0", np.array([0.6, 0.8], np.float32))


def there(**other) -> Facts:
    return Facts(**{**{name: getattr(HERE, name) for name in HERE.__dataclass_fields__}, "node": "n2", **other})


def test_a_worker_that_is_as_this_process_is_taken():
    check_same(HERE, there(python="3.11.9", vector=HERE.vector + np.float32(1e-6)))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"python": "3.12.1"}, "The node n2 of the Ray cluster has Python 3.12, this machine 3.11."),
        ({"ray": "2.59.0"}, "The node n2 of the Ray cluster has Ray 2.59.0, this machine 2.60.0."),
        ({"citewell": "0.2.0"}, "The node n2 of the Ray cluster has citewell 0.2.0, this machine 0.1.0."),
        ({"vector": np.array([0.8, 0.6], np.float32)}, "The embedding model of the node n2 of the Ray cluster gives other vectors"),
        ({"vector": np.array([1], np.float32)}, "The embedding model of the node n2 of the Ray cluster gives other vectors"),
    ],
)
def test_a_worker_that_is_not_is_refused(other, said):
    with pytest.raises(ClusterError, match=re.escape(said)):
        check_same(HERE, there(**other))


def test_without_the_extra_the_error_says_what_to_install(library, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    with pytest.raises(ClusterError, match=re.escape("pip install 'citewell[ray]'")), ray_cluster.open_ray("auto", library.preparer):
        pass


def test_a_cluster_is_not_started():
    with pytest.raises(ClusterError, match="Start one with `ray start --head`"):
        ray_cluster._knock("local")


def test_where_nothing_listens_the_error_comes_at_once():
    with pytest.raises(ClusterError, match=r"No Ray cluster answers at ray://127.0.0.1:9 \(.*refused\)"):
        ray_cluster._knock("ray://127.0.0.1:9")


# with a real cluster


class Nodes:
    """The cluster of `tests.index.ray_nodes`."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.address, self.client = process.stdout.readline().split()
        self._process = process

    def do(self, what: str) -> None:
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """The environment of a machine without a network, and the file in which each try to use it is noted."""
    home = tmp_path_factory.mktemp("home")
    notes = home / "tried"
    (home / "sitecustomize.py").write_text(GUARD.format(notes=str(notes), port=PROXY_PORT))
    # Ray's head tells its makers once that nothing will be told to them, and asks for the cloud that it may run in: docs/library.md
    (home / "ray_bootstrap_config.yaml").touch()
    quiet = {"RAY_USAGE_STATS_REPORT_URL": "http://127.0.0.1:1", "HOME": str(home)}
    # Ray gives the server that it starts for a client 30 seconds, which a busy machine may need
    patient = {"RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S": "180"}
    return environment(
        home, PYTHONPATH=f"{home}:{ROOT}", RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0", HF_HUB_OFFLINE="1", **quiet, **patient
    ), notes


@pytest.fixture(scope="module")
def nodes(closed):
    """Two nodes of one core."""
    command = [sys.executable, "-m", "tests.index.ray_nodes"]
    with subprocess.Popen(command, cwd=ROOT, env=closed[0], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Nodes(process)
        process.stdin.close()
    assert not closed[1].exists(), closed[1].read_text()


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """Many short files, one of more chunks than are embedded at once, an empty one, and an archive."""
    folder, chance = tmp_path_factory.mktemp("files"), random.Random(0)
    for number in range(48):
        (folder / f"{number:02}.md").write_text(text(chance, parts=chance.randint(1, 4)))
    (folder / "20.md").write_text(text(chance, parts=300))
    (folder / "30.md").write_text("")
    shutil.make_archive(str(folder / "40-archive"), "zip", folder, "41.md")
    return folder


def text(chance: random.Random, *, parts: int) -> str:
    """So many parts of a chunk each."""
    return "# Log\n\n" + "\n\n".join(f"## Part {part}\n\n{sentences(chance)}" for part in range(parts)) + "\n"


def sentences(chance: random.Random) -> str:
    return " ".join(" ".join(["The", *chance.choices(WORDS, k=11)]) + "." for _ in range(10))


@pytest.fixture(scope="module")
def alone(files, closed, tmp_path_factory) -> Path:
    """The library that this machine makes alone."""
    folder = tmp_path_factory.mktemp("alone") / "library"
    ended = run([CITEWELL, "add", str(files), "--library", str(folder), "--json"], closed[0])
    assert ended.returncode == 3, ended.stderr
    return folder


def run(command: list[str], env: dict[str, str], **options) -> subprocess.CompletedProcess:
    return subprocess.run(command, env=env, capture_output=True, text=True, **options)


def held(folder: Path) -> tuple[list[tuple], np.ndarray]:
    """All documents, reports and chunks of a library with their numbers, in the order in which they came, and the vectors."""
    document = "SELECT id, source, sha256, title, media_type, report, record FROM documents ORDER BY rowid"
    chunk = 'SELECT id, document_id, start, "end", text, heading_path, lead, generation FROM chunks ORDER BY id'
    with closing(sqlite3.connect(f"file:{folder / 'library.sqlite'}?mode=ro", uri=True)) as database:
        rows = [*database.execute(document), *database.execute(chunk)]
        vectors = b"".join(row[0] for row in database.execute("SELECT vector FROM chunks ORDER BY id"))
    return rows, np.frombuffer(vectors, np.float32)


def check_same_library(folder: Path, other: Path) -> None:
    (rows, vectors), (other_rows, other_vectors) = held(folder), held(other)
    assert rows == other_rows
    assert len(rows) > 400
    assert np.allclose(vectors, other_vectors, atol=1e-5)
    with Library(folder, SentenceEmbedder()) as library:
        assert library.facts()["indexes"] == "up to date"


def add(files: Path, folder: Path, address: str) -> list[str]:
    return ["add", str(files), "--library", str(folder), "--ray", address, "--json"]


@pytest.mark.slow
@pytest.mark.parametrize("way", ["address", "client"])
def test_the_library_is_the_one_that_this_machine_makes(way, nodes, files, alone, closed, tmp_path):
    ended = run([CITEWELL, *add(files, tmp_path / "library", getattr(nodes, way))], closed[0])
    assert (ended.returncode, ended.stderr) == (3, "")
    report = json.loads(ended.stdout)
    assert [file["source"] for file in report["files"] if file["status"] == "skipped"] == [str(files / "30.md")]
    check_same_library(tmp_path / "library", alone)


@pytest.mark.slow
def test_a_node_is_killed_half_way_and_another_does_its_work(nodes, files, alone, closed, tmp_path):
    command = [sys.executable, "-m", "tests.index.paused", *add(files, tmp_path / "library", nodes.address)]
    with start(command, cwd=ROOT, env=closed[0], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == "half\n"
        nodes.do("kill")
        output, errors = process.communicate("go on\n")
    nodes.do("add")
    assert (process.returncode, errors) == (3, "")
    assert sum(file["status"] == "added" for file in json.loads(output)["files"]) == 48
    check_same_library(tmp_path / "library", alone)


@pytest.mark.slow
def test_interrupted_half_way_whole_documents_are_kept_and_the_workers_stop(nodes, files, alone, closed, tmp_path):
    command = [sys.executable, "-m", "tests.index.paused", *add(files, tmp_path / "library", nodes.address)]
    with start(command, cwd=ROOT, env=closed[0], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == "half\n"
        interrupt(process)
        _, errors = process.communicate()
    assert (process.returncode, errors) == (130, "citewell: Interrupted. Whole documents that were stored before are kept.\n")
    rows, _ = held(tmp_path / "library")
    assert len(rows) > 200
    assert set(rows) <= set(held(alone)[0])
    nodes.do("await idle")


@pytest.mark.slow
def test_a_node_without_the_model_is_named(nodes, files, closed, tmp_path):
    (tmp_path / "mine").symlink_to(model_folder(DEFAULT_MODEL))
    env = {**closed[0], "CITEWELL_MODEL": "mine"}
    ended = run([CITEWELL, *add(files, tmp_path / "library", nodes.address)], env, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    said = r"citewell: The node \S+ of the Ray cluster cannot embed\. The embedding model 'mine' cannot be loaded: .*"
    assert re.fullmatch(said, ended.stderr, re.S), ended.stderr

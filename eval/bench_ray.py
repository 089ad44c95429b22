"""What a second worker of one core brings: adding by a Ray cluster with one and with two, in turns, on real embedding.

    python -m eval.bench_ray [--files 60] [--rounds 3]

The cluster is two nodes of one core each, on this machine; it needs `citewell[ray]`. The texts are sentences of the documents that ship
with Citewell, drawn by chance. What is timed is `Library.add` once the workers have loaded the model, with all that the one process
that writes does beside them on the same cores. Other work on the machine takes from both: the best round of each is the one to go by.
"""

import os
import random
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from index import Library
from index.embed import SentenceEmbedder
from index.originals import shipped_folder
from index.ray_cluster import open_ray

__all__ = ["main"]

_NODES = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = ArgumentParser(prog="python -m eval.bench_ray", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=60, help="files of about 20 chunks each")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    rates: dict[int, list[float]] = {1: [], _NODES: []}
    with _cluster() as address, TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        _write(files, options.files)
        for number in range(options.rounds):
            for workers, measured in rates.items():
                measured.append(_rate(files, Path(folder) / f"library-{number}-{workers}", address, workers))
                _say(f"{workers} worker{'s'[: workers - 1]}: {measured[-1]:.1f} chunks a second")
    ratios = sorted(two / one for one, two in zip(rates[1], rates[_NODES], strict=True))
    _say(
        f"best with two / best with one: {max(rates[_NODES]) / max(rates[1]):.2f}; in turns {ratios[0]:.2f} to {ratios[-1]:.2f}, "
        f"median {ratios[len(ratios) // 2]:.2f}"
    )


@contextmanager
def _cluster() -> Iterator[str]:
    """The address of a cluster of two nodes on this machine; its head has no core."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # Ray gives way to all other work, which on a busy machine leaves its workers next to nothing
    os.environ["RAY_worker_niceness"] = "0"
    # a variable of one's own would be handed down to the workers, each of which is to have one core
    os.environ.pop("OMP_NUM_THREADS", None)
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        for _ in range(_NODES):
            cluster.add_node(num_cpus=1)
        yield cluster.address
    finally:
        cluster.shutdown()


def _write(folder: Path, count: int) -> None:
    """Files of twenty sections that each fill a chunk."""
    folder.mkdir()
    texts = [file.read_text(encoding="utf-8") for file in sorted(shipped_folder().glob("*.md"))]
    paragraphs = [line for text in texts for line in text.splitlines() if len(line) > 60 and line[0].isalpha()]
    chance = random.Random(0)
    for number in range(count):
        sections = (f"## Part {part}\n\n" + " ".join(chance.sample(paragraphs, 3))[:700] for part in range(20))
        (folder / f"{number:04}.md").write_text(f"# File {number}\n\n" + "\n\n".join(sections) + "\n", encoding="utf-8")


def _rate(files: Path, folder: Path, address: str, workers: int) -> float:
    """Chunks a second."""
    with Library(folder, SentenceEmbedder()) as library, open_ray(address, library.preparer, most=workers) as cluster:
        cluster.gather(workers)
        began = time.monotonic()
        library.add([files], workers=cluster)
        return library.chunk_count() / (time.monotonic() - began)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

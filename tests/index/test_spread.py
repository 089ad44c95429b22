"""Work that is spread over workers comes back whole and in order, whoever is lost; the workers are scripted."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from index import spread
from index.errors import Cancelled, ClusterError
from index.library import Library
from index.parsed import Limits
from index.prepare import BATCH, FileData, Preparer, Step
from index.spread import Spread, WorkerLost
from tests.conftest import FakeEmbedder
from tests.index.test_scale import long_text

FILES = [
    FileData(f"# File {number}\n\nThe tide turns {number} times.\n".encode(), Path(f"{number}.md"), f"{number}.md") for number in range(40)
]


class Scripted:
    """Workers that end the last of their calls first; `fate` says of a call whether its worker is lost over it, and for good."""

    def __init__(self, size=2, fate=lambda worker, work, given: None, preparer=None) -> None:
        self.size = size
        self.preparer = preparer or Preparer(FakeEmbedder(), 160, Limits())
        self.fate = fate
        self.calls = []
        """Each call as (worker, work, given)."""
        self.open = {}
        self.most_open = 0
        self.dead = set()

    def start(self, worker):
        return self._begin(worker, "start", None)

    def call(self, worker, work, given):
        return self._begin(worker, work, given)

    def _begin(self, worker, work, given):
        self.calls.append((worker, work, given))
        self.open[len(self.calls)] = (worker, work, given)
        self.most_open = max(self.most_open, len(self.open))
        return len(self.calls)

    def wait(self, calls, seconds):
        ended = [call for call in calls if seconds and call in self.open and self.open[call][0] not in self.dead]
        return [call for call in ended if self.open[call][1] == "start"] or ended[-1:]

    def result(self, call):
        worker, work, given = self.open.pop(call)
        lost = self.fate(worker, work, given)
        if lost is not None:
            if lost:
                self.dead.add(worker)
            raise WorkerLost(gone=lost)
        if work == "prepare":
            return self.preparer.prepare(given, embed=BATCH)
        return self.preparer.embedder.embed(given) if work == "embed" else None


def steps(files=FILES):
    return iter([Step(done, file.source, file=file) for done, file in enumerate(files)])


def titles(workers: Spread, files=FILES) -> list[str]:
    return [prepared.document.title if prepared.document else prepared.report.status for _, prepared in workers.prepare(steps(files))]


def test_files_come_back_in_order_and_each_was_prepared_once():
    cluster = Scripted(size=3)
    assert titles(Spread(cluster)) == [f"File {number}" for number in range(40)]
    done = Counter(worker for worker, work, _ in cluster.calls if work == "prepare")
    assert sum(done.values()) == 40
    assert len(done) == 3


def test_what_is_under_way_is_bounded(monkeypatch):
    taken = []

    def watched():
        for step in steps():
            taken.append(step)
            yield step

    cluster = Scripted(size=2)
    workers = Spread(cluster)
    workers.gather(2)
    most = 0
    for done, _ in enumerate(workers.prepare(watched()), start=1):
        most = max(most, len(taken) - done)
    assert most == 2 * spread._AHEAD - 1
    assert cluster.most_open == 2 * spread._AT_ONCE
    monkeypatch.setattr(spread, "_MOST_BYTES", 2 * len(FILES[0].data))
    taken.clear()
    assert max(len(taken) - done for done, _ in enumerate(Spread(Scripted()).prepare(watched()), start=1)) == 1


def test_texts_are_embedded_in_order_and_none_for_none():
    batches = [["tide"], [], ["moon", "sun"], ["gauge"]]
    cluster = Scripted()
    for texts, vectors in zip(batches, Spread(cluster).embed(iter(batches)), strict=True):
        assert np.array_equal(vectors, cluster.preparer.embedder.embed(texts)) if texts else len(vectors) == 0


@pytest.mark.parametrize("gone", [False, True])
def test_another_does_the_work_of_a_worker_that_is_lost(gone):
    lost = []

    def once(worker, work, given):
        if worker == 1 and work == "prepare" and not lost:
            lost.append(given)
            return gone
        return None

    cluster = Scripted(fate=once)
    assert titles(Spread(cluster)) == [f"File {number}" for number in range(40)]
    assert lost
    assert [worker for worker, work, _ in cluster.calls if work == "start"] == ([0, 1] if gone else [0, 1, 1])


def test_a_file_that_ends_every_worker_is_left_out_and_says_why():
    cluster = Scripted(fate=lambda worker, work, given: False if work == "prepare" and given.source == "7.md" else None)
    # one at a time, so that no other file is taken for what ends the workers
    prepared = [prepared for _, prepared in Spread(cluster).prepare(steps(FILES[7:8]))]
    assert prepared[0].report.status == "skipped"
    assert prepared[0].report.warnings == (
        "7.md: 3 workers of the Ray cluster ended while they read it, perhaps for want of memory. Add it without --ray.",
    )
    assert sum(work == "prepare" for _, work, _ in cluster.calls) == 3


def test_without_any_worker_it_ends():
    cluster = Scripted(fate=lambda worker, work, given: True if work == "prepare" else None)
    with pytest.raises(ClusterError, match="All workers of the Ray cluster are gone"):
        titles(Spread(cluster))


def test_where_none_starts_in_time_it_ends():
    cluster = Scripted()
    cluster.dead = {0, 1}
    with pytest.raises(ClusterError, match="No worker of the Ray cluster was ready in 120 seconds"):
        Spread(cluster).gather()


def test_the_library_is_the_same(tmp_path, write_file):
    files = [write_file(f"{number}.md", f"# File {number}\n\nThe tide turns {number} times.\n") for number in range(9)]
    files += [write_file("long.md", long_text(2 * BATCH + 9)), write_file("empty.md", "")]
    held = []
    for name in ("alone", "spread"):
        with Library(tmp_path / name, FakeEmbedder()) as library:
            workers = Spread(Scripted(preparer=library.preparer)) if name == "spread" else None
            seen = []
            reports = [library.add(files, workers=workers, progress=seen.append)]
            write_file("long.md", long_text(2 * BATCH + 9) + "\n\nAnd one more.\n")
            library._embedder.embedded.clear()
            reports.append(library.add(files, workers=workers))
            assert len(library._embedder.embedded) <= 2
            write_file("long.md", long_text(2 * BATCH + 9))
            held.append((seen, reports, [library.document(document.id) for document in library.documents()]))
    assert held[0] == held[1]


def test_what_is_cancelled_leaves_the_workers_ready_for_more(tmp_path, write_file):
    files = [write_file(f"{number}.md", f"# File {number}\n\nThe tide turns {number} times.\n") for number in range(9)]

    def stop(at):
        if at.done == 4:
            raise Cancelled("stop")

    with Library(tmp_path / "library", FakeEmbedder()) as library:
        workers = Spread(Scripted(preparer=library.preparer))
        assert [file.status for file in library.add(files, workers=workers, progress=stop).files] == ["added"] * 4 + ["skipped"] * 5
        assert [file.status for file in library.add(files, workers=workers).files] == ["unchanged"] * 4 + ["added"] * 5

"""The workers of a Ray cluster: actors that hold the model, one a core.

Ray is imported when a cluster is opened, and only then. It starts nothing of its own for an address of a cluster that runs, reports
nothing to anyone, and prints nothing.
"""

import os
import platform
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from index.embed import Vectors
from index.errors import CitewellError, ClusterError
from index.prepare import BATCH, FileData, Preparer
from index.spread import Spread, WorkerLost

__all__ = ["Facts", "RayWorker", "check_same", "open_ray"]

INSTALL = "pip install 'citewell[ray]'"
_PROBE = "The tide turns twice a day."
_CLOSE = 1e-3
"""How far apart a number of two machines' vectors of the same text may be; another model is further."""
_STARTS = 3
"""How often a worker that ends while it loads the model is started again."""
_KNOCK_SECONDS = 10.0
_CONNECT_SECONDS = 60.0
"""Joining by ray:// starts a process on the head."""


@dataclass(frozen=True)
class Facts:
    """Where a worker runs, on what, and its vector of a short text, by which the model is known."""

    node: str
    python: str
    ray: str
    citewell: str
    vector: Vectors


class RayWorker:
    """What runs on a node: one thread that prepares files and embeds texts with a model of its own."""

    def __init__(self, preparer: Preparer) -> None:
        """Take the preparer; the model is loaded when it is first used."""
        # Ray itself gives OMP_NUM_THREADS the cores of an actor; the tokenizers have a variable of their own
        os.environ.setdefault("RAYON_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
        self._preparer = preparer

    def ready(self) -> Facts:
        """Load the model.

        Raises:
            ClusterError: it cannot be loaded here.
        """
        try:
            return facts_here(self._preparer)
        except CitewellError as error:
            raise ClusterError(f"The node {socket.gethostname()} of the Ray cluster cannot embed. {error}") from error

    def prepare(self, file: FileData) -> Any:
        """See `Preparer`."""
        return self._preparer.prepare(file, embed=BATCH)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text."""
        return self._preparer.embedder.embed(texts)


def facts_here(preparer: Preparer) -> Facts:
    """The facts of this process."""
    import ray

    vector = preparer.embedder.embed([_PROBE])[0]
    return Facts(socket.gethostname(), platform.python_version(), ray.__version__, version("citewell"), vector)


def check_same(here: Facts, there: Facts) -> None:
    """Refuse a worker that would make other documents or vectors than this process.

    Raises:
        ClusterError: names the node, what differs, and what to do.
    """
    for name, ours, theirs in (
        ("Python", _minor(here.python), _minor(there.python)),
        ("Ray", here.ray, there.ray),
        ("citewell", here.citewell, there.citewell),
    ):
        if ours != theirs:
            raise ClusterError(
                f"The node {there.node} of the Ray cluster has {name} {theirs}, this machine {ours}. Install the same on both: {INSTALL}"
            )
    if here.vector.shape != there.vector.shape or not np.allclose(here.vector, there.vector, atol=_CLOSE):
        raise ClusterError(
            f"The embedding model of the node {there.node} of the Ray cluster gives other vectors than that of this machine. "
            "Put the same files there."
        )


def _minor(python: str) -> str:
    return ".".join(python.split(".")[:2])


@contextmanager
def open_ray(address: str, preparer: Preparer, *, most: int | None = None) -> Iterator[Spread]:
    """Workers on a Ray cluster, one a core; at the end they are stopped, and the cluster is left as it was.

    Args:
        address: what `ray.init` takes: auto, HOST:PORT on a node of the cluster, ray://HOST:PORT from elsewhere.
        preparer: how files become documents; it is sent to the workers.
        most: at most so many workers.

    Raises:
        ClusterError: Ray is not installed, nothing answers at the address, or a worker cannot do what this process could.
    """
    ray = _import_ray()
    _connect(ray, address)
    try:
        here = facts_here(preparer)
        cores = int(ray.cluster_resources().get("CPU", 0))
        cluster = _RayCluster(ray, preparer, here, max(1, min(cores, most or cores)))
        try:
            workers = Spread(cluster)
            workers.gather()
            yield workers
        finally:
            cluster.stop()
    finally:
        ray.shutdown()


class _RayCluster:
    """The calls of `index.spread.Cluster`, made to actors."""

    def __init__(self, ray: Any, preparer: Preparer, here: Facts, size: int) -> None:
        self.size = size
        self._ray, self._here = ray, here
        # an actor whose process or node is gone starts again where there is room; what it had to do is given to another at once
        actor = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=0)(RayWorker)
        self._actors = [actor.remote(preparer) for _ in range(size)]
        self._starts: set[Any] = set()

    def start(self, worker: int) -> Any:
        call = self._actors[worker].ready.options(max_task_retries=_STARTS).remote()
        self._starts.add(call)
        return call

    def call(self, worker: int, work: str, given: FileData | Sequence[str]) -> Any:
        return getattr(self._actors[worker], work).remote(given)

    def wait(self, calls: Sequence[Any], seconds: float) -> Sequence[Any]:
        ended, _ = self._ray.wait(calls, num_returns=len(calls), timeout=0)
        if not ended and seconds:
            ended, _ = self._ray.wait(calls, num_returns=1, timeout=seconds)
        return list(ended)

    def result(self, call: Any) -> Any:
        starting = call in self._starts
        self._starts.discard(call)
        try:
            result = self._ray.get(call)
        except self._ray.exceptions.RayTaskError as error:  # ours to be raised here; its text is a traceback
            cause = error.cause if isinstance(error.cause, CitewellError) else None
            if cause is None and not starting:
                raise
            raise cause or ClusterError(_no_start(error)) from error
        except self._ray.exceptions.RayError as error:
            gone = isinstance(error, self._ray.exceptions.ActorDiedError)
            if starting and gone:
                raise ClusterError(_no_start(error)) from error
            raise WorkerLost(gone=gone or starting) from error
        if starting:
            check_same(self._here, result)
        return result

    def stop(self) -> None:
        for actor in self._actors:
            self._ray.kill(actor, no_restart=True)


def _no_start(error: Exception) -> str:
    last = str(error).strip().splitlines()[-1]
    return (
        f"A worker of the Ray cluster could not start: {last}. Each node needs what this machine has: {INSTALL}, and the embedding model."
    )


def _import_ray() -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ModuleNotFoundError as error:
        raise ClusterError(f"To add by a Ray cluster, install the extra: {INSTALL}") from error
    return ray


def _connect(ray: Any, address: str) -> None:
    """Join the cluster; Ray would wait for minutes where nobody answers."""
    _knock(address)
    failed: list[BaseException] = []

    def join() -> None:
        try:
            ray.init(address, log_to_driver=False, logging_level="ERROR")
            # also what nodes tell of workers that died is printed; they are replaced, and that is all there is to say
            ray._private.worker._worker_logs_enabled = False
        except BaseException as error:
            failed.append(error)

    joining = Thread(target=join, daemon=True)
    joining.start()
    joining.join(_CONNECT_SECONDS)
    if joining.is_alive():
        raise ClusterError(
            f"No Ray cluster answers at {address} within {_CONNECT_SECONDS:.0f} seconds. Check the address, and that it runs."
        )
    if failed:
        raise ClusterError(f"The Ray cluster at {address} cannot be used: {failed[0]}") from failed[0]


def _knock(address: str) -> None:
    """Fail at once where nothing listens at HOST:PORT or ray://HOST:PORT, or no cluster is named."""
    if address == "local":
        raise ClusterError("Ray would start a cluster that ends with this command. Start one with `ray start --head`, and use --ray auto.")
    try:
        place = urlsplit(address if "://" in address else f"//{address}")
        if place.hostname and place.port:
            socket.create_connection((place.hostname, place.port), timeout=_KNOCK_SECONDS).close()
    except (ValueError, OSError) as error:
        raise ClusterError(
            f"No Ray cluster answers at {address} ({error}). Check the address, and that it runs: `ray status --address {address}`."
        ) from error

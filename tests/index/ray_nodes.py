"""A Ray cluster on this machine: a head without cores, and nodes of one core each.

    python -m tests.index.ray_nodes

It prints the two addresses of the cluster, HOST:PORT and ray://HOST:PORT. For each line on standard input it does what the line
says, and then prints "done": `add` starts a node, `kill` ends the node started last with all that runs on it, as a power cut would,
`await idle` waits until no worker of ours is left. Everything ends with standard input.
"""

import os
import signal
import socket
import sys
from pathlib import Path

# before Ray is imported: it reports nothing, and keeps to the loopback address
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
os.environ["RAY_worker_niceness"] = "0"
os.environ.pop("OMP_NUM_THREADS", None)

NODES = 2


def children(process: int) -> list[int]:
    """All processes that this one started, and they."""
    started = [int(child) for task in Path(f"/proc/{process}/task").iterdir() for child in (task / "children").read_text().split()]
    return [number for child in started for number in (*children(child), child)]


def name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:  # it has ended
        return ""


def kill(cluster, node) -> None:
    raylet = node.all_processes["raylet"][0].process.pid
    for process in (raylet, *children(raylet)):
        os.kill(process, signal.SIGKILL)
    cluster.remove_node(node, allow_graceful=False)


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    from ray.cluster_utils import Cluster

    client = free_port()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, "ray_client_server_port": client})
    nodes = [cluster.add_node(num_cpus=1) for _ in range(NODES)]
    say(f"{cluster.address} ray://127.0.0.1:{client}")
    for line in sys.stdin:
        if line == "add\n":
            nodes.append(cluster.add_node(num_cpus=1))
        elif line == "kill\n":
            kill(cluster, nodes.pop())
        elif line == "await idle\n":
            while any("ray::RayWorker" in name(process) for process in children(os.getpid())):
                os.sched_yield()
        say("done")
    cluster.shutdown()


if __name__ == "__main__":
    main()

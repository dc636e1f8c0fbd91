"""Asking one pod itself how it is: a port-forward to it, for one request."""

import re
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from todo_cli import health
from todo_cli.kube.cluster import Cluster
from todo_cli.programs import end_group

FORWARD_SECONDS = 20.0  # where it cannot come about, kubectl ends at once


def readiness(cluster: Cluster, pod: str, port: int) -> health.Answer | None:
    """What the pod answers at /health/ready; None when it answers nothing, or cannot be reached."""
    with _forwarded(cluster, pod, port) as address:
        return health.get(f"{address}/health/ready") if address else None


@contextmanager
def _forwarded(cluster: Cluster, pod: str, port: int) -> Iterator[str | None]:
    """An address of this machine that leads to the pod's port."""
    command = cluster.port_forward_command(f"pod/{pod}", f":{port}")
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        said, _, _ = select.select([process.stdout], [], [], FORWARD_SECONDS)
        found = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline() if said else "")
        yield f"http://127.0.0.1:{found[1]}" if found else None
    finally:
        end_group(process)

"""Namespaces that a run makes for itself: removed at its end, and by the next run when it was killed before that."""

import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from todo_cli.kube.cluster import Cluster, Json
from todo_cli.supervisor import start_mark

LABEL = "todo-stack/made-by"
MADE_BY = "verify"
PROCESS = "todo-stack/process"
FOREIGN_AGE = timedelta(hours=1)  # another machine's process cannot be looked at


@contextmanager
def temporary(cluster: Cluster) -> Iterator[Cluster]:
    """An empty namespace; removed at the end, even one that was cut off while made."""
    made = replace(cluster, namespace=f"verify-{secrets.token_hex(4)}")
    metadata = {"name": made.namespace, "labels": {LABEL: MADE_BY}, "annotations": {PROCESS: _process()}}
    namespace = json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    try:
        made.kubectl("create", "-f", "-", stdin=namespace)
        yield made
    finally:
        _remove(made)


def sweep(cluster: Cluster) -> None:
    """Remove what runs left that are no more."""
    for one in cluster.items("namespaces", "-l", f"{LABEL}={MADE_BY}", check=False):
        if abandoned(one):
            _remove(replace(cluster, namespace=one["metadata"]["name"]))


def abandoned(namespace: Json) -> bool:
    """Has the process ended that made it? Of another machine's: is it older than any run lasts?"""
    metadata: Json = namespace["metadata"]
    host, _, process = metadata.get("annotations", {}).get(PROCESS, "").partition("/")
    number, _, mark = process.partition("/")
    if host == socket.gethostname() and number.isdigit():
        return start_mark(int(number)) != str(mark)
    made = datetime.fromisoformat(metadata["creationTimestamp"])
    return datetime.now(UTC) - made > FOREIGN_AGE


def _process() -> str:
    return f"{socket.gethostname()}/{os.getpid()}/{start_mark(os.getpid())}"


def _remove(cluster: Cluster) -> None:
    cluster.kubectl("delete", "namespace", cluster.namespace, "--wait=false", "--ignore-not-found", check=False)

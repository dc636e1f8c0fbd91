"""Stopping a pod's processes without ending them: it hangs, as a deadlocked one does. And letting them go on."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from todo_cli.cluster.client import Cluster, Json
from todo_cli.programs import last_lines

SECONDS = 40
LABELS = {"app.kubernetes.io/name": "todo-freezer"}

# A process cannot stop itself from inside its own process namespace (number 1 ignores it): so a pod that sees the
# node's processes does. Each tells in its control group which container it belongs to.
PROGRAM = """
import os, signal, sys
from pathlib import Path

number, container = getattr(signal, sys.argv[1]), sys.argv[2]
reached = []
for folder in Path("/proc").iterdir():
    try:
        if folder.name.isdigit() and container in (folder / "cgroup").read_text():
            os.kill(int(folder.name), number)
            reached.append(folder.name)
    except OSError:
        pass
print("reached", *reached)
"""


def freeze(cluster: Cluster, pod: str) -> str | None:
    """Stop the processes of the pod's only container; None when it was done, else why it cannot be done here."""
    return _signal(cluster, cluster.get("pod", pod), "SIGSTOP")


@contextmanager
def frozen(cluster: Cluster, pod: str) -> Iterator[str | None]:
    """The pod frozen meanwhile, or why it cannot be; a container that was restarted since has nothing left to thaw."""
    before = cluster.get("pod", pod)
    try:
        yield _signal(cluster, before, "SIGSTOP")
    finally:
        now = cluster.get("pod", pod, check=False)
        if now and _container(now) == _container(before):
            _signal(cluster, now, "SIGCONT")


def _container(pod: Json) -> str:
    return str(pod["status"]["containerStatuses"][0].get("containerID", "")).partition("://")[2]


def _signal(cluster: Cluster, pod: Json, number: str) -> str | None:
    name = f"todo-freezer-{secrets.token_hex(3)}"
    created = cluster.kubectl("create", "-f", "-", stdin=json.dumps(_manifest(name, pod, number)), check=False)
    if not created.ok:
        return "\n".join(last_lines(created.stderr, 1))
    try:
        done = cluster.kubectl(
            "wait", "pod", name, "--for=jsonpath={.status.phase}=Succeeded", f"--timeout={SECONDS}s", check=False
        )
        if not done.ok:
            return f"a pod that sees the node's processes did not run within {SECONDS} s"
        said = cluster.kubectl("logs", name).stdout.split()
        return None if len(said) > 1 else "no process on the node tells that it belongs to the container"
    finally:
        cluster.kubectl("delete", "pod", name, "--wait=false", check=False)


def _manifest(name: str, pod: Json, number: str) -> Json:
    spec = pod["spec"]
    container = {
        "name": "freezer",
        "image": spec["containers"][0]["image"],
        "imagePullPolicy": spec["containers"][0]["imagePullPolicy"],
        "command": ["python", "-c", PROGRAM, number, _container(pod)],
        "securityContext": {"runAsUser": 0},
        "resources": {"requests": {"cpu": "1m", "memory": "32Mi"}},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": LABELS},
        "spec": {
            "hostPID": True,
            "nodeName": spec["nodeName"],
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "activeDeadlineSeconds": 2 * SECONDS,
            "imagePullSecrets": spec.get("imagePullSecrets", []),
            "containers": [container],
        },
    }

"""The demo database's image, which a scratch release needs even where the stack has a database of its own."""

import json
import shlex
import time

import pytest

from todo_cli.kube.cluster import Cluster, Json
from todo_cli.kube.docker import in_docker
from todo_cli.programs import capture

POD = "demo-image"
PULL_SECONDS = 120
LOAD_SECONDS = 600
ENDED = ("Running", "Succeeded")


def bring(cluster: Cluster, values: Json) -> None:
    """See that the cluster has the image, else load it from Docker; skips the check where neither goes."""
    image = values["database"]["demo"].get("image", {})
    name = f"{image.get('repository', 'postgres')}:{image.get('tag', '17')}"
    why = _lacking(cluster, name, values)
    if why and cluster.image_command and in_docker(name):
        command = cluster.image_command.replace("{image}", shlex.quote(name))
        capture(["sh", "-c", command], timeout=LOAD_SECONDS, check=False)
        why = _lacking(cluster, name, values)
    if why:
        load = cluster.image_command or "load it into the cluster's nodes"
        pytest.skip(
            f"a scratch release needs {name}, which the cluster does not get ({why}): docker pull {name}; "
            + load.replace("{image}", name)
        )


def _lacking(cluster: Cluster, image: str, values: Json) -> str:
    """Why a pod with the image does not start; empty when it does."""
    container = {"name": POD, "image": image, "imagePullPolicy": "IfNotPresent", "command": ["true"]}
    secrets = values.get("imagePullSecrets", [])
    spec = {"restartPolicy": "Never", "imagePullSecrets": secrets, "containers": [container]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": POD}, "spec": spec}
    cluster.kubectl("create", "-f", "-", stdin=json.dumps(pod))
    deadline = time.monotonic() + PULL_SECONDS
    try:
        while time.monotonic() < deadline:
            status = cluster.get("pod", POD)["status"]
            if status.get("phase") in ENDED:
                return ""
            for one in status.get("containerStatuses", []):
                if "Image" in (waiting := one["state"].get("waiting", {})).get("reason", ""):
                    return f"{waiting['reason']}: {waiting.get('message', '')}"
            time.sleep(0.5)
    finally:
        cluster.kubectl("delete", "pod", POD, "--grace-period=0", "--force", check=False)
    return f"not within {PULL_SECONDS} s"

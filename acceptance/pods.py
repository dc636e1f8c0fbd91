"""Pods as kubectl gives them, and pods beside a release: of its image and with its settings, running something else."""

import copy
from typing import Any

from todo_cli.kube.cluster import Json

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def is_ready(pod: Json) -> bool:
    """Is the pod's Ready condition true?"""
    return bool(ready_since(pod))


def ready_since(pod: Json) -> str:
    """When the pod's Ready condition became true, as the cluster writes times; "" where it is not."""
    conditions = pod.get("status", {}).get("conditions", [])
    ready = (one for one in conditions if one["type"] == "Ready" and one["status"] == "True")
    return next((one.get("lastTransitionTime") or "always" for one in ready), "")


def pod_like(
    deployment: Json, name: str, labels: dict[str, str], command: list[str], *, serving: bool = False
) -> dict[str, Any]:
    """A pod as the Deployment's, with `command` in place of its program; it ends at once when deleted.

    `serving`: it has the Deployment's variables and its readiness probe; nothing restarts it when it hangs.
    """
    spec = copy.deepcopy(deployment["spec"]["template"]["spec"])
    container = spec["containers"][0]
    container["command"] = command
    dropped = ("startupProbe", "livenessProbe") if serving else (*PROBES, "env")
    for key in dropped:
        container.pop(key, None)
    for key in ("initContainers", "topologySpreadConstraints"):
        spec.pop(key, None)
    spec |= {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}, "spec": spec}

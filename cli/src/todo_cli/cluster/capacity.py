"""What the nodes have free, as the scheduler counts it: what they offer, less what their pods ask."""

import re
from collections.abc import Iterable, Sequence

from todo_cli.kube.cluster import Cluster, Json

MEBIBYTE = 2**20
SUFFIXES = {
    "": 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40,
}  # fmt: skip
ENDED = ("Succeeded", "Failed")
# Steps in which an amount is proposed, and below which nothing is.
STEPS = {"cpu": 0.01, "memory": 16.0 * MEBIBYTE}
LEAST = {"cpu": 0.01, "memory": 64.0 * MEBIBYTE}


def quantity(text: str) -> float:
    """A Kubernetes quantity such as `250m` or `192Mi` as a number of cores or bytes."""
    found = re.fullmatch(r"([0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)", text)
    if found is None or found[2] not in SUFFIXES:
        raise ValueError(f"no quantity: {text}")
    return float(found[1]) * SUFFIXES[found[2]]


def in_words(resource: str, amount: float) -> str:
    """An amount as one writes it in a manifest."""
    if resource == "cpu":
        return f"{round(amount * 1000)}m"
    return f"{int(amount / MEBIBYTE)}Mi"


def proposal(resource: str, available: float) -> str | None:
    """A request that fits into what is free, None when that is too little to run with."""
    step = STEPS.get(resource)
    if step is None or available < LEAST[resource]:
        return None
    return in_words(resource, int(available / step + 1e-6) * step)


def asked(pod: Json, resource: str) -> float:
    """What the scheduler finds a place for: the sum of the containers, or the largest init container."""
    spec = pod["spec"]
    return max(sum(_requests(spec["containers"], resource)), *_requests(spec.get("initContainers", []), resource), 0.0)


def free(cluster: Cluster, resources: Sequence[str]) -> dict[str, float]:
    """The most that one node has free of each resource; nothing when we may not see nodes and pods."""
    nodes = [one for one in cluster.items("nodes", check=False) if not one["spec"].get("unschedulable")]
    pods = cluster.items("pods", "--all-namespaces", check=False)
    running = [pod for pod in pods if pod.get("status", {}).get("phase") not in ENDED]
    if not nodes or not pods:
        return {}
    return {resource: max(_left(node, running, resource) for node in nodes) for resource in resources}


def taints(cluster: Cluster) -> list[str]:
    """What the nodes are tainted with; nothing when we may not see nodes."""
    nodes = cluster.items("nodes", check=False)
    return [str(taint["key"]) for node in nodes for taint in node["spec"].get("taints") or []]


def _left(node: Json, pods: Iterable[Json], resource: str) -> float:
    offered = quantity(node["status"]["allocatable"].get(resource, "0"))
    name = node["metadata"]["name"]
    return max(0.0, offered - sum(asked(pod, resource) for pod in pods if pod["spec"].get("nodeName") == name))


def _requests(containers: Iterable[Json], resource: str) -> list[float]:
    return [quantity(one.get("resources", {}).get("requests", {}).get(resource, "0")) for one in containers]

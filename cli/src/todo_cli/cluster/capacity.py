"""What the nodes have free, as the scheduler counts it: what they offer, less what their pods ask."""

from collections.abc import Iterable, Sequence

from todo_cli.kube.cluster import Cluster, Json
from todo_cli.kube.quantity import MEBIBYTE, as_written, quantity

ENDED = ("Succeeded", "Failed")
# Steps in which an amount is proposed, and below which nothing is.
STEPS = {"cpu": 0.01, "memory": 16.0 * MEBIBYTE}
LEAST = {"cpu": 0.01, "memory": 64.0 * MEBIBYTE}


def proposal(resource: str, available: float) -> str | None:
    """A request that fits into what is free, None when that is too little to run with."""
    step = STEPS.get(resource)
    if step is None or available < LEAST[resource]:
        return None
    return as_written(resource, int(available / step + 1e-6) * step)


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

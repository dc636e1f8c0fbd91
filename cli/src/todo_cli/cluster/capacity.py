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
    nodes = free_by_node(cluster, resources)
    return {resource: max(node[resource] for node in nodes) for resource in resources} if nodes else {}


def free_by_node(
    cluster: Cluster, resources: Sequence[str], *, without_release: bool = False
) -> list[dict[str, float]]:
    """What each node has free of each resource; nothing when we may not see nodes and pods.

    `without_release`: as if no pod of our release were there.
    """
    nodes = [one for one in cluster.items("nodes", check=False) if not one["spec"].get("unschedulable")]
    pods = cluster.items("pods", "--all-namespaces", check=False)
    if not pods:
        return []
    running = [pod for pod in pods if pod.get("status", {}).get("phase") not in ENDED]
    if without_release:
        running = [pod for pod in running if not _is_ours(cluster, pod)]
    return [{resource: _left(node, running, resource) for resource in resources} for node in nodes]


def taints(cluster: Cluster) -> list[str]:
    """What the nodes are tainted with; nothing when we may not see nodes."""
    nodes = cluster.items("nodes", check=False)
    return [str(taint["key"]) for node in nodes for taint in node["spec"].get("taints") or []]


def _is_ours(cluster: Cluster, pod: Json) -> bool:
    metadata = pod["metadata"]
    instance = metadata.get("labels", {}).get("app.kubernetes.io/instance")
    return bool(metadata.get("namespace") == cluster.namespace and instance == cluster.release)


def _left(node: Json, pods: Iterable[Json], resource: str) -> float:
    offered = quantity(node["status"]["allocatable"].get(resource, "0"))
    name = node["metadata"]["name"]
    return max(0.0, offered - sum(asked(pod, resource) for pod in pods if pod["spec"].get("nodeName") == name))


def _requests(containers: Iterable[Json], resource: str) -> list[float]:
    return [quantity(one.get("resources", {}).get("requests", {}).get(resource, "0")) for one in containers]

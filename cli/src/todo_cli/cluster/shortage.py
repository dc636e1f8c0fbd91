"""What the nodes have too little of for all pods of the release, and the value of the chart to lower.

What it reports is certain, but not complete: where each pod goes is the scheduler's to decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from todo_cli.cluster import capacity
from todo_cli.cluster.chart_values import with_defaults
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.kube.quantity import as_written, quantity

RESOURCES = ("cpu", "memory")


@dataclass(frozen=True)
class Part:
    """Pods of one kind: where the chart's values have them, how many, and what each requests, in thousandths."""

    path: str
    pods: int
    each: int

    @property
    def all(self) -> int:
        """What they request together."""
        return self.pods * self.each


@dataclass(frozen=True)
class Shortage:
    """A resource of which the pods request more than the nodes have free."""

    text: str
    path: str
    """The value of the chart to lower."""
    fitting: str | None
    """What to lower it to; None when what is free is too little to run with."""


def find_shortages(cluster: Cluster, chart: Path, values: Json) -> list[Shortage] | None:
    """What a release with these values finds too little of; None when we may not see nodes and pods."""
    nodes = capacity.free_by_node(cluster, RESOURCES, without_release=True)
    if not nodes:
        return None
    whole = with_defaults(cluster, chart, values)
    found = [shortage(name, parts(whole, name), [_thousandths(node[name]) for node in nodes]) for name in RESOURCES]
    return [one for one in found if one is not None]


def described(shortages: Sequence[Shortage]) -> tuple[str, str]:
    """The shortages in words, and the fix as one types it."""
    text = "; ".join(f"{one.text}; lower {one.path}" for one in shortages)
    if any(one.fitting is None for one in shortages):
        return text, "give the nodes more CPU or memory, or end what else runs there"
    return text, " ".join(("./todo up", *(f"--set {one.path}={one.fitting}" for one in shortages)))


def parts(values: Json, resource: str) -> list[Part]:
    """The pods that request a resource, by the chart's whole values."""
    backend, frontend, demo = values["backend"], values["frontend"], values["database"]["demo"]
    every = [
        Part("backend", int(backend["replicas"]), _requested(backend, resource)),
        Part("frontend", int(frontend["replicas"]), _requested(frontend, resource)),
        Part("database.demo", int(bool(demo["enabled"])), _requested(demo, resource)),
    ]
    return [part for part in every if part.all]


def shortage(resource: str, asking: Sequence[Part], free: Sequence[int]) -> Shortage | None:
    """What the pods lack of a resource; None when the nodes may have room for all of them."""
    requested = sum(part.all for part in asking)
    without_room = [part for part in asking if sum(left // part.each for left in free) < part.pods]
    if not without_room and requested <= sum(free):
        return None
    part = max(without_room or asking, key=lambda part: part.all)
    # Enough for all on the emptiest node, and for one pod more, which a rollout adds.
    share = (max(free) - (requested - part.all)) / (part.pods + 1)
    ask = ", ".join(f"{one.pods} x {_written(resource, one.each)} ({one.path})" for one in asking)
    left = ", ".join(_written(resource, one) for one in free)
    return Shortage(
        f"{resource}: the pods request {ask}, and the nodes have {left} free",
        f"{part.path}.resources.requests.{resource}",
        capacity.proposal(resource, share / 1000),
    )


def _requested(part: Json, resource: str) -> int:
    """What each pod requests; without a request its limit is one."""
    resources = part.get("resources") or {}
    given = [(resources.get(kind) or {}).get(resource) for kind in ("requests", "limits")]
    try:
        return next((_thousandths(quantity(str(text))) for text in given if text is not None), 0)
    except ValueError:  # the API server refuses it, and says why
        return 0


def _thousandths(amount: float) -> int:
    return round(amount * 1000)


def _written(resource: str, thousandths: int) -> str:
    return as_written(resource, thousandths / 1000)

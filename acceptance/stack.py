"""The deployment that is inspected, and how it is reached."""

from dataclasses import dataclass
from pathlib import Path

from todo_cli.kube.cluster import Cluster

TIERS = ("backend", "frontend")


@dataclass(frozen=True)
class Stack:
    """A deployed release: its cluster and namespace, its public address, and the checkout that it came from.

    `passing`: it goes, with all that it holds, when the run ends.
    """

    cluster: Cluster
    address: str
    root: Path
    passing: bool = False

    @property
    def chart(self) -> Path:
        """The Helm chart."""
        return self.root / "charts" / "todo-stack"

    def image(self, tier: str) -> str:
        """The image that the tier's Deployment runs, as the cluster names it."""
        deployment = self.cluster.get("deployment", f"{self.cluster.release}-{tier}")
        return str(deployment["spec"]["template"]["spec"]["containers"][0]["image"])

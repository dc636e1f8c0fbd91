"""A deployment on a cluster as a test sees it: kubectl in its namespace."""

import json
import time
from dataclasses import dataclass
from typing import Any

from acceptance.pods import is_ready

from todo_cli.kube.cluster import Cluster

#: Limits of waits are set for a quick machine with nothing else to do; this many times as long is waited. What shall
#: happen is waited for, not timed: only a failure takes so long.
PATIENCE = 5


@dataclass(frozen=True)
class Stack:
    """A deployment: its public address, and its namespace of a cluster."""

    address: str
    cluster: Cluster

    @property
    def command(self) -> list[str]:
        """kubectl in its namespace."""
        return self.cluster.kubectl_command

    def kubectl(self, *arguments: str, timeout: float = 120 * PATIENCE) -> str:
        """What kubectl prints; fails the test when kubectl fails."""
        result = self.cluster.kubectl(*arguments, check=False, timeout=timeout)
        assert result.ok, result.stderr
        return result.stdout

    def get(self, *arguments: str) -> dict[str, Any]:
        """An object, or a list of them, as JSON."""
        found: dict[str, Any] = json.loads(self.kubectl("get", *arguments, "-o", "json"))
        return found

    def pods(self, tier: str) -> list[dict[str, Any]]:
        """The tier's pods that are not on their way out."""
        pods = self.get("pods", "-l", f"tier={tier}")["items"]
        return [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]

    def wait_ready(self, tier: str, count: int, seconds: float = 120) -> list[str]:
        """The names of the tier's ready pods, once there are `count`."""
        deadline = time.monotonic() + seconds * PATIENCE
        while True:
            ready = [pod["metadata"]["name"] for pod in self.pods(tier) if is_ready(pod)]
            if len(ready) == count:
                return ready
            assert time.monotonic() < deadline, f"{tier}: {ready} are ready, wanted {count}"
            time.sleep(1)

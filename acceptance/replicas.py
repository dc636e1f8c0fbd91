"""The backend's replicas as they come and go under a load: which are Ready, and which have been seen to answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from acceptance.clients import Tally
from acceptance.pods import is_ready
from acceptance.stack import Stack
from todo_cli.kube.cluster import Json

POLL_SECONDS = 0.5
LIMIT_SECONDS = 600.0
TIER = "backend"


def deployment(stack: Stack, tier: str = TIER) -> str:
    """The tier's Deployment, as kubectl takes it."""
    return f"deployment/{stack.cluster.release}-{tier}"


def pods(stack: Stack, tier: str = TIER) -> list[Json]:
    """The tier's pods, those on their way out too."""
    return stack.cluster.items("pods", "-l", f"{stack.cluster.ours},app.kubernetes.io/component={tier}")


def name_of(pod: Json) -> str:
    """A pod's name."""
    return str(pod["metadata"]["name"])


def restarts_of(pod: Json) -> int:
    """How often the pod's containers were started again."""
    return sum(one["restartCount"] for one in pod["status"].get("containerStatuses", []))


def leaving(pod: Json) -> bool:
    """Is the pod on its way out?"""
    return bool(pod["metadata"].get("deletionTimestamp"))


def ready(found: list[Json]) -> list[Json]:
    """Those of the pods that are Ready and stay."""
    return [pod for pod in found if is_ready(pod) and not leaving(pod)]


@dataclass
class Recovery:
    """Waits until all replicas serve again: Ready, and seen in `X-Served-By` since.

    `renewed` tells of the pods that none is left of those that were lost.
    """

    stack: Stack
    tally: Tally
    wanted: int
    renewed: Callable[[list[Json]], bool]

    def wait(self, tell: Callable[[str], None], began: float, limit: float = LIMIT_SECONDS) -> float | None:
        """Seconds from `began` until then, None when that takes `limit`; returns once no pod is on its way out."""
        all_ready_at = served_after = None
        while time.monotonic() - began < limit:
            found = pods(self.stack)
            serving = ready(found)
            tell(f"{len(serving)} of {self.wanted} replicas Ready")
            if served_after is None:
                well = len(serving) == self.wanted and self.renewed(found)
                all_ready_at = (all_ready_at or time.monotonic()) if well else None
                if all_ready_at is not None:
                    seen = [self.tally.seen_at.get(name_of(pod), 0.0) for pod in serving]
                    # An idle replica's turn comes within a second under load.
                    if all(moment >= all_ready_at for moment in seen):
                        served_after = max(seen) - began
            elif not any(map(leaving, found)):
                return served_after
            time.sleep(POLL_SECONDS)
        return served_after

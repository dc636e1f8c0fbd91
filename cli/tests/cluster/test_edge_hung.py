"""A replica that hangs without dying: out of rotation, restarted, and nobody notices more than a slow answer."""

import os
import time
from contextlib import ExitStack
from typing import Any

import pytest
from acceptance.signals import CannotSignal, aimed

from cluster.own_release import OwnRelease, until
from cluster.stack import is_ready
from todo_cli.cluster.client import Cluster

SLOWEST_SECONDS = 12  # the frontend asks another connection after 2, 4 and 10 s, by when only the other pod is left
OUT_SECONDS = 10  # two probes of 4 s each, the first at most 1 s after it hangs


def test_a_hung_replica_is_taken_out_and_restarted_and_requests_go_on(spare: OwnRelease) -> None:
    victim = spare.wait_ready("backend", 2)[0]
    cluster = Cluster(os.environ["KUBECTL"], os.environ["HELM"], spare.context, spare.namespace)
    with ExitStack() as stack:
        try:
            aim = stack.enter_context(aimed(cluster, cluster.get("pod", victim)))
        except CannotSignal as why:
            pytest.skip(str(why))
        seen = stack.enter_context(spare.under_load())
        began = time.monotonic()
        aim.send("SIGSTOP")
        until(lambda: victim not in _serving(spare), 30, lambda: f"{victim} stays in rotation", 0.1)
        out = time.monotonic() - began
        told = spare.told("backend", "hangs", 15)
        until(lambda: _restarted(spare, victim), 60, lambda: f"{victim} is not restarted")
        spare.wait_settled()
    assert out < OUT_SECONDS, f"out of rotation after {out:.1f} s"
    assert told["code"] == "probe"
    assert seen["failed"] == 0, seen
    assert seen["wrong_titles"] == []
    assert seen["slowest"] < SLOWEST_SECONDS, seen


def _serving(release: OwnRelease) -> set[str]:
    """The backend pods that the Service sends requests to."""
    slices = release.get("endpointslices", "-l", "kubernetes.io/service-name=todo-stack-backend")["items"]
    ends: list[dict[str, Any]] = [end for one in slices for end in one.get("endpoints") or []]
    return {end["targetRef"]["name"] for end in ends if end["conditions"].get("ready")}


def _restarted(release: OwnRelease, name: str) -> bool:
    pod = release.get("pod", name)
    return bool(pod["status"]["containerStatuses"][0]["restartCount"]) and is_ready(pod)

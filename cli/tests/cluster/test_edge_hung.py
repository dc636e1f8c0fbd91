"""A replica that hangs without dying: out of rotation, restarted, and nobody notices more than a slow answer."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from typing import Any

import pytest
from acceptance.signals import CannotSignal, signal_target

from cluster.noticing import assert_all_went_well
from cluster.own_release import OwnRelease, until
from cluster.stack import PATIENCE
from todo_cli.errors import Problem

# The frontend asks on another connection after 2, 4 and 10 s, by when only the other pod is left.
LAST_HEDGE_SECONDS = 10
# Readiness gives up after 9 s, liveness of this release has the pod killed after about 55: an answer that came well before did not wait.
WELL_BEFORE = 0.8
RESTARTS = ".status.containerStatuses[0].restartCount"
STATES = f'{{{RESTARTS}}} {{.status.containerStatuses[0].ready}}{{"\\n"}}'


def test_a_hung_replica_is_taken_out_and_restarted_and_requests_go_on(spare: OwnRelease) -> None:
    victim = spare.wait_ready("backend", 2)[0]
    with ExitStack() as stack:
        try:
            target = stack.enter_context(signal_target(spare.cluster, spare.get("pod", victim)))
        except CannotSignal as why:
            pytest.skip(str(why))
        seen = stack.enter_context(spare.under_load())
        states = stack.enter_context(_states_of(spare, victim))
        stopped, began = time.time(), time.monotonic()
        target.send("SIGSTOP")
        until(lambda: victim not in _serving(spare), 30, lambda: f"{victim} stays in rotation", 0.5)
        out = time.monotonic() - began
        restarts = int(states[0].partition(" ")[0])
        _wait_reported(spare, victim, restarts)
        _wait_for(spare, victim, f"jsonpath={{{RESTARTS}}}={restarts + 1}")
        _wait_for(spare, victim, "condition=Ready")
        spare.wait_settled()
        killed = _killed_at(spare, victim) - stopped
    unready_then_restarted = [f"{restarts} true", f"{restarts} false", f"{restarts + 1} false"]
    assert states[:3] == unready_then_restarted, states
    assert_all_went_well(seen)
    # The last connection of a request may reach a pod that is still in rotation, and waits for its restart then.
    assert out >= LAST_HEDGE_SECONDS or seen["slowest"] < WELL_BEFORE * killed, (out, killed, seen)


@contextmanager
def _states_of(release: OwnRelease, pod: str) -> Iterator[list[str]]:
    """Filled in at the end: the pod's restarts and whether it was ready, each time that one of the two changed."""
    command = [*release.command, "get", "pod", pod, "--watch", "-o", f"jsonpath={STATES}"]
    states: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            states.append(process.stdout.readline().strip())
            yield states
        finally:
            process.terminate()
            for line in process.communicate()[0].splitlines():
                if line.strip() not in ("", states[-1]):
                    states.append(line.strip())


def _wait_reported(release: OwnRelease, pod: str, restarts: int) -> None:
    """Wait until status tells that it hangs: `probe`, for the cluster may take no more events about it by then.

    On a busy machine a look may take longer than a pod hangs: the restart that it missed is waited for afterwards.
    """

    def is_told() -> bool:
        with suppress(Problem):  # such as of a look that took too long
            if release.status().get("backend", {}).get("code") == "probe":
                return True
        return release.restarts("backend")[pod, "backend"] > restarts

    until(is_told, 60, lambda: str(release.complaints()))


def _serving(release: OwnRelease) -> set[str]:
    """The backend pods that the Service sends requests to."""
    slices = release.get("endpointslices", "-l", "kubernetes.io/service-name=todo-stack-backend")["items"]
    ends: list[dict[str, Any]] = [end for one in slices for end in one.get("endpoints") or []]
    return {end["targetRef"]["name"] for end in ends if end["conditions"].get("ready")}


def _wait_for(release: OwnRelease, pod: str, state: str) -> None:
    release.kubectl("wait", f"pod/{pod}", f"--for={state}", f"--timeout={60 * PATIENCE}s")


def _killed_at(release: OwnRelease, pod: str) -> float:
    """When the container that hung ended, by the node's clock."""
    ended = release.get("pod", pod)["status"]["containerStatuses"][0]["lastState"]["terminated"]["finishedAt"]
    return datetime.fromisoformat(ended).timestamp()

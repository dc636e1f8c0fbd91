"""What the edge cases have in common: a scratch release upgraded to what cannot work, and used all the while."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from acceptance.checks.objects import deployment_of, pods_of, ready_pods
from acceptance.checks.waiting import await_left, settled
from acceptance.inspection import Inspection, Measure
from acceptance.load import Load
from acceptance.scratch_release import ScratchRelease
from todo_cli.kube.cluster import Json

RECOVERY_SECONDS = 600
SLOWEST_SECONDS = 30  # a client's patience
AFTER_SECONDS = 2
FORMER_SERVES = "the former pods serve on"


@contextmanager
def failing_upgrade(
    stack: Inspection, measure: Measure, scratch: ScratchRelease, changes: Json
) -> Iterator[Inspection]:
    """Upgrade a release to values that cannot work, under load, and roll it back: the former pods served throughout."""
    on = settled(stack, scratch)
    before = ready_pods(on, "backend")
    try:
        with on.signed_up_client() as client, Load(client, talkers=0, panels=0) as load:
            on.note("helm", "upgrade", "todo-stack", "charts/todo-stack", "--set-json", json.dumps(changes))
            scratch.upgrade(changes)
            yield on
            time.sleep(AFTER_SECONDS)
            await_left(on, "backend")  # what is on its way out still answers
            now = ready_pods(on, "backend")
        stack.require(set(before) == set(now), f"{FORMER_SERVES}: Ready are {', '.join(now) or 'none'}")
        measure_load(stack, measure, load)
    finally:
        on.note("helm", "rollback", "todo-stack")
        scratch.upgrade({}, check=False)  # the same as a rollback, however many upgrades there were


def measure_load(stack: Inspection, measure: Measure, load: Load) -> None:
    """What its clients saw."""
    tally = load.tally
    measure("requests meanwhile", tally.sent, "requests", at_least=1)
    if tally.troubled:
        stack.saw += tally.errors
    measure_failures(measure, load)
    measure("slowest request", tally.slowest, "s", at_most=SLOWEST_SECONDS)


def measure_failures(measure: Measure, load: Load) -> None:
    """Its failed requests. The documented repetitions would hide one, so that a request repeated counts, too."""
    tally = load.tally
    measure(
        "failed requests, repeated ones too",
        tally.troubled,
        f"of {tally.sent}",
        at_most=0,
        contention=load.machine.times,
    )


def uids_of(on: Inspection, tier: str) -> set[str]:
    """The tier's pods, by what no later pod has."""
    return {pod["metadata"]["uid"] for pod in pods_of(on, deployment_of(on, tier))}


def why_waiting(on: Inspection, tier: str) -> list[str]:
    """Why containers of the tier's pods wait, as the kubelet says it."""
    found = []
    for pod in pods_of(on, deployment_of(on, tier)):
        status = pod.get("status", {})
        for container in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
            waiting = container.get("state", {}).get("waiting", {})
            if waiting.get("message"):
                found.append(f"{waiting['reason']}: {waiting['message']}")
    return found

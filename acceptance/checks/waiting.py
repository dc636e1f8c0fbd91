"""Waiting for what a check provoked."""

import time
from collections.abc import Callable

import pytest

from acceptance.inspection import Inspection
from acceptance.scratch_release import ScratchRelease

TROUBLE_SECONDS = 300
MEASURED_PAUSE = 0.25  # where how long it takes is a figure


def await_(holds: Callable[[], object], otherwise: str, seconds: float | None = None, pause: float = 1) -> str:
    """Wait until `holds` gives something, and return it; fails after `seconds`. Asked again after a pause."""
    seconds = TROUBLE_SECONDS if seconds is None else seconds
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := holds():
            return str(found)
        time.sleep(pause)
    pytest.fail(f"{otherwise} within {seconds:.0f} s")


def await_left(on: Inspection, tier: str) -> None:
    """Wait until no pod of the tier is on its way out: such a one still answers."""
    ours = ("pods", "-l", f"{on.stack.cluster.ours},app.kubernetes.io/component={tier}")
    await_(
        lambda: not any(pod["metadata"].get("deletionTimestamp") for pod in on.items(*ours)),
        f"{tier} pods are still on their way out",
    )


def await_open(on: Inspection) -> None:
    """Wait until the page answers: a way in that led to a pod which is gone opens anew."""
    await_(lambda: on.request(on.client(), "GET", "/").status == 200, "the page does not answer")


def settled(stack: Inspection, scratch: ScratchRelease) -> Inspection:
    """The record, on a scratch release at rest: all is rolled out, and the way in leads to a frontend that stays."""
    scratch.settle()
    on = stack.on(scratch.stack)
    await_left(on, "frontend")
    await_open(on)
    return on

"""A fresh install, timed; and the page that it serves."""

import time

import pytest

from acceptance.browser import look_at
from acceptance.checks.objects import deployment_of, ready_pods
from acceptance.checks.waiting import settled
from acceptance.inspection import Inspection, Measure, Stopwatch
from acceptance.scratch_release import HealthyRelease
from acceptance.stack import TIERS

INSTALL_SECONDS = 300
READY_SECONDS = 120
PAGE_SECONDS = 30
SCALE_SECONDS = 180
ENOUGH_REQUESTS = 60


@pytest.mark.clause("SC-001")
@pytest.mark.slow
def test_deployed_in_time(stack: Inspection, measure: Measure, healthy_release: HealthyRelease) -> None:
    """`helm install --wait` of chart and images into an empty namespace."""
    times = healthy_release.times
    stack.note("helm", "install", "todo-stack", "charts/todo-stack", "--wait", "--timeout", f"{INSTALL_SECONDS}s")
    measure("helm install until all is ready", times.install, "s", at_most=INSTALL_SECONDS)


@pytest.mark.clause("SC-004", "US1-1")
@pytest.mark.slow
def test_ready_in_time(stack: Inspection, measure: Measure, healthy_release: HealthyRelease) -> None:
    """By the cluster's clock: from the first pod's creation until the last one is Ready, in that install."""
    on = stack.on(healthy_release.stack)
    measure("pods from created to Ready", healthy_release.times.ready, "s", at_most=READY_SECONDS)
    for tier in TIERS:
        ready, wanted = len(ready_pods(on, tier)), deployment_of(on, tier)["spec"]["replicas"]
        stack.require(ready >= wanted, f"{tier}: {ready} of {wanted} pod(s) Ready")


@pytest.mark.clause("SC-005")
@pytest.mark.slow
def test_page_soon_after_ready(stack: Inspection, measure: Measure, healthy_release: HealthyRelease) -> None:
    """The page of that install once its pods were Ready, and the public address now."""
    times = healthy_release.times
    measure("page after Ready", times.page, "s", at_most=PAGE_SECONDS)
    watch = Stopwatch()
    answer = stack.request(stack.client(), "GET", "/")
    stack.require(answer.status == 200, f"{stack.stack.address} answers {answer.status or answer.error}")
    measure("public address now", watch.seconds, "s", at_most=PAGE_SECONDS)


@pytest.mark.clause("US1-2")
def test_a_person_in_a_browser(stack: Inspection) -> None:
    """A browser opens the public address, signs up, and sees in the list what the backend stored for the chat."""
    look_at(stack)


@pytest.mark.clause("SC-011")
@pytest.mark.slow
def test_scaled_to_two(stack: Inspection, measure: Measure, healthy_release: HealthyRelease) -> None:
    """A scratch release's backend scaled to one pod and back to two: seconds until both are Ready and both answer."""
    scratch = settled(stack, healthy_release)
    name = deployment_of(scratch, "backend")["metadata"]["name"]
    scratch.kubectl("scale", "deployment", name, "--replicas=1")
    scratch.wait_for_rollout(f"deployment/{name}")
    watch = Stopwatch()
    ready: set[str] = set()
    scratch.kubectl("scale", "deployment", name, "--replicas=2")
    with scratch.signed_up_client() as client:
        while watch.seconds < SCALE_SECONDS:
            ready = set(ready_pods(scratch, "backend"))
            if len(ready) == 2:
                served = {
                    scratch.request(client, "GET", "/api/me/tasks").served_by for _ in range(ENOUGH_REQUESTS // 3)
                }
                if served == ready:
                    measure("both replicas serving", watch.seconds, "s", at_most=SCALE_SECONDS)
                    return
            time.sleep(0.5)
    pytest.fail(f"not both replicas served within {SCALE_SECONDS} s: Ready are {sorted(ready)}")

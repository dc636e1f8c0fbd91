"""A fresh install, timed; and the page that it serves."""

import time

from acceptance.browser import look_at
from acceptance.checks.objects import deployment_of, pods_of, ready_pods
from acceptance.checks.waiting import settled
from acceptance.inspection import Inspection, Stopwatch
from acceptance.pods import is_ready
from acceptance.running import verifies
from acceptance.stack import TIERS
from acceptance.verdicts import Failed

INSTALL_SECONDS = 300
READY_SECONDS = 120
PAGE_SECONDS = 30
SCALE_SECONDS = 180
ENOUGH_REQUESTS = 60


@verifies("SC-001", quick=False)
def deployed_in_time(stack: Inspection) -> None:
    """`helm install --wait` of chart and images into an empty namespace."""
    times = stack.scratch_releases.healthy().times
    stack.note("helm", "install", "todo-stack", "charts/todo-stack", "--wait", "--timeout", f"{INSTALL_SECONDS}s")
    stack.measure("helm install until all is ready", times.install, "s", at_most=INSTALL_SECONDS)


@verifies("SC-004", "US1-1", quick=False)
def ready_in_time(stack: Inspection) -> None:
    """By the cluster's clock: from the first pod's creation until the last one is Ready, in that install."""
    scratch = stack.scratch_releases.healthy()
    stack.measure("pods from created to Ready", scratch.times.ready, "s", at_most=READY_SECONDS)
    for tier in TIERS:
        pods = pods_of(stack.on(scratch.stack), deployment_of(stack.on(scratch.stack), tier))
        stack.require(all(is_ready(pod) for pod in pods), f"{tier}: {len(pods)} pod(s) Ready")


@verifies("SC-005", quick=False)
def page_soon_after_ready(stack: Inspection) -> None:
    """The page of that install once its pods were Ready, and the public address now."""
    times = stack.scratch_releases.healthy().times
    stack.measure("page after Ready", times.page, "s", at_most=PAGE_SECONDS)
    watch = Stopwatch()
    answer = stack.request(stack.client(), "GET", "/")
    stack.require(answer.status == 200, f"{stack.stack.address} answers {answer.status or answer.error}")
    stack.measure("public address now", watch.seconds, "s", at_most=PAGE_SECONDS)


@verifies("US1-2")
def a_person_in_a_browser(stack: Inspection) -> None:
    """A browser opens the public address, signs up, and sees in the list what the backend stored for the chat."""
    look_at(stack)


@verifies("SC-011", quick=False)
def scaled_to_two(stack: Inspection) -> None:
    """A scratch release's backend scaled to one pod and back to two: seconds until both are Ready and both answer."""
    scratch = settled(stack, stack.scratch_releases.healthy())
    name = deployment_of(scratch, "backend")["metadata"]["name"]
    scratch.kubectl("scale", "deployment", name, "--replicas=1")
    scratch.wait_for_rollout(f"deployment/{name}")
    watch = Stopwatch()
    scratch.kubectl("scale", "deployment", name, "--replicas=2")
    with scratch.signed_up_client() as client:
        while watch.seconds < SCALE_SECONDS:
            ready = set(ready_pods(scratch, "backend"))
            if len(ready) == 2:
                served = {
                    scratch.request(client, "GET", "/api/me/tasks").served_by for _ in range(ENOUGH_REQUESTS // 3)
                }
                if served == ready:
                    stack.measure("both replicas serving", watch.seconds, "s", at_most=SCALE_SECONDS)
                    return
            time.sleep(0.5)
    raise Failed(f"not both replicas served within {SCALE_SECONDS} s: Ready are {sorted(ready)}")

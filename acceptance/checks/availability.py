"""More than one replica: requests spread over them, and one lost."""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from acceptance.checks.objects import holds_undisturbed, ready_pods
from acceptance.checks.provoking import measure_failures
from acceptance.checks.waiting import await_
from acceptance.inspection import Inspection, Measure, Stopwatch
from acceptance.load import Load
from acceptance.signals import CannotSignal, container_of, signal_target
from todo_cli.kube.cluster import Json

REQUESTS_FOR_EACH = 60
LOAD_SECONDS = 12
ENOUGH_REQUESTS = 120
RECOVERY_SECONDS = 600
SLOWEST_SECONDS = 30  # a client's patience


@pytest.mark.clause("US4-2")
def test_requests_are_spread(stack: Inspection, measure: Measure) -> None:
    """The pods that answered a row of requests through the public address."""
    pods = ready_pods(stack, "backend")
    requests = REQUESTS_FOR_EACH * len(pods)
    least = 0.5 / len(pods)
    served: Counter[str] = Counter()
    with stack.signed_up_client() as client:

        def are_spread() -> bool:
            answers = [stack.request(client, "GET", "/api/me/tasks") for _ in range(requests)]
            served.clear()
            served.update(answer.served_by for answer in answers if answer.status == 200)
            stack.require(served.total() == requests, f"{served.total()} of {requests} answered")
            return set(served) == set(pods) and min(served.values()) >= least * requests

        holds_undisturbed(stack, "backend", are_spread)
    stack.require(set(served) == set(pods) and len(pods) > 1, f"by pod: {dict(served)}")
    measure("share of the least used pod", min(served.values()) / requests, "of the requests", at_least=least)


@pytest.mark.clause("SC-012", "US4-3")
@pytest.mark.slow
def test_a_replica_is_lost(stack: Inspection, measure: Measure) -> None:
    """The processes of a backend pod killed by SIGKILL under a steady load, until all replicas are Ready again."""
    before = ready_pods(stack, "backend")
    victim = stack.get("pod", before[0])
    with stack.signed_up_client() as client, Load(client, talkers=0, panels=0) as load:
        time.sleep(2)
        watch, is_back = _kill(stack, victim)
        while not is_back() or len(ready_pods(stack, "backend")) < len(before):
            if watch.seconds > RECOVERY_SECONDS:
                pytest.fail(f"not all are Ready {RECOVERY_SECONDS} s after {before[0]} was killed")
            time.sleep(0.5)
        recovered = watch.seconds
        time.sleep(max(0.0, LOAD_SECONDS - recovered))
        await_(lambda: load.tally.sent > ENOUGH_REQUESTS, "few requests were answered")
    tally = load.tally
    stack.saw.append(f"{tally.sent} requests were sent, answered by {len(tally.served)} pods")
    measure_failures(measure, load)
    measure("slowest request", tally.slowest, "s", at_most=SLOWEST_SECONDS)
    measure("all replicas Ready again", recovered, "s", at_most=RECOVERY_SECONDS)


def _kill(stack: Inspection, victim: Json) -> tuple[Stopwatch, Callable[[], bool]]:
    """End the pod's processes without notice; gives the time since, and what tells that others were started."""
    name = victim["metadata"]["name"]
    try:
        with signal_target(stack.stack.cluster, victim) as target:
            stack.note("kill", "-KILL", f"the processes of {name}")
            target.send("SIGKILL")
            watch = Stopwatch()
        return watch, lambda: container_of(stack.get("pod", name)) != container_of(victim)
    except CannotSignal as why:
        stack.saw.append(f"deleted by force, for its processes cannot be killed here: {why}")
        stack.kubectl("delete", "pod", name, "--grace-period=0", "--force", "--wait=false")
        return Stopwatch(), lambda: name not in ready_pods(stack, "backend")

"""Replicas lost for real, under load: clients notice nothing, and where they must, it is reported."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from acceptance import failover
from acceptance.failover import KINDS, FaultInjection, fail
from acceptance.replicas import name_of, pods, ready
from acceptance.stack import Stack
from acceptance.tests.cluster.noticing import assert_unnoticed

from todo_cli.kube.cluster import Json
from todo_cli.progress import silent_step

OUTAGE_SECONDS = 15  # the proxy tries to connect for five


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_lost_replica_is_not_noticed(running: Stack, kind: str) -> None:
    outcome = fail(running, kind, 5, silent_step())
    if outcome.not_run:
        pytest.skip(outcome.not_run)
    assert_unnoticed(outcome)
    if kind in ("kill", "hang"):  # these are injected again until a stream was open
        assert outcome.stream_open, outcome
    assert outcome.audit
    assert outcome.audit.written > 10
    assert outcome.sent > 50


def test_an_outage_is_noticed(running: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """No pods for longer than the proxy tries: neither it nor a key can hide that."""

    @contextmanager
    def all_gone(stack: Stack, _: Json) -> Iterator[FaultInjection]:
        before = set(map(name_of, pods(stack)))

        def scale(count: int) -> None:
            stack.cluster.kubectl("scale", f"deployment/{stack.cluster.release}-backend", f"--replicas={count}")

        def outage() -> None:
            scale(0)
            while ready(pods(stack)):
                time.sleep(0.5)
            time.sleep(OUTAGE_SECONDS)
            scale(len(before))

        yield FaultInjection("", outage, lambda found: not before & set(map(name_of, ready(found))))

    monkeypatch.setitem(failover.KINDS, "outage", all_gone)
    outcome = fail(running, "outage", 5, silent_step())
    assert outcome.failed + outcome.retried > 0, outcome
    assert outcome.audit
    assert (outcome.audit.lost, outcome.audit.doubled) == (0, 0), "even so nothing that was confirmed is gone"

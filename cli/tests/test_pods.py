"""Why a pod is not ready, in words, from what the cluster says."""

from typing import Any

import pytest

from conftest import pod
from todo_cli.cluster.pods import Cause, creation_reason, pod_reason, readable_line


def said(_pod: str, _container: str, _previous: bool) -> str:
    return "try 3: the database does not answer"


def waiting(
    reason: str, message: str = "", *, image: str = "todo-backend:1", restarts: int = 0, **more: Any
) -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": message}}
    return {"name": "backend", "image": image, "restartCount": restarts, "state": state} | more


UNSCHEDULABLE = {
    "type": "PodScheduled",
    "status": "False",
    "message": "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. preemption: not helpful",
}
PROBE_EVENT = {
    "reason": "Unhealthy",
    "message": "Readiness probe failed: HTTP probe failed with statuscode: 503",
    "involvedObject": {"name": "p"},
}


@pytest.mark.parametrize(
    ("status", "cause", "text", "hopeless"),
    [
        ({"conditions": [UNSCHEDULABLE]}, Cause.UNSCHEDULABLE,
         "no node has enough cpu (asks 100m) and memory (asks 192Mi) free", False),
        ({"containerStatuses": [waiting("ErrImageNeverPull")]}, Cause.IMAGE,
         "cannot get image todo-backend:1: it is not on the node, and its pull policy is Never", True),
        ({"containerStatuses": [waiting("ImagePullBackOff", "pull access denied")]}, Cause.IMAGE,
         "cannot get image todo-backend:1: pull access denied", True),
        ({"containerStatuses": [waiting("CreateContainerConfigError", 'secret "todo-stack-secrets" not found')]},
         Cause.CONFIGURATION, 'secret "todo-stack-secrets" not found', True),
        ({"containerStatuses": [waiting("CrashLoopBackOff", restarts=3,
                                        lastState={"terminated": {"exitCode": 78, "message": "PORT: is no port"}})]},
         Cause.CRASH, "backend exited 78: PORT: is no port (4 times)", True),
        ({"containerStatuses": [waiting("CrashLoopBackOff", restarts=1,
                                        lastState={"terminated": {"exitCode": 137, "reason": "OOMKilled"}})]},
         Cause.CRASH, "backend was killed: it needed more memory than its limit (2 times)", False),
        ({"initContainerStatuses": [{"name": "migrate", "state": {"running": {}}}],
          "containerStatuses": [waiting("PodInitializing")]},
         Cause.INIT, "in migrate: try 3: the database does not answer", False),
        ({"initContainerStatuses": [{"name": "migrate", "restartCount": 0,
                                     "state": {"terminated": {"exitCode": 1, "message": ""}}}]},
         Cause.CRASH, "migrate exited 1: try 3: the database does not answer", False),
        ({"containerStatuses": [{"name": "backend", "state": {"running": {}}}]}, Cause.PROBE,
         "Readiness probe failed: HTTP probe failed with statuscode: 503", False),
        ({"containerStatuses": [waiting("ContainerCreating")]}, Cause.STARTING, "starting", False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_reasons(status: dict[str, Any], cause: Cause, text: str, hopeless: bool) -> None:
    reason = pod_reason(pod("p", "backend", **({"conditions": []} | status)), [PROBE_EVENT], said)
    assert reason is not None
    assert (reason.cause, reason.text, reason.hopeless) == (cause, text, hopeless)


def test_a_ready_pod_and_one_on_its_way_out_have_none() -> None:
    leaving = pod("p", "backend", conditions=[])
    leaving["metadata"]["deletionTimestamp"] = "2026-11-23T10:00:00Z"
    assert pod_reason(pod("p", "backend"), [], said) is None
    assert pod_reason(leaving, [], said) is None


def test_pods_that_are_refused_are_told_by_their_owner() -> None:
    event = {
        "reason": "FailedCreate",
        "message": "exceeded quota: small",
        "involvedObject": {"name": "todo-stack-backend-7d9"},
    }
    reason = creation_reason([event], "todo-stack-backend")
    assert reason is not None
    assert (reason.text, reason.hopeless) == ("exceeded quota: small", True)
    assert creation_reason([event], "todo-stack-frontend") is None


def test_a_log_line_is_shown_by_its_message() -> None:
    assert readable_line('{"level": "error", "message": "no  database"}') == "no database"
    assert readable_line("plain text") == "plain text"
    assert len(readable_line("x" * 1000)) == 200

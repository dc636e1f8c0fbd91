"""What a deployment on a cluster promises: its objects, its labels, and both replicas at work."""

import time
from collections import Counter

from acceptance.api_client import ApiClient
from acceptance.inspection import beyond_limit
from acceptance.load import Load, WriteAudit

from cluster.load import light
from cluster.own_release import until
from cluster.stack import Stack

REQUESTS = 40  # before a pod goes, and after another has taken its place


def test_two_backend_pods_are_ready_behind_a_cluster_ip(stack: Stack) -> None:
    stack.wait_ready("backend", 2)
    service = stack.get("service", "todo-stack-backend")["spec"]
    assert service["type"] == "ClusterIP"
    assert "nodePort" not in service["ports"][0]


def test_one_frontend_pod_is_ready_behind_a_node_port(stack: Stack) -> None:
    stack.wait_ready("frontend", 1)
    assert stack.get("service", "todo-stack-frontend")["spec"]["type"] == "NodePort"


def test_everything_is_labelled(stack: Stack) -> None:
    for tier in ("backend", "frontend"):
        labels = {"app": "todo", "tier": tier, "environment": "local"}
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        kinds = {one["kind"] for one in stack.get("deployments,services,pods", "-l", selector)["items"]}
        assert kinds == {"Deployment", "Service", "Pod"}


def test_requests_through_the_public_address_reach_both_pods(stack: Stack, client: ApiClient) -> None:
    served: Counter[str] = Counter()

    def are_spread() -> bool:
        pods = stack.wait_ready("backend", 2)
        answers = [client.request("GET", "/api/me/tasks") for _ in range(REQUESTS)]
        if {answer.status for answer in answers} != {200}:
            return False
        served.clear()
        served.update(answer.served_by for answer in answers)
        return set(served) == set(pods) and min(served.values()) >= REQUESTS / 8

    until(are_spread, 60, lambda: f"by pod: {served}")  # a pod that is busy for some seconds is not asked meanwhile


def test_deleting_a_backend_pod_under_a_light_load_loses_nothing(stack: Stack, client: ApiClient) -> None:
    with light(client) as load:
        _go_on(load)
        victim = stack.wait_ready("backend", 2)[0]
        began = time.monotonic()
        stack.kubectl("delete", "pod", victim)  # returns when it is gone
        assert victim not in stack.wait_ready("backend", 2)
        replaced = time.monotonic() - began
        _go_on(load)
    tally, audit = load.tally, load.audit()
    assert audit == WriteAudit(audit.written, audit.written, 0, 0), "a task was lost or doubled"
    if tally.troubled:
        beyond_limit(f"requests failed: {tally.errors}", load.machine.times)
    if tally.slowest >= replaced:
        slowest = f"a request took {tally.slowest:.1f} s, as if it waited for the new pod"
        beyond_limit(slowest, load.machine.times)


def test_a_conversation_goes_on_on_the_other_pod(stack: Stack, client: ApiClient) -> None:
    first = _say(client, "add a task to buy groceries")
    for pod in stack.wait_ready("backend", 2):
        stack.kubectl("delete", "pod", pod)
        stack.wait_ready("backend", 2)
        answer = _say(client, "show me all my tasks", first["conversation_id"])
        assert answer["conversation_id"] == first["conversation_id"]
        assert "groceries" in answer["response"].lower()


def _go_on(load: Load) -> None:
    """Wait until so many more requests have ended."""
    enough = load.tally.sent + REQUESTS
    until(lambda: load.tally.sent >= enough, 60, lambda: f"{load.tally.sent} requests ended, wanted {enough}", 0.1)


def _say(client: ApiClient, message: str, conversation: int | None = None) -> dict[str, object]:
    body = {"message": message} | ({} if conversation is None else {"conversation_id": conversation})
    answer = client.request("POST", "/api/me/chat", body)
    assert answer.status == 200, answer
    return dict(answer.body)

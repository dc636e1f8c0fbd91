"""One request's way through both tiers, by the id that its answer carries, on a stack that is up."""

import json
import subprocess
import time

from cluster.load import sign_up
from documentation import CHECKOUT

WITHIN_SECONDS = 120  # a line is written when an answer has ended


def logged(request: str, *options: str) -> str:
    """What `./todo logs` has for the request."""
    command = ["./todo", "logs", "--request", request, *options]
    result = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False)
    return result.stdout


def test_a_request_s_id_finds_the_lines_of_both_tiers(address: str) -> None:
    client = sign_up(address)
    answer = client.request("POST", "/api/me/tasks", {"title": "find me in the logs"})
    assert answer.status == 201
    lines: list[dict[str, object]] = []
    deadline = time.monotonic() + WITHIN_SECONDS
    while len(lines) < 2 and time.monotonic() < deadline:
        lines = [json.loads(line) for line in logged(answer.headers["x-request-id"], "--json").splitlines()]
    assert {line["tier"] for line in lines} == {"frontend", "backend"}
    for line in lines:
        assert (line["method"], line["path"], line["status"]) == ("POST", "/api/me/tasks", 201)


def test_health_is_not_logged(address: str) -> None:
    client = sign_up(address)
    client.request("GET", "/health/ready", **{"X-Request-ID": "health-1"})
    client.request("GET", "/api/me/tasks", **{"X-Request-ID": "tasks-1"})
    deadline = time.monotonic() + WITHIN_SECONDS
    while "frontend" not in logged("tasks-1"):  # written a little after the answer
        assert time.monotonic() < deadline
    assert logged("health-1") == ""

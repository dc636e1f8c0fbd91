"""Asking the stack over HTTP whether it is well."""

import http.client
import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from todo_cli.conditions import OK, UNKNOWN, Condition, condition_of
from todo_cli.errors import Problem

PAUSE_SECONDS = 0.2
SILENT = "does not answer yet"
PAGE_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: str


def get(url: str, timeout: float = 5) -> Answer | None:
    """GET an address of this machine; None when nothing answers. No proxy, no redirect is followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "localhost", parts.port or 80, timeout=timeout)
    try:
        connection.request("GET", parts.path or "/", headers={"Accept": "text/html,application/json"})
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def not_ready(url: str, timeout: float = 5) -> str | None:
    """None when `url` answers 200, else in words what it answered."""
    return not_ready_reason(get(url, timeout))


def not_ready_reason(answer: Answer | None) -> str | None:
    """None for an answer of 200, else in words what it was."""
    if answer is None:
        return SILENT
    if answer.status == HTTPStatus.OK:
        return None
    return f"answers {answer.status}: {reason_of(answer.body)}"


def failing_checks(body: str) -> dict[str, Condition]:
    """The checks of a readiness answer that fail, by name; none in any other answer."""
    try:
        checks = json.loads(body)["checks"].items()
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    found = {name: condition for name, check in checks if (condition := condition_of(check))}
    return {name: condition for name, condition in found.items() if condition.code not in (OK, UNKNOWN)}


def reason_of(body: str) -> str:
    """The failing checks of a health answer in words, or the beginning of what it said."""
    if failing := failing_checks(body):
        return ", ".join(f"{name} {condition.detail}" for name, condition in failing.items())
    try:
        parsed = json.loads(body)
        return str(parsed.get("reason") or parsed.get("detail") or parsed.get("status") or body[:120])
    except (ValueError, AttributeError):
        return body[:120].replace("\n", " ")


def page_problem(address: str) -> str | None:
    """None when the page is served at `address` and an API call through it reaches a backend."""
    ready = get(f"{address}/health/ready", timeout=10)
    if ready is None:
        return "nothing answers"
    if "x-frontend-served-by" not in ready.headers:
        return "another program answers there"
    if ready.status != HTTPStatus.OK:
        return f"the frontend answers {ready.status}: {reason_of(ready.body)}"
    page = get(f"{address}/", timeout=10)
    if page is None or page.status >= HTTPStatus.BAD_REQUEST:
        return f"the page answers {page.status}" if page else "the page does not answer"
    api = get(f"{address}/api/me/tasks", timeout=10)
    if api is None:
        return "the API does not answer"
    # Without a sign-in the backend refuses; its header says that it was the backend.
    if api.status != HTTPStatus.UNAUTHORIZED or "x-served-by" not in api.headers:
        return f"an API call does not reach a backend: {api.status} {reason_of(api.body)}"
    return None


def check_page(address: str, timeout: float = PAGE_SECONDS) -> str:
    """Raise Problem unless the page and the API answer at `address` in time; returns the words for the step."""
    deadline = time.monotonic() + timeout
    while problem := page_problem(address):
        if time.monotonic() > deadline:
            raise Problem(f"{address}: {problem}", fix="./todo status; ./todo logs")
        time.sleep(PAUSE_SECONDS)
    return "the page and the API answer"


def replicas(address: str, wanted: int, *, timeout: float) -> list[str]:
    """Ask through the public address until so many backend pods have answered; their names.

    Raises Problem when fewer did in time.
    """
    seen: set[str] = set()
    deadline = time.monotonic() + timeout
    while len(seen) < wanted:
        if time.monotonic() > deadline:
            raise Problem(f"{len(seen)} of {wanted} backend replicas answered at {address}", fix="./todo status")
        answer = get(f"{address}/api/me/tasks")
        if answer is not None and "x-served-by" in answer.headers:
            seen.add(answer.headers["x-served-by"])
        else:
            time.sleep(PAUSE_SECONDS)
    return sorted(seen)

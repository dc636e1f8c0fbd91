"""What others of the stack do while the database or the backend is unreachable, and that they recover alone."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from acceptance.api_client import ApiClient
from acceptance.contention import Contention
from acceptance.inspection import beyond_limit

from cluster.load import sign_up
from cluster.own_release import RELEASE, OwnRelease, until
from cluster.slow_database import Answer, no_database, slow_database
from todo_cli.browser import find_browser
from todo_cli.errors import Problem
from todo_cli.frontend_build import install_packages
from todo_cli.layout import find_layout
from todo_cli.process_environment import clean_environment
from todo_cli.progress import silent_step
from todo_cli.tools import find_node

NAP_SECONDS, LONG_NAP_SECONDS = 4, 10  # the probes hold out for 7 s, and a busy machine needs some of it
TRIES = 3
TIERS = ("backend", "frontend")


def test_the_database_goes_away_and_comes_back(spare: OwnRelease) -> None:
    """Running pods turn unready with the reason, a new one waits in its migration; nothing is restarted."""
    restarts = spare.restarts(*TIERS)
    with spare.way_in() as address:
        client = sign_up(address)
        with no_database(spare):
            spare.kubectl("delete", "pod", spare.pods("backend")[0]["metadata"]["name"], "--wait=false")
            until(lambda: _answer(client) == 503, 20, lambda: f"the API answers {_answer(client)}")
            for reported in spare.all_reported(dict.fromkeys(TIERS, "^database-unreachable: "), 40).values():
                assert "get pods,endpointslices -l" in reported["fix"]
            newest = max(spare.pods("backend"), key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
            until(lambda: len(_said(spare, newest)) >= TRIES, 40, lambda: f"no other try: {_said(spare, newest)}")
            tries = _said(spare, newest)
        spare.wait_settled(60)
        until(lambda: _answer(client) == 200, 10, lambda: f"the API answers {_answer(client)}")
    assert len(tries) >= TRIES
    assert_they_are_tries(tries)
    spare.assert_none_restarted(restarts, *TIERS)


def test_a_database_that_wakes_within_seconds_is_a_slow_answer(spare: OwnRelease) -> None:
    with spare.way_in() as address:
        cookie = sign_up(address).cookie
    with (
        Contention() as machine,
        slow_database(spare) as database,
        database.sleeping(NAP_SECONDS, cookie) as answers,
    ):
        pass
    slowest = max(answer.seconds for answer in answers)
    if {answer.status for answer in answers} != {200} or not 1 < slowest < 3 * LONG_NAP_SECONDS:
        beyond_limit(str(_remarkable(answers)), machine.times)


def test_a_database_that_sleeps_for_ten_seconds(spare: OwnRelease) -> None:
    """A new pod waits and starts by itself; visitors get an answer, or 503 until it is awake; nothing is restarted."""
    restarts = spare.restarts(*TIERS)
    with spare.way_in() as address:
        cookie = sign_up(address).cookie
    with slow_database(spare) as database:
        former = spare.pods("backend")[0]["metadata"]["name"]
        with database.sleeping(LONG_NAP_SECONDS, cookie) as answers:
            spare.kubectl("delete", "pod", former, "--wait=false")
        newest = max(spare.pods("backend"), key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
        spare.wait_settled()
        said = _said(spare, newest)
        spare.assert_none_restarted(restarts, *TIERS)
    assert {answer.status for answer in answers} <= {200, 503, 0}, _remarkable(answers)
    last = max(answers, key=lambda answer: answer.at)
    assert last.status == 200, f"they do not become well again: {_remarkable(answers)[-5:]}"
    assert max(answer.seconds for answer in answers) < 3 * LONG_NAP_SECONDS, _remarkable(answers)
    *tries, end = said
    assert len(tries) <= 1
    assert_they_are_tries(tries)
    assert "code" not in end


def _said(release: OwnRelease, pod: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of the pod's migration; none before it has started."""
    lines = release.kubectl_tolerant("logs", pod["metadata"]["name"], "-c", "migrate").splitlines()
    return [json.loads(line) for line in lines]


def assert_they_are_tries(lines: list[dict[str, Any]]) -> None:
    """Each is a try that found the database unreachable, or its name not there while its Service has no pod."""
    for number, line in enumerate(lines, start=1):
        assert line["code"] in ("database_unreachable", "database_host", "database_starting"), line
        assert line["message"].startswith(f"try {number}: "), line


def _remarkable(answers: list[Answer]) -> list[Answer]:
    """Those that a visitor would have noticed."""
    return [answer for answer in answers if answer.status != 200 or answer.seconds > 1]


def test_the_frontend_serves_while_there_is_no_backend(spare: OwnRelease) -> None:
    """The page says what is unreachable, as the API does, and shows the list without another step once the backend is there."""
    with spare.way_in() as address:
        client = sign_up(address)
        # The outage before this one may not be over for every pod yet.
        until(lambda: _add(client, "Still here") == 201, 20, lambda: "no task can be added")
        try:
            with _page(client) as page:
                _scale(spare, 0)
                spare.kubectl("delete", "pods", "-l", "tier=backend", "--force", "--grace-period=0")
                until(lambda: _answer(client) == 502, 20, lambda: f"the API answers {_answer(client)}")
                refused = client.request("GET", "/api/me/tasks")
                assert refused.headers["content-type"].startswith("application/problem+json")
                assert refused.body["title"]
                assert spare.status()["frontend"]["ready"] == 1
                seen = page.opened()
                assert next(seen, None) == "The task service is starting…"
                _scale(spare, 2)
                assert next(seen, None) == "Still here"
        finally:
            _scale(spare, 2)


def _scale(release: OwnRelease, replicas: int) -> None:
    release.kubectl("scale", f"deployment/{RELEASE}-backend", f"--replicas={replicas}")


def _add(client: ApiClient, title: str) -> int:
    return client.request("POST", "/api/me/tasks", {"title": title}).status


def _answer(client: ApiClient) -> int:
    return client.request("GET", "/api/me/tasks").status


@dataclass(frozen=True)
class Page:
    """The client's tasks in a browser."""

    process: "subprocess.Popen[str]"

    def opened(self) -> Iterator[str]:
        """Open it: what it says, as `tasks_page.mjs` tells."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        return map(str.strip, self.process.stdout)


@contextmanager
def _page(client: ApiClient) -> Iterator[Page]:
    """A browser that is ready to show the client's tasks."""
    layout, step = find_layout(), silent_step()
    try:
        node = find_node(layout, step)
        install_packages(layout, node, step, for_tests=True)
        browser = find_browser(layout, node, step)
    except Problem as problem:
        pytest.skip(f"no browser to be had here: {problem.message}")
    settings = {
        "ADDRESS": client.address,
        "COOKIE": client.cookie,
        "CHROMIUM_PATH": browser,
        "PLAYWRIGHT": str(layout.frontend / "node_modules" / "playwright-core" / "index.js"),
    }
    command = [node.node, str(Path(__file__).with_name("tasks_page.mjs"))]
    env = node.on_path(clean_environment(**settings))
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Page(process)
    finally:
        process.terminate()
        process.wait()

"""What others of the stack do while the database or the backend is away, and that they recover alone."""

import re
import time

from cluster.load import sign_up
from cluster.own_release import RELEASE, OwnRelease, until
from cluster.stack import Client

SLEEP_SECONDS = 10


def test_the_database_goes_away_and_comes_back(spare: OwnRelease) -> None:
    """Running pods turn unready with the reason, a new one waits in its migration; nothing is restarted."""
    restarts = {tier: spare.restarts(tier) for tier in ("backend", "frontend")}
    with spare.way_in() as address:
        client = sign_up(address)
        _sever(spare)
        spare.kubectl("delete", "pod", spare.pods("backend")[0]["metadata"]["name"], "--wait=false")
        until(lambda: _answer(client) == 503, 20, lambda: f"the API answers {_answer(client)}")
        began = time.monotonic()
        backend = spare.told("backend", "refuse|no answer|not answer", 40)
        frontend = spare.told("frontend", "refuse|no answer|not answer", 40)
        for told in (backend, frontend):
            assert told["code"] == "database-unreachable"
            assert "get pods,endpointslices -l" in told["fix"]
        newest = max(spare.pods("backend"), key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
        time.sleep(max(0.0, SLEEP_SECONDS - (time.monotonic() - began)))
        tries = spare.kubectl("logs", newest["metadata"]["name"], "-c", "migrate").splitlines()
        _join(spare)
        spare.wait_settled(60)
        until(lambda: _answer(client) == 200, 10, lambda: f"the API answers {_answer(client)}")
    assert len(tries) >= 3
    for number, line in enumerate(tries, start=1):
        assert re.match(rf"migrate: try {number}: .*; next try in [\d.]+ s \(\d+ s left\)$", line), line
    assert all(spare.restarts(tier) <= before for tier, before in restarts.items())


def test_the_frontend_serves_while_there_is_no_backend(spare: OwnRelease) -> None:
    """The page comes, an API call says in words what is away, and works again without another step."""
    spare.kubectl("scale", f"deployment/{RELEASE}-backend", "--replicas=0")
    with spare.way_in() as address:
        client = sign_up(address)
        status, _, page = client.request("GET", "/")
        assert status == 200
        assert "<html" in page
        until(lambda: _answer(client) == 502, 20, lambda: f"the API answers {_answer(client)}")
        _, headers, problem = client.request("GET", "/api/me/tasks")
        assert headers["content-type"].startswith("application/problem+json")
        assert problem["title"]
        assert spare.status()["frontend"]["ready"] == 1
        spare.kubectl("scale", f"deployment/{RELEASE}-backend", "--replicas=2")
        until(lambda: _answer(client) == 200, 60, lambda: f"the API answers {_answer(client)}")


def _answer(client: Client) -> int:
    return client.request("GET", "/api/me/tasks")[0]


def _sever(release: OwnRelease) -> None:
    """Take the database's address away, and end the connections that know it."""
    _select(release, "nothing")
    query = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = 'todo'"
    release.kubectl("exec", f"deployment/{RELEASE}-database", "--", "psql", "-qAtU", "todo", "-d", "todo", "-c", query)


def _join(release: OwnRelease) -> None:
    _select(release, "database")


def _select(release: OwnRelease, component: str) -> None:
    patch = f'{{"spec": {{"selector": {{"app.kubernetes.io/component": "{component}"}}}}}}'
    release.kubectl("patch", "service", f"{RELEASE}-database", "-p", patch)

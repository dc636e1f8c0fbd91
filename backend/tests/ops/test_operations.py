"""The operations MCP server: how pods and database are, and nothing of users."""

import asyncio
import json
import logging
import socket
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from todo_backend import __version__
from todo_backend.db.schema import required_revision
from todo_backend.ops import endpoint, peers
from todo_backend.ops.recent_errors import KEPT, RecentErrors, recent_errors

ACCEPT = {"Accept": "application/json, text/event-stream"}
SECRET = "my-very-secret-title"


async def ask(url: str, tool: str, **arguments: Any) -> dict[str, Any]:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    async with httpx2.AsyncClient(timeout=60, verify=False) as http:
        answer = await http.post(f"{url}/ops/mcp", json=call, headers=ACCEPT, timeout=60)
    assert answer.status_code == 200, answer.text
    assert not answer.json()["result"]["isError"], answer.text
    return answer.json()["result"]["structuredContent"]


@pytest.fixture(scope="module")
def operations(settings):
    """Settings with the operations server, whose pods are found under `peers`."""
    return lambda peers=None, **more: settings.model_copy(update={"ops_mcp_enabled": True, "ops_peers": peers, **more})


@pytest.fixture(scope="module")
async def served(serve, operations):
    """One pod that finds itself under its service's name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    async with serve(operations(f"localhost:{free}"), free) as live:
        yield live


async def test_there_is_nothing_where_it_is_not_enabled(anonymous) -> None:
    answer = await anonymous.post("/ops/mcp", json={}, headers=ACCEPT)
    assert answer.status_code == 404


async def test_a_client_needs_no_token_and_finds_tools_that_only_read(served) -> None:
    async with Client(streamable_http_client(f"{served.url}/ops/mcp")) as client:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == {"get_version", "get_pods", "get_database", "get_recent_errors"}
        assert all(tool.annotations.read_only_hint and tool.description for tool in tools)
        version = (await client.call_tool("get_version", {})).structured_content
    assert (version["version"], version["pod"], version["assistant"]) == (__version__, "pod-under-test", "builtin")


async def test_pages_in_a_browser_are_refused(served) -> None:
    async with httpx2.AsyncClient(timeout=60, verify=False) as http:
        headers = ACCEPT | {"Origin": "https://somewhere.example"}
        assert (await http.post(f"{served.url}/ops/mcp", json={}, headers=headers)).status_code == 403


async def test_what_is_no_request_is_refused(served) -> None:
    async with httpx2.AsyncClient(timeout=60, verify=False) as http:
        request = {"jsonrpc": "2.0", "id": True, "method": "tools/list"}
        answer = await http.post(f"{served.url}/ops/mcp", json=request, headers=ACCEPT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32600)


async def test_the_database_is_described_without_its_address(served, database_url: str) -> None:
    found = await ask(served.url, "get_database")
    assert found["reachable"] is True
    assert found["problem"] is None
    assert found["revision"] == found["wanted_revision"] == required_revision()
    assert 0 < found["latency_ms"] < 3000
    assert found["server_version"]
    assert database_url not in json.dumps(found)


async def test_a_database_that_is_away_is_explained(serve, operations) -> None:
    away = operations(database_url=operations().database_url.__class__("postgresql://u:hidden@127.0.0.1:1/d"))
    async with serve(away) as live:
        found = await ask(live.url, "get_database")
    assert (found["reachable"], found["problem"]) == (False, "127.0.0.1:1 refuses connections")
    assert "hidden" not in json.dumps(found)


async def test_the_pods_behind_the_service_are_found(served) -> None:
    [pod] = [pod for pod in (await ask(served.url, "get_pods"))["pods"] if pod["answers"]]
    assert pod["pod"] == "pod-under-test"
    assert pod["ready"] is True
    assert pod["why_not"] is None
    assert pod["latency_ms"] > 0


async def test_every_pod_is_told_with_what_is_wrong(serve, operations, served, monkeypatch) -> None:
    monkeypatch.setattr(peers, "LIVE_SECONDS", 3.0)
    monkeypatch.setattr(peers, "TOOL_SECONDS", 3.0)
    hung = await asyncio.start_server(lambda *_: asyncio.sleep(600), "127.0.0.1", 0)
    away = operations(
        pod_name="pod-without-database",
        database_url=operations().database_url.__class__("postgresql://u:hidden@127.0.0.1:1/d"),
    )
    async with serve(away) as unready:
        addresses = [
            served.url.removeprefix("http://"),
            unready.url.removeprefix("http://"),
            f"127.0.0.1:{hung.sockets[0].getsockname()[1]}",
            "127.0.0.1:1",
        ]

        async def found(_: Any) -> list[str]:
            return addresses

        monkeypatch.setattr(peers.Peers, "addresses", found)
        good, bad, silent, absent = (await ask(served.url, "get_pods"))["pods"]
        by_pod = await ask(served.url, "get_recent_errors")
        one = await ask(served.url, "get_recent_errors", pod="pod-without-database")
    hung.close()
    assert (good["pod"], good["ready"]) == ("pod-under-test", True)
    assert (bad["pod"], bad["answers"], bad["ready"]) == ("pod-without-database", True, False)
    assert "127.0.0.1:1 refuses connections" in bad["why_not"]
    assert (silent["pod"], silent["answers"], silent["why_not"]) == (None, False, "does not answer within 3 s")
    assert absent["answers"] is False
    assert {pod["pod"] for pod in by_pod["pods"]} == {"pod-under-test", "pod-without-database"}
    assert by_pod["problem"] == f"no answer from {addresses[2]}, {addresses[3]}"
    assert [pod["pod"] for pod in one["pods"]] == ["pod-without-database"]


async def test_a_name_that_nobody_has_is_a_problem_in_words(serve, operations) -> None:
    async with serve(operations("no.such.host.invalid:8000")) as live:
        for tool in ("get_pods", "get_recent_errors"):
            answer = await ask(live.url, tool)
            assert answer["pods"] == []
            assert "cannot be looked up" in answer["problem"]


async def test_errors_are_told_without_what_people_wrote(served) -> None:
    @served.app.get("/broken-on-purpose")
    async def broken() -> None:
        raise RuntimeError(f"cannot save {SECRET}")

    async with httpx2.AsyncClient(timeout=60, verify=False) as http:
        answer = await http.get(f"{served.url}/broken-on-purpose?title={SECRET}", headers={"X-Request-ID": "id-77"})
    assert answer.status_code == 500
    logging.getLogger("todo_backend.tasks").warning("the task %s is odd", SECRET)
    logging.getLogger("some.library").error(f"cannot do {SECRET}")  # as libraries do that know no better
    told = await ask(served.url, "get_recent_errors", limit=3)
    [pod] = told["pods"]
    assert pod["pod"] == "pod-under-test"
    library, odd, unexpected = pod["errors"]
    assert (library["logger"], library["message"]) == ("some.library", "(the text is in this pod's log)")
    assert odd["message"] == "the task %s is odd"
    assert unexpected["message"] == "unexpected error"
    assert (unexpected["exception"], unexpected["request_id"]) == ("RuntimeError", "id-77")
    assert SECRET not in json.dumps(await ask(served.url, "get_recent_errors", limit=KEPT))
    alone = await ask(served.url, "get_recent_errors", pod="this", limit=1)
    assert [error["logger"] for error in alone["pods"][0]["errors"]] == ["some.library"]


def test_only_the_newest_errors_are_kept() -> None:
    kept = RecentErrors()
    for number in range(KEPT + 5):
        kept.handle(logging.LogRecord("todo_backend", logging.ERROR, "", 1, f"error {number}", (), None))
    assert [error.message for error in kept.newest(2)] == ["error 104", "error 103"]
    assert len(kept.newest(1000)) == KEPT


async def test_too_many_requests_are_refused(served, monkeypatch) -> None:
    monkeypatch.setattr(endpoint, "REQUESTS_PER_SECOND", 3)
    monkeypatch.setattr(endpoint, "time", SimpleNamespace(monotonic=lambda: 1_000_000.5))
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    async with httpx2.AsyncClient(base_url=served.url, timeout=60, verify=False) as http:
        answers = [await http.post("/ops/mcp", json=call, headers=ACCEPT) for _ in range(12)]
        monkeypatch.setattr(endpoint, "time", SimpleNamespace(monotonic=lambda: 1_000_001.5))
        assert (await http.post("/ops/mcp", json=call, headers=ACCEPT)).status_code == 200
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 9
    assert answers[3].headers["retry-after"] == "1"


async def test_it_makes_no_noise(served, capsys) -> None:
    before = len(recent_errors.newest(KEPT))
    await ask(served.url, "get_version")
    assert "/ops/mcp" not in capsys.readouterr().out
    assert len(recent_errors.newest(KEPT)) == before

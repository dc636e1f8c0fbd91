"""/mcp over HTTP: tokens, old and new clients, any host name."""

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

ACCEPT = {"Accept": "application/json, text/event-stream"}

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


async def test_no_token_no_answer(anonymous) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic dTpw"}):
        answer = await anonymous.post("/mcp", json=LIST, headers=ACCEPT | headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


async def test_there_is_nothing_to_listen_to(user) -> None:
    for method in ("GET", "DELETE"):
        assert (await user.http.request(method, "/mcp", headers=ACCEPT)).status_code == 405


async def test_every_host_name_is_served(user) -> None:
    answer = await user.http.post("/mcp", json=LIST, headers=ACCEPT | {"Host": "todo-stack-backend.somewhere:8000"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("version", ["2025-03-26", "2025-06-18", "2025-11-25"])
async def test_older_clients_shake_hands_and_need_no_session(user, version: str) -> None:
    async def post(body: dict, **headers: str) -> httpx2.Response:
        return await user.http.post("/mcp", json={"jsonrpc": "2.0", **body}, headers=ACCEPT | headers)

    hello = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "old", "version": "1"}}
    answer = await post({"id": 1, "method": "initialize", "params": hello})
    assert answer.json()["result"]["protocolVersion"] == version
    assert answer.json()["result"]["serverInfo"]["name"] == "todo-stack"
    assert "todo list" in answer.json()["result"]["instructions"]
    assert "mcp-session-id" not in answer.headers
    noted = await post({"method": "notifications/initialized"}, **{"MCP-Protocol-Version": version})
    assert noted.status_code == 202
    call = {"name": "add_task", "arguments": {"title": f"From {version}"}}
    called = await post({"id": 2, "method": "tools/call", "params": call}, **{"MCP-Protocol-Version": version})
    assert called.json()["result"]["structuredContent"]["status"] == "created"


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_sdks_client_works(live, user, mode: str) -> None:
    async with (
        live.client(user) as http,
        Client(streamable_http_client(f"{live.url}/mcp", http_client=http), mode=mode) as client,
    ):
        assert len((await client.list_tools()).tools) == 18
        added = await client.call_tool("add_task", {"title": f"By {mode}"})
        assert not added.is_error
        listed = await client.call_tool("list_tasks", {})
        assert [task["title"] for task in listed.structured_content["tasks"]] == [f"By {mode}"]
        missing = await client.call_tool("get_task", {"task_id": 99})
        assert missing.is_error

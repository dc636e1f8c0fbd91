"""A client of /mcp that shows the raw JSON-RPC."""

from typing import Any

import httpx2
import pytest

ACCEPT = {"Accept": "application/json, text/event-stream"}


class Tools:
    """Calls tools for one user."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def rpc(self, method: str, params: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
        answer = await self.http.post("/mcp", json=request, headers=ACCEPT | headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    async def call(self, tool: str, _headers: dict[str, str] | None = None, **arguments: Any) -> dict[str, Any]:
        return await self.rpc("tools/call", {"name": tool, "arguments": arguments}, **(_headers or {}))

    async def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a call that works answers."""
        result = await self.call(tool, **arguments)
        assert not result["isError"], result
        return result["structuredContent"]

    async def refusal(self, tool: str, **arguments: Any) -> str:
        """What a call that fails says."""
        result = await self.call(tool, **arguments)
        assert result["isError"], result
        return result["content"][0]["text"]


@pytest.fixture
def tools(user) -> Tools:
    return Tools(user.http)


@pytest.fixture
def other_tools(other_user) -> Tools:
    return Tools(other_user.http)

"""Nothing that is a person's is kept by a cache on the way."""

from typing import Any

import httpx2
import pytest

MILK = {"title": "milk"}
LIST = {"type": "threads.list", "params": {}}
RPC = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
SAID = {
    "type": "threads.create",
    "params": {
        "input": {"content": [{"type": "input_text", "text": "hi"}], "attachments": [], "inference_options": {}}
    },
}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/me/tasks", None),
        ("HEAD", "/api/me/tasks", None),
        ("GET", "/api/me/tasks/1", None),
        ("POST", "/api/me/tasks", MILK),
        ("POST", "/api/me/tasks", {}),
        ("DELETE", "/api/me/tasks/1", None),
        ("GET", "/api/me/tasks/counts", None),
        ("GET", "/api/me/export", None),
        ("POST", "/api/me/import", {}),
        ("POST", "/api/me/chat", {"message": "hi"}),
        ("GET", "/api/someone-else/tasks", None),
        ("PUT", "/api/me/tasks", None),
        ("POST", "/chatkit", LIST),
        ("POST", "/chatkit", SAID),
        ("POST", "/mcp", RPC),
        ("GET", "/nothing/here", None),
        ("GET", "/health/ready", None),
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
async def test_no_answer_is_stored(
    user: Any, anonymous: httpx2.AsyncClient, signed_in: bool, method: str, path: str, body: Any
) -> None:
    client = user.http if signed_in else anonymous
    answer = await client.request(method, path, json=body)
    [value] = answer.headers.get_list("cache-control")
    assert "no-store" in value.split(", ")

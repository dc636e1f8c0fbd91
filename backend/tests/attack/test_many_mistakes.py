"""A request with thousands of mistakes is refused in a few words: naming each would stop the replica for seconds."""

from typing import Any

import pytest

from todo_backend.chat.limits import MAX_MESSAGE_BYTES
from todo_backend.core.mistakes import MOST_NAMED

MANY = MOST_NAMED + 1
UNKNOWN = {f"colour {number}": 1 for number in range(MANY)}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
SAYING = {"attachments": [], "inference_options": {}}


def saying(parts: list[Any]) -> dict[str, Any]:
    return {"type": "threads.create", "params": {"input": SAYING | {"content": parts}}}


def calling(tool: str, **arguments: Any) -> dict[str, Any]:
    return CALL | {"params": {"name": tool, "arguments": arguments}}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/api/me/tasks", {"title": "x"} | UNKNOWN, f"body: {MANY} things are wrong"),
        ("/api/me/tasks/bulk", {"which": {"ids": [0] * MANY}, "delete": True}, "ids.0: "),
        ("/api/me/tasks/bulk", {"which": {"filter": {"tag": [""] * MANY}}, "delete": True}, "filter.tag.0: "),
        ("/api/me/trash/restore", {"which": {"ids": [0] * MANY}}, "ids.0: "),
        ("/chatkit", saying([{}] * MANY), f"{MANY} things are wrong"),
        ("/chatkit", saying([{}] * (MAX_MESSAGE_BYTES + 1)), "make it shorter"),
        ("/mcp", calling("restore_tasks", task_ids=[0] * MANY), "task_ids.0: "),
        ("/mcp", calling("update_task", task_id=1, clear=["x"] * MANY), "clear.0: "),
        ("/mcp", calling("list_tasks", tag=[""] * MANY), "tag.0: "),
    ],
)
async def test_many_mistakes_are_not_named_one_by_one(user: Any, path: str, body: dict[str, Any], words: str) -> None:
    answer = await user.http.post(path, json=body)
    assert words in answer.text
    assert len(answer.content) < 2_000


@pytest.mark.parametrize(("name", "value"), [("tag", "x"), ("any_tag", "x"), ("due", "today"), ("priority", "high")])
async def test_a_filter_asks_for_a_hundred_values_and_no_more(user: Any, name: str, value: str) -> None:
    """60,000 tags in one request held everybody else's for a second."""
    for count, status in ((100, 200), (101, 422), (60_000, 422)):
        values = [f"{value}{number}" if value == "x" else value for number in range(count)]
        filter_by = {"which": {"filter": {name: values}}, "expected": 0, "changes": {"title": "y"}}
        answer = await user.http.post("/api/me/tasks/bulk", json=filter_by)
        assert answer.status_code == status, answer.text
        listed = await user.http.post("/mcp", json=calling("list_tasks", **{name: values}))
        assert ("at most 100" in listed.text) == (status == 422), listed.text


async def test_a_few_are_named(user: Any) -> None:
    answer = await user.http.post("/api/me/tasks", json={"title": "x", "colour": 1, "size": 2})
    assert [error["field"] for error in answer.json()["errors"]] == ["colour", "size"]

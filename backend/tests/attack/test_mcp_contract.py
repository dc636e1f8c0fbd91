"""MCP's edge: what is no request is refused under its id, arguments are of the types that the tools name."""

from typing import Any

import pytest

LIST = {"jsonrpc": "2.0", "method": "tools/list"}


async def post(user: Any, body: object, **headers: str | None) -> Any:
    request = user.http.build_request("POST", "/mcp", json=body)
    del request.headers["accept"]
    request.headers.update({name: value for name, value in headers.items() if value is not None})
    return await user.http.send(request)


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/json, text/event-stream"])
async def test_json_is_answered_to_who_takes_it(user: Any, accept: str | None) -> None:
    answer = await post(user, LIST | {"id": 1}, accept=accept)
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"]["tools"]


async def test_who_takes_no_json_is_told(user: Any) -> None:
    assert (await post(user, LIST | {"id": 1}, accept="text/html")).status_code == 406


@pytest.mark.parametrize("request_id", [1, 0, -1, 2**53, "1", "", "é"])
async def test_an_answer_has_the_id_of_its_request(user: Any, request_id: object) -> None:
    answer = await post(user, LIST | {"id": request_id})
    assert answer.status_code == 200, answer.text
    answered = answer.json()["id"]
    assert (type(answered), answered) == (type(request_id), request_id)


@pytest.mark.parametrize("request_id", [None, True, 1.5, 1.0, [], {}])
async def test_what_is_no_id_is_refused_and_nothing_is_done(user: Any, request_id: object) -> None:
    call = {"name": "add_task", "arguments": {"title": "never"}}
    answer = await post(user, {"jsonrpc": "2.0", "id": request_id, "method": "tools/call", "params": call})
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["id"]) == (400, -32600, None)
    assert (await user.http.get(user.path())).json()["items"] == []


@pytest.mark.parametrize("method", [None, 5, ["tools/list"]])
async def test_a_request_without_a_method_is_refused_under_its_id(user: Any, method: object) -> None:
    answer = await post(user, {"jsonrpc": "2.0", "id": "a", "method": method})
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["id"]) == (400, -32600, "a")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ([], "object"),
        ([LIST | {"id": 1}], "object"),
        ("x", "object"),
        (5, "object"),
        ({}, "jsonrpc"),
        ({"id": 1, "method": "tools/list"}, "jsonrpc"),
        ({"jsonrpc": "1.0", "id": 1, "method": "tools/list"}, "jsonrpc"),
        ({"jsonrpc": "2.0"}, "method"),
        (LIST | {"id": 1, "params": [1]}, "params"),
        (LIST | {"params": "x"}, "params"),
    ],
)
async def test_what_is_no_message_is_refused_with_what_is_wrong(user: Any, body: object, named: str) -> None:
    answer = await post(user, body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, -32600)
    assert named in error["message"]
    assert "\n" not in error["message"]


ARGUMENTS = [
    ("get_task", {"task_id": True}),
    ("get_task", {"task_id": "1"}),
    ("get_task", {"task_id": 1.0}),
    ("complete_task", {"task_id": True}),
    ("delete_task", {"task_id": True}),
    ("restore_task", {"task_id": True}),
    ("update_task", {"task_id": 1, "completed": "yes"}),
    ("update_task", {"task_id": 1, "completed": 1}),
    ("add_task", {"title": 5}),
    ("add_task", {"title": "x", "due_date": 0}),
    ("add_task", {"title": "x", "due_date": "0"}),
    ("add_task", {"title": "x", "due_date": "2026-01-01", "due_time": "10:00Z"}),
    ("add_task", {"title": "x", "due_date": "2026-01-01", "due_time": 3600}),
    ("list_tasks", {"limit": "5"}),
    ("list_tasks", {"limit": True}),
    ("list_tasks", {"due_from": 0}),
    ("list_tasks", {"top_level": "yes"}),
    ("list_tasks", {"repeats": 1}),
    ("list_tasks", {"parent_id": "1"}),
    ("count_tasks", {"filter": {"top_level": "yes"}}),
    ("count_tasks", {"filter": {"repeats": "true"}}),
    ("count_tasks", {"filter": {"parent_id": "1"}}),
    ("delete_tasks", {"filter": {}, "expected": True}),
    ("restore_tasks", {"everything": "yes"}),
]


@pytest.mark.parametrize(("tool", "arguments"), ARGUMENTS)
async def test_a_tool_takes_no_other_type(user: Any, tool: str, arguments: dict[str, Any]) -> None:
    await user.http.post(user.path(), json={"title": "there"})
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    result = (await post(user, call)).json()["result"]
    assert result["isError"], result
    [wrong, *_] = [name for name in reversed(arguments) if name in result["content"][0]["text"]]
    assert wrong != "title" or arguments == {"title": 5}

"""What is added to many tasks has to fit into each of them: else nothing is changed, and they are named."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

TAGS = [f"tag-{number}" for number in range(19)]
LINE = "x" * 990


async def by_rest(user: Any, which: dict[str, Any], changes: dict[str, Any]) -> str:
    answer = await user.http.post(user.path("/bulk"), json={"which": which, "changes": changes})
    if answer.status_code != 200:
        assert (answer.status_code, answer.json()["code"]) == (409, "no_room")
        assert answer.json()["errors"][0]["title"] in answer.json()["detail"]
    return str(answer.json().get("detail", ""))


async def by_a_tool(user: Any, which: dict[str, Any], changes: dict[str, Any]) -> str:
    arguments = {{"ids": "task_ids", "filter": "filter"}[name]: value for name, value in which.items()}
    call = {"name": "update_tasks", "arguments": {**arguments, "changes": changes}}
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    answer = await user.http.post("/mcp", json=request, headers={"Accept": "application/json, text/event-stream"})
    result = answer.json()["result"]
    return str(result["content"][0]["text"]) if result["isError"] else ""


Way = Callable[[Any, dict[str, Any], dict[str, Any]], Awaitable[str]]


@pytest.fixture
async def ids(user: Any) -> dict[str, int]:
    """A task with 19 tags, one with a long description, and an empty one."""
    tasks: list[dict[str, Any]] = [
        {"title": "Tagged", "tags": TAGS},
        {"title": "Described", "description": LINE},
        {"title": "Empty"},
    ]
    return {task["title"].lower(): (await user.http.post(user.path(), json=task)).json()["id"] for task in tasks}


async def content(user: Any) -> list[tuple[list[str], str]]:
    tasks = (await user.http.get(user.path("?order=asc"))).json()["items"]
    return [(task["tags"], task["description"]) for task in tasks]


@pytest.mark.parametrize("way", [by_rest, by_a_tool])
@pytest.mark.parametrize("named", ["ids", "filter"])
async def test_what_does_not_fit_into_one_task_changes_none(
    user: Any, ids: dict[str, int], way: Way, named: str
) -> None:
    which: dict[str, Any] = {"ids": list(ids.values())} if named == "ids" else {"filter": {}}
    before = await content(user)
    for changes, title in (
        ({"add_tags": ["a", "b"]}, "Tagged"),
        ({"add_tags": ["a", "b"], "remove_tags": ["c"]}, "Tagged"),
        ({"note": "y" * 10}, "Described"),
    ):
        refused = await way(user, which, changes)
        assert f"“{title}” (#{ids[title.lower()]}) cannot take more" in refused
        assert refused.endswith("Nothing was changed.")
        assert await content(user) == before
    both = await way(user, which, {"add_tags": ["a", "b"], "note": "y" * 10})
    assert f"“Tagged” (#{ids['tagged']}), “Described” (#{ids['described']}) cannot take more" in both


@pytest.mark.parametrize("way", [by_rest, by_a_tool])
async def test_what_just_fits_is_done(user: Any, ids: dict[str, int], way: Way) -> None:
    changes = {"add_tags": ["a", "b", TAGS[1]], "remove_tags": [TAGS[0]], "note": "y" * 9}
    assert await way(user, {"filter": {}}, changes) == ""
    assert await content(user) == [
        ([*TAGS[1:], "a", "b"], "y" * 9),
        (["a", "b", TAGS[1]], LINE + "\n" + "y" * 9),
        (["a", "b", TAGS[1]], "y" * 9),
    ]


async def test_of_many_the_first_are_named(user: Any) -> None:
    for number in range(12):
        await user.http.post(user.path(), json={"title": f"Task {number}", "tags": TAGS})
    refused = await by_rest(user, {"filter": {}}, {"add_tags": ["a", "b"]})
    assert refused.count("(#") == 10
    assert " and 2 more cannot take more" in refused


async def test_the_assistant_names_them_too(user: Any, ids: dict[str, int]) -> None:
    before = await content(user)
    asked = await user.send("POST", "chat", json={"message": "tag all my tasks with far and near"})
    assert asked["response"].endswith("Shall I go ahead?")
    said = {"message": "yes", "conversation_id": asked["conversation_id"]}
    refused = await user.send("POST", "chat", json=said)
    assert f"“Tagged” (#{ids['tagged']}) cannot take more" in refused["response"]
    assert await content(user) == before

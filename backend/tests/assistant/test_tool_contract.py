"""What a language model is told of the tools: each kind of call with its arguments, its result, and its errors.

The model is a server that speaks OpenAI's protocol and calls what the table says; the tools are the real ones.
"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from todo_backend.mcp_server.server import MAX_ERROR, MAX_LIST_BYTES

Told = dict[str, Any]


@pytest.fixture(scope="module")
async def served(openai_server: Any, serve: Any, settings: Any) -> AsyncIterator[Any]:
    model = {"assistant_provider": "openai", "openai_api_key": SecretStr("sk-test"), "openai_model": "some-model"}
    async with serve(settings.model_copy(update=model | {"openai_base_url": openai_server.url})) as live:
        yield live


class Model:
    """Calls tools in turns of a person's chat; gives what it was told of them."""

    def __init__(self, server: Any, script: Any, http: Any) -> None:
        self.server, self.script, self.http = server, script, http

    async def call(self, *calls: tuple[str, dict[str, Any]]) -> list[str]:
        self.server.asked.clear()
        self.server.steps = [self.script.use(list(calls)), self.script.say("Done.")]
        answer = await self.http.post("/api/me/chat", json={"message": "do it"})
        assert answer.status_code == 200, answer.text
        _, _, last = self.server.asked[-1]
        outputs = [item["content"] for item in last["messages"] if item["role"] == "tool"]
        return [text if isinstance(text, str) else text[0]["text"] for text in outputs]

    async def ask(self, tool: str, **arguments: Any) -> Told:
        [told] = await self.call((tool, arguments))
        result: Told = json.loads(told)
        return result


@pytest.fixture
async def model(served: Any, openai_server: Any, script: Any, user: Any) -> AsyncIterator[Model]:
    async with served.client(user) as http:
        yield Model(openai_server, script, http)


@pytest.fixture
async def ids(user: Any) -> dict[str, int]:
    """Tasks of each kind: one that repeats, one with an open subtask, one that was deleted, two others."""
    made = {}
    for title, more in {
        "milk": {"tags": ["shop"], "priority": "high"},
        "bread": {"tags": ["shop"], "due_date": "2020-01-01"},
        "ferns": {"recurrence": {"words": "every monday"}},
        "trip": {},
        "gone": {},
    }.items():
        made[title] = (await user.send("POST", "tasks", json={"title": title, **more}))["id"]
    made["pack"] = (await user.send("POST", "tasks", json={"title": "pack", "parent_id": made["trip"]}))["id"]
    await user.send("DELETE", f"tasks/{made['gone']}")
    return made


def titles(tasks: list[Told]) -> set[str]:
    return {task["title"] for task in tasks}


# The arguments, where "{milk}" is that task's number, and what is to be true of the result.
CALLS: list[tuple[str, dict[str, Any], Callable[[Told], bool]]] = [
    ("add_task", {"title": "Call Ana"}, lambda told: (told["status"], told["title"]) == ("created", "Call Ana")),
    (
        "add_task",
        {"title": "Gym", "recurrence": "every tuesday", "due_time": "18:30", "tags": ["#Sport"], "priority": "low"},
        lambda told: (told["task"]["recurrence"]["rule"], told["task"]["tags"]) == ("FREQ=WEEKLY;BYDAY=TU", ["sport"]),
    ),
    ("add_task", {"title": "Eggs", "parent_id": "{milk}"}, lambda told: told["task"]["parent_title"] == "milk"),
    ("list_tasks", {}, lambda told: len(told["tasks"]) == 5),
    ("list_tasks", {"status": "pending", "tag": "shop"}, lambda told: titles(told["tasks"]) == {"milk", "bread"}),
    (
        "list_tasks",
        {"due": ["overdue", "none"]},
        lambda told: titles(told["tasks"]) == {"bread", "milk", "trip", "pack"},
    ),
    ("list_tasks", {"due": "overdue"}, lambda told: titles(told["tasks"]) == {"bread"}),
    ("list_tasks", {"q": "mikl"}, lambda told: told["similar"] and titles(told["tasks"]) == {"milk"}),
    ("list_tasks", {"has_open_subtasks": True}, lambda told: titles(told["tasks"]) == {"trip"}),
    ("list_tasks", {"limit": 2}, lambda told: len(told["tasks"]) == 2 and told["next_cursor"] is not None),
    ("get_task", {"task_id": "{ferns}"}, lambda told: len(told["next_dates"]) == 3),
    ("complete_task", {"task_id": "{milk}"}, lambda told: (told["status"], told["next"]) == ("completed", None)),
    ("complete_task", {"task_id": "{ferns}"}, lambda told: told["next"]["title"] == "ferns"),
    (
        "complete_task",
        {"task_id": "{trip}", "open_subtasks": "complete"},
        lambda told: told["task"]["subtasks"] == {"done": 1, "total": 1},
    ),
    ("skip_task", {"task_id": "{ferns}"}, lambda told: told["task"]["recurrence"] is not None),
    ("update_task", {"task_id": "{milk}", "title": "oat milk"}, lambda told: told["title"] == "oat milk"),
    ("update_task", {"task_id": "{bread}", "clear": ["due_date"]}, lambda told: told["task"]["due_date"] is None),
    ("move_task", {"task_id": "{milk}", "to": "first"}, lambda told: told["status"] == "updated"),
    ("move_task", {"task_id": "{milk}", "after": "{trip}"}, lambda told: told["title"] == "milk"),
    ("delete_task", {"task_id": "{milk}"}, lambda told: told["status"] == "deleted"),
    ("count_tasks", {"filter": {"tag": ["shop"]}}, lambda told: told == {"count": 2}),
    (
        "update_tasks",
        {"filter": {"tag": ["shop"]}, "expected": 2, "changes": {"postpone_days": 1, "add_tags": ["late"]}},
        lambda told: (told["count"], len(told["tasks"])) == (2, 2),
    ),
    ("complete_tasks", {"task_ids": ["{milk}", "{bread}"]}, lambda told: told["words"] == "Completed 2 tasks"),
    ("delete_tasks", {"filter": {}, "expected": 5}, lambda told: told["count"] == 5),
    ("list_trash", {}, lambda told: (told["count"], titles(told["deleted"])) == (1, {"gone"})),
    ("restore_task", {"task_id": "{gone}"}, lambda told: told["status"] == "restored"),
    ("restore_tasks", {"everything": True}, lambda told: (told["status"], told["count"]) == ("restored", 1)),
    ("undo", {}, lambda told: (told["status"], titles(told["tasks"])) == ("undone", {"gone"})),
    ("list_changes", {"limit": 3}, lambda told: [change["kind"] for change in told["changes"]] == ["change"] * 3),
]


def filled(arguments: Any, ids: dict[str, int]) -> Any:
    match arguments:
        case dict():
            return {name: filled(value, ids) for name, value in arguments.items()}
        case list():
            return [filled(value, ids) for value in arguments]
        case str() if arguments.startswith("{"):
            return ids[arguments.strip("{}")]
    return arguments


@pytest.mark.parametrize(("tool", "arguments", "is_right"), CALLS)
async def test_a_call_does_what_it_says_and_tells_it(
    model: Model, ids: dict[str, int], tool: str, arguments: dict[str, Any], is_right: Callable[[Told], bool]
) -> None:
    told = await model.ask(tool, **filled(arguments, ids))
    assert is_right(told), told


async def test_undo_and_redo_are_about_the_whole_of_a_turn(model: Model, user: Any, ids: dict[str, int]) -> None:
    before = await user.send("GET", "tasks")
    await model.call(("add_task", {"title": "One"}), ("delete_tasks", {"task_ids": [ids["milk"], ids["bread"]]}))
    after = titles((await user.send("GET", "tasks"))["items"])
    assert (await model.ask("undo"))["count"] == 3
    assert titles((await user.send("GET", "tasks"))["items"]) == titles(before["items"])
    assert (await model.ask("redo"))["status"] == "redone"
    assert titles((await user.send("GET", "tasks"))["items"]) == after


async def test_each_tool_has_a_row_and_is_offered_with_its_arguments(model: Model) -> None:
    await model.call(("list_tasks", {}))
    offered = {tool["function"]["name"]: tool["function"] for tool in model.server.asked[0][2]["tools"]}
    assert {tool for tool, _, _ in CALLS} | {"redo"} == set(offered)
    for tool, arguments, _ in CALLS:
        assert set(arguments) <= set(offered[tool]["parameters"]["properties"])
        assert 10 < len(offered[tool]["description"]) < 200


REFUSED = [
    ("add_task", {"title": ""}, "title"),
    ("add_task", {"title": "x", "due_time": "10:00"}, "due_time needs a due_date"),
    ("add_task", {"title": "x", "recurrence": "every 5 minutes"}, "say how often"),
    ("add_task", {"title": "x", "tags": ["t"] * 21}, "at most 20 items"),
    ("add_task", {"title": "x", "z" * 20_000: 1}, "has no argument"),
    ("add_task", {"title": "x", "parent_id": "{pack}"}, "“pack”"),
    ("add_task", {"title": "x", "user_id": "somebody"}, "leave it out"),
    ("list_tasks", {"due": ["someday"]}, "due.0"),
    ("list_tasks", {"due": [f"day {number}" for number in range(2_000)]}, "due.0"),
    ("get_task", {"task_id": 1}, "Call list_tasks to see the ids"),
    ("complete_task", {"task_id": "{trip}"}, "open_subtasks=complete"),
    ("skip_task", {"task_id": "{milk}"}, "does not repeat"),
    ("move_task", {"task_id": "{milk}"}, "needs one of before, after and to"),
    ("restore_task", {"task_id": 1}, "list_trash shows them"),
    ("update_tasks", {"filter": {}, "expected": 3, "changes": {"title": "x"}}, "There are 5 such tasks, not 3"),
    ("update_tasks", {"filter": {}, "changes": {"add_tags": ["a"], "tags": ["b"]}}, "cannot be given together"),
    ("complete_tasks", {"filter": {"tag": ["x"] * 3, "colour": "red"}}, "colour"),
    ("delete_tasks", {}, "Give either task_ids or filter"),
    ("delete_tasks", {"task_ids": [10**9]}, "Nothing was changed"),
    ("delete_tasks", {"task_ids": ["1"] * 6_000}, "task_ids.0"),
    ("restore_tasks", {}, "give either task_ids or everything"),
    ("redo", {}, "nothing to redo"),
]


@pytest.mark.parametrize(("tool", "arguments", "words"), REFUSED, ids=[f"{row[0]}-{row[2][:20]}" for row in REFUSED])
async def test_an_error_says_what_to_do_in_few_words_and_nothing_is_done(
    model: Model, user: Any, ids: dict[str, int], tool: str, arguments: dict[str, Any], words: str
) -> None:
    before = await user.send("GET", "tasks")
    [told] = await model.call((tool, filled(arguments, ids)))
    assert words in told
    assert len(told) <= MAX_ERROR
    assert user.id not in told
    assert await user.send("GET", "tasks") == before


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("list_tasks", {"limit": 200}),
        ("update_tasks", {"filter": {}, "changes": {"priority": "high"}}),
        ("delete_tasks", {"filter": {}}),
        ("list_trash", {"limit": 200}),
        ("restore_tasks", {"everything": True}),
        ("undo", {}),
        ("list_changes", {"limit": 20}),
    ],
)
async def test_a_result_is_bounded_however_much_there_is(
    model: Model, user: Any, look_in: psycopg.Connection, tool: str, arguments: dict[str, Any]
) -> None:
    look_in.execute(
        """
        INSERT INTO tasks (user_id, title, description, deleted_at)
        SELECT %s, n || repeat('x', 190), repeat('y', 1000), CASE WHEN %s THEN now() END
        FROM generate_series(1, 150) AS n
        """,
        [user.id, tool in ("list_trash", "restore_tasks")],
    )
    if tool in ("undo", "list_changes"):
        await user.send("POST", "tasks/bulk", json={"which": {"filter": {}}, "changes": {"priority": "low"}})
    [told] = await model.call((tool, arguments))
    assert json.loads(told)
    assert len(told.encode()) <= MAX_LIST_BYTES

"""Subtasks: one level, with their progress, which goes and comes with the parent, whichever way one takes."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from todo_backend.app import Resources
from todo_backend.tasks.origin import EntryPoint, Origin
from todo_backend.tasks.schemas import TaskPatch


class Person:
    """Somebody who changes tasks by REST, or by MCP, and looks at all of them."""

    def __init__(self, user: Any) -> None:
        self.user = user

    async def ask(self, method: str, path: str, **options: Any) -> Any:
        return await self.user.http.request(method, f"/api/{self.user.id}/{path}", **options)

    async def send(self, method: str, path: str, **options: Any) -> Any:
        answer = await self.ask(method, path, **options)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def tool(self, name: str, **arguments: Any) -> Any:
        request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        accept = {"Accept": "application/json, text/event-stream"}
        result = (await self.user.http.post("/mcp", json=request, headers=accept)).json()["result"]
        return result["content"][0]["text"] if result["isError"] else result["structuredContent"]

    async def add(self, title: str, **fields: Any) -> int:
        return int((await self.send("POST", "tasks", json={"title": title, **fields}))["id"])

    async def family(self, title: str, *subtasks: str, **fields: Any) -> tuple[int, ...]:
        parent = await self.add(title, **fields)
        return parent, *[await self.add(subtask, parent_id=parent) for subtask in subtasks]

    async def change(self, task_id: int, **fields: Any) -> Any:
        return await self.send("PATCH", f"tasks/{task_id}", json=fields)

    async def get(self, task_id: int) -> dict[str, Any]:
        found: dict[str, Any] = await self.send("GET", f"tasks/{task_id}")
        return found

    async def tasks(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.send("GET", f"tasks?limit=200&order=asc{query}"))["items"]
        return found

    async def outline(self, query: str = "") -> list[str]:
        """Each task: "Groceries 1/2", "Groceries > Eggs x"."""
        return [told(task) for task in await self.tasks(query)]

    async def undo(self, **body: Any) -> Any:
        return await self.ask("POST", "undo", json=body or None)

    async def words(self) -> list[str]:
        return [change["words"] for change in (await self.send("GET", "changes"))["items"]]


def told(task: dict[str, Any]) -> str:
    progress = f" {task['subtasks']['done']}/{task['subtasks']['total']}" if "subtasks" in task else ""
    parent = f"{task['parent_title']} > " if task["parent_id"] else ""
    return f"{parent}{task['title']}{progress}{' x' if task['completed'] else ''}"


@pytest.fixture
def person(user: Any) -> Person:
    return Person(user)


@pytest.fixture
def other(other_user: Any) -> Person:
    return Person(other_user)


ALL = ["Groceries 1/2", "Groceries > Eggs x", "Groceries > Milk", "Call Ana"]


async def shopping(person: Person) -> tuple[int, ...]:
    groceries, eggs, milk = await person.family("Groceries", "Eggs", "Milk", tags=["home"])
    await person.change(eggs, completed=True)
    return groceries, eggs, milk, await person.add("Call Ana")


async def test_a_list_tells_progress_and_parents_of_those_alone_that_have_them(person: Person) -> None:
    groceries, eggs, *_ = await shopping(person)
    found = await person.tasks()
    assert [told(task) for task in found] == ALL
    assert ["subtasks" in task for task in found] == [True, False, False, False]
    assert ["parent_title" in task for task in found] == [False, True, True, False]
    assert (await person.get(groceries))["subtasks"] == {"done": 1, "total": 2}
    assert (await person.get(eggs))["parent_title"] == "Groceries"


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", [0, 1, 2, 3]),
        ("&status=pending", [0, 2, 3]),
        ("&status=completed", [1]),
        ("&top_level=true", [0, 3]),
        ("&top_level=true&status=pending&sort=title", [3, 0]),
        ("&parent_id={0}", [1, 2]),
        ("&parent_id={0}&status=pending", [2]),
        ("&parent_id={3}", []),
        ("&parent_id=999999999", []),
        ("&has_open_subtasks=true", [0]),
        ("&has_open_subtasks=false", [1, 2, 3]),
        ("&q=milk", [2]),
        ("&tag=home", [0]),
    ],
)
async def test_filters_show_subtasks_as_the_tasks_that_they_are(person: Person, query: str, places: list[int]) -> None:
    ids = await shopping(person)
    assert await person.outline(query.format(*ids)) == [ALL[place] for place in places]
    arguments: dict[str, Any] = dict(part.split("=") for part in query.format(*ids).split("&") if part)
    for name in ("parent_id", "top_level", "has_open_subtasks"):
        if name in arguments:
            arguments[name] = json.loads(arguments[name])
    by_tool = (await person.tool("list_tasks", order="asc", **arguments))["tasks"]
    assert [task["id"] for task in by_tool] == [ids[place] for place in places]


async def test_pages_are_the_same_with_subtasks_in_between(person: Person) -> None:
    ids = await shopping(person)
    for sort in ("created", "title", "due_date", "priority"):
        found, cursor = [], ""
        while True:
            page = await person.send("GET", f"tasks?limit=1&sort={sort}{cursor}")
            found += [task["id"] for task in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert sorted(found) == sorted(ids)


MOVES: dict[str, tuple[str, Callable[[list[int]], dict[str, Any]], str | None]] = {
    # how it is refused: the task that is moved (none: a new one), below which, what is said
    "below a subtask": ("call", lambda ids: {"parent_id": ids[1]}, "a subtask cannot have subtasks"),
    "a new one below a subtask": ("", lambda ids: {"parent_id": ids[1]}, "a subtask cannot have subtasks"),
    "one with subtasks": (
        "groceries",
        lambda ids: {"parent_id": ids[3]},
        "has subtasks, so it cannot become a subtask",
    ),
    "below itself": ("call", lambda ids: {"parent_id": ids[3]}, "A task cannot be its own subtask"),
}


@pytest.mark.parametrize("name", MOVES)
async def test_a_second_level_is_refused_in_words(person: Person, name: str) -> None:
    ids = list(await shopping(person))
    which, fields, words = MOVES[name]
    before = await person.tasks()
    if which:
        task_id = ids[["groceries", "eggs", "milk", "call"].index(which)]
        answer = await person.ask("PATCH", f"tasks/{task_id}", json=fields(ids))
        by_tool = await person.tool("update_task", task_id=task_id, **fields(ids))
    else:
        answer = await person.ask("POST", "tasks", json={"title": "New", **fields(ids)})
        by_tool = await person.tool("add_task", title="New", **fields(ids))
    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_nest")
    assert words in answer.json()["detail"]
    assert words in by_tool
    assert await person.tasks() == before


async def test_a_parent_that_is_not_there_or_is_somebody_elses_is_not_found(person: Person, other: Person) -> None:
    theirs, mine, gone = await other.add("Theirs"), await person.add("Mine"), await person.add("Gone")
    await person.send("DELETE", f"tasks/{gone}")
    for parent_id in (theirs, gone, 999_999_999):
        for method, path in (("POST", "tasks"), ("PATCH", f"tasks/{mine}"), ("PUT", f"tasks/{mine}")):
            answer = await person.ask(method, path, json={"title": "New", "parent_id": parent_id})
            assert answer.status_code == 404, answer.text
            assert answer.json()["detail"] == f"parent_id: task {parent_id} was not found."
        assert f"task {parent_id} was not found" in await person.tool("add_task", title="New", parent_id=parent_id)
    assert await person.outline(f"&parent_id={theirs}") == []
    assert await person.outline() == ["Mine"]
    assert await other.outline() == ["Theirs"]


@pytest.mark.parametrize("value", ["1", 1.5, 0, True, [], 2**53])
async def test_a_parent_is_a_number(person: Person, value: object) -> None:
    for method, path in (("POST", "tasks"), ("PATCH", f"tasks/{await person.add('Task')}")):
        assert (await person.ask(method, path, json={"title": "New", "parent_id": value})).status_code == 422


async def test_tasks_are_moved_in_and_out(person: Person) -> None:
    *_, call = await shopping(person)
    groceries = (await person.tasks())[0]["id"]
    assert told(await person.change(call, parent_id=groceries)) == "Groceries > Call Ana"
    assert told(await person.get(groceries)) == "Groceries 1/3"
    assert (await person.words())[0] == f"Changed “Call Ana”: a subtask of #{groceries}"
    moved = await person.tool("update_task", task_id=call, clear=["parent_id"])
    assert (moved["task"]["parent_id"], moved["task"]["parent_title"]) == (None, None)
    assert (await person.words())[0] == "Changed “Call Ana”: no subtask any more"
    assert (await person.tool("update_task", task_id=call, parent_id=groceries))["task"]["parent_id"] == groceries
    await person.undo()
    await person.send("POST", "redo")
    assert told(await person.get(call)) == "Groceries > Call Ana"
    await person.send("PUT", f"tasks/{call}", json={"title": "Call Ana"})  # what is left out is as for a new task
    assert await person.outline() == ALL


async def test_several_are_moved_at_once(person: Person) -> None:
    groceries, *_, call = await shopping(person)
    more = await person.add("Call Bob")
    body = {"which": {"ids": [call, more]}, "changes": {"parent_id": groceries}}
    done = await person.send("POST", "tasks/bulk", json=body)
    assert [task["parent_title"] for task in done["tasks"]] == ["Groceries"] * 2
    assert (await person.get(groceries))["subtasks"] == {"done": 1, "total": 4}
    below = {"which": {"ids": [groceries]}, "changes": {"parent_id": await person.add("Other")}}
    refused = await person.ask("POST", "tasks/bulk", json=below)
    assert (refused.status_code, refused.json()["code"]) == (409, "cannot_nest")


async def test_a_subtask_does_not_repeat_by_itself(person: Person) -> None:
    groceries, *_ = await shopping(person)
    weekly = await person.add("Weekly", recurrence={"words": "every week"})
    both = {"parent_id": groceries, "recurrence": {"words": "every week"}}
    for method, path, body, status in (
        ("POST", "tasks", {"title": "New", **both}, 422),
        ("PATCH", f"tasks/{weekly}", both, 422),
        ("PATCH", f"tasks/{weekly}", {"parent_id": groceries}, 409),
        ("PATCH", f"tasks/{(await person.add('Milk', parent_id=groceries))}", {"recurrence": {"words": "daily"}}, 409),
    ):
        answer = await person.ask(method, path, json=body)
        assert answer.status_code == status, answer.text
        assert "a subtask does not repeat by itself" in answer.json()["detail"]
    said = await person.tool("add_task", title="New", parent_id=groceries, recurrence="every week")
    assert "a subtask does not repeat by itself" in said


WAYS: dict[str, Callable[[Person, int, str | None], Any]] = {
    "toggled": lambda person, task_id, _: person.ask("PATCH", f"tasks/{task_id}/complete"),
    "completed": lambda person, task_id, how: person.ask(
        "PATCH", f"tasks/{task_id}/complete", json={"completed": True} | ({"open_subtasks": how} if how else {})
    ),
    "changed": lambda person, task_id, how: person.ask(
        "PATCH",
        f"tasks/{task_id}",
        json={"completed": True, "priority": "high"} | ({"open_subtasks": how} if how else {}),
    ),
    "replaced": lambda person, task_id, how: person.ask(
        "PUT",
        f"tasks/{task_id}",
        json={"title": "Groceries", "completed": True} | ({"open_subtasks": how} if how else {}),
    ),
    "in bulk": lambda person, task_id, how: person.ask(
        "POST",
        "tasks/bulk",
        json={
            "which": {"ids": [task_id]},
            "changes": {"completed": True, "priority": "low"} | ({"open_subtasks": how} if how else {}),
        },
    ),
}


@pytest.mark.parametrize("how", [None, "complete", "leave"])
@pytest.mark.parametrize("way", WAYS)
async def test_completing_a_parent_asks_what_becomes_of_open_subtasks(
    person: Person, way: str, how: str | None
) -> None:
    groceries, _, milk, _ = await shopping(person)
    before = await person.tasks()
    answer = await WAYS[way](person, groceries, how)
    if how is None or way == "toggled":
        assert (answer.status_code, answer.json()["code"]) == (409, "open_subtasks")
        assert "1 open subtask. Nothing was changed: give open_subtasks=complete" in answer.json()["detail"]
        assert way == "in bulk" or answer.json()["errors"] == [{"task_id": milk, "title": "Milk"}]
        assert await person.tasks() == before
        return
    assert answer.status_code == 200, answer.text
    assert await person.outline() == (
        ["Groceries 2/2 x", "Groceries > Eggs x", "Groceries > Milk x", "Call Ana"]
        if how == "complete"
        else ["Groceries 1/2 x", "Groceries > Eggs x", "Groceries > Milk", "Call Ana"]
    )
    assert (await person.get(milk))["priority"] == "none"
    shown = answer.json()["tasks"][0] if way == "in bulk" else answer.json()
    assert shown["subtasks"]["done"] == (2 if how == "complete" else 1)
    await person.undo()
    assert [told(task) for task in await person.tasks()] == [told(task) for task in before]
    await person.send("POST", "redo")
    assert (await person.outline())[0] == ("Groceries 2/2 x" if how == "complete" else "Groceries 1/2 x")


async def test_the_tools_ask_too(person: Person) -> None:
    groceries, *_ = await shopping(person)
    for tool, arguments in (("complete_task", {}), ("update_task", {"completed": True})):
        assert "has 1 open subtask" in await person.tool(tool, task_id=groceries, **arguments)
        left = await person.tool(tool, task_id=groceries, open_subtasks="leave", **arguments)
        assert left["task"]["subtasks"] == {"done": 1, "total": 2}
        await person.tool("undo")
        done = await person.tool(tool, task_id=groceries, open_subtasks="complete", **arguments)
        assert done["task"]["subtasks"] == {"done": 2, "total": 2}
        await person.tool("undo")


async def test_what_is_done_or_will_be_is_not_asked_about(person: Person) -> None:
    groceries, _, milk, _ = await shopping(person)
    body = {"which": {"filter": {"status": "pending"}}, "changes": {"completed": True}}
    assert (await person.send("POST", "tasks/bulk", json=body))["change"]["count"] == 3  # the subtask is among them
    await person.undo()
    await person.change(milk, completed=True)
    await person.change(groceries, completed=True)
    assert (await person.change(groceries, completed=True))["completed"]
    assert (await person.change(groceries, completed=False))["subtasks"] == {"done": 2, "total": 2}


DELETIONS: dict[str, Callable[[Person, int], Any]] = {
    "by id": lambda person, task_id: person.send("DELETE", f"tasks/{task_id}"),
    "in bulk": lambda person, task_id: person.send(
        "POST", "tasks/bulk", json={"which": {"filter": {"tag": ["home"]}}, "delete": True, "expected": 1}
    ),
    "by tool": lambda person, task_id: person.tool("delete_task", task_id=task_id),
}
RETURNS: dict[str, Callable[[Person, int], Any]] = {
    "by id": lambda person, task_id: person.send("POST", f"tasks/{task_id}/restore"),
    "of several": lambda person, task_id: person.send("POST", "trash/restore", json={"which": {"ids": [task_id]}}),
    "by tool": lambda person, task_id: person.tool("restore_task", task_id=task_id),
    "of all": lambda person, _: person.send("POST", "trash/restore", json={"which": {"all": True}}),
    "undo": lambda person, _: person.send("POST", "undo"),
}


@pytest.mark.parametrize("back", RETURNS)
@pytest.mark.parametrize("away", DELETIONS)
async def test_subtasks_go_and_come_with_their_parent(person: Person, away: str, back: str) -> None:
    groceries, *_ = await shopping(person)
    await DELETIONS[away](person, groceries)
    assert await person.outline() == ["Call Ana"]
    assert (await person.words())[0] == "Deleted 3 tasks"
    assert {task["title"] for task in (await person.send("GET", "trash"))["items"]} == {"Groceries", "Eggs", "Milk"}
    done = await RETURNS[back](person, groceries)
    assert await person.outline() == ALL
    if back == "by id":
        assert done["subtasks"] == {"done": 1, "total": 2}
    await person.undo()
    assert await person.outline() == (ALL[:3] if back == "undo" else ["Call Ana"])


async def test_what_was_deleted_before_its_parent_stays_in_the_trash(person: Person) -> None:
    groceries, eggs, *_ = await shopping(person)
    await person.send("DELETE", f"tasks/{eggs}")
    assert told(await person.get(groceries)) == "Groceries 0/1"
    await person.send("DELETE", f"tasks/{groceries}")
    assert told(await person.send("POST", f"tasks/{groceries}/restore")) == "Groceries 0/1"
    assert told(await person.send("POST", f"tasks/{eggs}/restore")) == "Groceries > Eggs x"
    assert await person.outline() == ALL


@pytest.mark.parametrize("many", [False, True])
async def test_a_subtask_whose_parent_stays_in_the_trash_comes_back_by_itself(person: Person, many: bool) -> None:
    groceries, _, milk, _ = await shopping(person)
    await person.send("DELETE", f"tasks/{groceries}")
    if many:
        await person.send("POST", "trash/restore", json={"which": {"ids": [milk]}})
    else:
        await person.send("POST", f"tasks/{milk}/restore")
    assert await person.outline() == ["Milk", "Call Ana"]
    await person.undo()
    await person.send("POST", f"tasks/{groceries}/restore")
    assert "Groceries > Eggs x" in await person.outline()


async def test_repetition_copies_subtasks_open_and_moves_their_dates_along(person: Person) -> None:
    parent = await person.add("Clean", due_date="2090-03-05", recurrence={"rule": "FREQ=WEEKLY"}, tags=["home"])
    floor = await person.add("Floor", parent_id=parent, due_date="2090-03-04", priority="high", tags=["x"])
    await person.add("Gone", parent_id=parent)
    await person.send("DELETE", f"tasks/{floor + 1}")
    await person.add("Windows", parent_id=parent)
    await person.change(floor, completed=True)
    done = await person.tool("complete_task", task_id=parent, open_subtasks="complete")
    assert done["next"]["subtasks"] == {"done": 0, "total": 2}
    assert done["task"]["subtasks"] == {"done": 2, "total": 2}
    following = await person.tasks(f"&parent_id={done['next']['id']}")
    assert [(task["title"], task["completed"], task["due_date"]) for task in following] == [
        ("Floor", False, "2090-03-11"),
        ("Windows", False, None),
    ]
    assert (following[0]["priority"], following[0]["tags"]) == ("high", ["x"])
    assert (await person.words())[0] == "Added 3 tasks and completed 2 tasks"
    await person.undo()
    assert await person.outline() == ["Clean 1/2", "Clean > Floor x", "Clean > Windows"]
    await person.send("POST", "redo")
    assert (await person.outline("&status=pending")) == ["Clean 0/2", "Clean > Floor", "Clean > Windows"]


async def test_several_that_repeat_get_each_their_own_subtasks(person: Person) -> None:
    for title in ("One", "Two", "Three"):
        parent = await person.add(title, due_date="2090-03-05", recurrence={"rule": "FREQ=WEEKLY"})
        await person.add(f"Part of {title}", parent_id=parent)
    body = {"which": {"filter": {"top_level": True}}, "changes": {"completed": True, "open_subtasks": "complete"}}
    await person.send("POST", "tasks/bulk", json=body)
    assert await person.outline("&status=pending") == [
        *(f"{title} 0/1" for title in ("One", "Two", "Three")),
        *(f"{title} > Part of {title}" for title in ("One", "Two", "Three")),
    ]


async def test_what_would_break_the_family_is_in_the_way_of_an_undo(person: Person, resources: Resources) -> None:
    """Though no field of the task that is put back was changed since."""
    made, later = Origin(EntryPoint.MCP), Origin(EntryPoint.MCP)
    parent, subtask = await person.family("Groceries", "Eggs")
    service, principal = resources.tasks, person.user.principal
    await service.update(principal, made, subtask, TaskPatch.model_validate({"parent_id": None}))
    await person.send("DELETE", f"tasks/{parent}")
    refused = await person.undo(change_id=str(made.batch))
    assert (refused.status_code, refused.json()["errors"]) == (409, [{"task_id": parent, "title": "Groceries"}])
    await person.send("POST", f"tasks/{parent}/restore")
    bag = await person.add("Bag")
    await service.update(principal, later, parent, TaskPatch.model_validate({"parent_id": bag}))
    refused = await person.undo(change_id=str(made.batch))
    assert (refused.status_code, refused.json()["errors"]) == (409, [{"task_id": parent, "title": "Groceries"}])
    await person.undo(change_id=str(later.batch))
    assert (await person.undo(change_id=str(made.batch))).status_code == 200
    assert await person.outline() == ["Groceries 0/1", "Groceries > Eggs", "Bag"]


async def test_what_got_a_subtask_since_is_not_unmade(person: Person) -> None:
    parent = await person.add("Groceries")
    [made] = (await person.send("GET", "changes"))["items"]
    subtask = await person.add("Eggs", parent_id=parent)
    refused = await person.undo(change_id=made["id"])
    assert (refused.status_code, refused.json()["errors"]) == (409, [{"task_id": subtask, "title": "Eggs"}])
    await person.undo()
    await person.undo()
    assert await person.outline() == []


async def test_a_completed_one_that_was_moved_since_does_not_repeat_again(person: Person) -> None:
    parent = await person.add("Home")
    weekly = await person.add("Clean", recurrence={"rule": "FREQ=WEEKLY"})
    await person.change(weekly, completed=True)
    [done, *_] = (await person.send("GET", "changes"))["items"]
    await person.change(weekly, parent_id=parent)
    assert (await person.undo(change_id=done["id"])).status_code == 409


STEPS: dict[str, Callable[[int, int], tuple[str, str, dict[str, Any] | None]]] = {
    "add": lambda one, _: ("POST", "tasks", {"title": "New"}),
    "add below": lambda one, _: ("POST", "tasks", {"title": "Below", "parent_id": one}),
    "move": lambda one, other: ("PATCH", f"tasks/{one}", {"parent_id": other}),
    "move out": lambda one, _: ("PATCH", f"tasks/{one}", {"parent_id": None}),
    "complete": lambda one, _: ("PATCH", f"tasks/{one}/complete", {"completed": True, "open_subtasks": "complete"}),
    "leave": lambda one, _: ("PATCH", f"tasks/{one}/complete", {"completed": True, "open_subtasks": "leave"}),
    "reopen": lambda one, _: ("PATCH", f"tasks/{one}/complete", {"completed": False}),
    "delete": lambda one, _: ("DELETE", f"tasks/{one}", None),
    "restore": lambda one, _: ("POST", f"tasks/{one}/restore", None),
    "restore all": lambda one, _: ("POST", "trash/restore", {"which": {"all": True}}),
    "delete all": lambda one, _: ("POST", "tasks/bulk", {"which": {"filter": {"top_level": True}}, "delete": True}),
    "undo": lambda one, _: ("POST", "undo", None),
    "redo": lambda one, _: ("POST", "redo", None),
}


@given(
    st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5), st.integers(0, 5)), min_size=4, max_size=14)
)
@settings(max_examples=20, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
async def test_whatever_is_done_the_rules_hold_and_progress_is_a_count(
    new_user: Any, look_in: psycopg.Connection, steps: list[tuple[str, int, int]]
) -> None:
    """Nothing fails but in words; each state is undone to the one before it."""
    person = Person(new_user())
    ids = [*await person.family("Parent", "Part"), await person.add("Other")]
    before = await person.outline()
    for name, one, other in steps:
        method, path, body = STEPS[name](ids[one % len(ids)], ids[other % len(ids)])
        answer = await person.ask(method, path, json=body)
        assert answer.status_code < 300 or answer.status_code in (404, 409), answer.text
        if answer.status_code == 201:
            ids.append(answer.json()["id"])
        found = {task["id"]: task for task in await person.tasks()}
        for task in found.values():
            assert task["parent_id"] is None or found[task["parent_id"]]["parent_id"] is None
            parts = [part for part in found.values() if part["parent_id"] == task["id"]]
            done = sum(part["completed"] for part in parts)
            assert task.get("subtasks") == ({"done": done, "total": len(parts)} if parts else None)
        after = await person.outline()
        if after != before and name not in ("undo", "redo"):
            assert (await person.undo()).status_code == 200
            assert await person.outline() == before
            await person.send("POST", "redo")
            assert await person.outline() == after
        before = after


async def test_moves_at_the_same_time_make_no_second_level(person: Person) -> None:
    """One of each pair comes first; the other one is refused."""
    for _ in range(3):
        one, two, three = [await person.add(title) for title in ("One", "Two", "Three")]
        answers = await asyncio.gather(
            person.ask("PATCH", f"tasks/{one}", json={"parent_id": two}),
            person.ask("PATCH", f"tasks/{two}", json={"parent_id": three}),
            person.ask("DELETE", f"tasks/{three}"),
            person.ask("POST", "tasks", json={"title": "Four", "parent_id": three}),
        )
        assert {answer.status_code for answer in answers} <= {200, 201, 204, 404, 409}
        found = {task["id"]: task for task in await person.tasks()}
        assert all(
            task["parent_id"] is None or found[task["parent_id"]]["parent_id"] is None for task in found.values()
        )


@pytest.mark.parametrize("second_level", ["UPDATE tasks SET parent_id = %(call)s WHERE id = %(groceries)s",
    "UPDATE tasks SET parent_id = %(eggs)s WHERE id = %(call)s",
    "UPDATE tasks SET deleted_at = now() WHERE id = %(groceries)s",
    "UPDATE tasks SET parent_id = id WHERE id = %(call)s"])  # fmt: skip
async def test_the_database_holds_the_rules_itself(
    person: Person, look_in: psycopg.Connection, second_level: Any
) -> None:
    groceries, eggs, _, call = await shopping(person)
    with pytest.raises(psycopg.errors.CheckViolation):
        look_in.execute(second_level, {"groceries": groceries, "eggs": eggs, "call": call})
    assert await person.outline() == ALL


async def test_what_goes_along_is_told_live_as_one_change(
    live: Any, user: Any, person: Person, listen: Callable[..., Any]
) -> None:
    groceries, eggs, milk, _ = await shopping(person)
    async with listen(live, user) as stream:
        await person.send("DELETE", f"tasks/{groceries}")
        [change] = await stream.changes()
        assert (change["count"], change["tasks"]) == (
            3,
            [{"task_id": task_id, "gone": True} for task_id in (groceries, eggs, milk)],
        )
        await person.send("POST", f"tasks/{milk}/restore")
        [change] = await stream.changes()
        assert change["tasks"] == [{"task_id": milk, "gone": False}]


async def test_a_purge_of_a_parent_takes_its_subtasks(person: Person, look_in: psycopg.Connection) -> None:
    groceries, *_ = await shopping(person)
    await person.send("DELETE", f"tasks/{groceries}")
    look_in.execute("DELETE FROM tasks WHERE id = %s", [groceries])
    assert (await person.send("GET", "trash"))["items"] == []

"""Tools that count and change many tasks at once: by the filter that lists take, all of them or none."""

from typing import Any

import pytest


@pytest.fixture
async def thirty(tools: Any) -> Any:
    """Thirty tasks, half of them tagged home, a third with a date, one that repeats."""
    for number in range(30):
        tags = ["home"] if number % 2 else ["work", "far"]
        dated = {"due_date": "2090-01-05"} if number % 3 == 0 else {}
        repeats = {"recurrence": "daily"} if number == 3 else {}
        await tools.ask("add_task", title=f"Errand {number}", tags=tags, **dated, **repeats)
    return tools


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ({}, 30),
        ({"tag": ["home"]}, 15),
        ({"tag": ["work", "far"]}, 15),
        ({"any_tag": ["work", "home"]}, 30),
        ({"due": ["none"]}, 20),
        ({"due": ["none", "overdue"]}, 20),
        ({"due": ["today", "tomorrow", "week"]}, 0),
        ({"due": ["today", "none"]}, 20),
        ({"due_from": "2090-01-05", "due_to": "2090-01-05", "tag": ["home"]}, 5),
        ({"repeats": True}, 1),
        ({"q": "errand 2"}, 11),
        ({"q": "erand"}, 0),
        ({"status": "completed"}, 0),
        ({"priority": ["high", "none"]}, 30),
    ],
)
async def test_tasks_are_counted_as_they_are_listed(thirty: Any, where: dict[str, Any], count: int) -> None:
    assert (await thirty.ask("count_tasks", filter=where))["count"] == count
    listed = await thirty.ask("list_tasks", limit=200, **where)
    assert len(listed["tasks"]) == count or listed["similar"]


async def test_many_are_changed_as_one(thirty: Any) -> None:
    home = {"tag": ["home"]}
    done = await thirty.ask("complete_tasks", filter=home, expected=15)
    assert done["words"] == "Added 1 task and completed 15 tasks"  # one repeats
    changes = {"add_tags": ["away"], "remove_tags": ["far"], "note": "by bus", "postpone_days": 2}
    changed = await thirty.ask("update_tasks", filter={"tag": ["work"]}, changes=changes)
    assert changed["count"] == 15
    [task] = (await thirty.ask("list_tasks", q="errand 0"))["tasks"]
    assert (task["tags"], task["description"], task["due_date"]) == (["work", "away"], "by bus", "2090-01-07")
    gone = await thirty.ask("delete_tasks", filter={"q": "by bus"}, expected=15)
    assert gone["words"] == "Deleted 15 tasks"
    for left in (15, 15, 0):
        await thirty.ask("undo")
        assert (await thirty.ask("count_tasks", filter=home | {"status": "completed"}))["count"] == left
    assert (await thirty.ask("count_tasks", filter={"status": "pending"}))["count"] == 30


async def test_many_are_changed_by_their_ids(thirty: Any) -> None:
    ids = [task["id"] for task in (await thirty.ask("list_tasks", limit=3))["tasks"]]
    changed = await thirty.ask("update_tasks", task_ids=ids, changes={"default_due_date": "2090-02-02"})
    dates = [task["due_date"] for task in (await thirty.ask("list_tasks", limit=3))["tasks"]]
    assert (changed["count"], sorted(dates)) == (2, ["2090-01-05", "2090-02-02", "2090-02-02"])
    assert "not found" in await thirty.refusal("delete_tasks", task_ids=[*ids, 10**9])
    assert (await thirty.ask("count_tasks", filter={}))["count"] == 30


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"filter": {}, "expected": 3}, "There are 30 such tasks, not 3. Nothing was changed."),
        ({}, "Give either task_ids or filter."),
        ({"filter": {}, "task_ids": [1]}, "Give either task_ids or filter."),
        ({"filter": {"colour": "red"}}, "colour"),
    ],
)
async def test_what_is_not_certain_changes_nothing(thirty: Any, arguments: dict[str, Any], told: str) -> None:
    for tool in ("complete_tasks", "delete_tasks"):
        assert told in await thirty.refusal(tool, **arguments)
    assert told in await thirty.refusal("update_tasks", changes={"title": "x"}, **arguments)
    both = {"tags": ["a"], "add_tags": ["b"]}
    assert "cannot be given together" in await thirty.refusal("update_tasks", filter={}, changes=both)
    assert (await thirty.ask("count_tasks", filter={"status": "pending"}))["count"] == 30


async def test_tasks_are_moved_and_listed_in_that_order(tools: Any) -> None:
    ids = [(await tools.ask("add_task", title=title))["task_id"] for title in "abc"]
    await tools.ask("move_task", task_id=ids[0], before=ids[2])
    listed = await tools.ask("list_tasks", sort="manual")
    assert [task["title"] for task in listed["tasks"]] == ["a", "c", "b"]
    assert "needs one of before, after and to" in await tools.refusal("move_task", task_id=ids[0])


async def test_what_becomes_of_open_subtasks_is_said_for_all_of_them(tools: Any) -> None:
    trips = [(await tools.ask("add_task", title=f"Trip {number}", tags=["trip"]))["task_id"] for number in range(2)]
    parts = [(await tools.ask("add_task", title="Pack", parent_id=trip))["task_id"] for trip in trips]
    group: dict[str, Any] = {"filter": {"tag": ["trip"], "top_level": True}, "expected": 2}
    assert "2 open subtasks" in await tools.refusal("complete_tasks", **group)
    changes = {"completed": True, "open_subtasks": "leave"}
    assert (await tools.ask("update_tasks", changes=changes, **group))["count"] == 2
    await tools.ask("undo")
    done = await tools.ask("complete_tasks", open_subtasks="complete", **group)
    assert (done["count"], {change["task_id"] for change in done["tasks"]}) == (4, {*trips, *parts})
    moved = await tools.ask("update_tasks", filter={"parent_id": trips[0]}, changes={"parent_id": None})
    assert [change["task"]["parent_id"] for change in moved["tasks"]] == [None]

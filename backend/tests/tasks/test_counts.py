"""What a place is said to have is what its list has, to a reader in any zone."""

import datetime as dt
from typing import Any

import httpx2
import pytest

from todo_backend.app import Resources
from todo_backend.db.pool import Connection
from todo_backend.tasks.origin import EntryPoint, Origin
from todo_backend.tasks.schemas import Task

from .some_drafts import some_drafts
from .test_lists import TAGS, ZONES, today_in


@pytest.fixture(scope="module")
async def busy(new_user: Any, resources: Resources) -> Any:
    """Somebody with open and completed tasks, dated in several zones, tagged; some are subtasks, some deleted."""
    person, origin = new_user(), Origin(EntryPoint.REST)
    made = [await resources.tasks.create(person.principal, origin, draft) for draft in some_drafts(60)]
    tasks = [Task.model_validate_json(document) for document in made]
    parent = await person.send("POST", "tasks", json={"title": "Parent"})
    nested = [task.id for task in tasks if task.recurrence is None][::3]
    nesting = {"which": {"ids": nested}, "changes": {"parent_id": parent["id"]}}
    await person.send("POST", "tasks/bulk", json=nesting)
    await person.send("POST", "tasks/bulk", json={"which": {"ids": [task.id for task in tasks[::5]]}, "delete": True})
    return person


async def lengths(person: Any, zone: str) -> dict[str, Any]:
    """How many tasks the lists of all places have."""

    async def length(query: str) -> int:
        return len((await person.send("GET", f"tasks?limit=200&time_zone={zone}&{query}"))["items"])

    tomorrow = today_in(zone) + dt.timedelta(days=1)
    return {
        "today": await length("status=pending&due=overdue&due=today"),
        "overdue": await length("status=pending&due=overdue"),
        "upcoming": await length(f"status=pending&due_from={tomorrow}"),
        "open": await length("status=pending"),
        "done": await length("status=completed"),
        "trash": (await person.send("GET", "trash"))["count"],
        "tags": {tag: await length(f"status=pending&tag={tag}") for tag in TAGS},
    }


@pytest.mark.parametrize("zone", ZONES)
async def test_each_place_counts_what_its_list_has(busy: Any, zone: str) -> None:
    before = after = None
    while before is None or before != after:  # a task may become due, or a day end, in between
        before = await busy.send("GET", "tasks/counts", headers={"X-Time-Zone": zone})
        listed = await lengths(busy, zone)
        after = await busy.send("GET", f"tasks/counts?time_zone={zone}")
    tags = before.pop("tags")
    assert listed.pop("tags") == {tag["tag"]: tag["open"] for tag in tags}
    assert tags == sorted(tags, key=lambda tag: (-tag["open"], tag["tag"]))
    assert before == listed
    assert min(listed.values()) > 0


async def test_it_is_one_question_to_the_database(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    execute = Connection.execute

    async def spy(connection: Connection, statement: Any, given: Any = None, **options: Any) -> Any:
        if (given or {}).get("user_id") == user.id:
            asked.append(statement)
        return await execute(connection, statement, given, **options)

    monkeypatch.setattr(Connection, "execute", spy)
    await user.send("GET", "tasks/counts")
    assert len(asked) == 1


async def test_others_tasks_are_not_counted(busy: Any, user: Any, anonymous: httpx2.AsyncClient) -> None:
    assert (await user.http.get(f"/api/{busy.id}/tasks/counts")).status_code == 403
    assert (await anonymous.get("/api/me/tasks/counts")).status_code == 401
    assert await user.send("GET", "tasks/counts") == dict.fromkeys(
        ("today", "overdue", "upcoming", "open", "done", "trash"), 0
    ) | {"tags": []}


@pytest.mark.parametrize("query", ["time_zone=", "time_zone=Mars", "status=pending"])
async def test_an_unknown_zone_or_filter_is_refused(user: Any, query: str) -> None:
    answer = await user.http.get(user.path(f"/counts?{query}"))
    assert (answer.status_code, query.partition("=")[0] in answer.json()["detail"]) == (422, True)

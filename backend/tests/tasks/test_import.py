"""What was exported comes back: the same tasks under other ids, as one change, and each that cannot be is named."""

import datetime as dt
import json
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from todo_backend.app import Resources
from todo_backend.tasks.imported import MOST_TASKS, MOST_TOLD, judge
from todo_backend.tasks.origin import EntryPoint, Origin
from todo_backend.tasks.schemas import Task

from .some_drafts import some_drafts

FUTURE = "2999-01-01T00:00:00+00:00"


@pytest.fixture(scope="module")
async def file(new_user: Any, resources: Resources) -> dict[str, Any]:
    """The export of somebody with tasks of all kinds: nested, moved, deleted, of series that one of them left."""
    person, origin, chance = new_user(), Origin(EntryPoint.REST), random.Random(1)
    made = [await resources.tasks.create(person.principal, origin, draft) for draft in some_drafts(60)]
    tasks = [Task.model_validate_json(document) for document in made]
    repeating = [task.id for task in tasks if task.recurrence is not None]
    for task_id in repeating[::2]:
        moved = {"due_date": "2027-05-05", "due_time": "17:00", "title": "Once only", "tags": ["x"], "scope": "this"}
        await person.send("PATCH", f"tasks/{task_id}", json=moved)
    *single, stays, goes = [task.id for task in tasks if task.recurrence is None]
    for parent, nested in ((stays, single[1::4]), (goes, single[3::4])):
        nesting = {"which": {"ids": nested}, "changes": {"parent_id": parent}}
        await person.send("POST", "tasks/bulk", json=nesting)
    await person.send("POST", "tasks/bulk", json={"which": {"ids": single[:6]}, "delete": True})
    await person.send("DELETE", f"tasks/{goes}")  # with its subtasks
    left = [task["id"] for task in (await person.send("GET", "tasks?limit=200"))["items"]]
    for _ in range(15):
        task_id, other = chance.sample(left, 2)
        where = chance.choice([{"before": other}, {"after": other}, {"to": "first"}, {"to": "last"}])
        await person.send("POST", f"tasks/{task_id}/move", json=where)
    told: dict[str, Any] = await person.send("GET", "export")
    return told


def task(**fields: Any) -> dict[str, Any]:
    """A task as a file has it."""
    written = "2026-11-01T10:00:00+00:00"
    plain = {"id": 1, "parent_id": None, "title": "Milk", "description": "", "priority": "none", "due_date": None}
    plain |= {"due_time": None, "time_zone": None, "tags": [], "recurrence": None, "rank": "1"}
    plain |= {"created_at": written, "updated_at": written, "completed_at": None, "deleted_at": None}
    return plain | fields


def a_file(*tasks: dict[str, Any]) -> dict[str, Any]:
    return {"format": "todo-stack", "version": 1, "tasks": list(tasks)}


def apart_from_ids(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tasks with their places in the order of creation for ids, and in that made by hand for ranks."""
    place = {task["id"]: number for number, task in enumerate(tasks)} | {None: None}
    by_hand = sorted(tasks, key=lambda task: (Decimal(task["rank"]), task["id"]))
    rank = {task["id"]: number for number, task in enumerate(by_hand)}
    return [
        task | {"id": place[task["id"]], "parent_id": place[task["parent_id"]], "rank": rank[task["id"]]}
        for task in tasks
    ]


async def test_nothing_is_lost_on_the_way_into_another_account(file: dict[str, Any], user: Any) -> None:
    assert {name for told in file["tasks"] for name in told if told[name]} == set(file["tasks"][0])
    assert any((told["recurrence"] or {}).get("usual") for told in file["tasks"])
    done = await user.send("POST", "import", json=file)
    assert (done["made"], done["refused_count"], done["refused"]) == (len(file["tasks"]), 0, [])
    assert done["change"]["count"] == done["made"]
    again = await user.send("GET", "export")
    assert apart_from_ids(again["tasks"]) == apart_from_ids(file["tasks"])
    assert {change["change_id"] for change in again["changes"]} == {done["change"]["id"]}


async def test_it_stands_beside_what_is_there_and_is_undone_as_one(file: dict[str, Any], user: Any) -> None:
    await user.send("POST", "tasks", json={"title": "Mine"})
    done = await user.send("POST", "import", json=file)
    listed = (await user.send("GET", "tasks?limit=200"))["items"]
    assert len(listed) == 1 + sum(told["deleted_at"] is None for told in file["tasks"])
    undone = await user.send("POST", "undo")
    assert (undone["change"]["subject"], undone["change"]["count"]) == (done["change"]["id"], done["made"])
    assert [told["title"] for told in (await user.send("GET", "tasks"))["items"]] == ["Mine"]
    await user.send("POST", "redo")
    assert (await user.send("GET", "tasks?limit=200"))["items"] != []


async def test_the_next_of_an_imported_series_is_like_the_series(user: Any) -> None:
    usual = {"title": "Rent", "due_date": "2090-01-05", "due_time": "09:30:00", "time_zone": "UTC"}
    kept = {"rule": "FREQ=MONTHLY", "words": "", "after_completion": False, "usual": usual}
    moved = {"due_date": "2090-01-07", "due_time": "12:00", "time_zone": "UTC"}
    await user.send("POST", "import", json=a_file(task(title="Rent, late", recurrence=kept, **moved)))
    (rent,) = (await user.send("GET", "tasks"))["items"]
    assert rent["recurrence"]["words"] == "every month"
    await user.send("PATCH", f"tasks/{rent['id']}/complete")
    following, _ = (await user.send("GET", "tasks"))["items"]
    assert (following["title"], following["due_date"], following["due_time"]) == ("Rent", "2090-02-05", "09:30")


async def test_one_request_is_done_once(user: Any) -> None:
    sent = {"json": a_file(task()), "headers": {"Idempotency-Key": uuid4().hex}}
    first, second = [await user.send("POST", "import", **sent) for _ in range(2)]
    assert first == second
    assert len((await user.send("GET", "tasks"))["items"]) == 1


async def test_nothing_has_happened_in_the_future(user: Any) -> None:
    times = dict.fromkeys(("created_at", "updated_at", "completed_at"), FUTURE)
    await user.send("POST", "import", json=a_file(task(**times)))
    (made,) = (await user.send("GET", "tasks"))["items"]
    assert all(dt.datetime.fromisoformat(made[name]) <= dt.datetime.now(dt.UTC) for name in times)


LONG_AGO = "2020-01-01T00:00:00Z"
NEVER = {"rule": "FREQ=DAILY", "words": "daily", "after_completion": False}
DATED = {"due_date": "2027-01-05", "time_zone": "UTC"}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "title: "),
    ({"title": "\u200b"}, "title: must not be blank"),
    ({"title": "a\x00b"}, "title: "),
    ({"title": 5}, "title: "),
    ({"description": "x" * 1001}, "description: "),
    ({"priority": "urgent"}, "priority: "),
    ({"due_date": "tomorrow"}, "due_date: must be a date"),
    ({"due_date": "2027-01-05"}, "due_date needs a time_zone"),
    ({"due_time": "10:00"}, "due_time and time_zone need a due_date"),
    ({"due_date": "2027-01-05", "time_zone": "Mars"}, "time_zone: "),
    ({"tags": ["x"] * 21}, "tags: "),
    ({"recurrence": NEVER}, "recurrence: only an open task"),
    ({"recurrence": {**NEVER, "rule": "FREQ=SECONDLY"}, **DATED}, "recurrence.rule: "),
    ({"recurrence": {**NEVER, "usual": {"due_date": "2027-01-05"}}, **DATED}, "recurrence.usual: needs due_date"),
    ({"recurrence": {**NEVER, "usual": {"title": None}}, **DATED}, "recurrence.usual: has fields with values"),
    ({"rank": "first"}, "rank: "),
    ({"created_at": "yesterday"}, "created_at: "),
    ({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at: "),
    ({"deleted_at": LONG_AGO}, "deleted_at: the trash keeps tasks for 30 days"),
    ({"colour": "red"}, "colour: "),
    ({"id": 2}, "id: another task before it has it"),
    ({"parent_id": 7}, "parent_id: a task cannot be its own subtask"),
    ({"parent_id": 99}, "parent_id: that task is not in the file"),
    ({"parent_id": 4}, "parent_id: that task is in the trash, or a subtask itself"),
    ({"parent_id": 3}, "parent_id: that task is in the trash, or a subtask itself"),
]


def beside_good_ones(**fields: Any) -> list[dict[str, Any]]:
    """Three good tasks, one with these fields, and one that is part of it."""
    deleted = dt.datetime.now(dt.UTC).isoformat()
    good = [task(id=2, title="Good"), task(id=3, title="Part", parent_id=2), task(id=4, deleted_at=deleted)]
    return [*good, task(id=7) | fields, task(id=8, title="Below", parent_id=7)]


@pytest.mark.parametrize(("fields", "reason"), REFUSED, ids=[str(fields)[:40] for fields, _ in REFUSED])
def test_a_task_that_cannot_be_made_is_refused_with_its_subtasks_alone(fields: dict[str, Any], reason: str) -> None:
    made, (first, below) = judge(beside_good_ones(**fields), dt.datetime.now(dt.UTC))
    title = fields.get("title", "Milk")
    assert (first.place, first.title) == (4, None if title == 5 else title.replace("\x00", "\ufffd"))
    assert first.reason.startswith(reason)
    assert (below.place, below.title) == (5, "Below")
    assert [told.id for told in made] == [2, 3, 4]


async def test_what_is_refused_is_told_and_the_rest_is_made(user: Any) -> None:
    done = await user.send("POST", "import", json=a_file(*beside_good_ones(title="", colour="\x00")))
    assert (done["made"], done["refused_count"]) == (3, 2)
    assert [(told["place"], told["title"]) for told in done["refused"]] == [(4, ""), (5, "Below")]
    assert {told["title"] for told in (await user.send("GET", "tasks"))["items"]} == {"Good", "Part"}
    assert (await user.send("GET", "trash"))["count"] == 1


async def test_where_nothing_is_made_there_is_no_change(user: Any) -> None:
    done = await user.send("POST", "import", json=a_file(*[{}] * (MOST_TOLD + 1)))
    assert (done["change"], done["made"], done["refused_count"], len(done["refused"])) == (None, 0, 101, MOST_TOLD)
    assert (await user.send("GET", "changes"))["items"] == []


def test_a_long_chain_of_refusals_is_followed_to_its_end() -> None:
    deleted = dt.datetime.now(dt.UTC).isoformat()
    chain = [task(id=number, parent_id=number + 1, deleted_at=deleted) for number in range(1, 1500)]
    made, refused = judge(chain, dt.datetime.now(dt.UTC))
    assert (made, len(refused)) == ([], len(chain))


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body | {"version": 2},
        lambda body: body | {"version": True},
        lambda body: body | {"format": "todoist"},
        lambda body: body | {"tasks": [1]},
        lambda body: {"tasks": body["tasks"]},
    ],
)
async def test_another_file_is_refused_as_a_whole(user: Any, change: Callable[[dict[str, Any]], Any]) -> None:
    assert (await user.http.post("/api/me/import", json=change(a_file(task())))).status_code == 422
    assert (await user.send("GET", "tasks"))["items"] == []


async def test_a_file_is_no_larger_than_any_body(user: Any) -> None:
    answer = await user.http.post("/api/me/import", json=a_file(task()) | {"changes": "x" * 1024 * 1024})
    assert answer.status_code == 413


async def test_a_file_of_nothing_but_empty_tasks_is_not_judged(user: Any) -> None:
    answer = await user.http.post("/api/me/import", json=a_file(*[{}] * (MOST_TASKS + 1)))
    assert (answer.status_code, str(MOST_TASKS) in answer.json()["detail"]) == (422, True)


def test_as_many_tasks_are_read_as_the_largest_body_holds() -> None:
    smallest = task(title="x", created_at="2026-11-01T10:00Z", updated_at="2026-11-01T10:00Z")
    assert len(json.dumps(smallest, separators=(",", ":"))) * MOST_TASKS > 1024 * 1024

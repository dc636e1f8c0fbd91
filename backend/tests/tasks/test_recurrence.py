"""Tasks that repeat: completing one opens the next in the same change, by whichever way it is completed."""

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from todo_backend.app import Resources
from todo_backend.language.recurrence import Recurrence, parse_rule
from todo_backend.tasks.origin import EntryPoint, Origin
from todo_backend.tasks.recurrence import following, kept

ZONE = "Europe/Berlin"
WEEKLY = {"rule": "FREQ=WEEKLY", "words": "every week", "after_completion": False}


def today() -> dt.date:
    """Asked anew by each test: a run may go past midnight."""
    return dt.datetime.now(ZoneInfo(ZONE)).date()


def day(ahead: int) -> str:
    return (today() + dt.timedelta(days=ahead)).isoformat()


class Person:
    """Somebody with tasks that repeat."""

    def __init__(self, user: Any) -> None:
        self.user = user

    async def send(self, method: str, path: str, expected: int = 200, **options: Any) -> Any:
        answer = await self.user.http.request(method, f"/api/me/{path}", **options)
        assert answer.status_code == expected, answer.text
        return answer.json() if answer.content else None

    async def add(self, title: str = "Water", **fields: Any) -> dict[str, Any]:
        fields = {"recurrence": {"rule": "FREQ=WEEKLY"}, "due_date": day(0), "time_zone": ZONE} | fields
        task: dict[str, Any] = await self.send("POST", "tasks", 201, json={"title": title, **fields})
        return task

    async def tasks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.send("GET", "tasks?limit=200&order=asc"))["items"]
        return [{name: value for name, value in task.items() if name != "updated_at"} for task in found]

    async def open(self) -> dict[str, Any]:
        """The one task that is open."""
        [task] = [task for task in await self.tasks() if not task["completed"]]
        return task

    async def complete(self, task_id: int) -> Any:
        return await self.send("PATCH", f"tasks/{task_id}/complete", json={"completed": True})


@pytest.fixture
def person(user: Any) -> Person:
    return Person(user)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"rule": "RRULE:FREQ=DAILY;BYDAY=MO"}, ("FREQ=WEEKLY;BYDAY=MO", "every Monday", False)),
        ({"words": "every other friday"}, ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every 2 weeks on Friday", False)),
        ({"words": "every 3 days after completion"}, ("FREQ=DAILY;INTERVAL=3", "every 3 days after completion", True)),
        ({"rule": "FREQ=DAILY", "after_completion": True}, ("FREQ=DAILY", "every day after completion", True)),
        ({"rule": "FREQ=DAILY", "words": "every month"}, ("FREQ=DAILY", "every day", False)),
    ],
)
async def test_a_task_repeats_by_a_rule_or_in_words(person: Person, given: Any, shown: tuple[str, str, bool]) -> None:
    task = await person.add(recurrence=given)
    assert task["recurrence"] == dict(zip(("rule", "words", "after_completion"), shown, strict=True))
    assert (await person.send("GET", f"tasks/{task['id']}"))["recurrence"] == task["recurrence"]


async def test_without_a_date_it_is_due_when_the_rule_comes_first(person: Person) -> None:
    task = await person.add(due_date=None, recurrence={"words": "every monday"})
    due = dt.date.fromisoformat(task["due_date"])
    assert due.weekday() == 0
    assert 0 <= (due - today()).days < 7
    assert task["time_zone"] == ZONE
    timed = await person.add(due_date=None, due_time="09:00", recurrence={"words": "every monday"})
    assert (timed["due_time"], dt.date.fromisoformat(timed["due_date"]).weekday()) == ("09:00", 0)
    body = {"title": "Water", "recurrence": {"words": "every tuesday"}, "due_time": "09:00"}
    replaced = await person.send("PUT", f"tasks/{timed['id']}", json=body)
    assert (replaced["due_time"], dt.date.fromisoformat(replaced["due_date"]).weekday()) == ("09:00", 1)
    plain = await person.add("Plain", due_date=None, recurrence=None)
    changed = await person.send("PATCH", f"tasks/{plain['id']}", json={"recurrence": {"words": "daily"}})
    assert changed["due_date"] is not None
    assert changed["recurrence"]["words"] == "every day"


Complete = Callable[[Person, int, Resources], Awaitable[Any]]


async def _toggle(person: Person, task_id: int, _: Resources) -> None:
    await person.send("PATCH", f"tasks/{task_id}/complete")


async def _set(person: Person, task_id: int, _: Resources) -> None:
    await person.complete(task_id)


async def _with_a_key(person: Person, task_id: int, _: Resources) -> None:
    await person.send("PATCH", f"tasks/{task_id}/complete", headers={"Idempotency-Key": uuid4().hex})


async def _patch(person: Person, task_id: int, _: Resources) -> None:
    await person.send("PATCH", f"tasks/{task_id}", json={"completed": True})


async def _put(person: Person, task_id: int, _: Resources) -> None:
    task = await person.send("GET", f"tasks/{task_id}")
    fields = ("title", "due_date", "due_time", "time_zone", "recurrence", "tags", "priority", "description")
    content = {name: task[name] for name in fields}
    await person.send("PUT", f"tasks/{task_id}", json=content | {"completed": True})


async def _bulk(person: Person, task_id: int, _: Resources) -> None:
    body = {"which": {"ids": [task_id]}, "changes": {"completed": True}}
    await person.send("POST", "tasks/bulk", json=body)


async def _bulk_by_filter(person: Person, task_id: int, _: Resources) -> None:
    body = {"which": {"filter": {"status": "pending"}}, "changes": {"completed": True}, "expected": 1}
    await person.send("POST", "tasks/bulk", json=body)


async def _by_a_tool(person: Person, task_id: int, resources: Resources) -> None:
    await resources.tasks.complete(person.user.principal, Origin(EntryPoint.MCP), task_id)


async def _by_chat(person: Person, task_id: int, _: Resources) -> None:
    answer = await person.send("POST", "chat", json={"message": f"mark task {task_id} as done"})
    assert "The next one is due" in answer["response"], answer["response"]


WAYS = [_toggle, _set, _with_a_key, _patch, _put, _bulk, _bulk_by_filter, _by_a_tool, _by_chat]


@pytest.mark.parametrize("complete", WAYS, ids=[way.__name__.strip("_") for way in WAYS])
async def test_completing_one_opens_the_next_in_the_same_change(
    person: Person, resources: Resources, complete: Complete
) -> None:
    """Undo takes both back, redo gives both again."""
    task = await person.add(tags=["home"], priority="high", description="all of them", due_time="23:59")
    before = await person.tasks()
    await complete(person, task["id"], resources)
    after = await person.tasks()
    done, following = after
    assert (done["id"], done["completed"], done["recurrence"]) == (task["id"], True, None)
    assert following["recurrence"] == WEEKLY
    assert (following["due_date"], following["due_time"], following["completed"]) == (day(7), "23:59", False)
    for name in ("title", "tags", "priority", "description", "time_zone"):
        assert following[name] == task[name]
    changes = (await person.send("GET", "changes"))["items"]
    assert (changes[0]["count"], len(changes)) == (2, 2)
    assert {event["action"] for event in changes[0]["tasks"]} == {"completed", "created"}
    await person.send("POST", "undo")
    assert await person.tasks() == before
    await person.send("POST", "redo")
    assert await person.tasks() == after
    await person.send("POST", "undo")
    assert await person.tasks() == before


async def test_what_does_not_repeat_takes_one_statement(person: Person, resources: Resources) -> None:
    """And no transaction of several round trips."""
    task = await person.add(recurrence=None)
    sent: list[str] = []
    connections = resources.tasks._connections

    class Listening:
        def connection(self) -> Any:
            return _listening(connections, sent)

    service = type(resources.tasks)(Listening())  # type: ignore[arg-type]
    await service.set_completed(person.user.principal, Origin(EntryPoint.REST), task["id"], completed=True)
    assert len(sent) == 1


def _listening(connections: Any, sent: list[str]) -> Any:
    @contextlib.asynccontextmanager
    async def held() -> Any:
        async with connections.connection() as connection:
            execute = connection.execute

            async def noted(query: str, *given: Any, **options: Any) -> Any:
                sent.append(query)
                return await execute(query, *given, **options)

            connection.execute = noted
            try:
                yield connection
            finally:
                del connection.execute

    return held()


async def test_a_repeated_request_opens_no_second_one(person: Person) -> None:
    task = await person.add()
    key = {"Idempotency-Key": uuid4().hex}
    answers = [
        await person.send("PATCH", f"tasks/{task['id']}/complete", json={"completed": True}, headers=key)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(await person.tasks()) == 2
    await person.complete(task["id"])
    assert len(await person.tasks()) == 2


async def test_completed_by_many_at_once_there_is_one_next(person: Person) -> None:
    task = await person.add()
    await asyncio.gather(*(person.complete(task["id"]) for _ in range(8)))
    assert len(await person.tasks()) == 2


async def test_many_are_completed_as_one_change(person: Person) -> None:
    for number in range(30):
        await person.add(f"Task {number}", recurrence={"rule": "FREQ=DAILY"} if number % 3 else None)
    body = {"which": {"filter": {}}, "changes": {"completed": True}, "expected": 30}
    changed = await person.send("POST", "tasks/bulk", json=body)
    assert (changed["change"]["count"], changed["change"]["words"]) == (50, "Added 20 tasks and completed 30 tasks")
    assert len(changed["tasks"]) == 20
    assert len(await person.tasks()) == 50
    await person.send("POST", "undo")
    assert [task["completed"] for task in await person.tasks()] == [False] * 30
    assert len([task for task in await person.tasks() if task["recurrence"]]) == 20


async def test_opened_again_it_is_a_task_by_itself_beside_the_next_one(person: Person) -> None:
    task = await person.add()
    await person.complete(task["id"])
    again = await person.send("PATCH", f"tasks/{task['id']}/complete", json={"completed": False})
    assert (again["completed"], again["recurrence"]) == (False, None)
    await person.complete(task["id"])
    assert (await person.open())["due_date"] == day(7)


async def test_after_completion_counts_from_the_day_it_was_done(person: Person) -> None:
    task = await person.add(due_date=day(-10), recurrence={"words": "every 3 days after completion"})
    await person.complete(task["id"])
    assert (await person.open())["due_date"] == day(3)


async def test_what_was_missed_is_passed_over(person: Person) -> None:
    """Without a time, today counts as done; the rhythm stays."""
    task = await person.add(due_date=day(-10), recurrence={"rule": "FREQ=DAILY;INTERVAL=4"})
    await person.complete(task["id"])
    assert (await person.open())["due_date"] == day(2)


async def test_done_before_its_day_the_next_one_is_after_that_day(person: Person) -> None:
    task = await person.add(due_date=day(5))
    await person.complete(task["id"])
    assert (await person.open())["due_date"] == day(12)


async def test_the_last_one_ends_it(person: Person) -> None:
    task = await person.add(recurrence={"rule": "FREQ=DAILY;COUNT=2"})
    await person.complete(task["id"])
    following = await person.open()
    assert following["recurrence"]["rule"] == "FREQ=DAILY;COUNT=1"
    await person.complete(following["id"])
    assert all(task["completed"] for task in await person.tasks())
    until = await person.add(recurrence={"words": f"every week until {day(6)}"})
    await person.complete(until["id"])
    assert all(task["completed"] for task in await person.tasks())


async def test_a_completed_one_that_repeats_is_made_with_its_next(person: Person) -> None:
    task = await person.add(completed=True)
    assert (task["completed"], task["recurrence"]) == (True, None)
    assert (await person.open())["due_date"] == day(7)


async def test_one_can_be_skipped(person: Person) -> None:
    task = await person.add(recurrence={"rule": "FREQ=WEEKLY;COUNT=2"})
    skipped = await person.send("POST", f"tasks/{task['id']}/skip")
    assert (skipped["due_date"], skipped["completed"]) == (day(7), False)
    assert skipped["recurrence"]["rule"] == "FREQ=WEEKLY;COUNT=1"
    problem = await person.send("POST", f"tasks/{task['id']}/skip", 409)
    assert problem["code"] == "nothing_to_skip"
    assert problem["detail"] == "No date follows this one: complete or delete the task."
    await person.send("POST", "undo")
    assert (await person.open())["due_date"] == day(0)
    plain = await person.add(recurrence=None)
    assert "does not repeat" in (await person.send("POST", f"tasks/{plain['id']}/skip", 409))["detail"]
    await person.send("POST", f"tasks/{plain['id'] + 1}/skip", 404)


async def test_moving_one_leaves_the_others_where_they_are(person: Person) -> None:
    task = await person.add()
    moved = await person.send("PATCH", f"tasks/{task['id']}", json={"due_date": day(2)})
    assert moved["due_date"] == day(2)
    await person.complete(task["id"])
    assert (await person.open())["due_date"] == day(7)


async def test_all_can_be_moved(person: Person) -> None:
    task = await person.add()
    await person.send("PATCH", f"tasks/{task['id']}", json={"due_date": day(2), "scope": "all"})
    await person.complete(task["id"])
    assert (await person.open())["due_date"] == day(9)


async def test_what_stays_as_it_is_moves_nothing(person: Person) -> None:
    """One was moved; a change of all that repeats its date is not about the date."""
    task = await person.add()
    moved = await person.send("PATCH", f"tasks/{task['id']}", json={"due_date": day(2)})
    body = {name: moved[name] for name in ("due_date", "due_time", "time_zone")} | {"title": "Other", "scope": "all"}
    await person.send("PATCH", f"tasks/{task['id']}", json=body)
    await person.complete(task["id"])
    following = await person.open()
    assert (following["title"], following["due_date"]) == ("Other", day(7))


@pytest.mark.parametrize(("scope", "title"), [(None, "Other"), ("all", "Other"), ("this", "Water")])
async def test_other_changes_are_for_all_unless_said_so(person: Person, scope: str | None, title: str) -> None:
    task = await person.add(tags=["a", "b"])
    body = {"title": "Other", "tags": ["c"], "description": "new", "priority": "low"}
    await person.send("PATCH", f"tasks/{task['id']}", json=body | ({"scope": scope} if scope else {}))
    await person.complete(task["id"])
    following = await person.open()
    fields = tuple(following[name] for name in ("title", "tags", "description", "priority"))
    assert fields == (("Water", ["a", "b"], "", "none") if title == "Water" else ("Other", ["c"], "new", "low"))
    changes = (await person.send("GET", "changes"))["items"]
    assert "usual" not in str(changes)


async def test_to_save_what_is_there_changes_nothing(person: Person) -> None:
    task = await person.add(due_time="09:00")
    fields = {name: task[name] for name in ("title", "due_date", "due_time", "time_zone", "tags")}
    await person.send("PATCH", f"tasks/{task['id']}", json=fields)
    assert len((await person.send("GET", "changes"))["items"]) == 1


async def test_it_can_be_ended_and_begun(person: Person) -> None:
    task = await person.add()
    ended = await person.send("PATCH", f"tasks/{task['id']}", json={"recurrence": None})
    assert (ended["recurrence"], ended["due_date"]) == (None, day(0))
    changes = (await person.send("GET", "changes"))["items"]
    assert changes[0]["words"] == "Changed “Water”: does not repeat"
    await person.send("PATCH", f"tasks/{task['id']}", json={"recurrence": {"words": "daily"}})
    await person.complete(task["id"])
    assert (await person.open())["due_date"] == day(1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"recurrence": {"rule": "FREQ=SECONDLY"}}, "too often"),
        ({"recurrence": {"rule": "FREQ=DAILY;COUNT=1000000000"}}, "from 1 to 999"),
        ({"recurrence": {"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}}, "no such day"),
        ({"recurrence": {"rule": "FREQ=DAILY;UNTIL=20010101"}}, "ended on 2001-01-01"),
        ({"recurrence": {"words": "every full moon"}}, "is not understood"),
        ({"recurrence": {"words": "every 5 minutes"}}, "is not understood"),
        ({"recurrence": {"words": "monday"}}, "is not understood"),
        ({"recurrence": {}}, "needs a rule or words"),
        ({"recurrence": "FREQ=DAILY"}, "recurrence"),
    ],
)
async def test_what_cannot_repeat_is_refused_in_words(person: Person, fields: Any, words: str) -> None:
    problem = await person.send("POST", "tasks", 422, json={"title": "Water", **fields})
    assert words in problem["detail"]
    assert "recurrence" in problem["detail"]


async def test_a_task_that_repeats_keeps_its_date(person: Person) -> None:
    task = await person.add()
    problem = await person.send("PATCH", f"tasks/{task['id']}", 422, json={"due_date": None})
    assert "a task that repeats needs one" in problem["detail"]
    await person.send("PATCH", f"tasks/{task['id']}", json={"due_date": None, "recurrence": None})


async def test_a_completed_task_does_not_repeat(person: Person) -> None:
    task = await person.add(recurrence=None, completed=True)
    problem = await person.send("PATCH", f"tasks/{task['id']}", 422, json={"recurrence": {"words": "daily"}})
    assert "completed task does not repeat" in problem["detail"]


async def test_the_next_dates_are_told(person: Person) -> None:
    task = await person.add(recurrence={"rule": "FREQ=WEEKLY;COUNT=3"}, due_time="09:00")
    found = (await person.send("GET", f"tasks/{task['id']}/occurrences"))["items"]
    assert [date["due_date"] for date in found] == [day(7), day(14)]
    assert {date["due_time"] for date in found} == {"09:00"}
    assert len((await person.send("GET", f"tasks/{task['id']}/occurrences?limit=1"))["items"]) == 1
    plain = await person.add(recurrence=None)
    assert (await person.send("GET", f"tasks/{plain['id']}/occurrences"))["items"] == []
    await person.send("GET", f"tasks/{plain['id'] + 1}/occurrences", 404)


async def test_what_is_previewed_is_what_is_made(person: Person) -> None:
    line = {"text": "water plants every other friday at 9 #home", "time_zone": ZONE}
    preview = await person.send("POST", "tasks/quick-add?preview=true", json=line)
    assert [(part["kind"], part["text"]) for part in preview["parts"]] == [
        ("repetition", "every other friday"),
        ("time", "at 9"),
        ("tag", "#home"),
    ]
    assert preview["task"]["recurrence"]["words"] == "every 2 weeks on Friday"
    made = await person.send("POST", "tasks/quick-add", 201, json=line | {"read_at": preview["read_at"]})
    assert {name: made[name] for name in preview["task"]} == preview["task"]
    following = (await person.send("GET", f"tasks/{made['id']}/occurrences?limit=3"))["items"]
    assert following == preview["next"]
    refused = line | {"refused": [{"start": 13, "end": 31}]}
    preview = await person.send("POST", "tasks/quick-add?preview=true", json=refused)
    assert preview["task"]["title"] == "Water plants every other friday at 9"
    assert preview["task"]["recurrence"] is None
    told = await person.send("POST", "tasks/quick-add?preview=true", json={"text": "stretch every 5 minutes"})
    assert told["not_repeated"] == "every 5 minutes"


@pytest.mark.parametrize(
    ("zone", "due", "at", "rule", "done", "next_due", "usual"),
    [
        # The clocks go forward on 2027-03-28 at 2:00 in Berlin: that day it is 3:30, and 2:30 again the day after.
        (ZONE, "2027-03-27", "02:30", "FREQ=DAILY", "2027-03-27T08:00+00:00", ("2027-03-28", "03:30"), "02:30:00"),
        (ZONE, "2027-03-27", "09:00", "FREQ=DAILY", "2027-03-27T12:00+00:00", ("2027-03-28", "09:00"), None),
        (ZONE, "2026-10-24", "02:30", "FREQ=DAILY", "2026-10-24T12:00+00:00", ("2026-10-25", "02:30"), None),
        (
            "America/New_York",
            "2027-03-13",
            "02:30",
            "FREQ=DAILY",
            "2027-03-13T20:00+00:00",
            ("2027-03-14", "03:30"),
            "02:30:00",
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-03",
            "02:15",
            "FREQ=DAILY",
            "2026-10-03T02:00+00:00",
            ("2026-10-04", "02:45"),
            "02:15:00",
        ),
        ("Asia/Karachi", "2026-11-28", "21:00", "FREQ=DAILY", "2026-11-28T20:00+00:00", ("2026-11-29", "21:00"), None),
        (ZONE, "2026-11-28", None, "FREQ=HOURLY;INTERVAL=6", "2026-11-28T09:20+00:00", ("2026-11-28", "12:00"), None),
    ],
)
def test_times_stay_on_the_wall_clock(
    zone: str, due: str, at: str | None, rule: str, done: str, next_due: tuple[str, str], usual: str | None
) -> None:

    recurrence = json.loads(kept(Recurrence(parse_rule(rule))))
    task = {"recurrence": recurrence, "due": {"due_date": due, "due_time": at, "time_zone": zone}}
    found = following(task, dt.datetime.fromisoformat(done))
    assert found is not None
    assert (found["due_date"], found["due_time"][:5]) == next_due
    assert found["recurrence"].get("usual", {}).get("due_time") == usual
    if usual:
        day_after = dt.datetime.fromisoformat(f"{next_due[0]}T22:00+00:00")
        again = following({"recurrence": found["recurrence"], "due": {**found}}, day_after)
        assert again is not None
        assert again["due_time"] == usual

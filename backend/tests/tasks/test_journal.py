"""Every change is noted and can be undone, as a whole, step by step, and done again."""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from todo_backend.app import Resources
from todo_backend.core.settings import DatabaseSettings
from todo_backend.db.migrate import migrate
from todo_backend.tasks.history_repository import _CHANGES, NEWEST
from todo_backend.tasks.journal import CHANGES_ARE_KEPT
from todo_backend.tasks.origin import EntryPoint, Origin
from todo_backend.tasks.schemas import TaskCreate, TaskPatch

CONTENT = ("id", "title", "description", "completed", "priority", "due_date", "due_time", "time_zone", "tags")
CONTENT += ("created_at", "completed_at")


class Person:
    """Somebody who changes tasks by REST and looks at all of them."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.send = user.send

    async def add(self, title: str, **fields: Any) -> int:
        return int((await self.send("POST", "tasks", json={"title": title, **fields}))["id"])

    async def tasks(self) -> list[dict[str, Any]]:
        """What a person sees of their tasks, in the order in which they were made."""
        found = (await self.send("GET", "tasks?limit=200&order=asc"))["items"]
        return [{name: task[name] for name in CONTENT} for task in found]

    async def undo(self, **body: Any) -> dict[str, Any]:
        done: dict[str, Any] = await self.send("POST", "undo", json=body or None)
        return done

    async def redo(self) -> dict[str, Any]:
        done: dict[str, Any] = await self.send("POST", "redo")
        return done

    async def refused(self, what: str, **body: Any) -> dict[str, Any]:
        """The problem with which an undo or a redo is refused."""
        answer = await self.user.http.post(f"/api/{self.user.id}/{what}", json=body or None)
        assert answer.status_code == 409, answer.text
        assert "retry-after" not in answer.headers
        problem: dict[str, Any] = answer.json()
        return problem

    async def changes(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.send("GET", f"changes{query}"))["items"]
        return found


@pytest.fixture
def person(user: Any) -> Person:
    return Person(user)


STEPS = {
    "rename": ("PATCH", "", {"title": "Renamed"}),
    "describe": ("PATCH", "", {"description": "line\nline"}),
    "date": ("PATCH", "", {"due_date": "2027-03-01", "due_time": "09:30", "time_zone": "Asia/Karachi"}),
    "move": ("PATCH", "", {"due_date": "2027-04-01"}),
    "undate": ("PATCH", "", {"due_date": None}),
    "rank": ("PATCH", "", {"priority": "high"}),
    "tag": ("PATCH", "", {"tags": ["b", "a"]}),
    "untag": ("PATCH", "", {"tags": []}),
    "several": ("PATCH", "", {"title": "Other", "completed": True, "tags": ["x"]}),
    "replace": ("PUT", "", {"title": "New", "due_date": "2027-01-01"}),
    "toggle": ("PATCH", "/complete", None),
    "complete": ("PATCH", "/complete", {"completed": True}),
    "delete": ("DELETE", "", None),
    "restore": ("POST", "/restore", None),
}


@pytest.mark.parametrize("name", STEPS)
async def test_each_change_can_be_undone_and_done_again(person: Person, name: str) -> None:
    task_id = await person.add("First", due_date="2027-01-01", due_time="10:00", tags=["a", "b"], priority="low")
    if name == "restore":
        await person.send("DELETE", f"tasks/{task_id}")
    before = await person.tasks()
    method, path, body = STEPS[name]
    await person.send(method, f"tasks/{task_id}{path}", json=body)
    after = await person.tasks()
    assert after != before
    undone = await person.undo()
    assert await person.tasks() == before
    assert (undone["change"]["kind"], undone["change"]["count"], undone["tasks"][0]["id"]) == ("undo", 1, task_id)
    assert (await person.redo())["change"]["kind"] == "redo"
    assert await person.tasks() == after


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(0, 9)),
            st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 9)),
            st.tuples(st.sampled_from(("undo", "redo")), st.just(0)),
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=25, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
async def test_as_many_undos_give_the_state_before_and_redos_give_it_back(
    new_user: Any, steps: list[tuple[str, int]]
) -> None:
    """After any steps, undos among them: each undo gives the state before a change, each redo the one after it."""
    person = Person(new_user())
    states, redoable, ids = [await person.tasks()], [], []
    for name, number in steps:
        if name == "undo" and len(states) > 1:
            await person.undo()
            redoable.append(states.pop())
        elif name == "redo" and redoable:
            await person.redo()
            states.append(redoable.pop())
        elif name in ("undo", "redo"):
            assert (await person.refused(name))["code"] == f"nothing_to_{name}"
        elif await _changes(person, name, number, ids):
            states.append(await person.tasks())
            redoable.clear()
        assert await person.tasks() == states[-1]
    for state in reversed(states[:-1]):
        await person.undo()
        assert await person.tasks() == state
    assert (await person.refused("undo"))["code"] == "nothing_to_undo"
    for state in states[1:]:
        await person.redo()
        assert await person.tasks() == state


async def _changes(person: Person, name: str, number: int, ids: list[int]) -> bool:
    """Make one step; whether it changed anything."""
    if name == "add":
        ids.append(await person.add(f"Task {number}", due_date="2027-01-01" if number % 2 else None))
        return True
    if not ids:
        return False
    before, method, (path, body) = await person.tasks(), STEPS[name][0], STEPS[name][1:]
    await person.user.http.request(method, person.user.path(f"/{ids[number % len(ids)]}{path}"), json=body)
    return await person.tasks() != before


async def test_a_deletion_can_be_undone_after_the_undo_of_a_restoration(person: Person) -> None:
    """Which puts the task into the trash at another moment."""
    task_id = await person.add("Task")
    await person.send("DELETE", f"tasks/{task_id}")
    await person.send("POST", f"tasks/{task_id}/restore")
    await person.undo()
    assert await person.tasks() == []
    await person.undo()
    assert len(await person.tasks()) == 1


async def test_a_batch_is_undone_as_a_whole(person: Person, resources: Resources) -> None:
    """Also where it changed one task several times."""
    service, principal, origin = resources.tasks, person.user.principal, Origin(EntryPoint.CHAT, "7")
    there = await person.add("There")
    before = await person.tasks()
    for number in range(25):
        await service.create(principal, origin, TaskCreate(title=f"New {number}"))
    await service.update(principal, origin, there, TaskPatch(title="Once"))
    await service.update(principal, origin, there, TaskPatch(title="Twice", completed=True))
    await service.set_completed(principal, origin, there, completed=False)
    after = await person.tasks()
    undone = await person.undo()
    assert (undone["change"]["count"], len(undone["tasks"])) == (26, 20)
    assert await person.tasks() == before
    await person.redo()
    assert await person.tasks() == after


async def test_a_batch_that_came_to_nothing_is_stepped_over(person: Person, resources: Resources) -> None:
    service, principal, origin = resources.tasks, person.user.principal, Origin(EntryPoint.CHAT, "7")
    task_id = await person.add("There")
    await service.set_completed(principal, origin, task_id, completed=True)
    await service.set_completed(principal, origin, task_id, completed=False)
    await person.undo()
    assert len(await person.tasks()) == 1
    await person.undo()
    assert await person.tasks() == []
    await person.redo()
    await person.redo()
    assert len(await person.tasks()) == 1
    assert (await person.refused("redo"))["code"] == "nothing_to_redo"


async def test_what_changed_since_is_a_conflict_that_names_the_tasks_and_changes_nothing(
    person: Person, resources: Resources
) -> None:
    origin = Origin(EntryPoint.MCP)
    ids = [await person.add(f"Task {number}") for number in range(3)]
    for task_id in ids:
        await resources.tasks.update(person.user.principal, origin, task_id, TaskPatch(priority="high", tags=["x"]))
    await person.send("PATCH", f"tasks/{ids[1]}", json={"priority": "low"})
    before = await person.tasks()
    problem = await person.refused("undo", change_id=str(origin.batch))
    assert problem["code"] == "changed_since"
    assert problem["detail"] == f"“Task 1” (#{ids[1]}) was changed since. Nothing was done."
    assert problem["errors"] == [{"task_id": ids[1], "title": "Task 1"}]
    assert await person.tasks() == before
    await person.undo()  # what is in its way
    assert (await person.undo(change_id=str(origin.batch)))["change"]["count"] == 3
    assert {task["priority"] for task in await person.tasks()} == {"none"}


@pytest.mark.parametrize("later", [{"title": "Other"}, {"completed": True}, {"tags": ["y"]}])
async def test_another_field_is_no_conflict(person: Person, later: dict[str, Any]) -> None:
    task_id = await person.add("Task")
    await person.send("PATCH", f"tasks/{task_id}", json={"priority": "high"})
    [newest, *_] = await person.changes()
    await person.send("PATCH", f"tasks/{task_id}", json=later)
    await person.undo(change_id=newest["id"])
    [task] = await person.tasks()
    assert task["priority"] == "none"
    assert {name: task[name] for name in later} == later


async def test_date_time_and_zone_are_one_thing(person: Person) -> None:
    """Without its date, a time would mean nothing."""
    task_id = await person.add("Task")
    await person.send("PATCH", f"tasks/{task_id}", json={"due_date": "2027-01-01"})
    [dated, *_] = await person.changes()
    await person.send("PATCH", f"tasks/{task_id}", json={"due_time": "10:00"})
    assert (await person.refused("undo", change_id=dated["id"]))["code"] == "changed_since"


async def test_an_undone_change_is_not_undone_again(person: Person) -> None:
    await person.add("Task")
    [made] = await person.changes()
    await person.undo(change_id=made["id"])
    for change_id in (made["id"], str(uuid4())):
        assert (await person.refused("undo", change_id=change_id))["code"] == "nothing_to_undo"
    await person.redo()
    await person.undo(change_id=made["id"])
    assert await person.tasks() == []


async def test_a_change_ends_what_can_be_done_again(person: Person) -> None:
    await person.add("One")
    await person.undo()
    await person.add("Two")
    assert (await person.refused("redo"))["code"] == "nothing_to_redo"


async def test_a_task_that_is_gone_for_good_is_a_conflict(person: Person, look_in: psycopg.Connection) -> None:
    task_id = await person.add("Gone")
    await person.send("DELETE", f"tasks/{task_id}")
    look_in.execute("DELETE FROM tasks WHERE id = %s", [task_id])
    problem = await person.refused("undo")
    assert (problem["code"], problem["errors"][0]["task_id"]) == ("changed_since", task_id)


async def test_undone_twice_at_the_same_time_two_changes_are_undone(person: Person) -> None:
    for number in range(6):
        await person.add(f"Task {number}")
    await asyncio.gather(*(person.undo() for _ in range(4)))
    assert [task["title"] for task in await person.tasks()] == ["Task 0", "Task 1"]


async def test_undone_under_one_key_it_is_undone_once(person: Person) -> None:
    for number in range(3):
        await person.add(f"Task {number}")
    once = {"headers": {"Idempotency-Key": "once"}}
    answers = [await person.send("POST", "undo", **once) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(await person.tasks()) == 2


async def test_what_was_deleted_by_undo_is_in_the_trash_from_then_on(person: Person, look_in: Any) -> None:
    task_id = await person.add("Task")
    look_in.execute("UPDATE task_events SET at = at - interval '29 days' WHERE task_id = %s", [task_id])
    await person.undo()
    [age] = look_in.execute("SELECT now() - deleted_at FROM tasks WHERE id = %s", [task_id]).fetchone()
    assert age < dt.timedelta(hours=1)


async def test_what_is_older_than_the_journal_stays(person: Person, look_in: psycopg.Connection) -> None:
    await person.add("Task")
    look_in.execute("UPDATE task_events SET at = at - %s WHERE user_id = %s", [CHANGES_ARE_KEPT, person.user.id])
    assert (await person.refused("undo"))["code"] == "nothing_to_undo"
    assert await person.changes() == []


async def test_an_account_takes_its_journal_with_it(person: Person, look_in: psycopg.Connection) -> None:
    await person.add("Task")
    look_in.execute('DELETE FROM "user" WHERE id = %s', [person.user.id])
    found = look_in.execute("SELECT FROM task_events WHERE user_id = %s", [person.user.id])
    assert found.fetchall() == []


async def test_what_stays_as_it_was_is_no_change(person: Person) -> None:
    task_id = await person.add("Task", completed=True)
    await person.send("PATCH", f"tasks/{task_id}/complete", json={"completed": True})
    await person.send("PATCH", f"tasks/{task_id}", json={"title": "Task"})
    await person.send("POST", f"tasks/{task_id}/restore")
    assert len(await person.changes()) == 1


async def test_changes_are_told_in_words_and_in_fields(person: Person) -> None:
    task_id = await person.add("Buy milk")
    for changes in (
        {"title": "Buy oat milk"},
        {"due_date": "2027-01-04", "due_time": "17:00", "priority": "high", "tags": ["home"], "description": "2 l"},
        {"completed": True},
        {"completed": False},
        {"due_date": None, "priority": "none", "tags": [], "description": ""},
    ):
        await person.send("PATCH", f"tasks/{task_id}", json=changes)
    await person.send("DELETE", f"tasks/{task_id}")
    await person.undo()
    found = await person.changes()
    assert [change["words"] for change in reversed(found)] == [
        "Added “Buy milk”",
        "Renamed “Buy milk” to “Buy oat milk”",
        "Changed “Buy oat milk”: due Mon 4 Jan 2027 at 17:00, high priority, tags #home, a new description",
        "Completed “Buy oat milk”",
        "Reopened “Buy oat milk”",
        "Changed “Buy oat milk”: no due date, no priority, no tags, no description",
        "Deleted “Buy oat milk”",
        "Undone: restored “Buy oat milk”",
    ]
    assert [change["undone"] for change in found] == [False, True, *[False] * 6]
    undo, deleted, *_, renamed, made = found
    assert (undo["subject"], undo["kind"], deleted["kind"]) == (deleted["id"], "undo", "change")
    assert made["tasks"][0]["before"] is None
    assert made["tasks"][0]["after"]["title"] == "Buy milk"
    [change] = renamed["tasks"]
    assert (change["before"], change["after"]) == ({"title": "Buy milk"}, {"title": "Buy oat milk"})
    assert {change["entry_point"] for change in found} == {"rest"}


async def test_changes_of_many_tasks_are_counted(person: Person, resources: Resources) -> None:
    origin = Origin(EntryPoint.CHAT, "7")
    for number in range(25):
        await resources.tasks.create(person.user.principal, origin, TaskCreate(title=f"New {number}"))
    await resources.tasks.delete(person.user.principal, origin, await person.add("Old"))
    # A change counts from its last event, whatever came between.
    [change, between] = await person.changes()
    assert (change["words"], change["count"], len(change["tasks"])) == ("Added 25 tasks and deleted 1 task", 26, 20)
    assert (change["entry_point"], change["source"], between["words"]) == ("chat", "7", "Added “Old”")
    assert await person.changes("?entry_point=mcp") == []


async def test_pages_of_changes_have_each_of_them_once(person: Person) -> None:
    for number in range(7):
        await person.add(f"Task {number}")
    seen, cursor = [], ""
    while True:
        page = await person.send("GET", f"changes?limit=3{cursor}")
        seen += [change["words"] for change in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [f"Added “Task {number}”" for number in reversed(range(7))]


async def test_others_changes_are_neither_seen_nor_undone(person: Person, other_user: Any) -> None:
    await person.add("Mine")
    [mine] = await person.changes()
    other = Person(other_user)
    assert await other.changes() == []
    assert (await other.refused("undo"))["code"] == "nothing_to_undo"
    assert (await other.refused("undo", change_id=mine["id"]))["code"] == "nothing_to_undo"
    assert len(await person.tasks()) == 1


async def test_the_page_is_known_by_what_the_frontend_says(person: Person) -> None:
    headers = {"X-Entry-Point": "page"}
    await person.send("POST", "tasks", json={"title": "x"}, headers=headers)
    await person.send("POST", "tasks/quick-add", json={"text": "y"}, headers=headers | {"X-Entry-Point": "chat"})
    assert [change["entry_point"] for change in await person.changes()] == ["rest", "page"]


def rows_in_vain(plan: Any) -> int:
    """How many rows, or pairs of them, were looked at and left out, in all steps of a plan that was carried out."""
    if isinstance(plan, list):
        return sum(map(rows_in_vain, plan))
    if not isinstance(plan, dict):
        return 0
    removed = sum(count for name, count in plan.items() if name.startswith("Rows Removed"))
    return removed * plan.get("Actual Loops", 1) + sum(map(rows_in_vain, plan.values()))


class TestBulk:
    """Any number of tasks, by ids or by a filter, at once: all of them or none, and undone as one."""

    @pytest.fixture
    def person(self, user: Any, look_in: psycopg.Connection, request: pytest.FixtureRequest) -> Person:
        look_in.execute(
            """
            INSERT INTO tasks (user_id, title, tags, due_date, time_zone)
            SELECT %s, 'Task ' || n, CASE WHEN n %% 2 = 0 THEN '{even}'::text[] ELSE '{}' END,
                   CASE WHEN n %% 3 = 0 THEN date '2026-01-01' END, CASE WHEN n %% 3 = 0 THEN 'UTC' END
            FROM generate_series(1, %s) AS n
            """,
            [user.id, getattr(request, "param", 100)],
        )
        return Person(user)

    async def digest(self, person: Person, look_in: psycopg.Connection) -> Any:
        """What all of a person's tasks are, in short."""
        fields = "id, title, description, priority, due_date, due_time, time_zone, tags, completed_at, deleted_at"
        query = (
            f"SELECT md5(string_agg(t::text, ' ' ORDER BY id)) FROM (SELECT {fields} FROM tasks WHERE user_id = %s) t"
        )
        return look_in.execute(query, [person.user.id]).fetchone()

    @pytest.mark.parametrize("person", [10_000], indirect=True)
    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ({"which": {"filter": {}}, "delete": True}, "Deleted 10000 tasks"),
            ({"which": {"filter": {"tag": ["even"]}}, "changes": {"completed": True}}, "Completed 5000 tasks"),
            (
                {"which": {"filter": {"due": ["overdue"]}}, "changes": {"due_date": "2027-01-04", "priority": "high"}},
                "Changed 3333 tasks",
            ),
        ],
    )
    async def test_ten_thousand_are_changed_and_undone_as_one(
        self, person: Person, look_in: psycopg.Connection, body: dict[str, Any], words: str
    ) -> None:
        before = await self.digest(person, look_in)
        done = await person.send("POST", "tasks/bulk", json=body)
        assert (done["change"]["words"], len(done["tasks"])) == (words, 20)
        after = await self.digest(person, look_in)
        assert after != before
        await person.undo()
        assert await self.digest(person, look_in) == before
        await person.redo()
        if "delete" not in body:  # a redone deletion is one of that moment
            assert await self.digest(person, look_in) == after
        assert [change["words"] for change in await person.changes()][-1] == words

    def test_changes_of_many_are_found_in_one_pass(self, new_database: Callable[[], str]) -> None:
        """Also while PostgreSQL's statistics know only of others' small ones."""
        url = new_database()
        assert migrate(DatabaseSettings(database_url=url))  # type: ignore[arg-type]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("""INSERT INTO "user" (id, name, email, "emailVerified")
                                  SELECT n, n, n || '@example.com', true FROM (VALUES ('few'), ('many')) AS n (n)""")
            note = """
                INSERT INTO task_events (user_id, batch, entry_point, task_id, before, after)
                SELECT %s, %s, 'rest', task, '{"title": "x"}', '{"title": "y"}' FROM generate_series(1, %s) AS task
            """
            connection.cursor().executemany(note, [("few", uuid4(), 1) for _ in range(50)])
            connection.execute("ANALYZE task_events")
            connection.cursor().executemany(note, [("many", uuid4(), 500) for _ in range(4)])
            given = {"user_id": "many", "before": NEWEST, "limit": 20, "entry_point": None, "kept": CHANGES_ARE_KEPT}
            [plan] = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {_CHANGES}", given).fetchone() or [None]
        assert rows_in_vain(plan) < 5 * 2000

    async def test_an_id_that_is_no_tasks_changes_nothing(self, person: Person, look_in: psycopg.Connection) -> None:
        before = await self.digest(person, look_in)
        ids = [task["id"] for task in await person.tasks()][:3]
        body = {"which": {"ids": [*ids, ids[0], 1]}, "delete": True}
        answer = await person.user.http.post(person.user.path("/bulk"), json=body)
        assert (answer.status_code, answer.json()["detail"]) == (
            404,
            "1 of these tasks were not found. Nothing was changed.",
        )
        assert await self.digest(person, look_in) == before
        body["which"]["ids"].pop()
        assert (await person.send("POST", "tasks/bulk", json=body))["change"]["count"] == 3

    async def test_more_or_fewer_than_expected_change_nothing(
        self, person: Person, look_in: psycopg.Connection
    ) -> None:
        before = await self.digest(person, look_in)
        body = {"which": {"filter": {"tag": ["even"]}}, "changes": {"priority": "low"}, "expected": 49}
        answer = await person.user.http.post(person.user.path("/bulk"), json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "other_count")
        assert await self.digest(person, look_in) == before
        body["expected"] = 50
        assert (await person.send("POST", "tasks/bulk", json=body))["change"]["count"] == 50

    async def test_a_rule_that_one_breaks_changes_none(self, person: Person, look_in: psycopg.Connection) -> None:
        before = await self.digest(person, look_in)
        body = {"which": {"filter": {}}, "changes": {"due_time": "10:00"}}
        answer = await person.user.http.post(person.user.path("/bulk"), json=body)
        assert (answer.status_code, answer.json()["detail"]) == (422, "due_time: needs a due_date")
        assert await self.digest(person, look_in) == before

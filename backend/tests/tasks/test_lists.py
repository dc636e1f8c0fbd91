"""Lists: whatever the filter, the order and the page size, the pages together are what a plain scan would give."""

import base64
import datetime as dt
import re
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from todo_backend.app import Resources
from todo_backend.auth.principal import Principal
from todo_backend.core.errors import Invalid
from todo_backend.language.fields import DueWindow, Order, Priority, Sort, Status
from todo_backend.tasks import cursor
from todo_backend.tasks.origin import EntryPoint, Origin
from todo_backend.tasks.schemas import RecurrenceInput, Task, TaskCreate, TaskFilter, TaskPage

ZONES = ["UTC", "Asia/Karachi", "America/Los_Angeles", "Pacific/Kiritimati"]
WORDS = ["milk", "Milkshake", "bread", "call", "Özge", "it's", "50%", "back\\slash", "a_b", "ΑΒΓ"]
TAGS = ["home", "work", "errand"]
RANKS = list(Priority)


def today_in(zone: str) -> dt.date:
    return dt.datetime.now(ZoneInfo(zone)).date()


@st.composite
def drafts(draw: st.DrawFn) -> TaskCreate:
    dated = draw(st.booleans())
    repeats = draw(st.booleans()) and draw(st.booleans())
    return TaskCreate(
        title=" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))),
        description=draw(st.sampled_from(["", "with oat milk", "see notes"])),
        priority=draw(st.sampled_from(RANKS)),
        due_date=today_in("UTC") + dt.timedelta(days=draw(st.integers(-4, 9))) if dated else None,
        due_time=draw(st.none() | st.times()) if dated else None,
        time_zone=draw(st.sampled_from(ZONES)) if dated else None,
        tags=draw(st.lists(st.sampled_from(TAGS), max_size=2, unique=True)),
        recurrence=RecurrenceInput(rule="FREQ=DAILY") if repeats else None,
        completed=not repeats and draw(st.booleans()),
    )


filters = st.builds(
    TaskFilter,
    status=st.sampled_from(Status),
    priority=st.lists(st.sampled_from(RANKS), max_size=2, unique=True),
    tag=st.lists(st.sampled_from(TAGS), max_size=2, unique=True),
    any_tag=st.lists(st.sampled_from(TAGS), max_size=2, unique=True),
    repeats=st.none() | st.booleans(),
    q=st.sampled_from(["", "", "mil", "MILK bread", "it's", "50%", "back\\sl", "özg", "αβ", "!!", "' | 'x"]),
    due=st.lists(st.sampled_from(DueWindow), max_size=2),
    due_from=st.none() | st.integers(-3, 3).map(lambda days: today_in("UTC") + dt.timedelta(days=days)),
    due_to=st.none() | st.integers(-3, 6).map(lambda days: today_in("UTC") + dt.timedelta(days=days)),
    time_zone=st.sampled_from(ZONES),
    sort=st.sampled_from(Sort),
    order=st.none() | st.sampled_from(Order),
    limit=st.integers(1, 7),
)


@pytest.fixture(scope="module")
async def many(new_user: Any, resources: Resources) -> tuple[Principal, list[Task]]:
    """A user with a hundred different tasks, and a neighbour with some that must never show."""
    from hypothesis import Phase

    owner, neighbour = new_user(), new_user()
    made: list[TaskCreate] = []

    @settings(max_examples=100, database=None, derandomize=True, phases=[Phase.generate])
    @given(drafts())
    def collect(draft: TaskCreate) -> None:
        made.append(draft)

    collect()
    origin = Origin(EntryPoint.REST)
    tasks = [Task.model_validate_json(await resources.tasks.create(owner.principal, origin, draft)) for draft in made]
    for draft in made[:10]:
        await resources.tasks.create(neighbour.principal, origin, draft)
    return owner.principal, tasks


def matches(task: Task, wanted: TaskFilter, now: dt.datetime) -> bool:
    """The plain meaning of a filter, without the text search."""
    zone = ZoneInfo(wanted.time_zone or "UTC")
    today = now.astimezone(zone).date()
    local = task.due_date
    if task.due_time is not None and task.due_at is not None:
        local = task.due_at.astimezone(zone).date()
    overdue = (
        not task.completed
        and task.due_at is not None
        and local is not None
        and (task.due_at < now if task.due_time is not None else local < today)
    )
    windows = {
        DueWindow.NONE: task.due_date is None,
        DueWindow.OVERDUE: overdue,
        DueWindow.TODAY: local == today,
        DueWindow.TOMORROW: local == today + dt.timedelta(days=1),
        DueWindow.WEEK: local is not None and today <= local <= today + dt.timedelta(days=6),
    }
    return (
        (wanted.status is Status.ALL or task.completed == (wanted.status is Status.COMPLETED))
        and (not wanted.priority or task.priority in wanted.priority)
        and set(wanted.tag) <= set(task.tags)
        and (not wanted.any_tag or not set(wanted.any_tag).isdisjoint(task.tags))
        and wanted.repeats in (None, task.recurrence is not None)
        and (not wanted.due or any(windows[window] for window in wanted.due))
        and (wanted.due_from is None or (local is not None and local >= wanted.due_from))
        and (wanted.due_to is None or (local is not None and local <= wanted.due_to))
    )


def sort_key(task: Task, sort: Sort) -> tuple[Any, int]:
    due = task.due_at or dt.datetime.max.replace(tzinfo=dt.UTC)
    keys: dict[Sort, Any] = {
        Sort.CREATED: task.id,
        Sort.DUE_DATE: due,
        Sort.PRIORITY: (-RANKS.index(task.priority), due),
        Sort.MANUAL: task.id,
    }
    return keys[sort], task.id


async def all_pages(resources: Resources, principal: Principal, wanted: TaskFilter) -> list[Task]:
    """Every task of a list, page by page; each page but the last is full."""
    tasks: list[Task] = []
    while True:
        page = TaskPage.model_validate_json(await resources.tasks.list(principal, wanted))
        tasks += page.items
        if page.next_cursor is None:
            return tasks
        assert len(page.items) == wanted.limit
        wanted = wanted.model_copy(update={"cursor": page.next_cursor})


@settings(max_examples=75)
@given(wanted=filters)
async def test_pages_hold_what_the_filter_means_in_order(
    many: tuple[Principal, list[Task]], resources: Resources, wanted: TaskFilter
) -> None:
    principal, tasks = many
    found = await all_pages(resources, principal, wanted)
    expected = [task for task in tasks if matches(task, wanted, dt.datetime.now(dt.UTC))]
    if wanted.q:
        expected = [task for task in expected if task.id in {one.id for one in found}]
    assert {task.id for task in found} == {task.id for task in expected}
    assert len(found) == len(expected)
    if wanted.sort is not Sort.TITLE:
        natural = Order.ASC if wanted.sort is Sort.DUE_DATE else Order.DESC
        descending = ((wanted.order or natural) is Order.DESC) != (wanted.sort is Sort.PRIORITY)
        assert found == sorted(found, key=lambda task: sort_key(task, wanted.sort), reverse=descending)


async def test_titles_are_in_the_order_of_a_dictionary_and_numbers_by_their_value(user: Any) -> None:
    right = ["2 eggs", "007 films", "10 eggs", "Äpfel", "Apple", "apple pie", "banana", "Ñandú", "Part 9", "part 10b"]
    right += ["Part 123456789012345678", "Résumé", "zoo"]
    for title in (*right[1::2], *right[::2]):
        await user.http.post(user.path(), json={"title": title})
    for order, titles in (("asc", right), ("desc", right[::-1])):
        answer = await user.http.get(user.path(), params={"sort": "title", "order": order})
        assert [task["title"] for task in answer.json()["items"]] == titles


async def test_what_matters_most_comes_first_and_of_that_what_is_due_first(user: Any) -> None:
    for title, fields in {
        "later": {"priority": "high", "due_date": "2027-02-02"},
        "none": {},
        "some day": {"priority": "high"},
        "soon": {"priority": "high", "due_date": "2027-02-01"},
        "low": {"priority": "low", "due_date": "2026-01-01"},
    }.items():
        await user.http.post(user.path(), json={"title": title, **fields})
    wanted = ["soon", "later", "some day", "low", "none"]
    for order, right in (("desc", wanted), ("asc", wanted[::-1])):
        answer = await user.http.get(user.path(), params={"sort": "priority", "order": order})
        assert [task["title"] for task in answer.json()["items"]] == right


async def test_a_page_goes_on_where_it_ended_whatever_happens_meanwhile(user: Any) -> None:
    for number in range(4):
        await user.http.post(user.path(), json={"title": f"Task {number}"})
    first = (await user.http.get(user.path(), params={"limit": 2})).json()
    assert [task["title"] for task in first["items"]] == ["Task 3", "Task 2"]
    await user.http.post(user.path(), json={"title": "Newer"})
    await user.http.delete(user.path(f"/{first['items'][1]['id']}"))
    second = (await user.http.get(user.path(), params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [task["title"] for task in second["items"]] == ["Task 1", "Task 0"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("character", ["a", "\u06a9", "😀", '"', "\x01"])
async def test_the_longest_titles_have_pages(user: Any, character: str) -> None:
    for number in range(3):
        await user.http.post(user.path(), json={"title": f"{character * 199}{number}"})
    found, cursor = [], {}
    for _ in range(3):
        page = (await user.http.get(user.path(), params={"sort": "title", "limit": 1} | cursor)).json()
        found += [task["title"][-1] for task in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert (found, page["next_cursor"]) == (["0", "1", "2"], None)


@pytest.mark.parametrize(
    ("due", "since", "found"), [("overdue", "2020-01-01", 1), ("overdue", "2021-01-01", 0), ("none", "2020-01-01", 0)]
)
async def test_a_window_and_a_range_narrow_the_list_together(user: Any, due: str, since: str, found: int) -> None:
    await user.http.post(user.path(), json={"title": "Long ago", "due_date": "2020-06-01"})
    await user.http.post(user.path(), json={"title": "Some day"})
    answer = await user.http.get(user.path(), params={"due": due, "due_from": since})
    assert len(answer.json()["items"]) == found


@pytest.mark.parametrize(
    ("due", "titles"),
    [
        (["overdue", "today"], ["Late", "Now"]),
        (["none", "overdue"], ["Late", "Some day"]),
        (["today", "today", "tomorrow"], ["Next", "Now"]),
        (["week"], ["Next", "Now"]),
        ([], ["Late", "Later", "Next", "Now", "Some day"]),
    ],
)
async def test_one_of_several_windows_is_enough_in_lists_and_bulk_changes(
    user: Any, due: list[str], titles: list[str]
) -> None:
    days = {"Late": -3, "Now": 0, "Next": 1, "Later": 30}
    for title, ahead in days.items():
        day = today_in("UTC") + dt.timedelta(days=ahead)
        await user.http.post(user.path(), json={"title": title, "due_date": day.isoformat()})
    await user.http.post(user.path(), json={"title": "Some day"})
    found = (await user.http.get(user.path(), params={"due": due, "sort": "title"})).json()["items"]
    assert [task["title"] for task in found] == titles
    body = {"which": {"filter": {"due": due}}, "delete": True, "expected": len(titles)}
    assert (await user.send("POST", "tasks/bulk", json=body))["change"]["count"] == len(titles)


@pytest.mark.parametrize("bound", [{"due_from": "0001-01-01"}, {"due_to": "9999-12-31"}])
async def test_the_widest_range_still_wants_a_date(user: Any, bound: dict[str, str]) -> None:
    await user.http.post(user.path(), json={"title": "Some day"})
    await user.http.post(user.path(), json={"title": "On a day", "due_date": "2027-03-05"})
    found = (await user.http.get(user.path(), params=bound)).json()["items"]
    assert [task["title"] for task in found] == ["On a day"]


async def test_a_cursor_of_another_order_is_refused(user: Any) -> None:
    for number in range(2):
        await user.http.post(user.path(), json={"title": f"Task {number}"})
    made = (await user.http.get(user.path(), params={"limit": 1})).json()["next_cursor"]
    answer = await user.http.get(user.path(), params={"sort": "title", "cursor": made})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("cursor:")


@given(st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_a_made_up_cursor_is_refused_not_crashed_on(text: str) -> None:
    for sort in Sort:
        with pytest.raises(Invalid):
            cursor.decode(text, sort, Order.ASC)


@given(key=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), similar=st.booleans())
def test_a_cursor_comes_back_as_it_was(key: str, similar: bool) -> None:
    made = cursor.Cursor((key,), 7, similar)
    assert cursor.decode(cursor.encode(Sort.TITLE, Order.ASC, made), Sort.TITLE, Order.ASC) == made


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=many", "sort=colour", "status=done", "due=someday", "due_from=soon", "x=1"]
)
async def test_an_unknown_filter_is_refused(user: Any, query: str) -> None:
    answer = await user.http.get(user.path() + "?" + query)
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.json()["detail"]


Plan = Callable[[TaskFilter], Awaitable[str]]


@pytest.fixture
def plan_of(
    many: tuple[Principal, list[Task]], resources: Resources, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Plan:
    """How PostgreSQL reads the page of a list, if it may neither sort nor scan."""
    from todo_backend.tasks import list_repository

    principal, _ = many
    statements: list[tuple[str, dict[str, Any]]] = []
    real = list_repository.fetch_one

    async def spy(pool: Any, statement: Any, parameters: dict[str, Any], **options: Any) -> Any:
        statements.append((statement, parameters))
        return await real(pool, statement, parameters, **options)

    async def plan(wanted: TaskFilter) -> str:
        await resources.tasks.list(principal, wanted)
        ((statement, parameters),) = statements
        with psycopg.connect(database_url) as connection:
            connection.execute("ANALYZE tasks")
            connection.execute("SET enable_seqscan = off")
            connection.execute("SET enable_bitmapscan = off")
            connection.execute("SET enable_sort = off")
            return "\n".join(row[0] for row in connection.execute("EXPLAIN " + statement, parameters).fetchall())

    monkeypatch.setattr(list_repository, "fetch_one", spy)
    return plan


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("status", Status)
async def test_every_order_is_read_from_an_index(plan_of: Plan, sort: Sort, status: Status) -> None:
    """The promise behind `cost per page does not grow`: no plan sorts or scans the table."""
    plan = await plan_of(TaskFilter(sort=sort, status=status, limit=5))
    assert "Seq Scan" not in plan
    assert not re.search(r"Sort +\(cost", plan), plan


@pytest.mark.parametrize(
    ("wanted", "begins"),
    [
        ({"sort": Sort.DUE_DATE, "due": [DueWindow.NONE]}, "= 'infinity'"),
        ({"sort": Sort.DUE_DATE, "due_from": dt.date(2050, 1, 1)}, ">= .*< 'infinity'"),
        ({"sort": Sort.DUE_DATE, "due": [DueWindow.TOMORROW]}, ">= .*< "),
        ({"sort": Sort.PRIORITY, "priority": [Priority.LOW]}, "CASE priority .*= ANY"),
    ],
)
async def test_a_list_begins_where_what_it_is_filtered_by_begins(
    plan_of: Plan, wanted: dict[str, Any], begins: str
) -> None:
    """Else all that comes before in that order would be read and thrown away."""
    plan = await plan_of(TaskFilter(status=Status.PENDING, limit=5, **wanted))
    assert re.search(rf"Index Cond: .*{begins}", plan), plan


@pytest.mark.parametrize("tags", [{"tag": ["home"]}, {"any_tag": ["home", "work"]}])
async def test_a_list_by_tags_is_planned_each_time(
    many: tuple[Principal, list[Task]],
    resources: Resources,
    tags: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A plan that PostgreSQL keeps after five rare tags would read all that anybody has with a common one."""
    from todo_backend.tasks import list_repository

    principal, _ = many
    prepared: list[bool | None] = []
    real = list_repository.fetch_one

    async def spy(*given: Any, prepare: bool | None = None) -> Any:
        prepared.append(prepare)
        return await real(*given, prepare=prepare)

    monkeypatch.setattr(list_repository, "fetch_one", spy)
    await resources.tasks.list(principal, TaskFilter(**tags))
    assert prepared == [False]


async def test_tasks_asked_for_by_their_ids_are_read_by_their_ids(plan_of: Plan) -> None:
    plan = await plan_of(TaskFilter(id=[1, 2, 3], limit=5))
    assert re.search(r"Index Cond: .*\(id = ANY", plan), plan


async def test_tasks_are_asked_for_by_their_ids(user, other_user) -> None:
    ids = [(await user.http.post("/api/me/tasks", json={"title": title})).json()["id"] for title in ("a", "b", "c")]
    strange = (await other_user.http.post("/api/me/tasks", json={"title": "not mine"})).json()["id"]
    await user.http.delete(f"/api/me/tasks/{ids[1]}")
    asked = "&".join(f"id={task_id}" for task_id in (*ids, strange))
    answer = await user.http.get(f"/api/me/tasks?{asked}")
    assert {task["id"] for task in answer.json()["items"]} == {ids[0], ids[2]}
    for wrong in ("0", "1.0", "x", ""):
        assert (await user.http.get(f"/api/me/tasks?id={wrong}")).status_code == 422

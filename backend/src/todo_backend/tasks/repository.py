"""All SQL that touches tasks. Every statement is scoped by a Principal; PostgreSQL builds the JSON."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, LiteralString, NamedTuple
from zoneinfo import ZoneInfo

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection, Connections, fetch_one
from todo_backend.language.fields import DueWindow, Order, Sort, Status
from todo_backend.tasks.columns import AS_JSON, PUBLIC, TASK_AS_JSON
from todo_backend.tasks.cursor import Cursor
from todo_backend.tasks.journal import noting_changes, noting_changes_of_family, noting_many_changes, noting_new
from todo_backend.tasks.origin import Origin
from todo_backend.tasks.schemas import TaskConditions, TaskCreate, TaskDocument, TaskFilter
from todo_backend.tasks.usual import keeping_usual

THIS_ONE: LiteralString = "id = %(id)s AND deleted_at IS NULL"
# To complete a task that repeats takes more than one statement: `series_repository`.
_CLOSES_NO_SERIES: LiteralString = "(recurrence IS NULL OR completed_at IS NOT NULL)"
# One that has open subtasks is asked about.
IS_OPEN: LiteralString = "completed_at IS NULL AND deleted_at IS NULL"
_LEAVES_NOTHING_OPEN: LiteralString = f"""
    (completed_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM tasks AS subtask
        WHERE subtask.user_id = %(user_id)s AND subtask.parent_id = tasks.id AND {IS_OPEN}))
"""
_COMPLETES_THIS_ONE: LiteralString = f"{THIS_ONE} AND {_CLOSES_NO_SERIES} AND {_LEAVES_NOTHING_OPEN}"

# A task without a time is due on its date wherever the reader is; one with a time, on that moment's local date.
_LOCAL_DUE_DATE: LiteralString = (
    "CASE WHEN due_time IS NULL THEN due_date ELSE (due_at AT TIME ZONE %(reader_zone)s)::date END"
)
_STATUS: dict[Status, LiteralString] = {
    Status.ALL: "",
    Status.PENDING: "AND completed = false",
    Status.COMPLETED: "AND completed = true",
}
# The first and the last day of a window, counted from today.
_DAYS_AHEAD = {DueWindow.TODAY: (0, 0), DueWindow.TOMORROW: (1, 1), DueWindow.WEEK: (0, 6)}


class Page(NamedTuple):
    """A part of a list: the JSON array of its tasks, and where it ended if more follow."""

    items: str
    last: Cursor | None


class _SortKey(NamedTuple):
    expression: LiteralString  # as in the index of that order
    cast: LiteralString
    default: Order


_SORT_KEYS = {
    Sort.CREATED: _SortKey("id", "bigint", Order.DESC),
    Sort.DUE_DATE: _SortKey("coalesce(due_at, 'infinity')", "timestamptz", Order.ASC),
    Sort.PRIORITY: _SortKey("priority", "task_priority", Order.DESC),
    Sort.TITLE: _SortKey("lower(title)", "text", Order.ASC),
}


def order_of(wanted: TaskFilter) -> Order:
    """The direction that `wanted` asks for, or its sort's natural one."""
    return wanted.order or _SORT_KEYS[wanted.sort].default


async def find(
    connections: Connections, principal: Principal, wanted: TaskFilter, after: Cursor | None, now: dt.datetime
) -> Page:
    """The tasks of `principal` that `wanted` describes, from `after` on; `now` decides what is overdue."""
    key = _SORT_KEYS[wanted.sort]
    order: LiteralString = "ASC" if order_of(wanted) is Order.ASC else "DESC"
    beyond: LiteralString = ">" if order == "ASC" else "<"
    # A number in the text, not a parameter: PostgreSQL then keeps one plan instead of planning each time.
    limit = f"{wanted.limit:d}"
    parameters: dict[str, Any] = {"user_id": principal.user_id}
    conditions: LiteralString = _conditions(wanted, parameters, now)
    if after is not None:
        conditions += f" AND ({key.expression}, id) {beyond} (%(key)s::{key.cast}, %(last_id)s)"
        parameters |= {"key": after.key, "last_id": after.id}

    def page_of(tasks: LiteralString, *more: LiteralString) -> LiteralString:
        return f"""
            (SELECT {", ".join((PUBLIC, *more))} FROM tasks
             WHERE user_id = %(user_id)s AND deleted_at IS NULL {tasks} {conditions}
             ORDER BY {key.expression} {order}, id {order} LIMIT {limit} + 1)
        """

    page: LiteralString
    if wanted.status is not Status.ALL or wanted.sort is Sort.CREATED:
        page = page_of(_STATUS[wanted.status])
    else:  # the index keeps pending and completed tasks apart: merge two ordered reads
        both = [page_of(_STATUS[status], f"{key.expression} AS key") for status in (Status.PENDING, Status.COMPLETED)]
        page = f"""
            (SELECT {PUBLIC} FROM ({both[0]} UNION ALL {both[1]}) AS task
             ORDER BY key {order}, id {order} LIMIT {limit} + 1)
        """
    row = await fetch_one(
        connections,
        f"""
        SELECT '[' || coalesce(array_to_string((array_agg({TASK_AS_JSON}))[:{limit}], ','), '') || ']',
               count(*) > {limit}, (array_agg({key.expression}))[{limit}]::text, (array_agg(id))[{limit}]
        FROM {page} AS task
        """,
        parameters,
    )
    assert row is not None  # noqa: S101 (an aggregate always has one row)
    items, more, last_key, last_id = row
    return Page(items, Cursor(last_key, last_id) if more else None)


def _conditions(wanted: TaskConditions, parameters: dict[str, Any], now: dt.datetime) -> LiteralString:
    conditions: LiteralString = ""
    if wanted.priority:
        conditions += " AND priority = ANY(%(priorities)s::task_priority[])"
        parameters["priorities"] = [str(priority) for priority in wanted.priority]
    if wanted.parent_id is not None:
        conditions += " AND parent_id = %(of_parent)s"
        parameters["of_parent"] = wanted.parent_id
    if wanted.top_level:
        conditions += " AND parent_id IS NULL"
    if wanted.tag:
        conditions += " AND tags @> %(tag)s AND tags <> '{}'"
        parameters["tag"] = wanted.tag
    if (words := word_query(wanted.q)) is not None:
        conditions += " AND search @@ to_tsquery('simple', %(q)s)"
        parameters["q"] = words
    return conditions + _due_conditions(wanted, parameters, now)


def word_query(q: str) -> str | None:
    """The query of PostgreSQL for texts in which every word of `q` begins a word; None for no words."""
    words = [word.replace("\\", "\\\\").replace("'", "''") for word in q.split()]
    return " & ".join(f"'{word}':*" for word in words) or None


def _due_conditions(wanted: TaskConditions, parameters: dict[str, Any], now: dt.datetime) -> LiteralString:
    if wanted.due is None and wanted.due_from is None and wanted.due_to is None:
        return ""
    zone = ZoneInfo(wanted.time_zone or "UTC")
    parameters |= {"reader_zone": zone.key, "now": now}
    today = now.astimezone(zone).date()
    first, last = wanted.due_from, wanted.due_to
    conditions: LiteralString = ""
    match wanted.due:
        case DueWindow.NONE:
            conditions += " AND due_at IS NULL"
        case DueWindow.OVERDUE:
            parameters["today"] = today
            conditions += """ AND completed_at IS NULL AND due_at < %(now)s + interval '2 days'
                AND CASE WHEN due_time IS NULL THEN due_date < %(today)s ELSE due_at < %(now)s END"""
        case DueWindow.TODAY | DueWindow.TOMORROW | DueWindow.WEEK:
            begins, ends = (today + dt.timedelta(days=days) for days in _DAYS_AHEAD[wanted.due])
            first, last = max(first or begins, begins), min(last or ends, ends)
    # The dates decide; the moments, wide enough for every time zone, let the index on due_at find the place.
    if first is not None:
        conditions += f""" AND {_LOCAL_DUE_DATE} >= %(first)s
            AND coalesce(due_at, 'infinity') >= %(first)s::date - interval '1 day'"""
        parameters["first"] = first
    if last is not None:
        conditions += f""" AND {_LOCAL_DUE_DATE} <= %(last)s
            AND coalesce(due_at, 'infinity') < %(last)s::date + interval '3 days'"""
        parameters["last"] = last
    return conditions


async def documents(connection: Connection, principal: Principal, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The tasks of these ids as they are now, deleted ones among them, in this order."""
    cursor = await connection.execute(
        f"""
        SELECT {AS_JSON}::json FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS wanted (task_id, place)
        JOIN tasks ON user_id = %(user_id)s AND id = task_id ORDER BY place
        """,
        {"user_id": principal.user_id, "ids": list(ids)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def get(connection: Connection, principal: Principal, task_id: int) -> TaskDocument | None:
    """The task, if it is the principal's."""
    return await _document(
        connection,
        f"SELECT {AS_JSON} FROM tasks WHERE user_id = %(user_id)s AND {THIS_ONE}",
        {"user_id": principal.user_id, "id": task_id},
    )


_INSERT: LiteralString = noting_new("""
    INSERT INTO tasks (user_id, title, description, priority, due_date, due_time, time_zone, tags, recurrence,
                       parent_id, completed_at)
    VALUES (%(user_id)s, %(title)s, %(description)s, %(priority)s::task_priority, %(due_date)s, %(due_time)s,
            %(time_zone)s, %(tags)s, %(recurrence)s::jsonb, %(parent_id)s::bigint,
            CASE WHEN %(completed)s THEN now() END)
""")


async def insert(
    connection: Connection, principal: Principal, origin: Origin, draft: TaskCreate, recurrence: str | None = None
) -> TaskDocument:
    """Store a new task, with its recurrence as `recurrence.kept` writes it."""
    values = {name: getattr(draft, name) for name in TaskCreate.model_fields} | {"recurrence": recurrence}
    values["time_zone"] = (draft.time_zone or "UTC") if draft.due_date is not None else None
    made = await _write(connection, principal, origin, _INSERT, parameters_of(values))
    assert made is not None  # noqa: S101 (an INSERT that does not raise returns its row)
    return made


def parameters_of(values: dict[str, Any]) -> dict[str, Any]:
    """Enumerations by value: psycopg would send their names."""
    return {name: str(value) if isinstance(value, StrEnum) else value for name, value in values.items()}


_SET: dict[str, LiteralString] = {
    "title": "title = %(title)s",
    "description": "description = %(description)s",
    "priority": "priority = %(priority)s::task_priority",
    "due_date": "due_date = %(due_date)s, time_zone = coalesce(%(time_zone)s, time_zone, %(default_zone)s)",
    "zone": "time_zone = CASE WHEN due_date IS NOT NULL THEN %(zone)s END",
    "due_time": "due_time = %(due_time)s",
    "undated": "due_date = NULL, due_time = NULL, time_zone = NULL",
    "tags": "tags = %(tags)s",
    "recurrence": "recurrence = %(recurrence)s::jsonb",
    "first_date": "due_date = coalesce(due_date, %(first_date)s), time_zone ="
    " coalesce(%(zone_given)s::text, time_zone, %(first_zone)s)",
    "first_time": "due_time = CASE WHEN due_date IS NULL THEN %(first_time)s::time ELSE due_time END",
    "parent_id": "parent_id = %(parent_id)s::bigint",
    "completed": "completed_at = CASE WHEN %(completed)s THEN coalesce(completed_at, now()) END",
}


async def update(
    connection: Connection, principal: Principal, origin: Origin, task_id: int, changes: dict[str, Any]
) -> TaskDocument | None:
    """Apply `changes` (keys of `_SET`); None when there is no such task of the principal's.

    None, too, where a task that repeats or has open subtasks would be completed: `series_repository.close` is for that.
    What the series has stays in its recurrence where the `scope` of the changes is this task alone.

    `due_date` comes with `time_zone`, where None keeps the task's own, and `default_zone` if it has none; without
    `due_date`, a new zone is `zone`.
    """
    which = _COMPLETES_THIS_ONE if changes.get("completed") else THIS_ONE
    statement = noting_changes(assignments_of(changes), which)
    return await _write(connection, principal, origin, statement, {"id": task_id, **parameters_of(changes)})


_TOGGLE: LiteralString = noting_changes(
    "completed_at = CASE WHEN completed_at IS NULL THEN now() END, updated_at = now()",
    _COMPLETES_THIS_ONE,
)


async def toggle(connection: Connection, principal: Principal, origin: Origin, task_id: int) -> TaskDocument | None:
    """Complete a pending task, reopen a completed one; None as in `update`."""
    return await _write(connection, principal, origin, _TOGGLE, {"id": task_id})


_IS_THERE: LiteralString = "deleted_at IS NULL"
_DELETE: LiteralString = noting_changes_of_family("deleted_at = now()", THIS_ONE, along=_IS_THERE)


async def delete(connection: Connection, principal: Principal, origin: Origin, task_id: int) -> TaskDocument | None:
    """Take a task off every list, into the trash, with its subtasks."""
    return await _write(connection, principal, origin, _DELETE, {"id": task_id})


@dataclass(frozen=True, slots=True)
class ManyChanged:
    """How many tasks were meant, and what was changed."""

    found: int
    change: dict[str, Any]
    repeating: list[dict[str, Any]]  # those that were completed: their series have to be gone on with
    left_open: int  # subtasks that would be: nothing is changed then


async def update_many(
    connection: Connection,
    principal: Principal,
    origin: Origin,
    which: TaskConditions | Sequence[int],
    changes: dict[str, Any] | None,
    *,
    expected: int | None,
    now: dt.datetime,
) -> ManyChanged:
    """Apply `changes` (as in `update`) to all tasks of those ids or conditions, in one statement; None deletes them.

    Subtasks are deleted with their parents. Nothing is changed if the tasks are not as many as `expected`, or if
    parents would be completed and subtasks left open, unless `open_subtasks` says what becomes of them.
    """
    parameters: dict[str, Any] = {"expected": expected}
    if isinstance(which, TaskConditions):
        conditions: LiteralString = _STATUS[which.status] + _conditions(which, parameters, now)
    else:
        conditions = " AND id = ANY(%(ids)s::bigint[])"
        parameters["ids"] = list(which)
    assignments: LiteralString = "deleted_at = now()" if changes is None else assignments_of(changes)
    asks = changes is not None and changes.get("completed") is True and changes.get("open_subtasks") is None
    statement = noting_many_changes(
        assignments,
        f"deleted_at IS NULL {conditions}",
        along=_IS_THERE if changes is None else "false",
        unless=f"{IS_OPEN} AND parent.state_before -> 'completed_at' = 'null'" if asks else "false",
    )
    given = {"user_id": principal.user_id, **origin.parameters(), **parameters, **parameters_of(changes or {})}
    # Planned for as many as there are now, not by a plan kept from when there were few.
    row = await (await connection.execute(statement, given, prepare=False)).fetchone()
    assert row is not None  # noqa: S101 (a SELECT without FROM has one row)
    return ManyChanged(*row)


def assignments_of(changes: dict[str, Any]) -> LiteralString:
    """What `changes` set. A task that is completed hands its recurrence on; another change may keep what is usual."""
    done = changes.get("completed") is True
    assignments = [_SET[name] for name in _SET if name in changes and not (done and name == "recurrence")]
    if done:
        assignments.append("recurrence = NULL")
    elif "recurrence" not in changes:
        assignments += keeping_usual(changes)
    return ", ".join([*assignments, "updated_at = now()"])


async def _write(
    connection: Connection, principal: Principal, origin: Origin, statement: LiteralString, parameters: dict[str, Any]
) -> TaskDocument | None:
    given = {"user_id": principal.user_id, **origin.parameters(), **parameters}
    return await _document(connection, statement, given)


async def _document(
    connection: Connection, statement: LiteralString, parameters: dict[str, Any]
) -> TaskDocument | None:
    row = await (await connection.execute(statement, parameters)).fetchone()
    return None if row is None else TaskDocument(row[0])

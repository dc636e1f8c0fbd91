"""All SQL that touches tasks. Every statement is scoped by a Principal; PostgreSQL builds the JSON."""

import datetime as dt
from enum import StrEnum
from typing import Any, LiteralString, NamedTuple
from zoneinfo import ZoneInfo

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection, Connections, fetch_one
from todo_backend.language.fields import DueWindow, Order, Sort, Status
from todo_backend.tasks.cursor import Cursor
from todo_backend.tasks.schemas import TaskCreate, TaskDocument, TaskFilter

DELETED_TASKS_ARE_KEPT = dt.timedelta(days=30)

_PUBLIC: LiteralString = """
    id, user_id, title, description, completed, priority, due_date, left(due_time::text, 5) AS due_time,
    time_zone, due_at, tags, created_at, updated_at, completed_at
"""
_AS_JSON: LiteralString = f"(SELECT row_to_json(task) FROM (SELECT {_PUBLIC}) AS task)"
_THIS_ONE: LiteralString = "user_id = %(user_id)s AND id = %(id)s AND deleted_at IS NULL"

# A task without a time is due on its date wherever the reader is; one with a time, on that moment's local date.
_LOCAL_DUE_DATE: LiteralString = (
    "CASE WHEN due_time IS NULL THEN due_date ELSE (due_at AT TIME ZONE %(time_zone)s)::date END"
)
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
            (SELECT {", ".join((_PUBLIC, *more))} FROM tasks
             WHERE user_id = %(user_id)s AND deleted_at IS NULL {tasks} {conditions}
             ORDER BY {key.expression} {order}, id {order} LIMIT {limit} + 1)
        """

    pending: LiteralString = "AND completed = false"
    completed: LiteralString = "AND completed = true"
    page: LiteralString
    if wanted.status is Status.PENDING:
        page = page_of(pending)
    elif wanted.status is Status.COMPLETED:
        page = page_of(completed)
    elif wanted.sort is Sort.CREATED:
        page = page_of("")
    else:  # the index keeps pending and completed tasks apart: merge two ordered reads
        of_both: LiteralString = f"{key.expression} AS key"
        page = f"""
            (SELECT {_PUBLIC} FROM ({page_of(pending, of_both)} UNION ALL {page_of(completed, of_both)}) AS task
             ORDER BY key {order}, id {order} LIMIT {limit} + 1)
        """
    row = await fetch_one(
        connections,
        f"""
        SELECT '[' || coalesce(array_to_string((array_agg(row_to_json(task)::text))[:{limit}], ','), '') || ']',
               count(*) > {limit}, (array_agg({key.expression}))[{limit}]::text, (array_agg(id))[{limit}]
        FROM {page} AS task
        """,
        parameters,
    )
    assert row is not None  # noqa: S101 (an aggregate always has one row)
    items, more, last_key, last_id = row
    return Page(items, Cursor(last_key, last_id) if more else None)


def _conditions(wanted: TaskFilter, parameters: dict[str, Any], now: dt.datetime) -> LiteralString:
    conditions: LiteralString = ""
    if wanted.priority:
        conditions += " AND priority = ANY(%(priority)s::task_priority[])"
        parameters["priority"] = [str(priority) for priority in wanted.priority]
    if wanted.tag:
        conditions += " AND tags @> %(tag)s AND tags <> '{}'"
        parameters["tag"] = wanted.tag
    if words := wanted.q.split():
        conditions += " AND search @@ to_tsquery('simple', %(q)s)"
        parameters["q"] = " & ".join(
            f"'{word.replace(chr(92), chr(92) * 2).replace(chr(39), chr(39) * 2)}':*" for word in words
        )
    return conditions + _due_conditions(wanted, parameters, now)


def _due_conditions(wanted: TaskFilter, parameters: dict[str, Any], now: dt.datetime) -> LiteralString:
    if wanted.due is None and wanted.due_from is None and wanted.due_to is None:
        return ""
    zone = ZoneInfo(wanted.time_zone or "UTC")
    parameters |= {"time_zone": zone.key, "now": now}
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


async def get(connection: Connection, principal: Principal, task_id: int) -> TaskDocument | None:
    """The task, if it is the principal's."""
    return await _document(
        connection,
        f"SELECT {_AS_JSON}::text FROM tasks WHERE {_THIS_ONE}",
        {"user_id": principal.user_id, "id": task_id},
    )


_INSERT: LiteralString = f"""
    INSERT INTO tasks (user_id, title, description, priority, due_date, due_time, time_zone, tags, completed_at)
    VALUES (%(user_id)s, %(title)s, %(description)s, %(priority)s::task_priority, %(due_date)s, %(due_time)s,
            %(time_zone)s, %(tags)s, CASE WHEN %(completed)s THEN now() END)
    RETURNING {_AS_JSON}::text
"""


async def insert(connection: Connection, principal: Principal, draft: TaskCreate) -> TaskDocument:
    """Store a new task."""
    values = {name: getattr(draft, name) for name in TaskCreate.model_fields}
    values["time_zone"] = (draft.time_zone or "UTC") if draft.due_date is not None else None
    cursor = await connection.execute(_INSERT, {"user_id": principal.user_id, **_parameters(values)})
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 (an INSERT that does not raise returns its row)
    return TaskDocument(row[0])


def _parameters(values: dict[str, Any]) -> dict[str, Any]:
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
    "completed": "completed_at = CASE WHEN %(completed)s THEN coalesce(completed_at, now()) END",
}


async def update(
    connection: Connection, principal: Principal, task_id: int, changes: dict[str, Any]
) -> TaskDocument | None:
    """Apply `changes` (keys of `_SET`); None when there is no such task of the principal's.

    `due_date` comes with `time_zone`, where None keeps the task's own, and `default_zone` if it has none; without
    `due_date`, a new zone is `zone`.
    """
    assignments: LiteralString = ", ".join([_SET[name] for name in _SET if name in changes] + ["updated_at = now()"])
    return await _document(
        connection,
        f"UPDATE tasks SET {assignments} WHERE {_THIS_ONE} RETURNING {_AS_JSON}::text",
        {"user_id": principal.user_id, "id": task_id, **_parameters(changes)},
    )


async def toggle(connection: Connection, principal: Principal, task_id: int) -> TaskDocument | None:
    """Complete a pending task, reopen a completed one."""
    return await _document(
        connection,
        f"""
        UPDATE tasks SET completed_at = CASE WHEN completed_at IS NULL THEN now() END, updated_at = now()
        WHERE {_THIS_ONE} RETURNING {_AS_JSON}::text
        """,
        {"user_id": principal.user_id, "id": task_id},
    )


async def delete(connection: Connection, principal: Principal, task_id: int) -> TaskDocument | None:
    """Take a task off every list; `restore` brings it back until it has been gone for 30 days."""
    return await _document(
        connection,
        f"""
        UPDATE tasks SET deleted_at = now() WHERE {_THIS_ONE} RETURNING {_AS_JSON}::text
        """,
        {"user_id": principal.user_id, "id": task_id},
    )


async def restore(connection: Connection, principal: Principal, task_id: int) -> TaskDocument | None:
    """Bring a deleted task back unless it has been gone for too long; one that is not deleted stays as it is."""
    return await _document(
        connection,
        f"""
        UPDATE tasks SET deleted_at = NULL
        WHERE user_id = %(user_id)s AND id = %(id)s AND (deleted_at IS NULL OR deleted_at >= now() - %(kept)s)
        RETURNING {_AS_JSON}::text
        """,
        {"user_id": principal.user_id, "id": task_id, "kept": DELETED_TASKS_ARE_KEPT},
    )


async def _document(
    connection: Connection, statement: LiteralString, parameters: dict[str, Any]
) -> TaskDocument | None:
    row = await (await connection.execute(statement, parameters)).fetchone()
    return None if row is None else TaskDocument(row[0])

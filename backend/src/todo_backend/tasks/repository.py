"""SQL that reads and changes tasks by their ids, or many at once. PostgreSQL builds the JSON."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, LiteralString

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection
from todo_backend.language.fields import MAX_DESCRIPTION, MAX_TAGS
from todo_backend.tasks.columns import AS_JSON
from todo_backend.tasks.conditions import HAS_OPEN_SUBTASKS, IS_OPEN, OF_STATUS, conditions_of
from todo_backend.tasks.journal import noting_changes, noting_changes_of_family, noting_many_changes, noting_new
from todo_backend.tasks.origin import Origin
from todo_backend.tasks.schemas import Move, Place, TaskConditions, TaskCreate, TaskDocument
from todo_backend.tasks.usual import keeping_usual

THIS_ONE: LiteralString = "id = %(id)s AND deleted_at IS NULL"
# To complete a task that repeats takes more than one statement: `series_repository`.
_CLOSES_NO_SERIES: LiteralString = "(recurrence IS NULL OR completed_at IS NOT NULL)"
# One that has open subtasks is asked about.
_LEAVES_NOTHING_OPEN: LiteralString = f"(completed_at IS NOT NULL OR NOT {HAS_OPEN_SUBTASKS})"
_COMPLETES_THIS_ONE: LiteralString = f"{THIS_ONE} AND {_CLOSES_NO_SERIES} AND {_LEAVES_NOTHING_OPEN}"


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
    "add_tags": """
        tags = ARRAY(SELECT tag FROM unnest(tags) AS tag WHERE tag <> ALL (%(remove_tags)s::text[]))
            || ARRAY(SELECT tag FROM unnest(%(add_tags)s::text[]) AS tag WHERE tag <> ALL (tags))
    """,
    "note": "description = concat_ws(chr(10), nullif(description, ''), %(note)s::text)",
    "postpone_days": "due_date = coalesce(due_date, %(counted_from)s::date) + %(postpone_days)s::int, time_zone ="
    " coalesce(time_zone, %(default_zone)s)",
    "recurrence": "recurrence = %(recurrence)s::jsonb",
    "first_date": "due_date = coalesce(due_date, %(first_date)s), time_zone ="
    " coalesce(%(zone_given)s::text, time_zone, %(first_zone)s)",
    "first_time": "due_time = CASE WHEN due_date IS NULL THEN %(first_time)s::time ELSE due_time END",
    "parent_id": "parent_id = %(parent_id)s::bigint",
    "completed": "completed_at = CASE WHEN %(completed)s THEN coalesce(completed_at, now()) END",
}


# Whether what is added to each of many tasks is more than one of them can hold.
_OVERFULL: dict[str, LiteralString] = {
    "add_tags": f"""
        (SELECT count(*) FROM (
            (SELECT jsonb_array_elements_text(state_before -> 'tags') EXCEPT SELECT unnest(%(remove_tags)s::text[]))
            UNION
            (SELECT unnest(%(add_tags)s::text[]) EXCEPT SELECT jsonb_array_elements_text(state_before -> 'tags'))
        ) AS tag) > {MAX_TAGS:d}
    """,
    "note": f"""
        char_length(concat_ws(chr(10), nullif(state_before ->> 'description', ''), %(note)s::text))
            > {MAX_DESCRIPTION:d}
    """,
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
    overfull: list[dict[str, Any]]  # the first tasks that have no room for what is added: nothing is changed then
    overfull_count: int


# A task's rank is its id until it is moved, then a number between those of its neighbours: no other task is touched.
# What goes before the first or after the last goes less than one step, where no id can be.
_RANK: LiteralString = "coalesce(rank, id)"


def _nearest(end: LiteralString, beyond: LiteralString) -> LiteralString:
    """The lowest or highest rank, of open and completed tasks, each read from its index."""
    of: LiteralString = "greatest" if end == "max" else "least"
    reads: LiteralString = ", ".join(
        [
            f"(SELECT {end}({_RANK}) FROM tasks"
            f" WHERE user_id = %(user_id)s AND deleted_at IS NULL AND completed = {state} {beyond})"
            for state in ("false", "true")
        ]
    )
    return f"{of}({reads})"


def _between(low: LiteralString, high: LiteralString) -> LiteralString:
    """A number between two ranks, with as few digits as tell it from both."""
    return f"""
        SELECT trim_scale(round((low + high) * 0.5, greatest(0, ceil(-log(high - low)) + 1)::int))
        FROM (SELECT coalesce(low, ceil(high) - 1) AS low, coalesce(high, floor(low) + 1) AS high
              FROM (SELECT {low} AS low, {high} AS high) AS neighbours) AS gap
    """


# The list begins with the highest rank.
_OTHER: LiteralString = f"(SELECT {_RANK} FROM tasks WHERE user_id = %(user_id)s AND id = %(other)s)"
_BEFORE: LiteralString = _between(_OTHER, _nearest("min", f"AND {_RANK} > {_OTHER}"))
_AFTER: LiteralString = _between(_nearest("max", f"AND {_RANK} < {_OTHER}"), _OTHER)
_FIRST: LiteralString = _between(_nearest("max", ""), "NULL::numeric")
_LAST: LiteralString = _between("NULL::numeric", _nearest("min", ""))
_MOVE: LiteralString = noting_changes("rank = %(rank)s, updated_at = now()", THIS_ONE)


async def move(
    connection: Connection, principal: Principal, origin: Origin, task_id: int, where: Move
) -> TaskDocument | None:
    """Put a task to another place of the order that is made by hand, beside one that is there; None as in `update`."""
    if where.to is not None:
        place = _FIRST if where.to is Place.FIRST else _LAST
    else:
        place = _BEFORE if where.before is not None else _AFTER
    parameters = {"user_id": principal.user_id, "other": where.before or where.after}
    row = await (await connection.execute(place, parameters, prepare=False)).fetchone()
    assert row is not None  # noqa: S101 (it is one row)
    return await _write(connection, principal, origin, _MOVE, {"id": task_id, "rank": row[0]})


async def count(connection: Connection, principal: Principal, wanted: TaskConditions, now: dt.datetime) -> int:
    """How many tasks `wanted` describes."""
    parameters: dict[str, Any] = {"user_id": principal.user_id}
    conditions: LiteralString = OF_STATUS[wanted.status] + conditions_of(wanted, parameters, now)
    statement = f"SELECT count(*) FROM tasks WHERE user_id = %(user_id)s AND deleted_at IS NULL {conditions}"
    row = await (await connection.execute(statement, parameters, prepare=False)).fetchone()
    assert row is not None  # noqa: S101 (an aggregate always has one row)
    number: int = row[0]
    return number


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
    parents would be completed and subtasks left open, unless `open_subtasks` says what becomes of them, or if a task
    would have more tags or a longer description than a task can have.
    """
    parameters: dict[str, Any] = {"expected": expected}
    if isinstance(which, TaskConditions):
        conditions: LiteralString = OF_STATUS[which.status] + conditions_of(which, parameters, now)
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
        overfull=" OR ".join([_OVERFULL[name] for name in _OVERFULL if name in (changes or ())] or ["false"]),
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

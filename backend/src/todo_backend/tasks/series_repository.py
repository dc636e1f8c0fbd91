"""SQL of tasks that repeat: one is completed and the next is opened, in one transaction and one batch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection
from todo_backend.tasks.columns import STATE
from todo_backend.tasks.journal import CLOSED, changing, noting_new
from todo_backend.tasks.origin import Origin
from todo_backend.tasks.repository import THIS_ONE, assignments_of, parameters_of
from todo_backend.tasks.schemas import TaskDocument


@dataclass(frozen=True, slots=True)
class Closed:
    """A task as a change left it, and those that the change completed and that repeat, as they were."""

    document: TaskDocument
    repeating: list[dict[str, Any]]


async def close(
    connection: Connection, principal: Principal, origin: Origin, task_id: int, changes: dict[str, Any]
) -> Closed | None:
    """Apply `changes`, as `repository.update`, to a task that may repeat; its series has to be gone on with."""
    statement: LiteralString = f"""
        {changing(assignments_of(changes), THIS_ONE)}
        SELECT document, {CLOSED} FROM changed
    """
    parameters = {"user_id": principal.user_id, "id": task_id, **origin.parameters(), **parameters_of(changes)}
    row = await (await connection.execute(statement, parameters)).fetchone()
    return None if row is None else Closed(TaskDocument(row[0]), row[1])


# What the series has counts, where the task before was another.
_OPEN: LiteralString = noting_new("""
    INSERT INTO tasks (user_id, title, description, priority, tags, due_date, due_time, time_zone, recurrence)
    SELECT user_id, coalesce(usual ->> 'title', title), coalesce(usual ->> 'description', description),
           coalesce((usual ->> 'priority')::task_priority, priority),
           CASE WHEN usual ? 'tags' THEN ARRAY(SELECT jsonb_array_elements_text(usual -> 'tags')) ELSE tags END,
           next.due_date, next.due_time, next.time_zone, next.recurrence
    FROM jsonb_to_recordset(%(next)s::jsonb) AS next
        (id bigint, due_date date, due_time time, time_zone text, recurrence jsonb, usual jsonb)
    JOIN tasks ON tasks.user_id = %(user_id)s AND tasks.id = next.id
    ORDER BY next.id
""")


async def open_next(
    connection: Connection, principal: Principal, origin: Origin, following: Sequence[Mapping[str, Any]]
) -> list[TaskDocument]:
    """New tasks like those of the ids in `following`, with the due dates and recurrences that it has."""
    parameters = {"user_id": principal.user_id, **origin.parameters(), "next": json.dumps(following)}
    # Planned for as many as there are now.
    cursor = await connection.execute(_OPEN, parameters, prepare=False)
    return [TaskDocument(row[0]) for row in await cursor.fetchall()]


async def get(
    connection: Connection, principal: Principal, task_id: int, *, lock: bool = False
) -> dict[str, Any] | None:
    """The state of a task, as the journal has it; with `lock`, it stays so until the transaction ends."""
    locking: LiteralString = "FOR NO KEY UPDATE" if lock else ""
    cursor = await connection.execute(
        f"SELECT {STATE} FROM tasks WHERE user_id = %(user_id)s AND {THIS_ONE} {locking}",
        {"user_id": principal.user_id, "id": task_id},
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]

"""SQL of subtasks: who may have them, which are open, and the copies that the next task of a series gets."""

from collections.abc import Sequence
from typing import Any, LiteralString

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection, Connections
from todo_backend.tasks.conditions import IS_OPEN
from todo_backend.tasks.journal import changing, noting_new
from todo_backend.tasks.origin import Origin

_SHOWN = 20  # open subtasks that are named


async def hold(connection: Connection, principal: Principal, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The title of each of these tasks, whether it is a subtask and whether it has some; they stay so until the end."""
    cursor = await connection.execute(
        """
        SELECT id, title, parent_id IS NOT NULL, EXISTS (
            SELECT FROM tasks AS subtask WHERE subtask.user_id = %(user_id)s AND subtask.parent_id = tasks.id
                AND subtask.deleted_at IS NULL)
        FROM tasks WHERE user_id = %(user_id)s AND id = ANY(%(ids)s::bigint[]) AND deleted_at IS NULL
        ORDER BY id FOR NO KEY UPDATE
        """,
        {"user_id": principal.user_id, "ids": list(ids)},
    )
    return {
        task_id: {"title": title, "is_subtask": is_subtask, "has_subtasks": has_subtasks}
        for task_id, title, is_subtask, has_subtasks in await cursor.fetchall()
    }


async def find_open(
    connection: Connection, principal: Principal, task_id: int
) -> tuple[str, list[dict[str, Any]], int] | None:
    """The title of a task, its first open subtasks and how many there are; None if it has none or is completed."""
    cursor = await connection.execute(
        f"""
        SELECT parent.title, (array_agg(json_build_object('task_id', tasks.id, 'title', tasks.title)
                                        ORDER BY tasks.id))[:{_SHOWN}], count(*)
        FROM tasks JOIN tasks AS parent ON parent.user_id = tasks.user_id AND parent.id = tasks.parent_id
        WHERE tasks.user_id = %(user_id)s AND tasks.parent_id = %(id)s AND tasks.completed_at IS NULL
          AND tasks.deleted_at IS NULL AND parent.completed_at IS NULL
        GROUP BY parent.title
        """,
        {"user_id": principal.user_id, "id": task_id},
    )
    row: tuple[str, list[dict[str, Any]], int] | None = await cursor.fetchone()
    return row


async def find_by_title(
    connections: Connections, principal: Principal, title: str, *, top_level: bool = True
) -> list[int]:
    """The open tasks that are called so, but for small and capital letters; two at most. `top_level`: no subtasks."""
    only: LiteralString = "AND parent_id IS NULL" if top_level else ""
    async with connections.connection() as connection:
        cursor = await connection.execute(
            f"""
            SELECT id FROM tasks WHERE user_id = %(user_id)s AND completed = false AND lower(title) = lower(%(title)s)
                AND deleted_at IS NULL {only} LIMIT 2
            """,
            {"user_id": principal.user_id, "title": title},
        )
        return [row[0] for row in await cursor.fetchall()]


_COMPLETE: LiteralString = f"""
    {changing("completed_at = now(), updated_at = now()", f"parent_id = ANY(%(ids)s::bigint[]) AND {IS_OPEN}")}
    SELECT count(*) FROM changed
"""


async def complete_open(connection: Connection, principal: Principal, origin: Origin, parents: Sequence[int]) -> None:
    """Complete the open subtasks of these tasks."""
    parameters = {"user_id": principal.user_id, "ids": list(parents), **origin.parameters()}
    await connection.execute(_COMPLETE, parameters, prepare=False)


async def complete_left_open(connection: Connection, principal: Principal, origin: Origin) -> None:
    """Complete the open subtasks of the tasks that the batch completed."""
    cursor = await connection.execute(
        """
        SELECT coalesce(array_agg(task_id), '{}') FROM task_events
        WHERE user_id = %(user_id)s AND batch = %(batch)s AND after ->> 'completed_at' IS NOT NULL
        """,
        {"user_id": principal.user_id, **origin.parameters()},
    )
    row = await cursor.fetchone()
    await complete_open(connection, principal, origin, row[0] if row else ())


# Due as long before or after the new parent as the copied one is before or after the old one.
_COPY: LiteralString = noting_new("""
    INSERT INTO tasks (user_id, parent_id, title, description, priority, tags, due_date, due_time, time_zone)
    SELECT subtask.user_id, pair.new, subtask.title, subtask.description, subtask.priority, subtask.tags,
           subtask.due_date + (later.due_date - earlier.due_date), subtask.due_time, subtask.time_zone
    FROM unnest(%(old)s::bigint[], %(new)s::bigint[]) AS pair (old, new)
    JOIN tasks AS subtask ON subtask.user_id = %(user_id)s AND subtask.parent_id = pair.old
        AND subtask.deleted_at IS NULL
    JOIN tasks AS earlier ON earlier.user_id = %(user_id)s AND earlier.id = pair.old
    JOIN tasks AS later ON later.user_id = %(user_id)s AND later.id = pair.new
    ORDER BY subtask.id
""")


async def copy_open(
    connection: Connection, principal: Principal, origin: Origin, old: Sequence[int], new: Sequence[int]
) -> bool:
    """Give each of the `new` tasks open copies of the subtasks of the `old` one; whether there were any."""
    parameters = {"user_id": principal.user_id, "old": list(old), "new": list(new), **origin.parameters()}
    return (await connection.execute(_COPY, parameters, prepare=False)).rowcount > 0

"""SQL that reads all tasks of a person, and their journal, for a file."""

from collections.abc import AsyncGenerator
from typing import LiteralString

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection
from todo_backend.db.snapshot import parts
from todo_backend.tasks.journal import ACTION
from todo_backend.tasks.trash_repository import DELETED_TASKS_ARE_KEPT, IN_TRASH

_TASKS: LiteralString = f"""
    SELECT row_to_json(task)::text FROM (
        SELECT id, parent_id, title, description, priority, due_date, left(due_time::text, 5) AS due_time, time_zone,
               tags, recurrence, coalesce(rank, id)::text AS rank, created_at, updated_at, completed_at, deleted_at
        FROM tasks WHERE user_id = %(user_id)s AND (deleted_at IS NULL OR {IN_TRASH}) ORDER BY id
    ) AS task
"""
_CHANGES: LiteralString = f"""
    SELECT row_to_json(event)::text FROM (
        SELECT batch AS change_id, at, entry_point, source, kind, subject, task_id, {ACTION} AS action, before, after
        FROM task_events WHERE user_id = %(user_id)s ORDER BY id
    ) AS event
"""


def tasks(connection: Connection, principal: Principal) -> AsyncGenerator[list[str]]:
    """Each task as the JSON of an `ExportedTask`, those in the trash among them, in the order of their ids."""
    return parts(connection, _TASKS, {"user_id": principal.user_id, "kept": DELETED_TASKS_ARE_KEPT})


def changes(connection: Connection, principal: Principal) -> AsyncGenerator[list[str]]:
    """What the journal has of each task of each change, as the JSON of an `ExportedChange`, the oldest first."""
    return parts(connection, _CHANGES, {"user_id": principal.user_id})

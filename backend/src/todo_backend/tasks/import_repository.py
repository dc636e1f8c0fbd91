"""SQL that makes the tasks of a file."""

import asyncio
import datetime as dt
import json
from collections.abc import Sequence
from typing import LiteralString

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection
from todo_backend.tasks.exported import ExportedTask
from todo_backend.tasks.imported import rows
from todo_backend.tasks.journal import noting_new
from todo_backend.tasks.origin import Origin

# Ahead of the rows, which name each other, and whose order made by hand goes by them.
_IDS: LiteralString = """
    SELECT nextval(pg_get_serial_sequence('tasks', 'id')) FROM generate_series(1, %(number)s)
"""
_COLUMNS: LiteralString = """
    id, parent_id, title, description, priority, due_date, due_time, time_zone, tags, recurrence, rank, created_at,
    updated_at, completed_at, deleted_at
"""
_INSERT: LiteralString = noting_new(f"""
    INSERT INTO tasks (user_id, {_COLUMNS}) OVERRIDING SYSTEM VALUE
    SELECT %(user_id)s, {_COLUMNS} FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
        id bigint, parent_id bigint, title text, description text, priority task_priority, due_date date, due_time time,
        time_zone text, tags text[], recurrence jsonb, rank numeric, created_at timestamptz, updated_at timestamptz,
        completed_at timestamptz, deleted_at timestamptz)
    ORDER BY id
""")


async def insert(
    connection: Connection, principal: Principal, origin: Origin, tasks: Sequence[ExportedTask], now: dt.datetime
) -> None:
    """Store these tasks of a file, which is to be done as one."""
    ids = [row[0] for row in await (await connection.execute(_IDS, {"number": len(tasks)})).fetchall()]
    made = await asyncio.to_thread(lambda: json.dumps(rows(tasks, ids, now)))
    parameters = {"user_id": principal.user_id, **origin.parameters(), "rows": made}
    await connection.execute(_INSERT, parameters, prepare=False)

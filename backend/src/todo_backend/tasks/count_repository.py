"""SQL that counts the tasks of places: one statement, made of the conditions that lists have."""

import datetime as dt
from typing import Any, LiteralString

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connections, fetch_one
from todo_backend.language.fields import Status
from todo_backend.tasks.conditions import OF_STATUS, conditions_of
from todo_backend.tasks.counts import MOST_TAGS, open_places
from todo_backend.tasks.trash_repository import DELETED_TASKS_ARE_KEPT, IN_TRASH

# Completed tasks, which may be many more, are counted apart: there is nothing to read in them.
_OPEN: LiteralString = f"deleted_at IS NULL {OF_STATUS[Status.PENDING]}"
_DONE: LiteralString = f"deleted_at IS NULL {OF_STATUS[Status.COMPLETED]}"
_TAGS: LiteralString = f"""
    SELECT tag, count(*) AS open FROM tasks CROSS JOIN unnest(tags) AS tag
    WHERE user_id = %(user_id)s AND {_OPEN} AND tags <> '{{}}' GROUP BY tag ORDER BY open DESC, tag LIMIT {MOST_TAGS:d}
"""


async def find(connections: Connections, principal: Principal, zone: str | None, now: dt.datetime) -> str:
    """A `TaskCounts` as JSON text, for a reader in `zone`; `now` decides what is overdue."""
    parameters: dict[str, Any] = {"user_id": principal.user_id, "kept": DELETED_TASKS_ARE_KEPT}
    counts: LiteralString = ", ".join(
        [
            f"count(*) FILTER (WHERE true {conditions_of(wanted, parameters, now)}) AS {name}"
            for name, wanted in open_places(zone, now).items()
        ]
    )
    row = await fetch_one(
        connections,
        f"""
        SELECT row_to_json(counts)::text FROM (
            SELECT {counts},
                   (SELECT count(*) FROM tasks WHERE user_id = %(user_id)s AND {_DONE}) AS done,
                   (SELECT count(*) FROM tasks WHERE user_id = %(user_id)s AND {IN_TRASH}) AS trash,
                   (SELECT coalesce(json_agg(row_to_json(counted)), '[]') FROM ({_TAGS}) AS counted) AS tags
            FROM tasks WHERE user_id = %(user_id)s AND {_OPEN}) AS counts
        """,
        parameters,
    )
    assert row is not None  # noqa: S101 (an aggregate always has one row)
    return str(row[0])

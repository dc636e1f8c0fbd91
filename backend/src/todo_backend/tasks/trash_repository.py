"""SQL of the trash: deleted tasks, as long as they are kept."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection, Connections, fetch_one
from todo_backend.tasks.columns import PUBLIC, TASK_AS_JSON
from todo_backend.tasks.journal import noting_changes_of_family, noting_many_changes
from todo_backend.tasks.origin import Origin
from todo_backend.tasks.repository import ManyChanged
from todo_backend.tasks.schemas import TaskDocument

DELETED_TASKS_ARE_KEPT = dt.timedelta(days=30)

IN_TRASH: LiteralString = "deleted_at >= now() - %(kept)s"
_BY_WORD: LiteralString = "search @@ task_query(%(user_id)s, %(q)s)"
_BEYOND: LiteralString = "(deleted_at, id) < ('epoch'::timestamptz + %(at)s * interval '1 microsecond', %(last_id)s)"


@dataclass(frozen=True, slots=True)
class TrashPart:
    """The places of deleted tasks, the tasks as JSON, and how many there are all in all."""

    places: list[str]
    items: list[str]
    count: int


async def find(connections: Connections, principal: Principal, *, q: str, limit: int, cursor: str | None) -> TrashPart:
    """The first deleted tasks that have all words of `q`, the last deleted first, from the place `cursor` on."""
    parameters: dict[str, Any] = {"user_id": principal.user_id, "kept": DELETED_TASKS_ARE_KEPT, "limit": limit}
    which = IN_TRASH
    if q.split():
        which += f" AND {_BY_WORD}"
        parameters["q"] = q
    beyond: LiteralString = "true"
    if cursor is not None:
        beyond = _BEYOND
        at, last_id = cursor.split("-")
        parameters |= {"at": int(at), "last_id": int(last_id)}
    row = await fetch_one(
        connections,
        f"""
        SELECT coalesce(array_agg((extract(epoch FROM deleted_at) * 1000000)::bigint || '-' || id), '{{}}'),
               coalesce(array_agg({TASK_AS_JSON}), '{{}}'),
               (SELECT count(*) FROM tasks WHERE user_id = %(user_id)s AND {which})
        FROM (SELECT {PUBLIC}, deleted_at FROM tasks WHERE user_id = %(user_id)s AND {which} AND {beyond}
              ORDER BY deleted_at DESC, id DESC LIMIT %(limit)s) AS task
        """,
        parameters,
    )
    assert row is not None  # noqa: S101 (an aggregate always has one row)
    return TrashPart(*row)


# A subtask whose parent stays in the trash, or has become a subtask itself, comes back as a task of its own.
_BACK: LiteralString = """
    deleted_at = NULL, parent_id = CASE WHEN EXISTS (
        SELECT FROM tasks AS parent WHERE parent.user_id = tasks.user_id AND parent.id = tasks.parent_id
            AND parent.parent_id IS NULL
            AND (parent.deleted_at IS NULL OR parent.id IN (SELECT task_id FROM family))) THEN tasks.parent_id END
"""
# Subtasks come back with the parent that took them along.
_ALONG: LiteralString = "deleted_at = (parent.state_before ->> 'deleted_at')::timestamptz"
_RESTORE: LiteralString = noting_changes_of_family(
    _BACK, f"id = %(id)s AND (deleted_at IS NULL OR {IN_TRASH})", along=_ALONG
)
_RESTORE_ALL: LiteralString = noting_many_changes(_BACK, IN_TRASH)
_RESTORE_THESE: LiteralString = noting_many_changes(_BACK, f"{IN_TRASH} AND id = ANY(%(ids)s::bigint[])", along=_ALONG)


async def restore(
    connection: Connection, principal: Principal, origin: Origin, task_id: int
) -> tuple[TaskDocument, bool] | None:
    """Bring a deleted task back unless it has been gone for too long; one that is not deleted stays as it is.

    Answers the task as it was told before, and whether subtasks came back with it.
    """
    parameters = _given(principal, origin) | {"id": task_id}
    row = await (await connection.execute(_RESTORE, parameters)).fetchone()
    return None if row is None else (TaskDocument(row[0]), row[1])


async def restore_many(
    connection: Connection, principal: Principal, origin: Origin, ids: Sequence[int] | None, *, expected: int | None
) -> ManyChanged:
    """Bring the deleted tasks of these ids back, or all, in one statement, if they are as many as `expected`."""
    parameters = _given(principal, origin) | {"ids": None if ids is None else list(ids), "expected": expected}
    statement = _RESTORE_ALL if ids is None else _RESTORE_THESE
    # Planned for as many as there are now, not by a plan kept from when there were few.
    row = await (await connection.execute(statement, parameters, prepare=False)).fetchone()
    assert row is not None  # noqa: S101 (a SELECT without FROM has one row)
    return ManyChanged(*row)


def _given(principal: Principal, origin: Origin) -> dict[str, Any]:
    return {"user_id": principal.user_id, "kept": DELETED_TASKS_ARE_KEPT, **origin.parameters()}

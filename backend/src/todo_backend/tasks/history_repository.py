"""What the journal tells: the changes of a user, newest first, and how the last of them is taken back or done again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection, Connections
from todo_backend.tasks.columns import SET_STATE, STATE, with_state
from todo_backend.tasks.journal import (
    ACTION,
    CHANGES_ARE_KEPT,
    DIFFERENCE,
    NOTED,
    ORIGIN,
    SHOWN,
    new_change,
    summary_of,
)
from todo_backend.tasks.origin import EntryPoint, Origin

NEWEST = 2**63 - 1  # the place of no event: every one is older


class Direction(StrEnum):
    """To take a change back, or to do again what was taken back."""

    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class Reversal:
    """What became of an undo or a redo: its own change, or the tasks that stood in its way."""

    change: dict[str, Any]
    conflicts: list[dict[str, Any]]
    conflict_count: int


# The last event of a batch is looked up. Were it the one without a later one, PostgreSQL could compare each with each:
# of 13,000 events that its statistics do not know of yet that took ten seconds.
_CHANGES: LiteralString = f"""
    SELECT row_to_json(change) FROM (
        SELECT head.batch AS id, head.id AS place, head.at, head.entry_point, head.source, head.kind, head.subject,
               coalesce((SELECT later.kind = 'undo' FROM task_events AS later
                         WHERE later.user_id = %(user_id)s AND later.subject = head.batch AND later.id > head.id
                         ORDER BY later.id DESC LIMIT 1), false) AS undone,
               summary.*
        FROM (
            SELECT user_id, id FROM task_events AS event
            WHERE user_id = %(user_id)s AND id < %(before)s AND at >= now() - %(kept)s
              AND (%(entry_point)s::text IS NULL OR entry_point = %(entry_point)s)
              AND id = (SELECT max(id) FROM task_events WHERE (user_id, batch) = (event.user_id, event.batch))
            ORDER BY id DESC LIMIT %(limit)s
        ) AS latest
        JOIN task_events AS head USING (user_id, id)
        CROSS JOIN LATERAL (
            WITH events AS MATERIALIZED (
                SELECT id, task_id, before, after, {ACTION} AS action FROM task_events
                WHERE (user_id, batch) = (latest.user_id, head.batch))
            SELECT * FROM {summary_of("events")} AS summary
        ) AS summary
        ORDER BY head.id DESC
    ) AS change
"""


async def find(
    connections: Connections,
    principal: Principal,
    *,
    before: int,
    limit: int,
    entry_point: EntryPoint | None,
) -> list[dict[str, Any]]:
    """The changes of `principal`, newest first, whose last event is older than the event `before`."""
    parameters = {
        "user_id": principal.user_id,
        "before": before,
        "limit": limit,
        "entry_point": None if entry_point is None else str(entry_point),
        "kept": CHANGES_ARE_KEPT,
    }
    async with connections.connection() as connection:
        # Planned anew each time: a plan kept from when there were few events would take minutes over many.
        cursor = await connection.execute(_CHANGES, parameters, prepare=False)
        return [row[0] for row in await cursor.fetchall()]


_OF_BATCH: LiteralString = f"""
    WITH events AS MATERIALIZED (
        SELECT id, task_id, at, entry_point, source, kind, subject, before, after, {ACTION} AS action FROM task_events
        WHERE user_id = %(user_id)s AND batch = %(batch)s)
    SELECT row_to_json(change) FROM (
        SELECT %(batch)s::uuid AS id, head.at, head.entry_point, head.source, head.kind, head.subject, false AS undone,
               summary.*
        FROM (SELECT * FROM events ORDER BY id DESC LIMIT 1) AS head
        CROSS JOIN {summary_of("events")} AS summary) AS change
"""


async def of_batch(connection: Connection, principal: Principal, batch: UUID) -> dict[str, Any]:
    """The change that was just made as `batch`."""
    parameters = {"user_id": principal.user_id, "batch": batch}
    row = await (await connection.execute(_OF_BATCH, parameters, prepare=False)).fetchone()
    assert row is not None  # noqa: S101 (it has events)
    change: dict[str, Any] = row[0]
    return change


# Steps go back in the journal from batch to batch. What a newer step undid or did again is `settled`.
_IS_FOUND: Mapping[Direction, LiteralString] = {
    Direction.UNDO: "steps.kind <> 'undo' AND NOT steps.subject = ANY (steps.settled)",
    Direction.REDO: "steps.kind = 'undo' AND NOT steps.subject = ANY (steps.settled)",
}
_SETTLES: Mapping[Direction, LiteralString] = {
    Direction.UNDO: "steps.kind = 'undo'",
    Direction.REDO: "steps.kind = 'redo'",
}
# What was undone can be done again until something else is changed.
_IS_THE_END: Mapping[Direction, LiteralString] = {
    Direction.UNDO: "false",
    Direction.REDO: "steps.kind = 'change'",
}


def _last(direction: Direction) -> LiteralString:
    """The batch to take back: the last one that is done; for a redo, the last one that undid something."""
    event: LiteralString = """
        id, batch, kind, coalesce(subject, batch) AS subject
        FROM task_events WHERE user_id = %(user_id)s AND at >= now() - %(kept)s
    """
    return f"""
        steps AS (
            (SELECT '{{}}'::uuid[] AS settled, {event} ORDER BY id DESC LIMIT 1)
            UNION ALL
            SELECT CASE WHEN {_SETTLES[direction]} THEN steps.settled || steps.subject ELSE steps.settled END, earlier.*
            FROM steps CROSS JOIN LATERAL (
                SELECT {event} AND id < steps.id AND batch <> steps.batch ORDER BY id DESC LIMIT 1
            ) AS earlier
            WHERE NOT ({_IS_FOUND[direction]}) AND NOT ({_IS_THE_END[direction]})
        ),
        target AS (SELECT batch, subject FROM steps WHERE {_IS_FOUND[direction]})
    """


# The batch to take back where the change is named, unless it is undone already.
_NAMED: LiteralString = """
    latest AS (
        SELECT batch, kind, coalesce(subject, batch) AS subject FROM task_events
        WHERE user_id = %(user_id)s AND at >= now() - %(kept)s AND (batch = %(change)s OR subject = %(change)s)
        ORDER BY id DESC LIMIT 1
    ),
    target AS (SELECT batch, subject FROM latest WHERE kind <> 'undo')
"""


# What the batch left of a task. Since when it is in the trash does not matter: an undo puts it there anew.
_AS_LEFT: LiteralString = """
    net.after - CASE WHEN net.after -> 'deleted_at' <> 'null' AND deleted_at IS NOT NULL THEN 'deleted_at' ELSE '' END
"""


# Tasks that would break a rule of subtasks if the batch was put back: a subtask whose parent is gone or a subtask
# itself (the parent is named), one that would repeat, and what was made a subtask of a task that goes or becomes one.
# `NOT IN`, as in the journal: each is looked up.
_OUT_OF_PLACE: LiteralString = """
    SELECT parent_id, coalesce((SELECT title FROM tasks WHERE user_id = owner AND id = family.parent_id), title)
    FROM family WHERE parent_id IS NOT NULL AND is_there
        AND NOT (parent_id IN (SELECT task_id FROM family WHERE is_there AND parent_id IS NULL))
        AND NOT (parent_id NOT IN (SELECT task_id FROM family) AND EXISTS (
            SELECT FROM tasks AS parent WHERE parent.user_id = owner AND parent.id = family.parent_id
                AND parent.parent_id IS NULL AND parent.deleted_at IS NULL))
    UNION
    SELECT task_id, title FROM family WHERE parent_id IS NOT NULL AND repeats
    UNION
    SELECT id, tasks.title FROM tasks JOIN family ON user_id = owner AND tasks.parent_id = task_id
    WHERE (family.parent_id IS NOT NULL OR NOT is_there) AND deleted_at IS NULL
        AND id NOT IN (SELECT task_id FROM family)
"""


def _reversing(target: LiteralString) -> LiteralString:
    """Put the tasks of the batch `target` back, all of them or none, and note that as a batch of its own.

    Events of one task are taken together: its fields before the first of them, and after the last. A task that is not
    as the batch left it stands in the way.
    """
    return f"""
        WITH RECURSIVE {target},
        settled_before AS (
            SELECT coalesce(max(id), 0) AS last FROM target JOIN task_events USING (subject)
            WHERE user_id = %(user_id)s AND task_events.batch <> target.batch
        ),
        events AS (
            SELECT user_id, id, task_id, coalesce(before, jsonb_build_object('deleted_at', at)) AS before, after
            FROM task_events JOIN target USING (batch)
            WHERE user_id = %(user_id)s AND id > (SELECT last FROM settled_before)
        ),
        net AS (
            SELECT user_id, task_id,
                   jsonb_object_agg(key, value ORDER BY id) FILTER (WHERE key IS NOT NULL) AS after,
                   jsonb_object_agg(key, before -> key ORDER BY id DESC) FILTER (WHERE before ? key) AS before
            FROM events LEFT JOIN LATERAL jsonb_each(after) ON true GROUP BY user_id, task_id
        ),
        held AS (
            SELECT id AS task_id, {STATE} AS state_before, {with_state("net.before")} AS wanted,
                   {with_state(_AS_LEFT)} IS DISTINCT FROM tasks AS is_other, net.user_id AS owner
            FROM tasks JOIN net ON tasks.user_id = net.user_id AND id = task_id
            ORDER BY id FOR NO KEY UPDATE OF tasks
        ),
        family AS (
            SELECT owner, task_id, (wanted).parent_id, (wanted).title, (wanted).deleted_at IS NULL AS is_there,
                   (wanted).recurrence IS NOT NULL AS repeats
            FROM held
        ),
        conflicts AS (
            SELECT task_id, state_before ->> 'title' AS title FROM held WHERE is_other
            UNION ALL
            SELECT task_id, coalesce(after ->> 'title', before ->> 'title') FROM net
            WHERE NOT EXISTS (SELECT FROM tasks WHERE tasks.user_id = net.user_id AND id = task_id)
            UNION
            {_OUT_OF_PLACE}
        ),
        changed AS (
            UPDATE tasks SET {SET_STATE} FROM held
            WHERE user_id = owner AND id = task_id AND NOT EXISTS (SELECT FROM conflicts)
            RETURNING id, state_before, {STATE} AS state_after
        ),
        noted AS (
            INSERT INTO task_events (user_id, batch, entry_point, source, kind, subject, task_id, before, after)
            SELECT {ORIGIN}, %(kind)s::text, subject, id, coalesce(before, '{{}}'), coalesce(after, '{{}}')
            FROM changed CROSS JOIN target CROSS JOIN LATERAL {DIFFERENCE}
            RETURNING {NOTED}
        )
        SELECT {new_change("%(kind)s::text", "(SELECT subject FROM target)")},
               (SELECT coalesce(jsonb_agg(row_to_json(shown)), '[]') FROM (
                   SELECT task_id, title FROM conflicts ORDER BY task_id LIMIT {SHOWN}) AS shown),
               (SELECT count(*) FROM conflicts)
    """


_REVERSING_LAST = {direction: _reversing(_last(direction)) for direction in Direction}
_REVERSING_NAMED = _reversing(_NAMED)


async def reverse(
    connection: Connection, principal: Principal, origin: Origin, direction: Direction, change: UUID | None = None
) -> Reversal:
    """Take back or do again the last change, or undo the one named; nothing is done where a task stands in the way.

    One after the other: the user's row is locked for it.
    """
    parameters = {
        "user_id": principal.user_id,
        "kind": str(direction),
        "change": change,
        "kept": CHANGES_ARE_KEPT,
        **origin.parameters(),
    }
    connection.defer("""SELECT id FROM "user" WHERE id = %(user_id)s FOR NO KEY UPDATE""", parameters)
    statement = _REVERSING_LAST[direction] if change is None else _REVERSING_NAMED
    row = await (await connection.execute(statement, parameters)).fetchone()
    assert row is not None  # noqa: S101 (a SELECT without FROM has one row)
    return Reversal(*row)

"""What is new in the journal, for all who follow it: one statement, however many they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connections
from todo_backend.tasks.feed_position import Position
from todo_backend.tasks.journal import ACTION, SHOWN

MOST_CHANGES = 50  # that are told one by one
MOST_EVENTS = 20_000  # that are read for one reader; a bulk change of more tasks is told as "look again"

# Of those who begin now, the position is null, and nothing is new. While a long transaction runs, what was written
# since it began is looked at again each time, and left out. No number that a reader sends can make the statement fail.
_NEWS: LiteralString = f"""
    WITH snapshot AS MATERIALIZED (
        SELECT format('%%s/%%s', extract(epoch FROM now())::bigint, pg_current_snapshot()) AS seen
    ),
    watched AS MATERIALIZED (
        SELECT * FROM unnest(%(user_ids)s::text[], %(oldest)s::text[]::xid8[], %(next)s::text[]::xid8[],
                             %(running)s::text[]) WITH ORDINALITY
            AS watched (user_id, oldest, next, running, place)
    ),
    fresh AS MATERIALIZED (
        SELECT place, event.* FROM watched CROSS JOIN LATERAL (
            SELECT id, at, batch, entry_point, source, kind, subject, task_id, {ACTION} = 'deleted' AS gone
            FROM task_events
            WHERE task_events.user_id = watched.user_id AND transaction >= oldest
              AND (transaction >= next OR transaction = ANY (running::xid8[]))
            ORDER BY transaction LIMIT {MOST_EVENTS + 1}
        ) AS event
    ),
    latest AS (
        SELECT DISTINCT ON (place, batch, task_id) * FROM fresh ORDER BY place, batch, task_id, id DESC
    ),
    numbered AS (
        SELECT *, row_number() OVER (PARTITION BY place, batch ORDER BY task_id) AS number FROM latest
    ),
    changes AS (
        SELECT place, min(id) AS first, jsonb_build_object(
            'id', batch, 'at', max(at), 'entry_point', entry_point, 'source', source, 'kind', kind,
            'subject', subject, 'count', count(*),
            'tasks', jsonb_agg(jsonb_build_object('task_id', task_id, 'gone', gone) ORDER BY task_id)
                     FILTER (WHERE number <= {SHOWN})) AS change
        FROM numbered GROUP BY place, batch, entry_point, source, kind, subject
    ),
    news AS (
        SELECT place, CASE
            WHEN count(*) <= {MOST_CHANGES}
             AND (SELECT count(*) FROM fresh WHERE fresh.place = changes.place) <= {MOST_EVENTS}
            THEN jsonb_agg(change ORDER BY first)::text END AS changes
        FROM changes GROUP BY place
    )
    SELECT seen,
           ARRAY(SELECT place FROM watched WHERE NOT EXISTS (SELECT FROM "user" WHERE "user".id = watched.user_id)),
           place, changes
    FROM snapshot LEFT JOIN news ON true
"""


@dataclass(frozen=True, slots=True)
class News:
    """What the journal says now: how far it was read, and what is new for each of those asked for, by their place."""

    seen: Position
    changes: dict[int, str | None]  # as JSON; None: more than is told one by one
    without_account: frozenset[int]


async def find_news(connections: Connections, watched: Sequence[tuple[Principal, Position | None]]) -> News:
    """What each principal's journal has that could not be seen at a position yet."""
    parameters = {
        "user_ids": [principal.user_id for principal, _ in watched],
        "oldest": [position and str(position.oldest) for _, position in watched],
        "next": [position and str(position.next) for _, position in watched],
        "running": [position and f"{{{','.join(map(str, position.running))}}}" for _, position in watched],
    }
    async with connections.connection() as connection:
        # Planned anew each time: a plan kept from when there were few events would take minutes over many.
        rows = await (await connection.execute(_NEWS, parameters, prepare=False)).fetchall()
    seen, without_account = rows[0][:2]
    position = Position.parse(seen)
    assert position is not None  # noqa: S101 (it is PostgreSQL's)
    return News(
        position,
        {place - 1: changes for _, _, place, changes in rows if place is not None},
        frozenset(place - 1 for place in without_account),
    )

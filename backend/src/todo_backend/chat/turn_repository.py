"""All SQL that touches turns. Every statement is scoped by a Principal.

Locks are taken in one order everywhere: a conversation's row, then its turns, the request's key, its messages.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal, LiteralString, NamedTuple

from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from todo_backend.auth.principal import Principal
from todo_backend.chat.repository import Message
from todo_backend.db.pool import Connection, Connections, fetch_one

End = Literal["answered", "failed", "stopped"]


class TurnId(NamedTuple):
    """One try to answer a message; within its conversation ids are in the order of arrival."""

    conversation_id: int
    id: int
    message_id: str


class Leases(NamedTuple):
    """After how long without a heartbeat a turn is taken for dead: by a later try of its message, and by others."""

    retry: dt.timedelta
    lease: dt.timedelta


_THIS_ONE: LiteralString = "user_id = %(user_id)s AND conversation_id = %(conversation_id)s AND id = %(id)s"
_OPEN: LiteralString = "(state IN ('waiting', 'running'))"
# Those that a waiting turn waits for.
_BEFORE_IT: LiteralString = """
    FROM turns AS other
    WHERE other.user_id = %(user_id)s AND other.conversation_id = %(conversation_id)s
      AND (other.state = 'running' OR other.state = 'waiting' AND other.id < %(id)s)
"""
_LIVES: LiteralString = """
    (other.heartbeat >= clock_timestamp()
        - CASE WHEN other.message_id = %(message_id)s THEN %(retry)s ELSE %(lease)s END)
"""


async def arrive(
    connection: Connection,
    principal: Principal,
    conversation_id: int,
    message_id: str,
    *,
    most: int,
    lease: dt.timedelta,
) -> tuple[TurnId, bool] | None:
    """A new turn, and whether it runs at once: it waits if any other is open. The conversation's row is locked.

    None when so many wait already, their processes alive. The rows of turns that have ended go with it.
    """
    cursor = await connection.execute(
        f"""
        WITH ended AS (
            DELETE FROM turns WHERE user_id = %(user_id)s AND conversation_id = %(conversation_id)s AND NOT {_OPEN}
        ), open AS (
            SELECT count(*) AS turns,
                   count(*) FILTER (WHERE state = 'waiting' AND heartbeat >= clock_timestamp() - %(lease)s) AS waiting
            FROM turns WHERE user_id = %(user_id)s AND conversation_id = %(conversation_id)s AND {_OPEN}
        )
        INSERT INTO turns (conversation_id, user_id, message_id, state)
        SELECT %(conversation_id)s, %(user_id)s, %(message_id)s, CASE WHEN turns > 0 THEN 'waiting' ELSE 'running' END
        FROM open WHERE waiting < %(most)s
        RETURNING id, state = 'running'
        """,
        {
            "user_id": principal.user_id,
            "conversation_id": conversation_id,
            "message_id": message_id,
            "most": most,
            "lease": lease,
        },
    )
    row = await cursor.fetchone()
    return None if row is None else (TurnId(conversation_id, row[0], message_id), bool(row[1]))


async def fail_dead(connection: Connection, principal: Principal, turn: TurnId, leases: Leases) -> None:
    """End the other turns of the conversation whose processes are taken for dead, with the next statement."""
    connection.defer(
        f"""
        UPDATE turns AS other SET state = 'failed'
        WHERE user_id = %(user_id)s AND conversation_id = %(conversation_id)s AND id <> %(id)s
          AND {_OPEN} AND NOT {_LIVES}
        """,
        {**_parameters(principal, turn), **leases._asdict()},
    )


async def try_to_run(connection: Connection, principal: Principal, turn: TurnId) -> bool | None:
    """Whether the waiting turn runs now: no other runs and no earlier one waits. None when it waits no more.

    The conversation's row is locked, and dead turns have ended.
    """
    cursor = await connection.execute(
        f"""
        UPDATE turns SET heartbeat = clock_timestamp(),
            state = CASE WHEN EXISTS (SELECT {_BEFORE_IT}) THEN 'waiting' ELSE 'running' END
        WHERE {_THIS_ONE} AND state = 'waiting' RETURNING state = 'running'
        """,
        _parameters(principal, turn),
    )
    return await _seen(cursor)


async def keep_waiting(connection: Connection, principal: Principal, turn: TurnId, leases: Leases) -> bool | None:
    """Give a heartbeat, and whether the turn waits for others that live; None when it waits no more."""
    cursor = await connection.execute(
        f"""
        UPDATE turns SET heartbeat = clock_timestamp() WHERE {_THIS_ONE} AND state = 'waiting'
        RETURNING EXISTS (SELECT {_BEFORE_IT} AND {_LIVES})
        """,
        {**_parameters(principal, turn), **leases._asdict()},
    )
    return await _seen(cursor)


def keep_alive(connection: Connection, principal: Principal, turn: TurnId) -> Callable[[], bool]:
    """Give a heartbeat, with the connection's next statement. What is returned tells then whether the turn runs."""
    beat = connection.defer(
        f"UPDATE turns SET heartbeat = clock_timestamp() WHERE {_THIS_ONE} AND state = 'running'",
        _parameters(principal, turn),
    )
    return lambda: beat.rowcount == 1


# Locks the conversation, then the turn; without a row when the conversation is gone.
_LOOK: LiteralString = f"""
    conversation AS (
        SELECT id FROM conversations WHERE user_id = %(user_id)s AND id = %(conversation_id)s FOR KEY SHARE
    ), turn AS (
        SELECT state FROM turns WHERE {_THIS_ONE} FOR SHARE
    ), look AS (
        SELECT coalesce(state = 'running', false) AS running FROM conversation LEFT JOIN turn ON true
    )
"""


async def look(connection: Connection, principal: Principal, turn: TurnId) -> Callable[[], bool | None]:
    """Have the connection's next statement look whether the turn runs, which then stays so until the transaction ends.

    What is returned tells then what was seen; None when the conversation is gone.
    """
    look = connection.defer(f"WITH {_LOOK} SELECT running FROM look", _parameters(principal, turn))
    return lambda: None if look.row is None else bool(look.row[0])


async def keep(connection: Connection, principal: Principal, turn: TurnId, message: Message) -> bool | None:
    """Append what the assistant says or does if the turn runs, and whether it does; None as with `look`."""
    cursor = await connection.execute(
        f"""
        WITH {_LOOK}, kept AS (
            INSERT INTO messages (conversation_id, item_id, user_id, role, content, item, created_at)
            SELECT %(conversation_id)s, %(item_id)s, %(user_id)s, %(role)s, %(content)s, %(item)s::jsonb, %(created_at)s
            FROM look WHERE running
        )
        SELECT running FROM look
        """,
        {**_parameters(principal, turn), **message._asdict()},
    )
    return await _seen(cursor)


async def _seen(cursor: AsyncCursor[TupleRow]) -> bool | None:
    row = await cursor.fetchone()
    return None if row is None else bool(row[0])


async def any_open(connections: Connections, principal: Principal, conversation_id: int, lease: dt.timedelta) -> bool:
    """Whether a process that lives has a turn of the conversation which waits or runs."""
    row = await fetch_one(
        connections,
        f"""
        SELECT FROM turns WHERE user_id = %(user_id)s AND conversation_id = %(conversation_id)s
          AND {_OPEN} AND heartbeat >= clock_timestamp() - %(lease)s LIMIT 1
        """,
        {"user_id": principal.user_id, "conversation_id": conversation_id, "lease": lease},
    )
    return row is not None


async def end(connection: Connection, principal: Principal, turn: TurnId, state: End) -> bool:
    """End an open turn, once the transactions of its tools have ended; False when it was ended before."""
    cursor = await connection.execute(
        f"UPDATE turns SET state = %(state)s WHERE {_THIS_ONE} AND {_OPEN}",
        {**_parameters(principal, turn), "state": state},
    )
    return cursor.rowcount == 1


def _parameters(principal: Principal, turn: TurnId) -> dict[str, Any]:
    return {"user_id": principal.user_id, **turn._asdict()}

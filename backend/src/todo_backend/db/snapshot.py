"""Reading much: all of it as it was at one moment, and a part at a time."""

import datetime as dt
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, LiteralString

from todo_backend.db.pool import Connection, Connections

ROWS = 200  # of a part: what a process holds of it, and one round trip


@asynccontextmanager
async def snapshot(connections: Connections, longest: dt.timedelta) -> AsyncIterator[Connection]:
    """A transaction that sees the database as it is at its first statement, and changes nothing.

    PostgreSQL ends it when nothing was asked for so long: its reader is slow, or this process is frozen.
    """
    async with connections.connection() as connection:  # which ends the transaction
        connection.defer("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.defer(
            "SELECT set_config('idle_in_transaction_session_timeout', %(longest)s, true)",
            {"longest": f"{longest / dt.timedelta(milliseconds=1):.0f}ms"},
        )
        try:
            yield connection
        finally:
            connection.forget_deferred()


async def parts(connection: Connection, select: LiteralString, parameters: dict[str, Any]) -> AsyncGenerator[list[str]]:
    """The rows of `select`, which have one text each, by a cursor: a part is fetched when it is asked for.

    In a transaction, and one after the other.
    """
    connection.defer(f"DECLARE part NO SCROLL CURSOR FOR {select}", parameters)
    rows = [""] * ROWS
    while len(rows) == ROWS:
        fetched = await connection.execute(f"FETCH {ROWS:d} FROM part", prepare=False)
        if rows := [row[0] for row in await fetched.fetchall()]:
            yield rows
    connection.defer("CLOSE part")

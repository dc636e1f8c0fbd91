"""The connections of one process: few, checked when they were idle, closed before a pooler closes them."""

import time
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from todo_backend.settings import DatabaseSettings

CONNECT_TIMEOUT_SECONDS = 10  # a suspended Neon compute takes up to some seconds to wake
CHECKOUT_TIMEOUT_SECONDS = 10
IDLE_SECONDS_BEFORE_CHECK = 5.0


class Connection(AsyncConnection[TupleRow]):
    """A pooled connection that knows since when it has been idle."""

    idle_since: float = 0.0


Pool = AsyncConnectionPool[Connection]


async def _configure(connection: Connection) -> None:
    await connection.execute("SET TIME ZONE 'UTC'")


async def _mark_idle(connection: Connection) -> None:
    connection.idle_since = time.monotonic()


async def _check(connection: Connection) -> None:
    """Prove that the connection still lives, unless it was used a moment ago: that would cost a round trip."""
    if time.monotonic() - connection.idle_since > IDLE_SECONDS_BEFORE_CHECK:
        await AsyncConnectionPool.check_connection(connection)


def create_pool(settings: DatabaseSettings) -> Pool:
    """A closed pool for `settings`; open it in the application's lifespan.

    Connections are in autocommit mode: a statement is a transaction unless `connection.transaction()` says more.
    """
    return AsyncConnectionPool(
        settings.database_url.get_secret_value(),
        connection_class=Connection,
        kwargs={
            "autocommit": True,
            "prepare_threshold": 2 if settings.prepares_statements else None,
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "application_name": "todo-backend",
        },
        min_size=1,
        max_size=settings.database_pool_size,
        timeout=CHECKOUT_TIMEOUT_SECONDS,
        max_idle=240,  # Neon suspends after five minutes without a query
        configure=_configure,
        reset=_mark_idle,
        check=_check,
        open=False,
    )


async def one(pool: Pool, statement: LiteralString, parameters: dict[str, Any]) -> TupleRow | None:
    """The first row of `statement`, on a connection that is held only for it."""
    async with pool.connection() as connection:
        return await (await connection.execute(statement, parameters)).fetchone()

"""The connections of one process: few, checked when they were unused, closed before a pooler closes them."""

import asyncio
import datetime as dt
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, LiteralString, Protocol

from psycopg import AsyncClientCursor, AsyncConnection, AsyncCursor, OperationalError
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from todo_backend.core.secret import Secret
from todo_backend.core.settings import DatabaseSettings
from todo_backend.db.writes import REFUSALS, Writes

CONNECT_TIMEOUT_SECONDS = 10  # a suspended Neon compute takes up to some seconds to wake
CHECKOUT_TIMEOUT_SECONDS = 10
RECONNECT_SECONDS = 5  # then a request's need makes the next try: pauses grow, and would outlast the trouble
UNUSED_SECONDS_BEFORE_CHECK = 5.0
# A network that drops packets reports nothing: the kernel's own timeout for a query is a quarter of an hour, with one
# that the server has taken two hours. What the URL says counts instead.
NETWORK_TIMEOUTS = {
    "tcp_user_timeout": 15_000,  # milliseconds without a receipt for what was sent
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
# A process that freezes inside of a transaction holds its locks: PostgreSQL ends it then, nothing done, and others go
# on. Longer than any pause of a process that lives.
FROZEN_AFTER = dt.timedelta(seconds=3)
SILENT_SECONDS = 2.0  # a connection whose server says nothing to a check for so long is given up


@dataclass(slots=True)
class Deferred:
    """A statement that goes with the next one; after that, how many rows it had, and the first of them."""

    statement: LiteralString
    parameters: dict[str, Any] | None
    rowcount: int = -1
    row: TupleRow | None = None


class Connection(AsyncConnection[TupleRow]):
    """A pooled connection that knows when it was last taken (`time.monotonic()`).

    What is deferred goes with the next statement, in one round trip: a database may be far away.
    """

    taken_at: float = 0.0
    writes: Writes
    _deferred: tuple[Deferred, ...] = ()

    def defer(self, statement: LiteralString, parameters: dict[str, Any] | None = None) -> Deferred:
        """Have a statement sent with the next one, before it."""
        deferred = Deferred(statement, parameters)
        self._deferred = (*self._deferred, deferred)
        return deferred

    def forget_deferred(self) -> None:
        """Send nothing of what was deferred."""
        self._deferred = ()

    async def execute(  # type: ignore[override]  # of its two forms, the one that is used here
        self,
        query: LiteralString,
        params: dict[str, Any] | None = None,
        *,
        prepare: bool | None = None,
        binary: bool = False,
    ) -> AsyncCursor[TupleRow]:
        """Send a statement, and before it what was deferred."""
        try:
            if not self._deferred:
                return await super().execute(query, params, prepare=prepare, binary=binary)
            self.defer(query, params)
            return await self.flush()
        except REFUSALS as error:
            self.writes.refused(error)
            raise

    async def flush(self) -> AsyncCursor[TupleRow]:
        """Send what was deferred now; the cursor is the last one's.

        As one query of several statements. Pipeline mode would do, but psycopg ends it in a way that keeps PostgreSQL
        from ending a transaction whose process froze.
        """
        deferred, self._deferred = self._deferred, ()
        cursor = AsyncClientCursor(self)
        if deferred:
            await cursor.execute(";".join(cursor.mogrify(one.statement, one.parameters) for one in deferred).encode())
        for one in deferred:
            one.rowcount = cursor.rowcount
            if one is not deferred[-1]:  # whose rows the caller reads
                one.row = await cursor.fetchone() if cursor.description else None
                cursor.nextset()
        return cursor


class Pool(AsyncConnectionPool[Connection]):
    """The connections of a process, and what they met when they wrote."""

    writes: Writes

    def connection(self, timeout: float | None = None) -> "Borrowed":  # type: ignore[override]  # a decorator's own type
        """A connection for this block: a transaction that is open at its end is committed, after an error rolled back.

        Raises PoolTimeout.
        """
        return Borrowed(self, timeout)


class Borrowed(AbstractAsyncContextManager[Connection]):
    """A connection of the pool for a block.

    psycopg's own commits at the end in any case, which in autocommit mode mostly is a long way to nothing.
    """

    __slots__ = ("_connection", "_pool", "_timeout")

    def __init__(self, pool: Pool, timeout: float | None) -> None:
        self._pool = pool
        self._timeout = timeout

    async def __aenter__(self) -> Connection:
        """Take the connection."""
        self._connection = await self._pool.getconn(self._timeout)
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        try:
            if self._connection.pgconn.transaction_status != TransactionStatus.IDLE:
                await self._connection.__aexit__(kind, error, trace)
        finally:
            await self._pool.putconn(self._connection)


class Connections(Protocol):
    """Where a statement's connection comes from: the pool, or a transaction that is open already."""

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """A connection for this block."""


class SameConnection:
    """One connection in the place of a pool: all that is done through it is part of its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """The connection, which stays open."""
        yield self._connection


@asynccontextmanager
async def transaction(connections: Connections) -> AsyncIterator[Connection]:
    """A short transaction. A process that freezes in it does not hold its locks for long.

    Its beginning goes with its first statement, and what is deferred at last with its end.
    """
    async with connections.connection() as connection:  # which rolls back what raised
        connection.defer("BEGIN")
        connection.defer(
            "SELECT set_config('idle_in_transaction_session_timeout', %(frozen)s, true)",
            {"frozen": f"{FROZEN_AFTER / dt.timedelta(milliseconds=1):.0f}ms"},
        )
        try:
            yield connection
            connection.defer("COMMIT")
            await connection.flush()
        finally:
            connection.forget_deferred()


@asynccontextmanager
async def as_one(connection: Connection) -> AsyncIterator[Connection]:
    """What is done in this block is done as one: in the transaction that is open, else in one of its own."""
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        yield connection
        return
    async with transaction(SameConnection(connection)) as on:
        yield on


@contextmanager
def hang_up_after_timeout(connection: AsyncConnection[Any]) -> Iterator[None]:
    """Hang up on a silent server: whoever waits for it in this block gets an OperationalError then.

    A timeout around it would not do: psycopg asks a silent server for up to ten seconds to give up its work.
    """
    timer = asyncio.get_running_loop().call_later(SILENT_SECONDS, _hang_up, connection)
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(connection: AsyncConnection[Any]) -> None:
    with suppress(OSError, OperationalError), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


async def _check(connection: Connection) -> None:
    """Prove that the connection still lives, unless it was taken a moment ago: that would cost a round trip."""
    now = time.monotonic()
    if now - connection.taken_at > UNUSED_SECONDS_BEFORE_CHECK:
        with hang_up_after_timeout(connection):
            await AsyncConnectionPool.check_connection(connection)
    connection.taken_at = now


def create_pool(settings: DatabaseSettings, url: Secret) -> Pool:
    """A closed pool of connections to `url`; open it in the application's lifespan.

    Connections are in autocommit mode: a statement is a transaction unless `connection.transaction()` says more.
    """

    def options() -> dict[str, Any]:
        now = url.read()
        given = conninfo_to_dict(now)
        return {name: value for name, value in NETWORK_TIMEOUTS.items() if name not in given} | {
            "autocommit": True,
            "prepare_threshold": 2 if settings.prepares_statements(now) else None,
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "application_name": "todo-backend",
        }

    writes = Writes()

    async def configure(connection: Connection) -> None:
        connection.writes = writes
        await connection.execute("SET TIME ZONE 'UTC'")

    pool = Pool(
        url.read,  # at each new connection: a password that is changed in the Secret's file counts at once
        connection_class=Connection,
        kwargs=options,
        min_size=1,
        max_size=settings.database_pool_size,
        timeout=CHECKOUT_TIMEOUT_SECONDS,
        reconnect_timeout=RECONNECT_SECONDS,
        max_idle=240,  # Neon suspends after five minutes without a query
        configure=configure,
        check=_check,  # no `reset`: with one, each return goes through a worker task
        open=False,
    )
    pool.writes = writes
    return pool


async def fetch_one(
    connections: Connections, statement: LiteralString, parameters: dict[str, Any], *, prepare: bool | None = None
) -> TupleRow | None:
    """The first row of `statement`, on a connection that is held only for it."""
    async with connections.connection() as connection:
        return await (await connection.execute(statement, parameters, prepare=prepare)).fetchone()

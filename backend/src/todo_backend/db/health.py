"""What is known of the database: asked while it is in use or in trouble, let asleep while nobody uses it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from psycopg import AsyncConnection, Error
from psycopg.errors import UndefinedTable

from todo_backend.db.causes import cause
from todo_backend.db.pool import Pool, patience
from todo_backend.db.schema import required_revision
from todo_backend.secret import Secret

logger = logging.getLogger(__name__)

IDLE_SECONDS = 60.0  # unused for so long, the database may sleep: the last good answer stands
CHECK_SECONDS = 3.5  # the kubelet waits four for an answer, and should hear ours
POOL_SECONDS = 1.0
HEAL_AGAIN_SECONDS = 15.0

EMPTY = "the database has no tables; the init container `migrate` makes them"

Heal: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok`, or what is wrong in words; with the time that the answer took."""

    database: str
    schema: str
    milliseconds: float | None = None
    server: str | None = None
    revision: str | None = None

    @property
    def ok(self) -> bool:
        """Whether requests can be served."""
        return self.database == self.schema == "ok"


class DatabaseWatch:
    """Finds out how the database is, for readiness and for operators."""

    def __init__(self, pool: Pool, url: Secret, heal: Heal | None = None) -> None:
        self._pool = pool
        self._url = url
        self._heal = heal  # what to do about a database without any table
        self._healed_at = float("-inf")
        self._healing: asyncio.Task[None] | None = None
        self._last: Finding | None = None
        self._asking: asyncio.Task[Finding] | None = None
        self._looking: asyncio.Task[Finding] | None = None
        self._own = self._seen = 0  # connections that were asked of the pool: by this watch, by requests
        self._used_at = time.monotonic()

    async def finding(self) -> Finding:
        """How the database is, as far as that can be said without waking it up.

        One that is healed when it is empty never sleeps: without its tables nobody can sign in, and no request tells.
        """
        if self._heal is None and self._last is not None and self._last.ok and not self._in_use():
            return self._last
        return await self.ask()

    async def ask(self) -> Finding:
        """How the database is now; callers at the same time share an answer."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    async def close(self) -> None:
        """Wait for what is under way."""
        tasks = [task for task in (self._asking, self._looking, self._healing) if task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _in_use(self) -> bool:
        """Whether a request wanted a connection lately; the pool counts them, so requests need not say so."""
        used = self._pool.get_stats().get("requests_num", 0) - self._own
        now = time.monotonic()
        if used != self._seen:
            self._seen, self._used_at = used, now
        return now - self._used_at < IDLE_SECONDS

    async def _ask(self) -> Finding:
        started = time.monotonic()
        try:
            if self._last is not None and not self._last.ok:  # the pool pauses after failures: no time for that
                found = await self._by_itself(CHECK_SECONDS)
            else:
                found = await self._through_pool()
        except (Error, OSError):  # the pool only says that it has no connection
            found = await self._by_itself(CHECK_SECONDS - (time.monotonic() - started))
        self._note(found)
        if found.schema == EMPTY and self._heal is not None and started - self._healed_at > HEAL_AGAIN_SECONDS:
            self._healed_at = started
            self._healing = asyncio.create_task(self._run(self._heal))
        return found

    async def _through_pool(self) -> Finding:
        """What a pooled connection tells; raises TimeoutError for a silent one, which is given up a moment later."""
        self._own += 1
        self._looking = asyncio.create_task(self._look_through_pool())
        async with asyncio.timeout(POOL_SECONDS):
            return await asyncio.shield(self._looking)

    async def _look_through_pool(self) -> Finding:
        async with self._pool.connection(timeout=POOL_SECONDS) as connection:
            with patience(connection):
                return await _look(connection)

    async def _by_itself(self, seconds: float) -> Finding:
        url = self._url.read()
        try:
            async with asyncio.timeout(seconds):
                connection = await AsyncConnection.connect(
                    url, autocommit=True, prepare_threshold=None, application_name="todo-health"
                )
                try:
                    return await _look(connection)
                finally:
                    await connection.close()
        except (Error, OSError) as error:
            return Finding(cause(error, url, CHECK_SECONDS), "unknown")

    async def _run(self, heal: Heal) -> None:
        try:
            await heal()
        except Exception:
            logger.exception("the empty database could not be migrated")

    def _note(self, found: Finding) -> None:
        before, self._last = self._last, found
        if not found.ok and (before is None or (found.database, found.schema) != (before.database, before.schema)):
            logger.warning("not ready: database: %s, schema: %s", found.database, found.schema)
        elif found.ok and before is not None and not before.ok:
            logger.info("the database is back")


async def _look(connection: AsyncConnection[Any]) -> Finding:
    started = time.perf_counter()
    required = required_revision()
    try:
        row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
    except UndefinedTable:
        schema, revision = await _without_revision(connection), None
    else:
        revision = str(row[0]) if row else None
        # A newer schema is fine: migrations only add while the version before them still runs.
        up_to_date = revision is not None and revision >= required
        schema = "ok" if up_to_date else f"the tables are of revision {revision or 'none'}, wanted {required}"
    milliseconds = (time.perf_counter() - started) * 1000
    return Finding("ok", schema, milliseconds, connection.info.parameter_status("server_version"), revision)


async def _without_revision(connection: AsyncConnection[Any]) -> str:
    tables = await connection.execute("SELECT FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) LIMIT 1")
    if await tables.fetchone() is None:
        return EMPTY
    return "the database has other tables than this application's; is DATABASE_URL right?"

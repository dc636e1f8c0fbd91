"""What is known of the database: asked while it is in use or in trouble, let asleep while nobody uses it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from psycopg import AsyncConnection, Error
from psycopg.errors import UndefinedTable

from todo_backend.core.codes import Code, Condition
from todo_backend.core.secret import Secret
from todo_backend.db.causes import cause
from todo_backend.db.pool import Pool, hang_up_after_timeout
from todo_backend.db.schema import required_revision

logger = logging.getLogger(__name__)

IDLE_SECONDS = 60.0  # unused for so long, the database may sleep: the last good answer stands
CHECK_SECONDS = 3.5  # the kubelet waits four for an answer, and should hear ours
POOL_SECONDS = 1.0
MIGRATE_AGAIN_SECONDS = 15.0

ANSWERS = Condition(Code.OK, "answers")
UP_TO_DATE = Condition(Code.OK, "up to date")
EMPTY = Condition(Code.SCHEMA_MISSING, "the database has no tables; the init container `migrate` makes them")
FOREIGN = Condition(
    Code.SCHEMA_FOREIGN, "the database has other tables than this application's; is DATABASE_URL right?"
)
NOT_LOOKED_AT = Condition(Code.UNKNOWN, "not looked at: the database does not answer")

MigrateEmpty: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The server and its tables; with the time that the answer took."""

    database: Condition
    schema: Condition
    milliseconds: float | None = None
    server: str | None = None
    revision: str | None = None

    @property
    def ok(self) -> bool:
        """Whether requests can be served."""
        return self.database.ok and self.schema.ok


class DatabaseHealth:
    """Finds out how the database is, for readiness and for operators."""

    def __init__(self, pool: Pool, url: Secret, migrate_empty: MigrateEmpty | None = None) -> None:
        self._pool = pool
        self._url = url
        self._migrate_empty = migrate_empty  # what to do about a database without any table
        self._migrated_at = float("-inf")
        self._migrating: asyncio.Task[None] | None = None
        self._last: HealthReport | None = None
        self._checking: asyncio.Task[HealthReport] | None = None
        self._looking: asyncio.Task[HealthReport] | None = None
        self._own = self._seen = 0  # connections that were asked of the pool: by these checks, by requests
        self._used_at = time.monotonic()

    @property
    def writes(self) -> Condition:
        """Whether writes are taken, as far as requests have met it."""
        return self._pool.writes.condition

    async def report(self) -> HealthReport:
        """How the database is, as far as that can be said without waking it up.

        One that is migrated when it is empty never sleeps: without tables nobody can sign in, and no request shows it.
        """
        if self._migrate_empty is None and self._last is not None and self._last.ok and not self._in_use():
            return self._last
        return await self.check()

    async def check(self) -> HealthReport:
        """How the database is now; callers at the same time share an answer."""
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._check())
        return await asyncio.shield(self._checking)

    async def close(self) -> None:
        """Wait for what is under way."""
        tasks = [task for task in (self._checking, self._looking, self._migrating) if task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _in_use(self) -> bool:
        """Whether a request wanted a connection lately; the pool counts them, so requests need not say so."""
        used = self._pool.get_stats().get("requests_num", 0) - self._own
        now = time.monotonic()
        if used != self._seen:
            self._seen, self._used_at = used, now
        return now - self._used_at < IDLE_SECONDS

    async def _check(self) -> HealthReport:
        started = time.monotonic()
        try:
            if self._last is not None and not self._last.ok:  # the pool pauses after failures: no time for that
                report = await self._check_directly(CHECK_SECONDS)
            else:
                report = await self._check_through_pool()
        except (Error, OSError):  # the pool only says that it has no connection
            # A process that stood still meanwhile has its look all the same.
            left = max(POOL_SECONDS, CHECK_SECONDS - (time.monotonic() - started))
            report = await self._check_directly(left)
        self._note(report)
        if (
            report.schema.code is Code.SCHEMA_MISSING
            and self._migrate_empty is not None
            and started - self._migrated_at > MIGRATE_AGAIN_SECONDS
        ):
            self._migrated_at = started
            self._migrating = asyncio.create_task(self._run(self._migrate_empty))
        return report

    async def _check_through_pool(self) -> HealthReport:
        """What a pooled connection shows; raises TimeoutError for a silent one, which is given up a moment later."""
        self._own += 1
        self._looking = asyncio.create_task(self._look_on_pooled_connection())
        async with asyncio.timeout(POOL_SECONDS):
            return await asyncio.shield(self._looking)

    async def _look_on_pooled_connection(self) -> HealthReport:
        async with self._pool.connection(timeout=POOL_SECONDS) as connection:
            with hang_up_after_timeout(connection):
                return await _look(connection)

    async def _check_directly(self, seconds: float) -> HealthReport:
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
            return HealthReport(cause(error, url, CHECK_SECONDS), NOT_LOOKED_AT)

    async def _run(self, migrate_empty: MigrateEmpty) -> None:
        try:
            await migrate_empty()
        except Exception:
            logger.exception("the empty database could not be migrated")

    def _note(self, report: HealthReport) -> None:
        before, self._last = self._last, report
        if not report.ok and (before is None or (report.database, report.schema) != (before.database, before.schema)):
            wrong = next(condition for condition in (report.database, report.schema) if not condition.ok)
            logger.warning("not ready: %s", wrong.detail, extra={"code": wrong.code})
        elif report.ok and before is not None and not before.ok:
            logger.info("the database is back")


async def _look(connection: AsyncConnection[Any]) -> HealthReport:
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
        older = f"the tables are of revision {revision or 'none'}, wanted {required}"
        schema = UP_TO_DATE if up_to_date else Condition(Code.SCHEMA_OUTDATED, older)
    milliseconds = (time.perf_counter() - started) * 1000
    return HealthReport(ANSWERS, schema, milliseconds, connection.info.parameter_status("server_version"), revision)


async def _without_revision(connection: AsyncConnection[Any]) -> Condition:
    tables = await connection.execute("SELECT FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) LIMIT 1")
    return EMPTY if await tables.fetchone() is None else FOREIGN

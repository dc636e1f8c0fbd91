"""What nobody can have back is removed, whoever's it was: tasks deleted and changed long ago, keys that ran out."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, LiteralString

from psycopg import Error
from psycopg_pool import PoolTimeout

from todo_backend.db.idempotency import KEYS_ARE_KEPT
from todo_backend.db.pool import Pool
from todo_backend.tasks.journal import CHANGES_ARE_KEPT
from todo_backend.tasks.trash_repository import DELETED_TASKS_ARE_KEPT

logger = logging.getLogger(__name__)

FIRST_SECONDS = 60.0  # a start has other things to do
EVERY_SECONDS = 24 * 3600.0  # a database that sleeps is woken up once a day
BATCH = 1000  # rows of one transaction, so that none takes long

# Rows that another replica is removing are left to it.
_TASKS: LiteralString = """
    DELETE FROM tasks WHERE (user_id, id) IN (
        SELECT user_id, id FROM tasks WHERE deleted_at < now() - %(kept)s LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
"""
_EVENTS: LiteralString = """
    DELETE FROM task_events WHERE (user_id, id) IN (
        SELECT user_id, id FROM task_events WHERE at < now() - %(kept)s LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
"""
_KEYS: LiteralString = """
    DELETE FROM idempotency_keys WHERE (user_id, key) IN (
        SELECT user_id, key FROM idempotency_keys WHERE created_at < now() - %(kept)s
        LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
"""


async def purge(pool: Pool) -> int:
    """Remove all whose time is over; returns how many rows that were."""
    kept = {_EVENTS: CHANGES_ARE_KEPT, _TASKS: DELETED_TASKS_ARE_KEPT, _KEYS: KEYS_ARE_KEPT}
    return sum([await _delete(pool, rows, {"kept": time, "batch": BATCH}) for rows, time in kept.items()])


async def _delete(pool: Pool, statement: LiteralString, parameters: dict[str, Any]) -> int:
    removed, last = 0, BATCH
    while last == BATCH:
        async with pool.connection() as connection:
            last = (await connection.execute(statement, parameters)).rowcount
        removed += last
    return removed


@asynccontextmanager
async def purging(pool: Pool) -> AsyncIterator[None]:
    """Purge in the background, each day that this process lives."""
    task = asyncio.create_task(_daily(pool))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _daily(pool: Pool) -> None:
    await asyncio.sleep(FIRST_SECONDS)
    while True:
        try:
            logger.info("purged %d rows whose time was over", await purge(pool))
        except (Error, PoolTimeout) as error:
            logger.warning("could not purge: %s", error)
        await asyncio.sleep(EVERY_SECONDS)

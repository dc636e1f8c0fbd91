"""Bring the schema up to date: wait for the database within a budget, then migrate, one process at a time."""

import asyncio
import logging
import time

import psycopg
from psycopg import OperationalError
from psycopg.errors import InsufficientPrivilege, LockNotAvailable

from todo_backend.core.codes import Code, Condition
from todo_backend.core.secret import Secret
from todo_backend.core.settings import DatabaseSettings
from todo_backend.core.termination import write_termination_message
from todo_backend.db.causes import cause
from todo_backend.db.schema import current_revision, required_revision

logger = logging.getLogger(__name__)

_PAUSES = (0.5, 1.0, 2.0, 3.0, 5.0)  # seconds between tries; the last one repeats
_CONNECT_SECONDS = 10
_SECONDS_WHILE_SERVING = 30


def migrate(settings: DatabaseSettings) -> bool:
    """Migrate to the newest revision; True when the schema is there.

    Logs each try with the code of what is wrong; gives up after `migrate_timeout_seconds`, with a termination message.
    """
    deadline = time.monotonic() + settings.migrate_timeout_seconds
    url = settings.database_secret()
    attempt = 0
    while True:
        attempt += 1
        try:
            logger.info("%s", migrate_once(url.read(), max(1.0, deadline - time.monotonic())))
        except OperationalError as error:
            pause = _PAUSES[min(attempt, len(_PAUSES)) - 1]
            left = deadline - time.monotonic()
            found = _reason(error, url.read())
            if left <= pause:
                return _give_up(attempt, found, f"giving up after {settings.migrate_timeout_seconds:g} s")
            _log(logging.WARNING, attempt, found, f"next try in {pause:g} s ({left:.0f} s left)")
            time.sleep(pause)
        except InsufficientPrivilege as error:
            return _give_up(attempt, cause(error, url.read()), "giving up: waiting would not help")
        else:
            return True


async def migrate_if_empty(url: Secret) -> None:
    """Make the tables of a database that was replaced by an empty one while this process served."""
    logger.warning("the database has no tables: making them")
    logger.info("migrate: %s", await asyncio.to_thread(migrate_once, url.read(), _SECONDS_WHILE_SERVING))


def migrate_once(url: str, seconds: float) -> str:
    """Migrate the database of `url` to the newest revision, waiting `seconds` for others who do; says what was done."""
    with psycopg.connect(
        url,  # it reaches libpq as it is given
        connect_timeout=_CONNECT_SECONDS,
        prepare_threshold=None,
        application_name="todo-migrate",
    ) as connection:
        if current_revision(connection) == (newest := required_revision()):
            return f"the schema is up to date (revision {newest})"
        # Most pods start on tables that are there, and SQLAlchemy takes half a second of theirs.
        from todo_backend.db.upgrade import upgrade

        return upgrade(connection, seconds)


def _reason(error: OperationalError, url: str) -> Condition:
    """The cause; without one, all that waits is another process that migrates."""
    if isinstance(error, LockNotAvailable):
        return Condition(Code.SCHEMA_LOCKED, "another process is migrating and does not finish")
    return cause(error, url, _CONNECT_SECONDS)


def _give_up(attempt: int, found: Condition, words: str) -> bool:
    last = _log(logging.ERROR, attempt, found, words)
    write_termination_message([last])
    return False


def _log(level: int, attempt: int, found: Condition, words: str) -> Condition:
    """Log what a try found; returns what was logged."""
    said = Condition(found.code, f"try {attempt}: {found.detail}; {words}")
    logger.log(level, "%s", said.detail, extra={"code": said.code})
    return said

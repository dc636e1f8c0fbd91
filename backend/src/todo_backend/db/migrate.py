"""Bring the schema up to date: wait for the database within a budget, then migrate, one process at a time."""

import sys
import time

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.errors import InsufficientPrivilege, LockNotAvailable
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from todo_backend.core.settings import DatabaseSettings
from todo_backend.db.causes import cause
from todo_backend.db.schema import MIGRATIONS, required_revision

_LOCK = 7_316_650_821_034_911_227  # any constant: the advisory lock that all migrating processes share
_PAUSES = (0.5, 1.0, 2.0, 3.0, 5.0)  # seconds between tries; the last one repeats
_CONNECT_SECONDS = 10


def migrate(settings: DatabaseSettings) -> bool:
    """Migrate to the newest revision; True when the schema is there.

    Prints one line for each try; gives up after `migrate_timeout_seconds`.
    """
    deadline = time.monotonic() + settings.migrate_timeout_seconds
    url = settings.database_secret()
    attempt = 0
    while True:
        attempt += 1
        try:
            _say(migrate_once(url.read(), max(1.0, deadline - time.monotonic())))
        except OperationalError as error:
            pause = _PAUSES[min(attempt, len(_PAUSES)) - 1]
            left = deadline - time.monotonic()
            why = _reason(error, url.read())
            if left <= pause:
                _say(f"try {attempt}: {why}; giving up after {settings.migrate_timeout_seconds:g} s")
                return False
            _say(f"try {attempt}: {why}; next try in {pause:g} s ({left:.0f} s left)")
            time.sleep(pause)
        except ProgrammingError as error:
            if not isinstance(error.orig, InsufficientPrivilege):
                raise
            _say(f"try {attempt}: {cause(error.orig, url.read())}; giving up: waiting would not help")
            return False
        else:
            return True


def migrate_once(url: str, seconds: float) -> str:
    """Migrate the database of `url` to the newest revision, waiting `seconds` for others who do; says what was done."""

    def connect() -> psycopg.Connection:  # the URL reaches libpq as it is given
        return psycopg.connect(
            url,
            connect_timeout=_CONNECT_SECONDS,
            prepare_threshold=None,
            application_name="todo-migrate",
        )

    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)
    # One transaction around the lock and all revisions: it works through a transaction pooler too, two
    # processes cannot interleave, and a revision that fails leaves nothing behind.
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT set_config('lock_timeout', %s, true)", (f"{seconds * 1000:.0f}ms",))
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        return _upgrade(connection)


def _upgrade(connection: Connection) -> str:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    before = _revision(connection)
    if before is not None and before not in {script.revision for script in scripts.walk_revisions()}:
        return f"the schema is at revision {before}, newer than this version's {required_revision()}: left as it is"
    if before == required_revision():
        return f"the schema is up to date (revision {before})"
    command.upgrade(config, "head")
    return f"the schema went from revision {before or 'nothing'} to {required_revision()}"


def _revision(connection: Connection) -> str | None:
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is None:
        return None
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if version is None else str(version)


def _reason(error: OperationalError, url: str) -> str:
    """The cause; without one, all that waits is another process that migrates."""
    if isinstance(error.orig, LockNotAvailable):
        return "another process is migrating and does not finish"
    return cause(error.orig or error, url, _CONNECT_SECONDS)


def _say(text: str) -> None:
    sys.stdout.write(f"migrate: {text}\n")
    sys.stdout.flush()

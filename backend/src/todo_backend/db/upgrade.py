"""Run the migrations that a database lacks, one process at a time."""

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from todo_backend.db.schema import MIGRATIONS, current_revision, required_revision

_LOCK = 7_316_650_821_034_911_227  # any constant: the advisory lock that all migrating processes share


def upgrade(connection: psycopg.Connection, seconds: float) -> str:
    """Migrate the database to the newest revision, waiting `seconds` for others who do; says what was done.

    The connection is closed at the end. Raises psycopg's errors.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: connection, poolclass=NullPool)
    # One transaction around the lock and all revisions: it works through a transaction pooler too, two
    # processes cannot interleave, and a revision that fails leaves nothing behind.
    try:
        with engine.begin() as transaction:
            connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{seconds * 1000:.0f}ms",))
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = transaction
            return _upgrade(config, current_revision(connection))
    except DBAPIError as error:
        raise error.orig or error from error


def _upgrade(config: Config, before: str | None) -> str:
    newest = required_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before is not None and before not in known:
        return f"the schema is at revision {before}, newer than this version's {newest}: left as it is"
    if before == newest:  # another process was faster
        return f"the schema is up to date (revision {before})"
    command.upgrade(config, "head")
    return f"the schema went from revision {before or 'nothing'} to {newest}"

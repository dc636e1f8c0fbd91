"""Which revision of the schema this code needs, and which one a database has."""

from functools import cache
from pathlib import Path

import psycopg

MIGRATIONS = Path(__file__).parent / "migrations"


@cache  # readiness asks every two seconds; the files do not change under a running process
def required_revision() -> str:
    """The newest revision in the migrations folder: files are named `<revision>_<what>.py`, in order."""
    return max(path.name.split("_", 1)[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def current_revision(connection: psycopg.Connection) -> str | None:
    """The revision of the database's tables; None when they were never made."""
    # From a table: reading one has the server look at what others have made since this transaction began.
    made = connection.execute("SELECT FROM pg_class WHERE oid = to_regclass('alembic_version')")
    if made.fetchone() is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])

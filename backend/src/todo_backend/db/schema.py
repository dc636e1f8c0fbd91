"""Which revision of the schema this code needs."""

from functools import cache
from pathlib import Path

MIGRATIONS = Path(__file__).parent / "migrations"


@cache  # readiness asks every two seconds; the files do not change under a running process
def required_revision() -> str:
    """The newest revision in the migrations folder: files are named `<revision>_<what>.py`, in order."""
    return max(path.name.split("_", 1)[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))

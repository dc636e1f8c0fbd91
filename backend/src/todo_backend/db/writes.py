"""Whether the database takes writes, as far as requests have met it: one whose disk is full still answers questions."""

import time

from psycopg import Error
from psycopg.errors import DiskFull, ReadOnlySqlTransaction

from todo_backend.core.codes import Code, Condition
from todo_backend.core.errors import database_condition

REFUSALS = (DiskFull, ReadOnlySqlTransaction)
REMEMBERED_SECONDS = 60.0

TAKEN = Condition(Code.OK, "taken")
_WORDS = {
    Code.DATABASE_DISK_FULL: "one was refused within the last minute: the database has no space left",
    Code.DATABASE_READ_ONLY: "one was refused within the last minute: the database takes none",
}


class Writes:
    """The last write of a process that its database refused."""

    def __init__(self) -> None:
        self._condition = TAKEN
        self._at = 0.0

    def refused(self, error: Error) -> None:
        """Remember that `error`, one of `REFUSALS`, met a write."""
        code = database_condition(error).code
        self._condition, self._at = Condition(code, _WORDS[code]), time.monotonic()

    @property
    def condition(self) -> Condition:
        """Good unless one was refused lately."""
        return self._condition if time.monotonic() - self._at < REMEMBERED_SECONDS else TAKEN

"""How the calls of tools in a turn are put on record."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from todo_backend.db.pool import Connection


@dataclass(slots=True)
class OpenCall:
    """A call of a tool and its transaction; `output` is what it answered, which is there if it was done before."""

    connection: Connection
    output: str | None = None


class Calls(Protocol):
    """Where the calls of a turn are put on record."""

    def open(self, call_id: str, tool: str, arguments: dict[str, Any]) -> AbstractAsyncContextManager[OpenCall]:
        """A transaction for one call, which keeps what the call does together with its output."""

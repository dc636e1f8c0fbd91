"""Where a change of tasks comes from, and which changes belong together."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from todo_backend.auth.request_context import RequestContext

_ID = re.compile("[0-9a-f]{32}")  # as the page makes its keys


class EntryPoint(StrEnum):
    """How people and programs reach their tasks."""

    PAGE = "page"
    REST = "rest"
    CHAT = "chat"
    MCP = "mcp"


@dataclass(frozen=True, slots=True)
class Origin:
    """The entry point, the conversation or token if it is known, and the batch: what is undone as one."""

    entry_point: EntryPoint
    source: str | None = None
    batch: UUID = field(default_factory=uuid4)

    def as_batch_of_its_own(self) -> "Origin":
        """The same origin of something that is undone by itself."""
        return Origin(self.entry_point, self.source)

    def parameters(self) -> dict[str, Any]:
        """What a statement notes of it."""
        return {"entry_point": str(self.entry_point), "source": self.source, "batch": self.batch}


def origin_of(context: RequestContext) -> Origin:
    """The origin of what a request changes: each is a batch. The frontend says which are its page's.

    The page's batch is named by its Idempotency-Key, which stands for one request: so it knows its own changes.
    """
    headers = context.request.headers
    if headers.get("x-entry-point") != EntryPoint.PAGE:
        return Origin(EntryPoint.REST)
    key = headers.get("idempotency-key", "")
    return Origin(EntryPoint.PAGE, batch=UUID(key)) if _ID.fullmatch(key) else Origin(EntryPoint.PAGE)

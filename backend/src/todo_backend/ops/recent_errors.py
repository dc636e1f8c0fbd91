"""The last warnings and errors of this process, without anything that a user wrote."""

import logging
from collections import deque
from datetime import UTC, datetime

from pydantic import BaseModel

from todo_backend.core.logs import request_id

KEPT = 100
_WITHHELD = "(the text is in this pod's log)"


class LoggedError(BaseModel):
    """A warning or an error of the log, without its arguments: those may hold what people wrote."""

    time: str
    level: str
    logger: str
    message: str
    exception: str | None
    request_id: str | None


class RecentErrors(logging.Handler):
    """Keeps the templates of the newest records."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._kept: deque[LoggedError] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what operators may see of `record`."""
        kind = record.exc_info[0] if record.exc_info else None
        self._kept.append(
            LoggedError(
                time=datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
                level=record.levelname.lower(),
                logger=record.name,
                message=_template(record),
                exception=None if kind is None else f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."),
                request_id=request_id.get(),
            )
        )

    def newest(self, limit: int) -> list[LoggedError]:
        """At most `limit` of them, the newest first."""
        return list(reversed(self._kept))[:limit]


def _template(record: logging.LogRecord) -> str:
    """The text before its arguments are put in; a library that puts them in by itself is not quoted."""
    ours = record.name.partition(".")[0] == "todo_backend"
    return record.msg if isinstance(record.msg, str) and (ours or record.args) else _WITHHELD


recent_errors = RecentErrors()
"""Those of this process, like the log itself."""

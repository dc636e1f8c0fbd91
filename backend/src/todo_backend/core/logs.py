"""Logs: one JSON object a line on standard output, each with the id of the request it belongs to."""

import asyncio
import json
import logging
import sys
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
TOGETHER_SECONDS = 0.01  # for so long lines of requests wait for others, as in the gateway
_encode = json.JSONEncoder(default=str, ensure_ascii=False).encode


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON; what is given as `extra` becomes fields."""

    def __init__(self, pod: str) -> None:
        super().__init__()
        self.pod = pod

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "pod": self.pod,
        }
        if (current := request_id.get()) is not None:
            line["request_id"] = current
        line.update((key, value) for key, value in vars(record).items() if key not in _STANDARD)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line)


class AccessLog:
    """One line for each request, as `JsonFormatter` would write it.

    Without a LogRecord: making and formatting one costs more than all else that is done for each request. Lines of a
    moment are written together, by one call of the system.
    """

    _flushing: asyncio.TimerHandle | None = None

    def __init__(self, pod: str) -> None:
        self._logger = logging.getLogger("todo_backend.access")
        self._fields = f'"logger": {_encode(self._logger.name)}, "message": "request", "pod": {_encode(pod)}'

    def write(self, level: int, method: str, path: str, status: int, seconds: float) -> None:
        """Write the line if `level` is logged; `seconds` is how long the request took."""
        if not self._logger.isEnabledFor(level):
            return
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = (
            f'{{"time": "{at}", "level": "{logging.getLevelName(level).lower()}", {self._fields}, '
            f'"request_id": {_encode(request_id.get())}, "method": {_encode(method)}, "path": {_encode(path)}, '
            f'"status": {status}, "duration_ms": {seconds * 1000:.2f}}}\n'
        )
        with suppress(OSError):  # as with any other logger: a full disk fails no request
            sys.stdout.write(line)
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(TOGETHER_SECONDS, self._flush)

    def _flush(self) -> None:
        self._flushing = None
        with suppress(OSError):
            sys.stdout.flush()


def configure(level: str, pod: str) -> None:
    """Send every logger of the process to standard output as JSON lines, from `level` up."""
    # Nobody reads these of a line, and finding them out costs as much as writing it.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(pod))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in ("alembic", "httpx2", "httpcore2", "mcp", "openai.agents", "sse_starlette", "chatkit"):
        library = logging.getLogger(chatty)
        library.setLevel(logging.WARNING)
        library.handlers.clear()  # chatkit brings its own when LOG_LEVEL is set, in a format of its own

"""The termination message: where the kubelet, and through it `todo status`, finds why a container ended."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from todo_backend.core.codes import Condition

_MESSAGE = Path("/dev/termination-log")
_MOST_BYTES = 4096  # the kubelet reads no more


def write_termination_message(conditions: Iterable[Condition]) -> None:
    """Leave a line of JSON for each condition; nothing where there is no such file, as outside of a pod."""
    if not _MESSAGE.is_file():
        return
    message = b""
    for condition in conditions:
        line = f"{condition.as_json()}\n".encode()
        if len(message) + len(line) <= _MOST_BYTES:
            message += line
    with suppress(OSError):  # the exit code and the log tell it too
        _MESSAGE.write_bytes(message)

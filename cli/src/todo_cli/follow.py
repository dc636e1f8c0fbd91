"""Reading log files, also while they grow."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from todo_cli.loglines import LogLine, in_order, said

LAST_BYTES = 64 * 1024
PAUSE_SECONDS = 0.2


def pause() -> None:
    """Let the logs grow."""
    time.sleep(PAUSE_SECONDS)


def follow_logs(
    logs: dict[str, Path], *, follow: bool, whole: bool = False, between: Callable[[], None] = pause
) -> Iterator[LogLine]:
    """The end of each component's log (or the `whole` of it), all in the order of their times.

    With `follow`, go on as they grow, over rotations too, for ever, with `between` done before each look.
    """
    positions: dict[str, int] = {}
    while True:
        new: list[LogLine] = []
        for name, file in logs.items():
            start = positions.get(name)
            size = file.stat().st_size if file.exists() else 0
            if start is None:
                start = 0 if whole or size <= LAST_BYTES else _line_start(file, size - LAST_BYTES)
            elif size < start:  # it was rotated: the file is a new one
                start = 0
            positions[name] = start
            if size > start:
                with file.open("rb") as opened:
                    opened.seek(start)
                    lines = opened.read().rpartition(b"\n")[0]
                positions[name] = start + len(lines) + 1 if lines else start
                new += [said(name, name, line) for line in lines.decode(errors="replace").splitlines()]
        yield from in_order(new)
        if not follow:
            return
        between()


def _line_start(file: Path, position: int) -> int:
    """Where the first line begins that has nothing before the position."""
    with file.open("rb") as opened:
        opened.seek(position - 1)
        return position - 1 + len(opened.readline())

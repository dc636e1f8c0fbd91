"""One at a time, across processes and threads: what several commands of this checkout may want to prepare at once."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from todo_cli.layout import Layout


@contextmanager
def locked(layout: Layout, name: str) -> Iterator[None]:
    """Wait until no other process or thread prepares `name`, and keep others waiting while the body runs."""
    folder = layout.cache / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

"""What the system says of a file that cannot be read or written, as a problem with its fix."""

import errno
import os
import shlex
from pathlib import Path

from todo_cli.errors import FREE_DISK, Problem
from todo_cli.layout import find_layout


def file_problem(error: OSError) -> Problem | None:
    """The problem that a user can put right; None where the error is another one, and so a defect of ours."""
    file = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem("the disk is full" + (f": {file} cannot be written" if file else ""), fix=FREE_DISK)
    if not file:
        return None
    layout = find_layout()
    if error.errno == errno.EROFS:
        copy = f"cp -R {shlex.quote(str(layout.root))} ~/todo-stack && cd ~/todo-stack && ./todo up"
        return Problem(f"{file} is on a read-only file system", fix=copy)
    if error.errno in (errno.EACCES, errno.EPERM):
        # One run under sudo is enough for root to own some of a folder: all of it is given back.
        ours = next((one for one in (layout.home, layout.cache) if Path(file).is_relative_to(one)), Path(file))
        return Problem(f"{file} is not this user's", fix=f"sudo chown -R $(id -un) {shlex.quote(str(ours))}")
    blocks = next((one for one in (Path(file), *Path(file).parents) if one.exists() and not one.is_dir()), None)
    if error.errno in (errno.ENOTDIR, errno.EEXIST) and blocks is not None:
        away = f"mv {shlex.quote(str(blocks))} {shlex.quote(f'{blocks}.old')}"
        asked = "TODO_HOME" in os.environ and Path(file).is_relative_to(layout.home)
        return Problem(f"{file} cannot be made: {blocks} is no folder", fix="unset TODO_HOME" if asked else away)
    return None

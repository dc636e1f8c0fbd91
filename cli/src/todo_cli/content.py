"""What a folder holds, as a short name: the same content has the same name on every machine."""

import hashlib
import os
from pathlib import Path

from todo_cli.programs import capture

# Only for a folder that is not in a git checkout (a downloaded archive): what builds leave behind.
LEFT_BY_BUILDS = {"node_modules", ".next", "__pycache__", ".venv", ".git", ".todo", "test-results", "playwright-report"}
NAME_LENGTH = 12


def files_of(folder: Path) -> list[Path]:
    """The folder's files as git sees them: tracked, and new ones that are not ignored; sorted."""
    listed = capture(
        # The checkout may belong to another user (root in a container): reading it is no risk here.
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."],
        cwd=folder,
        check=False,
    )
    if listed.ok and listed.stdout:
        names = {name for name in listed.stdout.split("\0") if name}
        return sorted(path for name in names if (path := folder / name).is_file())
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in LEFT_BY_BUILDS]
        found += [path for name in files if (path := Path(parent, name)).is_file() and name != "next-env.d.ts"]
    return sorted(found)


def content_hash(folder: Path, *extra: str) -> str:
    """12 hexadecimal digits that change with any file's name, content or executable bit, or with `extra`."""
    digest = hashlib.sha256("\0".join(extra).encode())
    for path in files_of(folder):
        executable = b"x" if os.access(path, os.X_OK) else b"-"
        name = path.relative_to(folder).as_posix().encode()
        digest.update(b"\0".join((name, executable, hashlib.sha256(path.read_bytes()).digest())))
    return digest.hexdigest()[:NAME_LENGTH]


def text_hash(*parts: str) -> str:
    """12 hexadecimal digits that change with any of the texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:NAME_LENGTH]

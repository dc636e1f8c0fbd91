"""What a folder holds, as a short name: the same content has the same name on every machine."""

import hashlib
import os
from pathlib import Path

from todo_cli.programs import Result, capture

# Only for a folder that is not in a git checkout (a downloaded archive): what builds leave behind.
LEFT_BY_BUILDS = {
    "node_modules", ".next", "__pycache__", ".venv", ".git", ".todo", "test-results", "playwright-report",
}  # fmt: skip
RECIPE = ("Dockerfile", ".dockerignore")
NAME_LENGTH = 12


def files_of(folder: Path) -> list[Path]:
    """The folder's files as git sees them: tracked, and new ones that are not ignored; sorted.

    What its `.dockerignore` keeps out of the image is left out as well (tests, say); the recipe itself counts.
    """
    listed = _git_files(folder, "--cached", "--others", "--exclude-standard")
    if not listed.ok or not listed.stdout:
        return sorted(_walk(folder))
    names = _names(listed)
    if (folder / ".dockerignore").is_file():
        patterns = [part for pattern in _docker_ignores(folder) for part in ("-x", pattern)]
        names -= _names(_git_files(folder, "--cached", "--others", "--ignored", *patterns)) - set(RECIPE)
    return sorted(path for name in names if (path := folder / name).is_file())


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


def _git_files(folder: Path, *options: str) -> Result:
    return _git(folder, "ls-files", "-z", *options, "--", ".")


def _git(folder: Path, *arguments: str) -> Result:
    # The checkout may belong to another user (root in a container): reading it is no risk.
    return capture(["git", "-c", "safe.directory=*", *arguments], cwd=folder, check=False)


def _names(listed: Result) -> set[str]:
    return {name for name in listed.stdout.split("\0") if name}


def _docker_ignores(folder: Path) -> list[str]:
    """The patterns of `.dockerignore` for git: Docker's begin at the context's root, git's at the checkout's."""
    root = "/" + _git(folder, "rev-parse", "--show-prefix").stdout.strip()
    patterns = []
    for line in (folder / ".dockerignore").read_text().splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#"):
            mark = "!" if pattern.startswith("!") else ""
            patterns.append(mark + root + pattern.removeprefix("!").lstrip("/"))
    return patterns


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in LEFT_BY_BUILDS]
        found += [path for name in files if name != "next-env.d.ts" and (path := Path(parent, name)).is_file()]
    return found

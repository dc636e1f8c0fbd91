"""Copies of the checkout for tests, made while other suites prepare tools in it and compile its modules."""

import os
import shutil
from pathlib import Path

# What is written under a passing name: it may be gone before it is copied.
UNFINISHED = shutil.ignore_patterns("*.part-*", "__pycache__")


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder, also into one that is there."""
    shutil.copytree(source, target, ignore=UNFINISHED, symlinks=True, dirs_exist_ok=True)


def link_tree(source: Path, target: Path) -> None:
    """The same files in another place, for what nobody writes to."""
    shutil.copytree(source, target, ignore=UNFINISHED, symlinks=True, dirs_exist_ok=True, copy_function=_link_or_copy)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)

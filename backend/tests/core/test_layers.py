"""The rooms of the code: imports go down only, nothing leans on itself in a circle, and the documentation shows it."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BACKEND = Path(__file__).parents[2]


def lint_imports(project: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    environment = os.environ | {"PYTHONPATH": "src", "COLUMNS": "200"}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


def test_imports_keep_the_contracts() -> None:
    answer = lint_imports(BACKEND)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("file", "imports", "broken"),
    [
        (
            "language/words.py",
            "todo_backend.core.logs",
            "todo_backend.language is not allowed to import todo_backend.core",
        ),
        (
            "auth/tokens.py",
            "todo_backend.tasks.schemas",
            "todo_backend.auth is not allowed to import todo_backend.tasks",
        ),
        ("chat/items.py", "todo_backend.ops.drain", "todo_backend.chat is not allowed to import todo_backend.ops"),
        ("tasks/schemas.py", "todo_backend.tasks.service", "No cycles are allowed in todo_backend.tasks"),
    ],
)
def test_the_contracts_see_a_wrong_import(tmp_path: Path, file: str, imports: str, broken: str) -> None:
    shutil.copytree(BACKEND / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(BACKEND / "pyproject.toml", tmp_path)
    with (tmp_path / "src" / "todo_backend" / file).open("a") as source:
        source.write(f"import {imports}\n")
    answer = lint_imports(tmp_path)
    assert answer.returncode == 1
    assert broken in answer.stdout


def test_the_documented_picture_is_current() -> None:
    layers = runpy.run_path(str(BACKEND.parent / "docs" / "layers.py"))
    assert layers["documented"]() == layers["pictures"](), "run: python docs/layers.py --write"

"""`--help` teaches: every command has an example of itself; those that plug in are there where their package is."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from conftest import CHECKOUT
from todo_cli.images import version_of
from todo_cli.layout import find_layout
from todo_cli.main import app

COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "bench"])
def test_every_command_shows_how_it_is_used(name: str) -> None:
    answer = CliRunner().invoke(app, [name, "--help"])
    assert answer.exit_code == 0
    assert f"./todo {name}" in answer.stdout.partition("Options:")[0].partition("\n")[2]
    assert "Example" in answer.stdout


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"Todo Stack {version_of(find_layout())}\n"


@pytest.mark.parametrize("beside", [(), ("acceptance",)])
def test_commands_plug_in_where_their_package_lies_beside_the_command(tmp_path: Path, beside: tuple[str, ...]) -> None:
    for folder in ("cli/src", *beside):
        shutil.copytree(CHECKOUT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    command = [sys.executable, "-m", "todo_cli", "--help"]
    env = {"PYTHONPATH": str(tmp_path / "cli" / "src"), "PYTHONSAFEPATH": "1"}
    said = subprocess.run(
        command, env=env, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300
    ).stdout
    assert "\n  status" in said
    assert ("\n  verify" in said) is bool(beside)

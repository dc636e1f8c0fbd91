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
from todo_cli.layout import Layout, find_layout
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


# What other commands need, and what only values of options do.
OTHERS = [
    "acceptance.stack", "importlib.resources", "jinja2", "pydantic", "pytest", "todo_cli.checks", "todo_cli.commands.up",
    "todo_cli.testing",
]  # fmt: skip
LOADED = """
import sys
from todo_cli.main import main
try:
    main()
except SystemExit:
    sys.stderr.write("\\n".join(sys.modules))
"""


@pytest.mark.parametrize("arguments", [("status",), ("down", "--help")], ids=" ".join)
def test_a_command_loads_nothing_that_only_others_need(layout: Layout, arguments: tuple[str, ...]) -> None:
    env = {"PYTHONPATH": str(CHECKOUT / "cli" / "src"), "TODO_HOME": str(layout.home)}
    command = [sys.executable, "-c", LOADED, *arguments]
    loaded = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300).stderr.split()
    assert "todo_cli.command_group" in loaded
    assert not set(OTHERS) & set(loaded)

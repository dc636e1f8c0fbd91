"""`--help` teaches: every command has an example of itself."""

import pytest
from typer.main import get_command
from typer.testing import CliRunner

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

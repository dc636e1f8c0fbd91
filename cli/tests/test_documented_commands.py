"""Every command in the documentation is run by a test; a new kind of command needs one here."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from documentation import CHECKOUT, commands, documents

# What runs a command: this file (the help of every `./todo` command), tests/process (the README's, for real),
# or tests/cluster (helm and kubectl, on an API server).
RUN_BY = {
    r"\./todo \w+": "test_documented_commands.py",
    r"helm (install|upgrade --install) ": "cluster/test_documented_commands.py",
    r"kubectl create secret ": "cluster/test_documented_commands.py",
}
ALL = [(page, command) for page in documents() for command in commands(page)]
TODO = sorted({command for _, command in ALL if command.startswith("./todo ")})


def test_commands_are_found() -> None:
    assert {"./todo up", "./todo test", "./todo down"} <= set(TODO)


@pytest.mark.parametrize(("page", "command"), ALL, ids=lambda value: value.name if isinstance(value, Path) else value)
def test_every_command_has_a_test_that_runs_it(page: Path, command: str) -> None:
    assert any(re.match(pattern, command) for pattern in RUN_BY), f"{page.relative_to(CHECKOUT)}: {command}"


@pytest.mark.parametrize("command", TODO)
def test_the_todo_command_is_there_as_documented(command: str) -> None:
    """Its help must know the command and every option that the documentation gives it."""
    _, *words = shlex.split(command)
    result = subprocess.run(
        [sys.executable, "-m", "todo_cli", words[0], "--help"],
        env={"PYTHONPATH": str(CHECKOUT / "cli" / "src"), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    for option in (word for word in words[1:] if word.startswith("-")):
        assert option in result.stdout

"""The README's everyday commands, run as they stand there, by the launcher, on a stack of the process engine.

`./todo test e2e` sets TODO_HOME, TODO_PORT and TODO_ENV_FILE for a stack apart from the user's.
"""

import os
import re
import shlex
import subprocess
import urllib.request

import pytest

from documentation import CHECKOUT, commands

UP_SECONDS = 900
ADDRESS = f"http://localhost:{os.environ.get('TODO_PORT', '30080')}"
EVERYDAY = [
    command
    for command in commands(CHECKOUT / "README.md")
    if command.startswith("./todo ") and command != "./todo dev"  # goes on until Ctrl-C: test_dev.py
]


def answers() -> bool:
    try:
        with urllib.request.urlopen(ADDRESS, timeout=10) as page:
            return page.status == 200
    except OSError:
        return False


@pytest.mark.parametrize("command", EVERYDAY)
def test_the_command_does_what_the_readme_says(command: str) -> None:
    words = shlex.split(command)
    if words[1] == "up":
        words += ["--engine", "process"]
    result = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, timeout=UP_SECONDS, check=False)
    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    assert "Traceback" not in said
    match words[1]:
        case "up":
            assert ADDRESS in said
            assert answers()
        case "status":
            assert "backend" in said
            assert "frontend" in said
        case "logs":
            assert re.search(r"(?m)^\d\d:\d\d:\d\d\.\d{3} info +backend ", said)
        case "down":
            assert not answers()


@pytest.mark.parametrize("benchmark", sorted(path.stem for path in (CHECKOUT / "bench").glob("*.py")))
def test_the_benchmark_starts_and_explains_itself(benchmark: str) -> None:
    """A whole run takes minutes and needs a quiet machine; that its parts are there shows at once."""
    result = subprocess.run(
        ["./todo", "bench", benchmark, "--help"], cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr
    assert f"./todo bench {benchmark}" in result.stdout

"""The everyday commands of the documentation, run as they stand there, by the launcher, on a stack of the process engine."""

import json
import os
import re
import shlex
import signal
import subprocess
import urllib.request

import pytest

from documentation import BENCHMARK, CHECKOUT, PROCESS, run_by
from forked import todo

UP_SECONDS = 1800
ADDRESS = f"http://localhost:{os.environ.get('TODO_PORT', '30080')}"
# `up` comes first, then what looks, then `down` and at last `down --data`.
ORDER = ("up", "", "down")
COMMANDS = sorted(
    run_by(PROCESS), key=lambda command: ORDER.index(verb) if (verb := command.split()[1]) in ORDER else 1
)
FOLLOWING = ("-f", "--watch")
# `open` finds this browser, which shows nothing.
ENVIRONMENT = os.environ | {"BROWSER": "true"}


def answers() -> bool:
    try:
        with urllib.request.urlopen(ADDRESS, timeout=120) as page:
            return page.status == 200
    except OSError:
        return False


def run(words: list[str]) -> tuple[int, str]:
    """Exit code and output; one that follows is ended by Ctrl-C after its first line."""
    with subprocess.Popen(
        words, cwd=CHECKOUT, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        first = ""
        if set(FOLLOWING) & set(words):
            first = process.stdout.readline()
            process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=UP_SECONDS)
    return process.returncode, first + rest


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_does_what_the_readme_says(command: str) -> None:
    words = shlex.split(command.replace("COMPONENT...", "backend frontend"))
    if words[1] == "up":
        words += ["--engine", "process"]
    code, said = run(words)
    assert code == 0, said
    assert "Traceback" not in said
    if "--json" in words:
        json.loads(said)
        return
    match words[1]:
        case "up" | "open":
            assert ADDRESS in said
            assert answers()
        case "status":
            assert re.search(r"(?m)^(\d\d:\d\d:\d\d  )?(database|backend) +1/1 ", said), said
        case "logs":
            assert re.search(r"(?m)^.{20} (backend|frontend|database) ", said), said
        case "down":
            assert not answers()


def test_every_benchmark_is_a_documented_command() -> None:
    assert {"api", "images", "proxy"} <= {command.split()[-1] for command in run_by(BENCHMARK)}


@pytest.mark.parametrize("benchmark", sorted(path.stem for path in (CHECKOUT / "bench").glob("*.py")))
def test_the_benchmark_starts_and_explains_itself(benchmark: str) -> None:
    """A whole run takes minutes and needs a quiet machine; that its parts are there shows at once."""
    result = todo("bench", benchmark, "--help", env=ENVIRONMENT)
    assert result.returncode == 0, result.stderr
    assert f"./todo bench {benchmark}" in result.stdout

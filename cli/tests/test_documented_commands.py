"""Every command in the documentation is run by a test that is named, or stands in a list with the reason why not."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import Machine, settled
from documentation import CHECKOUT, LOAD, LOCALLY, NOT_RUN, RUN_BY, commands, documents, run_by
from todo_cli.engines.choose import UpOptions, engine_for_up
from todo_cli.layout import Layout
from todo_cli.main import app
from todo_cli.progress import Steps
from todo_cli.settings import Settings, load_settings

ALL = [(page, command) for page in documents() for command in commands(page.read_text())]
TODO = sorted({command for _, command in ALL if command.startswith("./todo ")})
PATTERNS = RUN_BY | NOT_RUN

PAGE = """Type `./todo up [--engine NAME]` or `VALUE=1 npm test`, not `no command`, `./todo` or `--engine NAME`.

    helm install a \\
      --set b=c    # and so on

| `./todo completion bash\\|zsh` | table |

```sh
anything goes    # here
./todo down
```

```yaml
helm: no command
```

```
browser --> server
npm ci
```
"""


def test_commands_are_found_wherever_they_stand() -> None:
    assert commands(PAGE) == [
        "anything goes", "./todo down", "npm ci", "helm install a --set b=c", "./todo up", "./todo up --engine NAME",
        "npm test", "./todo completion bash|zsh",
    ]  # fmt: skip


@pytest.mark.parametrize(("page", "command"), ALL, ids=lambda value: value.name if isinstance(value, Path) else value)
def test_every_command_is_run_or_has_a_reason(page: Path, command: str) -> None:
    where = page.relative_to(CHECKOUT)
    found = [pattern for pattern in PATTERNS if re.fullmatch(pattern, command)]
    assert len(found) == 1, (
        f"{where}: {command}: {'more than one pattern' if found else 'no pattern'} in documentation.py"
    )


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_lists_have_nothing_that_is_documented_no_more(pattern: str) -> None:
    assert any(re.fullmatch(pattern, command) for _, command in ALL)


@pytest.mark.parametrize("test", sorted(set(RUN_BY.values())))
def test_what_is_said_to_run_a_command_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    written = f"def {name}(" if file.endswith(".py") else f'it("{name}"'
    assert written in (CHECKOUT / file).read_text()


@pytest.mark.parametrize("command", TODO)
def test_the_todo_command_is_there_as_documented(command: str) -> None:
    """Its help must know the command and every option that the documentation gives it."""
    _, *words = shlex.split(command)
    result = CliRunner(env={"PATH": "", "COLUMNS": "200"}).invoke(app, [words[0], "--help"])
    assert result.exit_code == 0, result.output
    for option in (word for word in words[1:] if word.startswith("-")):
        assert option in result.stdout


@pytest.mark.parametrize("command", run_by(LOCALLY))
def test_the_shell_runs_the_command(layout: Layout, command: str) -> None:
    (layout.root / ".env.example").write_text((CHECKOUT / ".env.example").read_text())
    result = subprocess.run(["sh", "-c", command], cwd=layout.root, capture_output=True, text=True, check=True)
    if command.startswith("openssl"):
        assert len(result.stdout.strip()) >= 32, "the least that BETTER_AUTH_SECRET may have"
    else:
        assert load_settings(layout).found


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("command", run_by(LOAD))
def test_the_load_command_brings_both_images(
    layout: Layout, settings: Settings, machine: Machine, steps: Steps, command: str
) -> None:
    """With a stand-in for what it pipes the images to, run by sudo."""
    sudo = machine.folder / "bin" / "sudo"
    sudo.write_text(f'#!/bin/sh\necho "$@" >>{machine.folder}/sudo\ncat >>{machine.folder}/images\n')
    sudo.chmod(0o755)
    machine.set(minikube="running", objects=settled())
    _, _, *words = shlex.split(command)
    assert words[:3] == ["--engine", "kubernetes", "--load-command"]
    engine, _ = engine_for_up(layout, settings, UpOptions(engine="kubernetes", load_command=words[3], timeout=60))
    engine.up(steps)
    assert (machine.folder / "sudo").read_text().splitlines() == ["k3s ctr images import -"] * 2
    assert sorted((machine.folder / "images").read_text().split()) == sorted(machine.get("docker_images"))

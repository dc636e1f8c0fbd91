"""`./todo` in a process of its own, forked off the tests': its modules, most of what a command costs, are read once."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.context import ForkProcess

from pydantic import TypeAdapter  # noqa: F401 - which Typer reads for the values of options
from typer.main import get_command

from todo_cli.main import app, main

SECONDS = 300
list(get_command(app).commands.values())  # type: ignore[attr-defined]  # each reads its module


def start_todo(*arguments: str, env: Mapping[str, str], stdout: int, stderr: int) -> ForkProcess:
    """Start the command in this environment, with nothing to read and these files to write to."""
    process = ForkProcess(target=_run, args=(arguments, dict(env), stdout, stderr), daemon=True)
    process.start()
    return process


def todo(*arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command with its output piped."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = start_todo(*arguments, env=env, stdout=out.fileno(), stderr=err.fileno())
        code = ended(process)
        written = [file.read() for file in (out, err) if file.seek(0) == 0]
    return subprocess.CompletedProcess(arguments, code, *written)


def ended(process: ForkProcess) -> int:
    """The exit code, once it has one."""
    process.join(SECONDS)
    code = process.exitcode
    process.kill()
    assert code is not None, f"still at work after {SECONDS} s"
    return code


def _run(arguments: tuple[str, ...], env: dict[str, str], stdout: int, stderr: int) -> None:
    """What Python does before it runs a program, in the process that was forked."""
    for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), stdout, stderr)):
        os.dup2(file, number)
    sys.stdin, sys.stdout, sys.stderr = open(0, closefd=False), open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["todo", *arguments]
    main()

"""Shell completion, asked as a shell asks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from forked import todo

SOURCE = Path(__file__).parents[1] / "src"


def said(*arguments: str, **variables: str) -> str:
    answer = todo(*arguments, env={"PATH": os.environ["PATH"]} | variables)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.parametrize("name", ["./todo", "t"])
def test_bash_completes_the_command_and_an_alias_of_it(tmp_path: Path, name: str) -> None:
    program = tmp_path / "todo"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={SOURCE} exec {sys.executable} -m todo_cli "$@"\n')
    program.chmod(0o755)
    script = (
        said("completion", "bash")
        + f"""
shopt -s expand_aliases
alias t={program}
COMP_WORDS=({name} sta) COMP_CWORD=1
_todo_complete
printf '%s\\n' "${{COMPREPLY[@]}}"
COMP_WORDS=({name} status --w) COMP_CWORD=2
_todo_complete
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    )
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["status", "--watch"], done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_one_that_its_shell_reads(shell: str) -> None:
    program = shutil.which(shell)
    script = said("completion", shell)
    assert "complete_" + shell in script
    if program is not None:
        subprocess.run([program, "-n"], input=script, text=True, check=True, timeout=300)


def test_fish_and_zsh_get_their_answers() -> None:
    asked = {"_TYPER_COMPLETE_ARGS": "./todo sca", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    assert said(_TODO_COMPLETE="complete_fish", **asked).startswith("scale")
    assert "scale" in said(_TODO_COMPLETE="complete_zsh", **asked)

"""A stack whose Minikube profile does not run: each fix that a command shows is carried out, and then the command works.

Nothing that is not ours is ever to be deleted: a profile of the user's holds more than our release.
"""

import re
import shlex
import subprocess
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from conftest import Machine, Up
from todo_cli import health
from todo_cli.checks import Verdict, run_checks
from todo_cli.commands import up as up_command
from todo_cli.errors import Problem
from todo_cli.main import app
from todo_cli.state import RunState, load_state, save_state

STATES: dict[str, Callable[[Machine], None]] = {
    "stopped": lambda machine: machine.set(minikube="stopped"),
    "paused": lambda machine: machine.set(minikube="paused"),
    "broken": lambda machine: machine.set(minikube="broken"),
    "deleted": lambda machine: machine.set(minikube="absent"),
    "docker stopped": lambda machine: machine.set(minikube="stopped", docker=False),
    "no minikube": lambda machine: machine.remove("minikube"),
}
COMMANDS = ("status", "doctor", "logs", "scale 3", "open", "up", "down")
ALTERNATIVES = re.compile(r"(?:[;,]? or|; if it cannot|;)(?! then):? ")
STEPS = re.compile(r" && |[;,] then ")
COMMAND = re.compile(r"(?:\./todo|minikube|docker rm|sudo systemctl) [^,;]*?(?= makes| forgets| starts| again|,|\.|$)")
DEPLOYED = {"status": "deployed", "description": "", "values": {}}
OF_THE_PROFILE = ("Docker", "Minikube", "Profile mine", "Profile todo-stack", "Cluster")


class Stack:
    """A stack on a Minikube profile, as its user has it before them."""

    def __init__(self, up: Up, machine: Machine, *, ours: bool) -> None:
        self._up, self._machine = up, machine
        profile = "todo-stack" if ours else "mine"
        machine.set(
            root=False, context=profile, minikube="running", docker=True, release=DEPLOYED, namespace="ours",
            logs=["[pod/b-1/backend] 2026-11-23T10:00:00.123456789Z up"],
        )  # fmt: skip
        machine.add("minikube")
        state = RunState(engine="minikube", is_up=True, profile=profile, profile_is_ours=ours, namespace="todo-stack")
        save_state(up.layout, state)

    def run(self, command: str) -> list[str]:
        """Run a `./todo` command; the fixes that it shows where it does not do what it should."""
        if command == "doctor":
            checks = [one for one in run_checks(self._up.layout) if one.name in OF_THE_PROFILE]
            return [str(one.fix) for one in checks if one.verdict is Verdict.FAIL]
        reported = CliRunner().invoke(app, command.split())
        if isinstance(reported.exception, Problem):
            return [str(reported.exception.fix)]
        if reported.exit_code == 0:
            return []
        assert command == "status", reported.output
        return re.findall(r"fix: (.*)", reported.output)

    def carry_out(self, step: str) -> None:
        """Do what a fix says; what no command can do is not done."""
        found = COMMAND.search(step)
        if found is None:
            return
        words = shlex.split(found[0])
        if words[0] == "./todo":
            CliRunner().invoke(app, words[1:])
        elif words[0] == "sudo":
            self._machine.set(docker=True)
        else:
            subprocess.run([self._machine.folder / "bin" / words[0], *words[1:]], check=True, capture_output=True)


@pytest.fixture(autouse=True)
def outside(up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page answers while the cluster runs, and every command finds this stack."""
    monkeypatch.setenv("PATH", f"{machine.folder / 'bin'}")
    monkeypatch.setattr(health, "replicas", lambda *_, **__: ["b-1"])
    monkeypatch.setattr(health, "page_problem", lambda _: None if machine.get("minikube") == "running" else "away")
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    monkeypatch.setattr(up_command, "check_settings", lambda *_: None)
    for command in ("status", "doctor", "logs", "scale", "open", "up", "down"):
        monkeypatch.setattr(f"todo_cli.commands.{command}.find_layout", lambda: up.layout)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("ours", [True, False], ids=["ours", "the user's"])
def test_each_fix_works_in_its_state(up: Up, machine: Machine, ours: bool, state: str, command: str) -> None:
    stack = Stack(up, machine, ours=ours)
    STATES[state](machine)
    fixes = list(dict.fromkeys(stack.run(command)))
    alternatives = [one for fix in fixes for one in ALTERNATIVES.split(fix)]
    assert ours or not [one for one in alternatives if re.search(r"\bdelete|\brm\b", one)], alternatives
    for alternative in alternatives:
        if COMMAND.search(alternative) is None:  # "start Docker Desktop", the address of a page
            continue
        stack = Stack(up, machine, ours=ours)
        STATES[state](machine)
        for step in STEPS.split(alternative):
            stack.carry_out(step)
        left = stack.run(command) if load_state(up.layout).is_up else []
        for fix in left:  # a second thing may be wrong behind the first
            for step in STEPS.split(fix):
                stack.carry_out(step)
            assert stack.run(command) == [], f"after {alternative}: {fix}"

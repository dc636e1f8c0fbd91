"""`down --all`: every stack of the checkout, whatever carried it."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from conftest import Machine
from todo_cli.commands import down as command
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.main import app
from todo_cli.state import RunState, load_state, save_state


@pytest.fixture(autouse=True)
def checkout(layout: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setattr(command, "find_layout", lambda: layout)
    return layout


def test_stacks_of_the_tests_go_too(layout: Layout, machine: Machine) -> None:
    other = replace(layout, home=layout.cache / "test-cluster")
    machine.set(minikube="running", context="dev", release={"status": "deployed", "description": ""})
    save_state(layout, RunState(engine="process", is_up=True))
    save_state(other, RunState(engine="kubernetes", is_up=True, context="dev", namespace="todo-stack"))
    answer = CliRunner().invoke(app, ["down", "--all"])
    assert (answer.exit_code, answer.stdout.splitlines()[-1]) == (0, "Down.")
    assert not load_state(layout).is_up
    assert not load_state(other).is_up
    assert (machine.get("release"), machine.get("minikube")) == (None, "running"), "the cluster is the user's"


@pytest.mark.parametrize(("options", "left"), [([], "stopped"), (["--data"], "absent")])
def test_a_profile_of_ours_that_nothing_knows_of_goes(machine: Machine, options: list[str], left: str) -> None:
    machine.set(minikube="running")
    assert CliRunner().invoke(app, ["down", *options]).stdout == "Nothing is up.\n"
    assert machine.get("minikube") == "running"
    CliRunner().invoke(app, ["down", "--all", *options])
    assert machine.get("minikube") == left


def test_a_profile_of_the_tests_goes_too(machine: Machine) -> None:
    machine.set(minikube="running", context="todo-stack-test")
    answer = CliRunner().invoke(app, ["down", "--all"])
    assert "Minikube profile todo-stack-test stopped" in answer.stdout
    assert machine.get("minikube") == "stopped"


def test_forgetting_goes_alone(machine: Machine) -> None:
    machine.set(minikube="running")
    assert CliRunner().invoke(app, ["down", "--all", "--forget"]).exit_code == 2
    assert CliRunner().invoke(app, ["down", "--data", "--forget"]).exit_code == 2


def test_one_that_is_stuck_does_not_keep_the_others_up(layout: Layout, machine: Machine) -> None:
    other = replace(layout, home=layout.cache / "test-e2e")
    machine.set(minikube="stopped", context="dev")
    save_state(layout, RunState(engine="kubernetes", is_up=True, context="dev"))
    save_state(other, RunState(engine="process", is_up=True))
    problem = CliRunner().invoke(app, ["down", "--all"]).exception
    assert isinstance(problem, Problem)
    assert "does not answer; fix: kubectl --context dev cluster-info; then ./todo down" in problem.details[0]
    assert not load_state(other).is_up


def test_nothing_is_well() -> None:
    answer = CliRunner().invoke(app, ["down", "--all"])
    assert (answer.exit_code, answer.stdout) == (0, "Nothing is up.\n")

"""Ctrl-C while a cluster comes up: what this run made is rolled back, and what stays is on record and reported."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import Machine, Up
from copies import copy_tree
from todo_cli.cluster import release
from todo_cli.engines import cluster as cluster_engine
from todo_cli.engines.choose import UpOptions
from todo_cli.layout import Layout
from todo_cli.state import RunState, load_state, save_state

MINIKUBE = UpOptions(engine="minikube", timeout=60)
ON_DEV = UpOptions(engine="kubernetes", context="dev", load_command="true {image}", timeout=60)


@contextlib.contextmanager
def interrupted_at(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> Iterator[None]:
    """Ctrl-C as soon as this is called."""

    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, name, interrupt)
        yield


@pytest.mark.parametrize(("before", "after"), [("absent", "absent"), ("stopped", "stopped")])
def test_our_profile_is_as_before(
    up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    machine.set(minikube=before)
    with interrupted_at(monkeypatch, cluster_engine, "wait_ready"):
        up(MINIKUBE)
    assert machine.get("minikube") == after
    assert not load_state(up.layout).is_up


def test_a_profile_that_ran_already_runs_on(up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.set(minikube="running")
    with interrupted_at(monkeypatch, cluster_engine, "wait_ready"):
        up(MINIKUBE)
    assert (machine.get("minikube"), machine.get("release"), machine.get("secret")) == ("running", None, None)
    assert machine.get("namespace") is None, "this run had made it"


def test_the_users_cluster_loses_our_release_alone(
    up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.set(minikube="running", context="dev", namespace="theirs")
    with interrupted_at(monkeypatch, cluster_engine, "wait_ready"):
        up(ON_DEV)
    assert (machine.get("minikube"), machine.get("release"), machine.get("namespace")) == ("running", None, "theirs")
    assert "Rolled back: release todo-stack uninstalled from namespace todo-stack" in capsys.readouterr().out
    assert not load_state(up.layout).is_up


def test_a_release_that_was_there_stays(up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"status": "deployed", "description": "somebody's"}
    machine.set(minikube="running", context="dev", namespace="theirs", release=there)
    with interrupted_at(monkeypatch, release, "ensure_secret"):
        up(ON_DEV)
    assert machine.get("release") == there


def test_a_stack_that_was_up_stays_and_that_is_told(
    up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    up(MINIKUBE)
    with interrupted_at(monkeypatch, cluster_engine, "wait_ready"):
        up(MINIKUBE)
    assert (machine.get("minikube"), machine.get("release")["status"]) == ("running", "deployed")
    assert load_state(up.layout).is_up
    assert "./todo up goes on, ./todo down takes it down" in capsys.readouterr().out


def test_what_cannot_be_taken_back_stays_on_record(
    up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def docker_ends(*_arguments: object) -> None:
        machine.set(docker=False)
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster_engine, "wait_ready", docker_ends)
    with pytest.raises(KeyboardInterrupt):
        up(MINIKUBE)
    assert "Not all of it is rolled back" in capsys.readouterr().out
    state = load_state(up.layout)
    assert (state.is_up, state.profile, state.profile_is_ours) == (True, "todo-stack", True)


@pytest.mark.parametrize(("leaves", "ends"), [("broken", "stopped"), ("absent", "absent")])
def test_a_start_that_fails_leaves_nothing_running(up: Up, machine: Machine, leaves: str, ends: str) -> None:
    machine.set(start_fails=True, start_leaves=leaves)
    assert "minikube start exited 90" in up.refused(MINIKUBE).message
    assert machine.get("minikube") == ends
    assert not load_state(up.layout).is_up


def test_what_stays_for_a_look_after_a_failure_is_told(
    up: Up, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.set(build_fails=True)
    up.refused(MINIKUBE)
    assert "./todo down takes it down" in capsys.readouterr().out
    assert (machine.get("minikube"), load_state(up.layout).is_up) == ("running", True)


Command = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def todo(layout: Layout, machine: Machine) -> Command:
    """Start `./todo` of the checkout in a process of its own."""
    copy_tree(Path(__file__).parents[1] / "src", layout.root / "cli" / "src")
    given = {"TODO_HOME": str(layout.home), "TODO_PORT": str(layout.port), "TODO_ENV_FILE": os.devnull}
    env = os.environ | given | {"PYTHONPATH": str(layout.root / "cli" / "src")}

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "todo_cli", *arguments]
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


@pytest.mark.parametrize(
    ("number", "code", "reported", "words"),
    [
        (signal.SIGINT, 130, "Rolled back: Minikube profile todo-stack deleted", "interrupted\n"),
        (signal.SIGTERM, 143, "Rolled back: Minikube profile todo-stack deleted", ""),
        (signal.SIGHUP, 129, "", ""),
    ],
)
def test_a_profile_that_is_just_being_made_is_deleted(
    layout: Layout, machine: Machine, todo: Command, number: int, code: int, reported: str, words: str
) -> None:
    machine.set(start_hangs=True)
    command = todo("up", "--engine", "minikube")
    deadline = time.monotonic() + 120
    while not machine.called("minikube", "start"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert load_state(layout).profile == "todo-stack", "on record before it is started"
    while machine.get("minikube") != "broken":
        time.sleep(0.05)
    command.send_signal(number)
    out, err = command.communicate(timeout=120)
    assert (command.returncode, err) == (code, words)
    assert reported in out
    assert machine.get("minikube") == "absent"
    assert not load_state(layout).is_up


@pytest.mark.parametrize("name", ["logs", "status"])
def test_a_reader_that_has_gone_is_no_failure(layout: Layout, machine: Machine, todo: Command, name: str) -> None:
    machine.set(minikube="running", context="dev", logs=["[pod/b-1/backend] 2026-11-23T10:00:00.123456789Z up"])
    save_state(layout, RunState(engine="kubernetes", is_up=True, context="dev"))
    command = todo(name)
    assert command.stdout is not None
    command.stdout.close()
    assert (command.wait(120), command.stderr.read() if command.stderr else "") == (141, "")

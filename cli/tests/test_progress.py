"""On a terminal all that may take a while shows that it goes on; piped, output is plain and no line is folded."""

import contextlib
import os
import pty
import re

import pytest
from acceptance.commands.failover import ROWS, print_table
from acceptance.failover import Outcome

from conftest import Machine, deployment, pod
from forked import ended, start_todo, todo
from test_images import MB, history
from todo_cli.images import images_of
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import make_console
from todo_cli.state import RunState, save_state

LONG_IMAGE = f"registry.example.com/{'team/' * 8}todo-backend:0123456789ab"
LONG_FOLDER = "/a/long/folder" * 12
ESCAPE = "\x1b"
# What each says while it takes its first look.
SPINNERS = {
    "status": "looking at the stack",
    "open": "asking http://localhost",
    "logs": "reading the logs",
    "doctor": "looking",
    "images": "measuring todo-backend:",
    "failover --only kill": "looking for the stack",
    "up --engine kubernetes --context nowhere": "looking at this machine",
    "down": "looking for Minikube profile todo-stack",
}


@pytest.fixture
def environment_of_the_stack(layout: Layout, machine: Machine) -> dict[str, str]:
    """A user's environment with a stack on the stand-ins' Minikube, its names long, its images built."""
    save_state(layout, RunState(engine="minikube", is_up=True, profile="todo-stack", profile_is_ours=True))
    backend = deployment("backend", ready=2, wanted=2)
    backend["spec"]["template"]["spec"]["containers"][0]["image"] = LONG_IMAGE
    machine.set(
        minikube="running",
        release={"status": "deployed"},
        objects=[backend, deployment("frontend"), pod("b-1", "backend"), pod("b-2", "backend"), pod("f-1", "frontend")],
        logs=["[pod/b-1/backend] 2026-11-23T10:00:01.000000001Z said"],
        docker_images=[image.reference for image in images_of(find_layout())],
        docker_history=history((f"COPY {LONG_FOLDER} / # buildkit", 20 * MB)),
        docker_packages={"small 1.0": MB},
    )
    ours = {"TODO_HOME": str(layout.home), "TODO_PORT": str(layout.port), "TODO_ENV_FILE": os.devnull, "TERM": "xterm"}
    return os.environ | ours


def on_a_terminal(env: dict[str, str], command: str, *streams: str) -> str:
    """What the command writes to a terminal that is its stdout or stderr or both."""
    reader, terminal = pty.openpty()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    given = dict.fromkeys(("stdout", "stderr"), nowhere) | dict.fromkeys(streams, terminal)
    process = start_todo(*command.split(), env=env, **given)
    os.close(terminal)
    os.close(nowhere)
    written = b""
    with contextlib.suppress(OSError):  # how Linux tells that nobody holds the other end any more
        while part := os.read(reader, 65536):
            written += part
    ended(process)
    os.close(reader)
    return written.decode(errors="replace")


@pytest.mark.parametrize("command", SPINNERS)
def test_what_may_take_a_while_shows_on_a_terminal_that_it_goes_on(
    environment_of_the_stack: dict[str, str], command: str
) -> None:
    assert SPINNERS[command] in on_a_terminal(environment_of_the_stack, command, "stderr")


@pytest.mark.parametrize("command", SPINNERS)
def test_piped_output_is_plain(environment_of_the_stack: dict[str, str], command: str) -> None:
    answer = todo(*command.split(), env=environment_of_the_stack)
    assert answer.stdout + answer.stderr
    assert ESCAPE not in answer.stdout + answer.stderr
    assert f"{SPINNERS[command]} ..." not in answer.stderr


@pytest.mark.parametrize("command", ["status", "doctor"])
def test_a_terminal_has_colours(environment_of_the_stack: dict[str, str], command: str) -> None:
    """Or the test above could not fail."""
    assert re.search(rf"{ESCAPE}\[\d*;?3\dm", on_a_terminal(environment_of_the_stack, command, "stdout"))


def test_status_keeps_a_component_on_one_line(environment_of_the_stack: dict[str, str]) -> None:
    said = todo("status", env=environment_of_the_stack).stdout
    (line,) = [one for one in said.splitlines() if "backend" in one]
    assert re.fullmatch(rf"backend +2/2 +0 +\S+ +{LONG_IMAGE} +todo-stack-backend:8000 \(in the cluster\) *", line)


def test_images_keeps_a_layer_on_one_line(environment_of_the_stack: dict[str, str]) -> None:
    answer = todo("images", env=environment_of_the_stack)
    assert f"20.0  COPY {LONG_FOLDER} /\n" in answer.stdout


def test_doctor_has_a_line_for_each_check(environment_of_the_stack: dict[str, str]) -> None:
    for line in todo("doctor", env=environment_of_the_stack).stdout.splitlines():
        assert re.match(r"(pass|warn|fail)  \S|      fix: \S", line), line


def test_failover_keeps_a_kind_s_column(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [
        Outcome(kind, not_run=f"not run because of {'a long reason ' * 10}")
        for kind in ("kill", "drain", "hang", "roll")
    ]
    print_table(make_console(), outcomes)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 + len(ROWS) + len(outcomes)

"""`scale` and `status --watch`, over the stand-ins."""

import json
import os
import signal
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import Machine, deployment, pod
from todo_cli import health
from todo_cli.commands import scale as scale_command
from todo_cli.engines.choose import UpOptions, engine_for_up, running_engine
from todo_cli.engines.cluster import ClusterEngine
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.main import app
from todo_cli.progress import Steps
from todo_cli.settings import Settings
from todo_cli.state import RunState, load_state, save_state

BACKENDS = cycle(("backend-1", "backend-2", "backend-3"))


def up(layout: Layout, steps: Steps) -> None:
    options = UpOptions(engine="minikube", timeout=60)
    engine_for_up(layout, Settings(layout.env_file, False, {}), options)[0].up(steps)


@pytest.fixture
def stack(layout: Layout, machine: Machine, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A stack that is up, with as many backend pods behind its address as are asked for."""

    def get(_url: str, *_arguments: object, **_options: object) -> health.Answer:
        return health.Answer(200, {"x-frontend-served-by": "frontend-1", "x-served-by": next(BACKENDS)}, "{}")

    monkeypatch.setattr(health, "get", get)
    monkeypatch.setattr(health, "check_page", lambda _address: "")
    monkeypatch.setattr(scale_command, "find_layout", lambda: layout)
    up(layout, steps)
    return layout


class TestScale:
    def test_it_is_a_value_of_the_release_which_up_keeps_and_down_forgets(
        self, stack: Layout, machine: Machine, steps: Steps
    ) -> None:
        pods = [pod("frontend-1", "frontend")]
        machine.set(objects=[deployment("backend", ready=3, wanted=3), deployment("frontend"), *pods])
        answer = CliRunner().invoke(app, ["scale", "3"])
        assert (answer.exit_code, answer.stdout.splitlines()[-1]) == (0, "3 backend replicas serve.")
        before = machine.get("release")
        assert before["values"]["backend"]["replicas"] == 3
        up(stack, steps)
        assert machine.get("release") == before, "up undid it, or upgraded for nothing"
        running = running_engine(stack)
        assert running is not None
        running.down(steps, data=False)
        assert load_state(stack).backend_replicas is None

    @pytest.mark.usefixtures("stack")
    def test_fewer_than_two_are_refused_with_the_reason(self) -> None:
        problem = CliRunner().invoke(app, ["scale", "1"]).exception
        assert isinstance(problem, Problem)
        assert "the loss of one is not the loss of the service" in problem.message
        assert (problem.fix, problem.exit_code) == ("./todo scale 2", 2)

    def test_one_that_never_answers_is_told(self, stack: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(health, "get", lambda _url, **_: health.Answer(401, {"x-served-by": "backend-1"}, ""))
        with pytest.raises(Problem, match="1 of 2 backend replicas answered"):
            health.replicas(stack.address, 2, timeout=0.1)

    def test_processes_have_no_replicas(self, stack: Layout) -> None:
        save_state(stack, RunState(engine="process", is_up=True))
        problem = CliRunner().invoke(app, ["scale", "3"]).exception
        assert isinstance(problem, Problem)
        assert "--engine minikube" in str(problem.fix)

    def test_nothing_up(self, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scale_command, "find_layout", lambda: layout)
        problem = CliRunner().invoke(app, ["scale", "3"]).exception
        assert isinstance(problem, Problem)
        assert (problem.message, problem.fix) == ("nothing is deployed", "./todo up")

    def test_a_release_that_is_gone_is_told(self, stack: Layout, machine: Machine, steps: Steps) -> None:
        machine.set(release=None)
        running = running_engine(stack)
        assert isinstance(running, ClusterEngine)
        with pytest.raises(Problem, match="there is no release todo-stack"):
            running.scale(3, steps)


class TestWatch:
    @pytest.mark.parametrize("options", [[], ["--json"]])
    def test_piped_it_prints_what_changes_and_ctrl_c_ends_it_well(
        self, stack: Layout, machine: Machine, options: list[str]
    ) -> None:
        env = os.environ | {"TODO_HOME": str(stack.home), "TODO_PORT": str(stack.port), "TODO_ENV_FILE": "/dev/null"}
        env |= {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
        command = [sys.executable, "-m", "todo_cli", "status", "--watch", *options]
        watch = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert watch.stdout is not None
        first = watch.stdout.readline()
        if options:
            assert json.loads(first)["ready"] is True
        else:
            assert "backend 2/2 todo-backend:1" in first
            assert "frontend 1/1" in watch.stdout.readline()
        time.sleep(0.3)
        machine.set(objects=[deployment("backend", ready=1, wanted=2), deployment("frontend")])
        changed = watch.stdout.readline()
        assert (
            ('"ready": 1, "wanted": 2' in changed or '"ready": false' in changed)
            if options
            else "backend 1/2" in changed
        )
        watch.send_signal(signal.SIGINT)
        _, said = watch.communicate(timeout=120)
        assert (watch.returncode, said) == (0, "")

"""A checkout, a machine of stand-in programs and a page, each made afresh for the test that asks."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from copies import copy_tree
from fakes import tool
from small_stack import bring_what_is_made, write_small_stack
from todo_cli import health, ports, programs, settings_check, supervisor
from todo_cli.cluster import components
from todo_cli.engines.choose import UpOptions, engine_for_up
from todo_cli.engines.process import ProcessEngine
from todo_cli.engines.restarts import SUPERVISOR
from todo_cli.errors import Problem
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import Steps, make_console, silent_step
from todo_cli.settings import Settings, no_settings
from todo_cli.state import load_state
from todo_cli.tools import find_node, python_environment

CHECKOUT = Path(__file__).parents[2]
PATH = os.environ["PATH"]  # of this machine, before a stand-in takes its place
CHART_VALUES: dict[str, Any] = yaml.safe_load((CHECKOUT / "charts" / "todo-stack" / "values.yaml").read_text())
# Short, as it is compiled at each call; the module that it imports is compiled once.
STAND_IN = f"""#!{sys.executable} -ISE
import sys
sys.path.insert(0, {str(Path(__file__).parent / "fakes")!r})
import tool
sys.exit(tool.main())
"""


def pytest_configure() -> None:
    """Let the programs under test hear Ctrl-C and a closed terminal, also in a run that was begun with them ignored.

    What a shell may say about its terminal is not theirs.
    """
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES"):
        os.environ.pop(name, None)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def make_checkout(root: Path) -> Layout:
    """A checkout with the least in it, its state and a port of its own."""
    for folder in ("backend/src/todo_backend", "frontend", "charts/todo-stack"):
        (root / folder).mkdir(parents=True)
    (root / "backend" / "Dockerfile").write_text("FROM python:3.13-slim\n")
    (root / "frontend" / "Dockerfile").write_text("FROM node:20-alpine\n")
    (root / "frontend" / "lib").mkdir()
    for file in ("check.mjs", "lib/settings.mjs"):  # which judge the settings as they are
        (root / "frontend" / file).write_text((CHECKOUT / "frontend" / file).read_text())
    (root / "charts" / "todo-stack" / "Chart.yaml").write_text("name: todo-stack\n")
    (root / "cli" / "tools").mkdir(parents=True)
    for lock in (CHECKOUT / "cli" / "tools").glob("*.lock"):
        (root / "cli" / "tools" / lock.name).write_text(lock.read_text())
    home = root / ".todo"
    return Layout(root=root, home=home, cache=home, env_file=root / ".env", port=ports.any_free())


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A checkout of the test's own."""
    return make_checkout(tmp_path / "checkout")


@pytest.fixture
def real_node(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Node.js that judges the frontend's settings, whatever the stand-ins are."""
    with monkeypatch.context() as before:
        before.setenv("PATH", PATH)
        program = Path(find_node(find_layout(), silent_step()).node)
    monkeypatch.setattr(settings_check, "prepared_node", lambda _layout: program)
    return program


@pytest.fixture
def real_backend(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """The backend's sources and packages, which judge its settings."""
    with monkeypatch.context() as before:
        before.setenv("PATH", PATH)
        here = find_layout()
        python = python_environment(here, "backend", here.backend / "requirements.lock", silent_step())
    copy_tree(CHECKOUT / "backend" / "src", layout.backend / "src")
    monkeypatch.setattr(settings_check, "prepared_python", lambda *_: python)


@pytest.fixture
def steps() -> Steps:
    return Steps(make_console())


@pytest.fixture
def settings(layout: Layout) -> Settings:
    """No settings."""
    return Settings(file=layout.env_file, found=False, values={})


@pytest.fixture
def new_stack(layout: Layout) -> Iterator[Layout]:
    """A checkout whose tiers are small stand-ins, over a real PostgreSQL; what runs is ended."""
    write_small_stack(layout)
    yield layout
    for record in sorted(load_state(layout).processes.values(), key=lambda record: record.name != SUPERVISOR):
        supervisor.stop(record, grace=3)


@pytest.fixture(scope="session")
def used_stack(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """One that was up once, with what its first start makes: packages, a build, a data folder."""
    used = make_checkout(tmp_path_factory.mktemp("used") / "checkout")
    write_small_stack(used)
    engine = ProcessEngine(used, no_settings(used))
    engine.up(Steps(make_console()))
    engine.down(Steps(make_console()), data=False)
    return used


@pytest.fixture
def stack(new_stack: Layout, used_stack: Layout) -> Layout:
    """A new stack to which what every first start makes is brought."""
    bring_what_is_made(used_stack, new_stack)
    return new_stack


class StandInProcess:
    """A stand-in that answers in this process, in place of a process of its own."""

    pid = 2**30  # no process has it
    one_at_a_time = threading.Lock()

    def __init__(self, state_file: Path, name: str, arguments: list[str]) -> None:
        self._call = (str(state_file), name, arguments)
        self.returncode: int | None = None

    def communicate(self, stdin: str | None = None, **_: Any) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        with self.one_at_a_time:
            self.returncode = tool.answer(*self._call, stdin or "", out, err)
        return out.getvalue(), err.getvalue()

    @cached_property
    def stdout(self) -> list[str]:
        return "".join(self.communicate()).splitlines(keepends=True)

    def wait(self, *_: Any) -> int | None:
        return self.returncode


class Machine:
    """docker, minikube, kubectl and helm as stand-ins: their state, and what they were called with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state_file = folder / "state.json"
        self.set(
            docker=True, docker_images=[], minikube="absent", node_images=[], root=os.geteuid() == 0, release=None,
            secret=None, namespace=None, namespace_name="todo-stack", context="todo-stack", objects=settled(), events=[],
            installs=0, database=None,
        )  # fmt: skip

    def set(self, **values: Any) -> None:
        state = json.loads(self.state_file.read_text()) if self.state_file.exists() else {}
        new = self.state_file.with_suffix(".new")
        new.write_text(json.dumps(state | values))
        new.replace(self.state_file)  # a program of the machine may read it meanwhile

    def get(self, name: str) -> Any:
        return json.loads(self.state_file.read_text())[name]

    @property
    def calls(self) -> list[dict[str, Any]]:
        log = self.folder / "calls.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def called(self, program: str, *words: str) -> int:
        """How often a program was called with these words one after another."""
        text = " ".join(words)
        return sum(call["program"] == program and text in " ".join(call["arguments"]) for call in self.calls)

    def forget_calls(self) -> None:
        (self.folder / "calls.jsonl").unlink(missing_ok=True)

    def start(
        self, command: list[str], *, env: Mapping[str, str] | None = None, **given: Any
    ) -> "StandInProcess | subprocess.Popen[Any]":
        """Start a program of this machine, or another."""
        program = Path(shutil.which(command[0], path=(env or os.environ).get("PATH")) or "")
        if program.parent == self.folder / "bin" and program.read_text() == STAND_IN:
            return StandInProcess(self.state_file, program.name, command[1:])
        return subprocess.Popen(command, env=env, **given)

    def remove(self, program: str) -> None:
        (self.folder / "bin" / program).unlink()

    def add(self, program: str) -> None:
        path = self.folder / "bin" / program
        path.write_text(STAND_IN)
        path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    folder = tmp_path / "machine"
    (folder / "bin").mkdir(parents=True)
    made = Machine(folder)
    for name in ("docker", "minikube", "kubectl", "helm"):
        made.add(name)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("FAKE_STATE", str(folder / "state.json"))
    monkeypatch.setattr(programs, "subprocess", SimpleNamespace(**vars(subprocess) | {"Popen": made.start}))
    for name in ("TODO_PROFILE", "TODO_REGISTRY", "TODO_LOAD_COMMAND"):
        monkeypatch.delenv(name, raising=False)
    return made


class Up:
    """`./todo up` with these options, without a settings file."""

    def __init__(self, layout: Layout, steps: Steps) -> None:
        self.layout, self.steps = layout, steps

    def __call__(self, options: UpOptions) -> None:
        engine_for_up(self.layout, Settings(self.layout.env_file, False, {}), options)[0].up(self.steps)

    def refused(self, options: UpOptions) -> Problem:
        """The problem that it ends with."""
        with pytest.raises(Problem) as caught:
            self(options)
        return caught.value


@pytest.fixture
def up(layout: Layout, machine: Machine, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> Up:
    """`./todo up` on the machine of stand-ins, with the page answering."""
    ready = health.Answer(200, {"x-frontend-served-by": "frontend-1"}, "{}")
    monkeypatch.setattr(health, "get", lambda *_args, **_kw: ready)
    monkeypatch.setattr(health, "check_page", lambda _address: "the page and the API answer")
    monkeypatch.setattr(components, "POLL_SECONDS", 0.01)
    return Up(layout, steps)


def deployment(name: str, *, ready: int = 1, wanted: int = 1) -> dict[str, Any]:
    """A Deployment of our release as kubectl prints it."""
    counts = {"replicas": wanted, "updatedReplicas": wanted, "readyReplicas": ready, "availableReplicas": ready}
    return {
        "kind": "Deployment",
        "metadata": {
            "name": f"todo-stack-{name}",
            "generation": 1,
            "labels": {"app.kubernetes.io/component": name},
        },
        "spec": {"replicas": wanted, "template": {"spec": {"containers": [{"name": name, "image": f"todo-{name}:1"}]}}},
        "status": {"observedGeneration": 1} | counts,
    }


def pod(name: str, component: str, **status: Any) -> dict[str, Any]:
    """A pod of our release; `status` overrides a ready one's."""
    ready = {"conditions": [{"type": "Ready", "status": "True"}], "startTime": "2026-11-23T10:00:00Z"}
    return {
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/component": component}},
        "spec": {"containers": [{"name": component, "resources": {"requests": {"cpu": "100m", "memory": "192Mi"}}}]},
        "status": ready | status,
    }


def node(**allocatable: str) -> dict[str, Any]:
    """The node `one`, which has this to give."""
    return {"metadata": {"name": "one"}, "spec": {}, "status": {"allocatable": allocatable}}


def placed(name: str, **requests: str) -> dict[str, Any]:
    """A pod of somebody else's on that node, which requests this."""
    spec = {"nodeName": "one", "containers": [{"name": name, "resources": {"requests": requests}}]}
    return {"metadata": {"name": name, "namespace": "others"}, "spec": spec, "status": {"phase": "Running"}}


def settled() -> list[dict[str, Any]]:
    """Deployments and pods of a release that is up."""
    return [
        deployment("backend", ready=2, wanted=2),
        deployment("frontend"),
        pod("backend-1", "backend"),
        pod("backend-2", "backend"),
        pod("frontend-1", "frontend"),
    ]


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        api = self.path.startswith("/api/")
        self.send_response(401 if api else 200)
        self.send_header("X-Frontend-Served-By", "frontend-1")
        if api:
            self.send_header("X-Served-By", "backend-1")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def page(layout: Layout) -> Iterator[None]:
    """What answers at the public address once the stack is up: the node port, published."""
    server = ThreadingHTTPServer(("127.0.0.1", layout.port), _Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()

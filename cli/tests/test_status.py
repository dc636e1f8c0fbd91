"""What `status` says of what is not well, by code: scripts read it, and docs/operations.md has a row for each."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import Machine
from todo_cli import health, supervisor
from todo_cli.cluster import components
from todo_cli.cluster.causes import REMEDIES, Cause
from todo_cli.cluster.components import wait_ready
from todo_cli.commands import status as status_command
from todo_cli.engines.base import Code
from todo_cli.engines.choose import running_engine
from todo_cli.engines.process import ProcessEngine
from todo_cli.engines.restarts import SUPERVISOR
from todo_cli.errors import FREE_DISK, Problem
from todo_cli.layout import Layout
from todo_cli.main import app
from todo_cli.programs import ProgramFailed
from todo_cli.progress import silent_step
from todo_cli.settings import Settings
from todo_cli.stack_status import Component
from todo_cli.state import ProcessRecord, RunState, load_state, save_state

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
DEPLOYED = {"status": "deployed", "description": ""}


def look(layout: Layout) -> dict[str, Component]:
    """The components as they are now."""
    engine = running_engine(layout)
    assert engine is not None
    return {one.name: one for one in engine.status().components}


@pytest.fixture
def on_minikube(layout: Layout, machine: Machine) -> Layout:
    machine.set(minikube="running", release=DEPLOYED)
    save_state(layout, RunState(engine="minikube", is_up=True, profile="todo-stack", profile_is_ours=True))
    return layout


@pytest.fixture
def on_dev(layout: Layout, machine: Machine) -> Layout:
    machine.set(minikube="running", release=DEPLOYED, context="dev")
    save_state(layout, RunState(engine="kubernetes", is_up=True, context="dev", namespace="todo-stack"))
    return layout


@pytest.mark.parametrize(
    ("happened", "code", "text", "fix"),
    [
        (lambda machine: machine.set(minikube="stopped"), "cluster-stopped",
         "the Minikube profile todo-stack is stopped", "./todo up"),
        (lambda machine: machine.set(minikube="paused"), "cluster-stopped",
         "the Minikube profile todo-stack is paused", "./todo up"),
        (lambda machine: machine.set(minikube="broken"), "cluster-stopped",
         "the Minikube profile todo-stack does not run",
         "./todo up; if it cannot: minikube delete -p todo-stack && ./todo up"),
        (lambda machine: machine.set(minikube="absent"), "cluster-gone",
         "the Minikube profile todo-stack was deleted", "./todo up makes it again; ./todo down forgets it"),
        (lambda machine: machine.set(docker=False, minikube="broken"), "docker-stopped",
         "Docker's engine does not answer, and the cluster runs in it", None),
        (lambda machine: machine.remove("minikube"), "minikube-missing",
         "minikube is no longer on the PATH", None),
        (lambda machine: machine.set(unreachable=True), "cluster-unreachable",
         "the Minikube profile todo-stack runs, but kubectl does not reach it",
         "minikube -p todo-stack update-context"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.islower() and " " not in value else "",
)  # fmt: skip
def test_a_minikube_that_does_not_answer(
    on_minikube: Layout, machine: Machine, happened: Callable[[Machine], None], code: str, text: str, fix: str | None,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    happened(machine)
    if code == "minikube-missing":
        monkeypatch.setenv("PATH", str(machine.folder / "bin"))
    found = look(on_minikube)["cluster"]
    assert (found.code, found.reason) == (code, text)
    assert found.fix
    assert fix is None or found.fix == fix


def test_a_profile_of_the_users_is_started_by_the_user(on_minikube: Layout, machine: Machine) -> None:
    save_state(on_minikube, RunState(engine="minikube", is_up=True, profile="mine", profile_is_ours=False))
    for status, fix in (("stopped", "minikube start -p mine"), ("paused", "minikube unpause -p mine")):
        machine.set(minikube=status)
        assert look(on_minikube)["cluster"].fix == fix


@pytest.mark.parametrize(
    ("changes", "code", "text", "fix"),
    [
        ({"contexts": ["prod"], "minikube": "absent"}, "cluster-gone", "kubectl knows no context dev; it knows: prod",
         "if the cluster was deleted: ./todo down --forget"),
        ({"minikube": "stopped"}, "cluster-unreachable",
         "The connection to the server was refused - did you specify the right host or port?",
         "kubectl --context dev cluster-info"),
    ],
)  # fmt: skip
def test_a_context_that_does_not_answer(
    on_dev: Layout, machine: Machine, changes: dict[str, object], code: str, text: str, fix: str
) -> None:
    machine.set(**changes)
    found = look(on_dev)["cluster"]
    assert found.code == code
    assert text in found.reason
    assert fix in found.fix


def test_a_kind_cluster_under_a_stopped_docker(on_dev: Layout, machine: Machine) -> None:
    save_state(on_dev, RunState(engine="kubernetes", is_up=True, context="kind-dev", namespace="todo-stack"))
    machine.set(minikube="stopped", docker=False, context="kind-dev")
    assert look(on_dev)["cluster"].code == "docker-stopped"


@pytest.mark.parametrize(
    ("says", "fix"),
    [
        (
            'Error from server (Forbidden): pods is forbidden: User "me" cannot list resource "pods"',
            "auth can-i --list",
        ),
        ("error: You must be logged in to the server (Unauthorized)", "config view --minify"),
        ("Error from server (Timeout): the server was unable to return a response in time", "./todo doctor"),
    ],
)
def test_a_look_that_failed_is_no_empty_cluster(
    on_dev: Layout, machine: Machine, says: str, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.set(get_says=says)
    monkeypatch.setattr(status_command, "find_layout", lambda: on_dev)
    problem = CliRunner().invoke(app, ["status"]).exception
    assert isinstance(problem, Problem)
    assert problem.exit_code == 1
    assert problem.details[-1] == says
    assert fix in str(problem.fix)


def test_waiting_for_pods_goes_on_over_a_look_that_failed(
    on_dev: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(components, "POLL_SECONDS", 0.01)
    engine = running_engine(on_dev)
    assert engine is not None
    cluster = engine.attached()  # type: ignore[attr-defined]
    machine.set(get_says="Error from server (Timeout)")
    looks = []

    class Step:
        def note(self, text: str) -> None:
            looks.append(text)
            machine.set(get_says=None)

    wait_ready(cluster, 5, Step())  # type: ignore[arg-type]
    assert "Timeout" in looks[0]
    machine.set(get_says="Error from server (Timeout)")
    with pytest.raises(ProgramFailed):
        wait_ready(cluster, 0.2, silent_step())


def test_a_watch_goes_on_over_a_look_that_failed(on_dev: Layout, machine: Machine) -> None:
    machine.set(get_says="Error from server (Timeout)")
    (found,) = status_command._look_on(on_dev).components
    assert (found.code, found.is_ready) == ("look-failed", False)
    assert "Timeout" in found.reason


def ended(layout: Layout, name: str, said: str) -> ProcessRecord:
    """A process that ended, having said this."""
    log = layout.logs / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(said)
    return ProcessRecord(name, 2**22 + 1, "another-boot/1", "", str(log), 15)


def test_a_port_forward_that_ended(on_dev: Layout) -> None:
    state = load_state(on_dev)
    state.processes["port-forward"] = ended(on_dev, "port-forward", "error: lost connection to pod\n")
    save_state(on_dev, state)
    found = look(on_dev)["port-forward"]
    assert (found.code, found.fix) == ("port-forward-ended", "./todo up")
    assert "lost connection to pod" in found.reason


def unready(check: str, code: str) -> health.Answer:
    """What a server that is not ready answers."""
    checks = {"other": {"code": "ok", "detail": "answers"}, check: {"code": code, "detail": "in words"}}
    return health.Answer(503, {}, json.dumps({"status": "unavailable", "checks": checks}))


class TestProcesses:
    def engine(self, layout: Layout, *records: ProcessRecord) -> ProcessEngine:
        processes = {record.name: record for record in records}
        save_state(layout, RunState(engine="process", is_up=True, processes=processes))
        return ProcessEngine(layout, Settings(layout.env_file, False, {}))

    def test_one_that_ended(self, layout: Layout) -> None:
        (found,) = self.engine(layout, ended(layout, "backend", "killed\n")).status().components
        assert (found.code, found.fix) == ("process-ended", f"./todo up; all that it said: {layout.logs}/backend.log")
        assert found.reason == "it exited; its last output: killed"

    def test_one_that_keeps_ending(self, layout: Layout) -> None:
        record = replace(ended(layout, "backend", "OPENAI_MODEL: is no model\n"), restarts=9, failures=4)
        (found,) = self.engine(layout, record).status().components
        assert (found.restarts, found.code) == (9, "process-ended")
        assert found.reason == (
            "it keeps ending (4 times in a row): it exited; its last output: OPENAI_MODEL: is no model"
        )

    @pytest.mark.parametrize(
        ("said", "age", "code", "fix"),
        [
            (None, 3, "starting", ""),
            (None, 900, "probe", "./todo logs backend"),
            (unready("database", "database_login"), 900, "database-login", "correct DATABASE_URL in .env"),
            (
                unready("database", "database_missing"),
                900,
                "database-setup",
                "create the database; or correct DATABASE_URL",
            ),
            (unready("database", "database_full"), 900, "database-full", "end connections"),
            (unready("schema", "schema_outdated"), 900, "schema", "./todo down, then ./todo up"),
            (unready("schema", "schema_locked"), 900, "schema", "end the other migration"),
            (unready("signing_keys", "signing_keys_unreadable"), 900, "secret", "correct BETTER_AUTH_SECRET in .env"),
            (unready("database", "database_unreachable"), 900, "database-unreachable", "start the database"),
            (unready("draining", "draining"), 900, "starting", ""),
            (unready("other", "no_such_code"), 900, "probe", "./todo logs backend"),
        ],
    )
    def test_one_that_runs_and_is_not_ready(
        self,
        layout: Layout,
        monkeypatch: pytest.MonkeyPatch,
        said: health.Answer | None,
        age: int,
        code: str,
        fix: str,
    ) -> None:
        monkeypatch.setattr(supervisor, "alive", lambda _record: True)
        monkeypatch.setattr(supervisor, "age", lambda _record: float(age))
        monkeypatch.setattr(health, "get", lambda _url, **_: said)
        (found,) = self.engine(layout, ended(layout, "backend", "")).status().components
        assert found.code == code
        assert found.reason == ("answers 503: " + health.reason_of(said.body) if said else "does not answer yet")
        assert found.fix.startswith(fix)

    def test_an_embedded_database_that_is_away_is_brought_back_by_up(
        self, layout: Layout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(supervisor, "alive", lambda record: record.name == "backend")
        monkeypatch.setattr(supervisor, "age", lambda _record: 900.0)
        monkeypatch.setattr(health, "get", lambda _url, **_: unready("database", "database_unreachable"))
        records = (ended(layout, "database", ""), ended(layout, "backend", ""))
        found = {one.name: one for one in self.engine(layout, *records).status().components}
        assert found["database"].code == "process-ended"
        assert (found["backend"].code, found["backend"].fix) == ("database-unreachable", "./todo up")

    def test_a_supervisor_that_ended_leaves_the_others_without_one(
        self, layout: Layout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever it said last is about them, not about its own end."""
        monkeypatch.setattr(supervisor, "alive", lambda record: record.name != SUPERVISOR)
        monkeypatch.setattr(supervisor, "age", lambda _record: 900.0)
        monkeypatch.setattr(health, "get", lambda _url, **_: health.Answer(200, {}, ""))
        records = (ended(layout, "backend", ""), ended(layout, SUPERVISOR, "backend: started again\n"))
        found = {one.name: one for one in self.engine(layout, *records).status().components}
        assert found["backend"].is_ready
        assert found[SUPERVISOR].code == "process-ended"
        assert "what ends by itself is not started again" in found[SUPERVISOR].reason
        assert "started again\n" not in found[SUPERVISOR].reason
        assert found[SUPERVISOR].fix.startswith("./todo up;")

    @pytest.mark.parametrize("code", [code for code in REMEDIES if code.startswith(("database", "schema"))])
    def test_what_is_wrong_with_the_embedded_database_is_put_right_here(
        self, layout: Layout, monkeypatch: pytest.MonkeyPatch, code: str
    ) -> None:
        """It runs, so an `up` alone would leave it as it is; nor is there an address that could be wrong."""
        monkeypatch.setattr(supervisor, "alive", lambda _record: True)
        monkeypatch.setattr(supervisor, "age", lambda _record: 900.0)
        monkeypatch.setattr(health, "get", lambda _url, **_: unready("database", code))
        records = (ended(layout, "database", ""), ended(layout, "backend", ""))
        found = {one.name: one for one in self.engine(layout, *records).status().components}
        expected = {"database_disk_full": FREE_DISK, "database_starting": "wait until the database has started"}
        assert found["backend"].fix == expected.get(code, "./todo down, then ./todo up")


def test_every_code_has_a_row_in_the_operators_table() -> None:
    rows = [line for line in OPERATIONS.read_text().splitlines() if line.startswith("| ") and line.count("|") == 5]
    reported = {code for row in rows for code in re.findall(r"`([a-z-]+)`", row.split(" | ")[1])}
    assert {str(code) for code in (*Cause, *Code)} - reported == set()

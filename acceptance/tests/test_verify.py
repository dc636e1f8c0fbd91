"""`./todo verify`: what it refuses, what it shows, and that its reports are written whatever happens."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from acceptance import system_info
from acceptance.commands import verify as command
from acceptance.findings import Check
from acceptance.reports.table import Table
from acceptance.stack import Stack
from acceptance.tests.fake_checks import writing_checks
from rich.console import Console

from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster
from todo_cli.layout import Layout
from todo_cli.state import exclusive

PASSES, INTERRUPTED = "stack.require(True, 'it is so')", "raise KeyboardInterrupt"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Of a stack that is not there."""
    return Layout(root=tmp_path, home=tmp_path, cache=tmp_path, env_file=tmp_path / ".env", port=30080)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch, layout: Layout) -> Callable[..., None]:
    """Has `verify` run these checks, on a stack that is not there."""
    stack = Stack(Cluster("kubectl", "helm", "nowhere", "nothing"), layout.address, layout.root)
    monkeypatch.setattr(command, "find_layout", lambda: layout)
    monkeypatch.setattr(command, "stack_on_cluster", lambda *_: stack)
    monkeypatch.setattr(system_info, "describe", lambda _: {"Kubernetes": "v1"})
    return writing_checks(layout.root, monkeypatch)


def test_what_quick_leaves_out_cannot_be_asked_for(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_layout", lambda: layout)
    with pytest.raises(Problem, match="--quick leaves out SC-012") as problem:
        command.verify(only=["sc-012"], quick=True)
    assert problem.value.fix == "./todo verify --only SC-012"


def test_reports_are_written_also_when_the_run_is_interrupted(checks: Callable[..., None], tmp_path: Path) -> None:
    checks(PASSES, INTERRUPTED, PASSES)
    files = {name: tmp_path / f"report.{name}" for name in ("json", "xml", "html")}
    with pytest.raises(KeyboardInterrupt):
        command.verify(json_file=files["json"], junit=files["xml"], html=files["html"])
    read = json.loads(files["json"].read_text())
    assert [finding["verdict"] for finding in read["findings"]] == ["pass", "not run", "not run"]
    assert read["ok"] is False
    assert read["environment"] == {"Kubernetes": "v1"}
    assert all(file.exists() for file in files.values())


def test_a_part_that_passes_is_no_failure(checks: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    checks(PASSES)
    with pytest.raises(typer.Exit) as end:
        command.verify()
    assert end.value.exit_code == 0
    assert "1 of 56 clauses hold, 55 not run" in capsys.readouterr().out


def test_another_command_at_work_is_not_disturbed(checks: Callable[..., None], layout: Layout) -> None:
    checks(PASSES)
    with exclusive(layout), pytest.raises(Problem, match="is at work on this stack"):
        command.verify()


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_shows_what_is_at_work(terminal: bool) -> None:
    out = io.StringIO()
    check = Check(("FR-001", "US2-1"), "Something that is as it should be.")
    shown = Table(Console(file=out, force_terminal=terminal, width=100), [check])
    with shown.live():
        shown.begin(check)
    assert ("FR-001 US2-1  0 s  (0 of 2 clauses done)  Something that is" in out.getvalue()) is terminal

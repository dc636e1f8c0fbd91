"""`./todo test`: suites beside each other, counted as one, reported where they fail, named where they cannot run."""

import json
import os
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from conftest import CHECKOUT
from todo_cli.commands import test as command
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.main import app
from todo_cli.progress import silent_step
from todo_cli.testing import suites as registry
from todo_cli.testing.counts import Counts
from todo_cli.testing.listing import SuiteListing
from todo_cli.testing.runner import SuiteRun
from todo_cli.testing.schedule import Suite
from todo_cli.testing.suites import CannotRun


@pytest.fixture
def todo_test(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command on suites of the test's own: functions by their titles."""

    def run(suites: dict[str, Any], *words: str, after: dict[str, str] | None = None) -> Any:
        made = []
        for title, runs in suites.items():
            part, _, name = title.partition(": ")
            before = tuple(filter(None, [(after or {}).get(title)]))
            made.append(registry._Registered(Suite(part, name, 1000, before), runs))
        monkeypatch.setattr(command, "find_layout", lambda: layout)
        monkeypatch.setattr(registry, "_SUITES", made)
        return CliRunner().invoke(app, ["test", *words])

    return run


def passing(run: SuiteRun, _: ExitStack) -> None:
    run.counts += Counts(passed=10)


def failing(run: SuiteRun, _: ExitStack) -> None:
    run.check("lint", ["sh", "-c", "echo a line is wrong; exit 1"], cwd=Path("/"), env=dict(os.environ))


def impossible(run: SuiteRun, _: ExitStack) -> None:
    raise CannotRun("no cluster to be had")


def test_suites_are_reported_and_counted_as_one(todo_test: Any, tmp_path: Path) -> None:
    report = tmp_path / "report"
    answer = todo_test({"cli: a": passing, "backend: b": failing, "e2e: c": impossible}, "--json", str(report))
    assert answer.exit_code == 1
    lines = answer.stdout.splitlines()
    assert lines[-1] == "10 passed, 1 failed, 1 skipped"
    assert "  e2e: c: no cluster to be had" in lines
    assert "  backend: b: lint" in lines
    assert "  | a line is wrong" in lines
    assert any(line.startswith("ok   cli: a: 10 passed, 0 failed, 0 skipped (") for line in lines)
    found = json.loads(report.read_text())
    assert not found["ok"]
    assert {one["title"]: one["counts"]["passed"] for one in found["suites"]} == {
        "cli: a": 10,
        "backend: b": 0,
        "e2e: c": 0,
    }


def test_what_was_left_out_for_the_limit_is_named_and_is_no_failure(todo_test: Any) -> None:
    answer = todo_test({"cli: a": passing}, "--limit", "5")
    assert answer.exit_code == 0, answer.stdout
    told = r"  cli: a: it would take about 1200 s on this machine, and (300|2[0-9]{2}) s of the limit are left"
    assert re.search(told, answer.stdout), answer.stdout
    assert answer.stdout.splitlines()[-1] == "0 passed, 0 failed, 1 skipped"


def test_what_others_need_stays_until_all_have_ended_and_its_end_may_fail(todo_test: Any) -> None:
    done = []

    def up(run: SuiteRun, closing: ExitStack) -> None:
        closing.callback(run.teardown, "down", ["false"], env=dict(os.environ))
        closing.callback(done.append, "down")

    def used(run: SuiteRun, _: ExitStack) -> None:
        done.append("used")
        passing(run, _)

    answer = todo_test({"cluster: up": up, "cluster: used": used}, after={"cluster: used": "cluster: up"})
    assert done == ["used", "down"]
    assert answer.exit_code == 1
    assert answer.stdout.splitlines()[-1] == "10 passed, 1 failed, 0 skipped"


def test_without_what_they_need_suites_are_named_as_not_run(todo_test: Any) -> None:
    def broken(run: SuiteRun, _: ExitStack) -> None:
        raise Problem("it is broken", fix="mend it")

    answer = todo_test({"cluster: up": broken, "cluster: used": passing}, after={"cluster: used": "cluster: up"})
    assert "  cluster: used: cluster: up did not come about" in answer.stdout
    assert "  fix: mend it" in answer.stdout
    assert answer.stdout.splitlines()[-1] == "0 passed, 1 failed, 1 skipped"


def test_what_a_suite_needs_and_does_not_get_is_one_failure(todo_test: Any) -> None:
    def setup(run: SuiteRun, _: ExitStack) -> None:
        run.setup("up", ["sh", "-c", "echo no disk; exit 3"], env=dict(os.environ))
        raise AssertionError

    answer = todo_test({"cluster: up": setup})
    assert "  | no disk" in answer.stdout
    assert answer.stdout.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"


def test_each_pytest_has_a_temporary_folder_of_its_own(todo_test: Any, layout: Layout, tmp_path: Path) -> None:
    """It takes other accounts' rights to its folder when it starts, and with them a PostgreSQL's at work there."""
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\nls -d "$PYTEST_DEBUG_TEMPROOT" >>"$SEEN"\n'
        'for last; do :; done\necho "<testsuite><testcase name=\'one\'/></testsuite>" >"${last#--junit-xml=}"\n'
    )
    python.chmod(0o755)
    seen = tmp_path / "seen"

    def suite(run: SuiteRun, _: ExitStack) -> None:
        run.pytest(python, cwd=tmp_path, env=os.environ | {"SEEN": str(seen)})

    answer = todo_test({"cli: a": suite, "backend: b": suite})
    assert answer.stdout.splitlines()[-1] == "2 passed, 0 failed, 0 skipped"
    one, other = map(Path, seen.read_text().split())
    assert one != other
    assert not one.exists()


def test_the_list_names_tools_and_tests_and_runs_nothing(todo_test: Any, tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_it_holds():\n    raise AssertionError\n")

    def suite(run: SuiteRun, _: ExitStack) -> None:
        run.check("lint", ["false"], cwd=tmp_path, env={})
        run.setup("up", ["false"], env={})
        run.pytest(Path(sys.executable), "test_one.py", cwd=tmp_path, env=dict(os.environ))

    answer = todo_test({"cli: a": suite}, "--list")
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == ["cli: a: lint", "cli: a: test_one.py::test_it_holds"]


def test_every_suite_is_a_part_s_and_what_it_comes_after_is_there() -> None:
    every = registry.suites(list(command.PartName))
    titles = [one.title for one in every]
    assert len(set(titles)) == len(titles)
    assert {one.part for one in every} == set(command.PartName)
    assert all(set(one.after) <= set(titles[: titles.index(one.title)]) for one in every)


def test_every_file_of_tests_on_the_cluster_is_in_one_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(registry, "_cluster_programs", lambda _: {})
    monkeypatch.setattr(registry, "_checks", lambda _run, tests, _stack: ran.extend(tests))
    monkeypatch.setattr(registry, "_acceptance_tests", lambda _run, *files: ran.extend(files))
    for runs in (
        registry.refusals,
        registry.recoveries,
        registry.capacity,
        registry.stack_at_work,
        registry.images,
        registry.stack_disturbed,
        registry.outside_services,
        registry.mutations_of_releases,
        registry.mutations_of_upgrades,
        registry.mutations_of_sources,
    ):
        runs(None, ExitStack())  # type: ignore[arg-type]
    there = [CHECKOUT / folder / "tests" / "cluster" for folder in ("cli", "acceptance")]
    assert sorted(Path(one).name for one in ran) == sorted(file.name for one in there for file in one.glob("test_*.py"))


def test_the_journey_on_the_cluster_leaves_out_what_the_page_does_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    journeys: list[tuple[str, ...]] = []
    monkeypatch.setattr(registry, "_journey", lambda _run, _stack, *which: journeys.append(which))
    for name in ("_cluster_stack", "_stack_environment", "_todo", "_checks", "_down"):
        monkeypatch.setattr(registry, name, lambda *_, **__: {})
    run = SimpleNamespace(layout=SimpleNamespace(home=Path()))
    for runs in (registry.e2e, registry.cluster_journey):
        runs(run, ExitStack())  # type: ignore[arg-type]
    assert journeys == [(), ("--grep-invert=@page",)]
    assert 'PAGE = "@page"' in (CHECKOUT / "frontend" / "e2e" / "fixtures.ts").read_text()


@pytest.mark.parametrize(("contract", "named"), [("[tool.importlinter]\n", True), ("", False)])
def test_imports_are_checked_where_the_folder_has_a_contract(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, contract: str, named: bool
) -> None:
    (tmp_path / "pyproject.toml").write_text(contract)
    monkeypatch.setattr(registry, "_python", lambda *_: Path("python"))
    monkeypatch.setattr(SuiteListing, "pytest", lambda *_, **__: None)
    listing = SuiteListing(layout, silent_step(), "cli: unit tests", lambda _: None)
    registry._python_tests(listing, "cli", tmp_path)
    assert ("imports" in listing.promises) is named

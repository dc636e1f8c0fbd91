"""Parts of `todo test` beside each other: begun together, told of one after another, ended with the others."""

import os
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from todo_cli.commands import test as command
from todo_cli.layout import Layout
from todo_cli.main import app
from todo_cli.progress import silent_step
from todo_cli.testing import beside as module
from todo_cli.testing.beside import Result, beside, read_results, second_lane, write_results
from todo_cli.testing.counts import Counts, one_failed, one_skipped
from todo_cli.testing.runner import PartRun

BACKEND = Result(
    "backend", 2.5, Counts(passed=3) + one_failed("a::b") + one_skipped("c: no"), ["backend: pytest failed"]
)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the Python that runs the second lane: whatever is written into it, with its own command line."""
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(module.sys, "executable", str(program))
    return program


def test_a_report_reads_as_it_was_written(tmp_path: Path) -> None:
    write_results(tmp_path / "report", [BACKEND])
    assert read_results(tmp_path / "report") == [BACKEND]


@pytest.mark.parametrize(
    ("names", "second"),
    [
        (["cli", "chart", "backend", "frontend", "e2e", "cluster"], ["chart", "backend", "frontend"]),
        (["frontend", "cli"], ["frontend"]),
        (["chart", "backend", "frontend"], []),
        (["e2e", "backend"], []),
    ],
)
def test_parts_run_beside_others_only_where_there_are_some(names: list[str], second: list[str]) -> None:
    assert second_lane(names) == second


def test_a_lane_that_hands_nothing_back_is_a_failure(layout: Layout, stand_in: Path) -> None:
    stand_in.write_text("#!/bin/sh\necho it broke\nexit 7\n")
    with beside(layout, ["backend"]) as lane:
        assert lane is not None
        (result,) = lane.results(silent_step())
    assert result.counts.failures == ("./todo test backend exited 7 without a report",)
    assert result.told == ["it broke"]


def test_pytest_has_a_folder_of_its_own_in_each_lane(layout: Layout, stand_in: Path) -> None:
    """It takes other accounts' rights to its folder when it starts, and with them a PostgreSQL's at work there."""
    stand_in.write_text('#!/bin/sh\nls -d "$PYTEST_DEBUG_TEMPROOT"\nexit 7\n')
    with beside(layout, ["backend"]) as lane:
        assert lane is not None
        (result,) = lane.results(silent_step())
        (folder,) = map(Path, result.told)
        assert folder.is_dir()
        assert folder != Path(os.environ.get("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir()))
    assert not folder.exists()


def test_a_lane_ends_with_the_others(layout: Layout, stand_in: Path) -> None:
    """As Ctrl-C ends them."""
    stand_in.write_text("#!/bin/sh\necho $$\nexec sleep 60\n")
    with pytest.raises(KeyboardInterrupt), beside(layout, ["backend"]):
        log = layout.logs / "test-beside.log"
        while not log.read_text().strip():
            time.sleep(0.01)
        raise KeyboardInterrupt
    assert not psutil.pid_exists(int(log.read_text()))


def test_the_parts_are_told_and_counted_as_one(
    layout: Layout, stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def part(run: PartRun) -> None:
        ran.append(run.name)
        run.counts += Counts(passed=10)

    monkeypatch.setattr(command, "find_layout", lambda: layout)
    monkeypatch.setattr(command, "PARTS", dict.fromkeys(("cli", "e2e"), part))
    write_results(tmp_path / "prepared", [BACKEND])
    # Its last argument is where the report goes.
    stand_in.write_text(f'#!/bin/sh\nfor last; do :; done\ncp {tmp_path}/prepared "$last"\n')
    report = tmp_path / "report"
    answer = CliRunner().invoke(app, ["test", "e2e", "backend", "cli", "--json", str(report)])
    assert answer.exit_code == 1
    assert ran == ["cli", "e2e"], "a browser has the machine to itself"
    assert [result.name for result in read_results(report)] == ["cli", "backend", "e2e"]
    lines = answer.stdout.splitlines()
    assert lines.index("backend: pytest failed") < lines.index(
        "fail Test backend: 3 passed, 1 failed, 1 skipped (2.5 s)"
    )
    assert lines[-1] == "23 passed, 1 failed, 1 skipped"

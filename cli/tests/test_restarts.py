"""The process engine's supervisor: what it starts again, how soon, and when it leaves things alone."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from todo_cli import supervisor
from todo_cli.engines import restarts
from todo_cli.engines.restarts import MOST_DELAY_SECONDS, STEADY_SECONDS, SUPERVISOR, Restarts, delay
from todo_cli.layout import Layout
from todo_cli.state import ProcessRecord, RunState, changing, load_state, save_state
from todo_cli.supervisor import ProcessSpec

SLEEP = "import time; time.sleep(600)"
ENDS = "print('OPENAI_MODEL: is no model')"


class Watched:
    """A process on record beside this one, which is on record as the supervisor; the clock is the test's own."""

    def __init__(self, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
        self.layout = layout
        self.now = 1000.0
        monkeypatch.setattr(restarts, "monotonic", lambda: self.now)
        layout.logs.mkdir(parents=True, exist_ok=True)
        me = ProcessRecord(SUPERVISOR, os.getpid(), supervisor.start_mark(os.getpid()) or "", "", "", 15)
        save_state(layout, RunState(engine="process", is_up=True, processes={SUPERVISOR: me}))
        self.restarts = Restarts(layout)

    def start(self, script: str, name: str = "backend", **settings: str) -> ProcessRecord:
        spec = ProcessSpec(
            name, [sys.executable, "-c", script], settings, self.layout.root, self.layout.logs / f"{name}.log"
        )
        self.put(supervisor.start(spec))
        return self.record(name)

    def put(self, record: ProcessRecord) -> None:
        state = load_state(self.layout)
        state.processes[record.name] = record
        save_state(self.layout, state)

    def record(self, name: str = "backend") -> ProcessRecord:
        return load_state(self.layout).processes[name]

    def ends(self, name: str = "backend") -> None:
        """Wait until it has ended."""
        deadline = time.monotonic() + 60
        while supervisor.alive(self.record(name)):
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def kill(self, name: str = "backend") -> None:
        os.kill(self.record(name).pid, signal.SIGKILL)
        self.ends(name)


@pytest.fixture
def watched(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    made = Watched(layout, monkeypatch)
    yield made
    for record in load_state(layout).processes.values():
        if record.name != SUPERVISOR:
            supervisor.stop(record, grace=0)


def test_the_first_restart_is_at_once_and_later_ones_wait_longer_up_to_a_bound() -> None:
    assert [delay(failures) for failures in range(1, 9)] == [0, 1, 2, 4, 8, 16, 30, 30]
    assert delay(10_000) == MOST_DELAY_SECONDS


def test_what_was_killed_runs_again_as_it_was_started(watched: Watched, capfd: pytest.CaptureFixture[str]) -> None:
    script = "import os, time; print(os.environ['WORD'], os.getcwd(), flush=True); time.sleep(600)"
    before = watched.start(script, WORD="hello")
    until_said(before, f"hello {watched.layout.root}\n")
    watched.kill()
    assert watched.restarts.look()
    after = watched.record()
    assert supervisor.alive(after)
    assert (after.pid, after.restarts, after.fingerprint) != (before.pid, 0, "")
    assert after.fingerprint == before.fingerprint
    until_said(after, f"hello {watched.layout.root}\n" * 2)  # to the end of the same log
    assert "backend: it exited" in capfd.readouterr().out


def until_said(record: ProcessRecord, text: str) -> None:
    deadline = time.monotonic() + 60
    while supervisor.log_text(record) != text:
        assert time.monotonic() < deadline, supervisor.log_text(record)
        time.sleep(0.02)


def test_what_a_killed_parent_left_behind_is_ended_first(watched: Watched) -> None:
    """Its workers hold the port."""
    # Each line in one write: unbuffered Python writes a line's end by itself, and the two would mix.
    said = "os.write(1, b'%d\\n' % os.getpid())"
    record = watched.start(f"import os, time; os.fork(); {said}; time.sleep(600)")
    deadline = time.monotonic() + 60
    while len(pids := [int(pid) for pid in supervisor.log_text(record).split()]) < 2:
        assert time.monotonic() < deadline, pids
    watched.kill()
    (worker,) = set(pids) - {record.pid}
    assert supervisor.owns(record, worker)
    watched.restarts.look()
    assert not supervisor.owns(record, worker)
    assert supervisor.alive(watched.record())


def test_one_that_keeps_ending_is_tried_ever_more_seldom(watched: Watched) -> None:
    watched.start(ENDS)
    starts = []
    for _ in range(60):
        watched.ends()
        before = watched.record().pid
        watched.restarts.look()
        if watched.record().pid != before:
            starts.append(watched.now)
        watched.now += 1
    assert [round(later - earlier) for earlier, later in pairwise(starts)] == [2, 3, 5, 9, 17]
    assert (watched.record().restarts, watched.record().failures) == (6, 7)


def test_one_that_stays_up_begins_anew(watched: Watched) -> None:
    watched.start(SLEEP)
    for _ in range(3):
        watched.kill()
        watched.restarts.look()
        watched.now += MOST_DELAY_SECONDS
        watched.restarts.look()
    assert (watched.record().failures, watched.record().restarts) == (3, 3)
    watched.now += STEADY_SECONDS + 1
    watched.restarts.look()
    assert (watched.record().failures, watched.record().restarts) == (0, 3)


def test_nothing_is_touched_while_up_or_down_is_at_work(watched: Watched) -> None:
    before = watched.start(SLEEP)
    watched.kill()
    with changing(watched.layout):
        assert watched.restarts.look()
        assert watched.record() == before
    watched.restarts.look()
    assert watched.record().pid != before.pid


@pytest.mark.parametrize("how", ["another", "down", "gone"])
def test_a_supervisor_that_is_not_on_record_ends_and_starts_nothing(watched: Watched, how: str) -> None:
    before = watched.start(SLEEP)
    watched.kill()
    if how == "another":
        watched.put(replace(watched.record(SUPERVISOR), pid=os.getppid()))
    elif how == "down":
        save_state(watched.layout, RunState(engine="process"))
    else:
        (watched.layout.home / "run.json").unlink()
    assert not watched.restarts.look()
    assert load_state(watched.layout).processes.get("backend", before).pid == before.pid


def test_one_that_cannot_be_started_is_tried_again_later(
    watched: Watched, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record = watched.start(SLEEP)
    watched.kill()
    watched.put(replace(record, command=[str(tmp_path / "no-program")]))
    for _ in range(3):
        assert watched.restarts.look()
        watched.now += MOST_DELAY_SECONDS
    assert watched.record().failures >= 2
    assert "no-program" in capfd.readouterr().out
    watched.put(replace(watched.record(), command=record.command))
    for _ in range(2):
        watched.restarts.look()
        watched.now += MOST_DELAY_SECONDS
    assert supervisor.alive(watched.record())

"""Processes that outlive the command, with real small programs."""

import dataclasses
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from todo_cli import ports, supervisor
from todo_cli.errors import FREE_DISK, Problem
from todo_cli.progress import silent_step
from todo_cli.state import ProcessRecord
from todo_cli.supervisor import ProcessSpec

SLEEP = "import time; time.sleep(600)"
# It has said that it runs only when neither it nor its child listens any more.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(600)
"""

# Its first thread has ended, another listens on until it is told not to.
WITHOUT_ITS_FIRST_THREAD = """
import ctypes, os, pathlib, socket, sys, threading, time
def listen():
    server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while not pathlib.Path(sys.argv[2]).exists():
        time.sleep(0.05)
    os._exit(0)
threading.Thread(target=listen).start()
ctypes.CDLL(None).pthread_exit(None)
"""


@pytest.fixture
def started() -> Iterator[list[ProcessRecord]]:
    records: list[ProcessRecord] = []
    yield records
    for record in records:
        supervisor.stop(record, grace=0)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that does not listen to SIGTERM is given less time to, and after SIGKILL more than it needs anywhere."""
    ended = supervisor._ended

    def quicker(send: Callable[[], None], runs: Callable[[], bool], seconds: float) -> bool:
        tries.append(seconds)
        return ended(send, runs, 0.3 if len(tries) == 1 else 60)

    tries: list[float] = []
    monkeypatch.setattr(supervisor, "_ended", quicker)


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def spec(folder: Path, script: str, *arguments: str, **settings: str) -> ProcessSpec:
    command = [sys.executable, "-c", script, *arguments]
    return ProcessSpec("worker", command, settings, folder, folder / "logs" / "worker.log")


def test_it_runs_in_a_session_of_its_own_and_is_stopped(tmp_path: Path, started: list[ProcessRecord]) -> None:
    record = supervisor.start(spec(tmp_path, SLEEP))
    started.append(record)
    assert supervisor.alive(record)
    assert os.getsid(record.pid) == record.pid != os.getsid(0)
    assert supervisor.stop(record)
    assert not supervisor.alive(record)
    assert not supervisor.stop(record)


def test_it_runs_until_its_last_thread_has_ended_and_holds_no_port(
    tmp_path: Path, started: list[ProcessRecord]
) -> None:
    port, enough = ports.any_free(), tmp_path / "enough"
    record = supervisor.start(spec(tmp_path, WITHOUT_ITS_FIRST_THREAD, str(port), str(enough)))
    started.append(record)
    until(lambda: not ports.free(port))
    if sys.platform == "linux":
        until(lambda: psutil.Process(record.pid).status() == psutil.STATUS_ZOMBIE)
    assert supervisor.alive(record)
    enough.touch()
    until(lambda: not supervisor.alive(record))
    assert ports.free(port)


def test_a_process_that_got_the_same_id_later_is_never_touched(tmp_path: Path, started: list[ProcessRecord]) -> None:
    stranger = supervisor.start(spec(tmp_path, SLEEP))
    started.append(stranger)
    stale = dataclasses.replace(stranger, started="another-boot/12345")
    assert not supervisor.alive(stale)
    assert not supervisor.stop(stale)
    assert supervisor.alive(stranger)


def test_one_that_does_not_listen_is_ended_with_its_children(tmp_path: Path, started: list[ProcessRecord]) -> None:
    note = tmp_path / "child"
    record = supervisor.start(spec(tmp_path, STUBBORN, str(note)))
    started.append(record)
    until(lambda: note.exists() and note.read_text())
    supervisor.stop(record, grace=0.3)
    child = int(note.read_text())
    until(lambda: not _runs(child))


@pytest.mark.usefixtures("impatient")
def test_what_a_killed_leader_left_behind_is_ended(tmp_path: Path) -> None:
    note = tmp_path / "child"
    record = supervisor.start(spec(tmp_path, STUBBORN, str(note)))
    until(lambda: note.exists() and note.read_text())
    child = int(note.read_text())
    os.kill(record.pid, signal.SIGKILL)
    until(lambda: not supervisor.alive(record))
    assert _runs(child)
    assert supervisor.owns(record, child)
    assert supervisor.stop(record, grace=0.5), "it said that all had ended already"
    assert not _runs(child)


@pytest.mark.usefixtures("impatient")
def test_a_group_that_is_not_the_records_any_more_is_left_alone(tmp_path: Path) -> None:
    note = tmp_path / "child"
    record = supervisor.start(spec(tmp_path, STUBBORN, str(note)))
    until(lambda: note.exists() and note.read_text())
    child = int(note.read_text())
    os.kill(record.pid, signal.SIGKILL)
    until(lambda: not supervisor.alive(record))
    stale = dataclasses.replace(record, log=str(tmp_path / "other.log"))
    try:
        assert not supervisor.stop(stale, grace=0.5)
        assert _runs(child)
    finally:
        supervisor.stop(record, grace=0.5)


def test_a_crash_at_the_start_is_told_at_once_with_its_last_lines(tmp_path: Path) -> None:
    record = supervisor.start(spec(tmp_path, "import sys; print('DATABASE_URL: is missing'); sys.exit(78)"))
    with pytest.raises(Problem, match="worker ended while it was starting") as caught:  # not: "not ready within"
        supervisor.wait_until(record, lambda: "not yet", timeout=600, step=silent_step())
    assert caught.value.details == ("DATABASE_URL: is missing",)
    # Not `./todo logs`: nothing is up after a failed start, and not every process is one of its components.
    assert caught.value.fix == f"less {record.log}, fix what it says, then ./todo up"


def test_one_that_found_the_disk_full_is_told_so(tmp_path: Path) -> None:
    record = supervisor.start(spec(tmp_path, "import sys; sys.exit('FATAL: could not write: No space left on device')"))
    with pytest.raises(Problem) as caught:
        supervisor.wait_until(record, lambda: "not yet", timeout=600, step=silent_step())
    assert caught.value.fix == FREE_DISK


def test_one_that_never_gets_ready_is_told_with_what_is_missing(tmp_path: Path, started: list[ProcessRecord]) -> None:
    record = supervisor.start(spec(tmp_path, SLEEP))
    started.append(record)
    with pytest.raises(Problem, match=r"not ready within 0 s: answers 503: database down") as caught:
        supervisor.wait_until(record, lambda: "answers 503: database down", timeout=0.2, step=silent_step())
    assert f"less {record.log}" in str(caught.value.fix)


def test_logs_of_earlier_runs_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "worker.log"
    for run in range(5):
        record = supervisor.start(spec(tmp_path, f"print('run {run}')"))
        until(lambda: not supervisor.alive(record))  # noqa: B023
    assert log.read_text() == "run 4\n"
    assert [log.with_name(f"worker.log.{number}").read_text() for number in (1, 2, 3)] == [
        "run 3\n",
        "run 2\n",
        "run 1\n",
    ]
    assert not log.with_name("worker.log.4").exists()


def test_the_fingerprint_follows_what_it_runs_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = spec(tmp_path, SLEEP, PORT="1").fingerprint
    monkeypatch.setenv("SHELL_SETTING", "other")
    assert spec(tmp_path, SLEEP, PORT="1").fingerprint == first
    assert spec(tmp_path, SLEEP, PORT="2").fingerprint != first
    assert dataclasses.replace(spec(tmp_path, SLEEP, PORT="1"), content="new").fingerprint != first


def test_the_own_signal_comes_first(tmp_path: Path, started: list[ProcessRecord]) -> None:
    script = "import signal,sys,time; signal.signal(signal.SIGINT, lambda *_: sys.exit(print('fast'))); print('up', flush=True); time.sleep(600)"
    wanted = dataclasses.replace(spec(tmp_path, script), stop_signal=signal.SIGINT)
    record = supervisor.start(wanted)
    started.append(record)
    until(lambda: supervisor.log_text(record) == "up\n")
    supervisor.stop(record)
    assert supervisor.log_text(record) == "up\nfast\n"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or " Z " not in stat.read_text()

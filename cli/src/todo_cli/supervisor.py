"""Processes that outlive this command: started detached, identified for certain, stopped as a group."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from todo_cli.content import text_hash
from todo_cli.errors import FREE_DISK, Problem
from todo_cli.loglines import error_line
from todo_cli.process_environment import clean_environment
from todo_cli.programs import NO_SPACE, last_lines
from todo_cli.progress import Step
from todo_cli.state import ProcessRecord

LOGS_KEPT = 3
GROUP_SECONDS = 5.0


@dataclass(frozen=True)
class ProcessSpec:
    """A process to keep running. A change of command, settings or `content` means: restart it."""

    name: str
    command: Sequence[str]
    settings: dict[str, str] = field(repr=False)
    cwd: Path
    log: Path
    content: str = ""
    stop_signal: int = signal.SIGTERM
    user: int | None = None
    group: int | None = None

    @property
    def env(self) -> dict[str, str]:
        """The whole environment it runs in: the user's shell, and over it its own settings."""
        return clean_environment(**self.settings)

    @property
    def fingerprint(self) -> str:
        """Changes with anything that needs a restart; what else the user's shell has set does not."""
        settings = [f"{name}={value}" for name, value in sorted(self.settings.items())]
        return text_hash(self.content, *self.command, *settings)


@dataclass(frozen=True)
class Running:
    """A process that runs, as the system knows it."""

    program: Path
    cwd: Path
    env: dict[str, str] = field(repr=False)


def start(spec: ProcessSpec, *, fresh_log: bool = True) -> ProcessRecord:
    """Start a process in a session of its own, its output going to a fresh log, else to the end of the one there is."""
    if fresh_log:
        rotate(spec.log)
    with spec.log.open("ab") as log:
        process = subprocess.Popen(
            list(spec.command),
            env=spec.env,
            cwd=spec.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=spec.user,
            group=spec.group,
            extra_groups=None if spec.user is None else [],
        )
    return ProcessRecord(
        name=spec.name,
        pid=process.pid,
        started=start_mark(process.pid) or "",
        fingerprint=spec.fingerprint,
        log=str(spec.log),
        stop_signal=int(spec.stop_signal),
        command=list(spec.command),
        settings=spec.settings,
        cwd=str(spec.cwd),
        user=spec.user,
        group=spec.group,
    )


def start_again(record: ProcessRecord) -> ProcessRecord:
    """Start a process that has ended as it was started before, its output going to the end of the same log."""
    spec = ProcessSpec(
        name=record.name,
        command=record.command,
        settings=record.settings,
        cwd=Path(record.cwd),
        log=Path(record.log),
        stop_signal=record.stop_signal,
        user=record.user,
        group=record.group,
    )
    return replace(start(spec, fresh_log=False), fingerprint=record.fingerprint)


def start_mark(pid: int) -> str | None:
    """What tells a process from a later one with the same id; None when there is no such process.

    On Linux the kernel's own count since boot, which a change of the clock does not touch.
    """
    with contextlib.suppress(OSError, IndexError):
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{stat.rsplit(')', 1)[1].split()[19]}"
    with contextlib.suppress(psutil.Error):
        return f"{psutil.Process(pid).create_time():.1f}"
    return None


def alive(record: ProcessRecord) -> bool:
    """Is exactly this process still running?"""
    with contextlib.suppress(ChildProcessError):  # collect it if it was a child of this command
        os.waitpid(record.pid, os.WNOHANG)
    if not record.started or start_mark(record.pid) != record.started:
        return False
    try:
        process = psutil.Process(record.pid)
        # One whose first thread has ended holds its ports until its last one has.
        return bool(process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1)
    except psutil.Error:
        return False


def running(record: ProcessRecord) -> Running | None:
    """What a process was started with; None when it runs no more."""
    if not alive(record):
        return None
    try:
        process = psutil.Process(record.pid)
        return Running(Path(process.exe()), Path(process.cwd()), process.environ())
    except psutil.NoSuchProcess:
        return None


def owns(record: ProcessRecord, pid: int) -> bool:
    """Is this process of the record's group: its own, one that it started, or one that it left behind?

    The group of a leader that ended might by now be another's: who writes to the record's log is of ours.
    """
    try:
        if os.getpgid(pid) != record.pid or start_mark(record.pid) not in (None, record.started):
            return False
        return alive(record) or any(file.path == record.log for file in psutil.Process(pid).open_files())
    except (OSError, psutil.Error):
        return False


def stop(record: ProcessRecord, grace: float = 30) -> bool:
    """End a process and its group: its own signal first, after `grace` seconds at once. True if any of it ran.

    Also what a leader left behind that was killed: its workers may hold a port still.
    """
    ran = alive(record)
    # Only the leader gets the gentle signal: it knows how to end its own workers.
    if ran and not _ended(lambda: os.kill(record.pid, record.stop_signal), lambda: alive(record), grace):
        _ended(lambda: os.killpg(record.pid, signal.SIGKILL), lambda: alive(record), GROUP_SECONDS)
    for number, seconds in ((signal.SIGTERM, min(grace, GROUP_SECONDS)), (signal.SIGKILL, GROUP_SECONDS)):
        if not _left_behind(record):
            break
        ran = True
        _ended(lambda: os.killpg(record.pid, number), lambda: _left_behind(record), seconds)  # noqa: B023
    if alive(record) or _left_behind(record):
        raise Problem(f"{record.name} (process {record.pid}) does not end", fix=f"kill -9 -- -{record.pid}")
    return ran


def _left_behind(record: ProcessRecord) -> bool:
    """Does anything run in the group of a leader that ended?"""
    return not alive(record) and any(owns(record, pid) for pid in psutil.pids())


def _ended(send: Callable[[], None], runs: Callable[[], bool], seconds: float) -> bool:
    """Send a signal and wait; True when nothing runs any more."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        send()
    deadline = time.monotonic() + seconds
    while runs():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def wait_until(record: ProcessRecord, ready: Callable[[], str | None], *, timeout: float, step: Step) -> None:
    """Wait until `ready` answers None; its text says what is missing. A process that ends meanwhile is
    reported at once with its own last lines.
    """
    deadline = time.monotonic() + timeout
    while (missing := ready()) is not None:
        if not alive(record):
            raise Problem(
                f"{record.name} ended while it was starting",
                details=last_lines(log_text(record)),
                fix=_start_fix(record),
            )
        if time.monotonic() > deadline:
            raise Problem(
                f"{record.name} was not ready within {timeout:.0f} s: {missing}",
                details=last_lines(log_text(record), 6),
                fix=_start_fix(record),
            )
        step.note(missing)
        time.sleep(0.1)


def _start_fix(record: ProcessRecord) -> str:
    if NO_SPACE in log_text(record).lower():
        return FREE_DISK
    return f"less {record.log}, fix what it says, then ./todo up"


def age(record: ProcessRecord) -> float | None:
    """Seconds since a process that runs was started."""
    with contextlib.suppress(psutil.Error):
        return time.time() - psutil.Process(record.pid).create_time()
    return None


def why_ended(record: ProcessRecord) -> str:
    """Why a process ended, by its last output."""
    said = error_line(log_text(record).splitlines())
    return f"it exited; its last output: {said}" if said else "it exited without output"


def log_text(record: ProcessRecord, limit: int = 65536) -> str:
    """The end of a process's log."""
    try:
        with Path(record.log).open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - limit))
            return log.read().decode(errors="replace")
    except OSError:
        return ""


def rotate(log: Path) -> None:
    """Put a log aside as .1 (older ones as .2, .3), so that a start begins with an empty one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if not log.exists() or log.stat().st_size == 0:
        return
    for number in range(LOGS_KEPT - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    log.replace(log.with_name(f"{log.name}.1"))

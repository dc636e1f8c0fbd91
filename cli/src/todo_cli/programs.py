"""Running other programs: streaming, time limits, and failures that a person can read."""

import contextlib
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from todo_cli.errors import FREE_DISK, Problem

Command = Sequence[str | os.PathLike[str]]
LAST_LINES = 12
MISSING = 127  # the exit code of a program that is not there
DOCTOR = "./todo doctor"
GRACE_SECONDS = 5.0  # from SIGTERM to SIGKILL
NO_SPACE = "no space left on device"  # as the system says it, so most programs too


@dataclass(frozen=True)
class Result:
    """What a program answered."""

    code: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        """True when it exited 0."""
        return self.code == 0


class ProgramFailed(Problem):
    """A program exited other than 0 or took too long; carries its last lines."""

    def __init__(self, command: Command, code: int | None, output: str, *, fix: str | None = None) -> None:
        if NO_SPACE in output.lower():
            fix = FREE_DISK
        elif fix is None:
            fix = f"install {Path(command[0]).name}; what else is missing: ./todo doctor" if code == MISSING else DOCTOR
        ending = "did not end in time" if code is None else f"exited {code}"
        super().__init__(f"{readable(command)} {ending}", details=last_lines(output), fix=fix)
        self.code = code
        self.output = output


def readable(command: Command) -> str:
    """The command as one would type it, the program by its name, not too long."""
    first, *rest = (os.fspath(part) for part in command)
    text = shlex.join([Path(first).name, *rest])
    return text if len(text) <= 120 else text[:117] + "..."


def last_lines(text: str, count: int = LAST_LINES) -> list[str]:
    """The last lines of a program's output that say anything."""
    return [line.rstrip() for line in text.splitlines() if line.strip()][-count:]


def capture(
    command: Command,
    *,
    stdin: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 60,
    check: bool = True,
    fix: str | None = None,
    user: int | None = None,
    group: int | None = None,
) -> Result:
    """Run a program to its end and return its output; with `check`, a failure raises ProgramFailed.

    Secrets go through `stdin`, never through the command: anyone can read a command line.
    A program that is not there counts as exit code 127. `user` and `group`: run it as these (root only).
    """
    try:
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if env is None else dict(env),
            cwd=cwd,
            text=True,
            errors="replace",
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
    except (FileNotFoundError, PermissionError) as error:
        if check:
            raise ProgramFailed(command, MISSING, str(error), fix=fix) from error
        return Result(MISSING, "", str(error))
    try:
        stdout, stderr = process.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired:
        end_group(process)
        stdout, stderr = process.communicate()
        if check:
            raise ProgramFailed(command, None, stdout + stderr, fix=fix) from None
        return Result(124, stdout, stderr)
    except BaseException:
        end_group(process)
        raise
    if check and process.returncode != 0:
        raise ProgramFailed(command, process.returncode, stdout + stderr, fix=fix)
    return Result(process.returncode, stdout, stderr)


class Interruption:
    """Ends from one thread the programs that others run."""

    def __init__(self) -> None:
        self.happened = False
        self._lock = threading.Lock()
        self._ends: list[Callable[[], None]] = []

    @contextlib.contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """While the body runs, `end` is what an interruption calls; at once if it has happened."""
        with self._lock:
            self._ends.append(end)
            late = self.happened
        try:
            if late:
                end()
            yield
        finally:
            with self._lock:
                self._ends.remove(end)

    def happen(self) -> None:
        """End what is at work, all of it at the same time, and whatever is begun from now on."""
        with self._lock:
            self.happened = True
            ends = list(self._ends)
        for end in ends:
            threading.Thread(target=end).start()


# What ends the long programs of this thread when another one asks for it.
INTERRUPTION: ContextVar[Interruption] = ContextVar("interruption", default=Interruption())  # noqa: B039


def stream(
    command: Command,
    *,
    log: Path,
    on_line: Callable[[str], None] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 1800,
    grace: float = GRACE_SECONDS,
    check: bool = True,
    fix: str | None = None,
    may_ask: bool = False,
) -> Result:
    """Run a long program: output goes line by line to `log` (appended) and to `on_line`.

    Returns its output as `stdout`; with `check`, a failure raises ProgramFailed. The program is ended,
    with all that it started, when this one is interrupted or `timeout` seconds have passed; it has `grace` seconds
    to clean up.
    `may_ask`: it keeps the terminal, as sudo needs to ask for a password; then Ctrl-C reaches it by itself.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {readable(command)}\n")
        try:
            process = subprocess.Popen(
                [os.fspath(part) for part in command],
                stdin=None if may_ask else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                text=True,
                errors="replace",
                start_new_session=not may_ask,
            )
        except (FileNotFoundError, PermissionError) as error:
            if check:
                raise ProgramFailed(command, MISSING, str(error), fix=fix) from error
            return Result(MISSING, "", str(error))
        late = threading.Event()

        def end_late() -> None:
            late.set()
            end_group(process, grace)

        timer = threading.Timer(timeout, end_late)
        timer.start()
        try:
            with INTERRUPTION.get().ending(lambda: end_group(process, grace)):
                assert process.stdout is not None
                for line in process.stdout:
                    file.write(line)
                    file.flush()
                    lines.append(line)
                    if on_line is not None and line.strip():
                        on_line(line.strip())
                code = process.wait()
        except BaseException:
            end_group(process, grace)
            raise
        finally:
            timer.cancel()
    output = "".join(lines)
    if check and (code != 0 or late.is_set()):
        raise ProgramFailed(command, None if late.is_set() else code, output, fix=fix)
    return Result(124 if late.is_set() else code, output, "")


def end_group(process: subprocess.Popen[Any], grace: float = GRACE_SECONDS) -> None:
    """End a program started here and everything that it started: politely, then not."""
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            leads = os.getpgid(process.pid) == process.pid  # one that may ask is in this command's own group
            (os.killpg if leads else os.kill)(process.pid, number)
        try:
            process.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue

"""What is running, as far as this command started it: kept in the state folder, one writer at a time."""

import contextlib
import fcntl
import json
import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil

from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.settings import write_private

PACKAGE = "todo_cli"  # as the launcher runs it


@dataclass(frozen=True)
class ProcessRecord:
    """A process that this command started, and all that is needed to start it again.

    `started` tells it from a later one with the same id. `restarts`: how often it was started again after it had ended
    by itself; `failures`: how often it did so one time after another.
    """

    name: str
    pid: int
    started: str
    fingerprint: str
    log: str
    stop_signal: int
    command: Sequence[str] = ()
    settings: dict[str, str] = field(default_factory=dict, repr=False)
    cwd: str = ""
    user: int | None = None
    group: int | None = None
    restarts: int = 0
    failures: int = 0


@dataclass
class RunState:
    """Which engine carries the stack (or did last), where, and with which processes of this machine.

    `backend_replicas`: as `scale` was last asked, until `down`.
    `chart_values`: by their path, as `up` was given them, until `down`.
    `helm_at_work`: our helm changes the release; found so at the start, it was cut off.
    """

    engine: str | None = None
    is_up: bool = False
    context: str | None = None
    namespace: str | None = None
    chart_environment: str | None = None
    registry: str | None = None
    load_command: str | None = None
    profile: str | None = None
    profile_is_ours: bool = False
    backend_replicas: int | None = None
    chart_values: dict[str, str] = field(default_factory=dict)
    helm_at_work: bool = False
    processes: dict[str, ProcessRecord] = field(default_factory=dict)


def load_state(layout: Layout) -> RunState:
    """The recorded state; empty when nothing was started or the record cannot be read."""
    try:
        raw: dict[str, Any] = json.loads((layout.home / "run.json").read_text())
        raw["processes"] = {name: ProcessRecord(**record) for name, record in raw["processes"].items()}
        return RunState(**raw)
    except FileNotFoundError:
        return RunState()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        file = layout.home / "run.json"
        raise Problem(
            f"{file} cannot be understood", fix=f"rm {file} (then look for what still runs: ./todo doctor)"
        ) from error


def save_state(layout: Layout, state: RunState) -> None:
    """Record the state, whole or not at all."""
    write_private(layout.home / "run.json", json.dumps(asdict(state), indent=2) + "\n")


@contextmanager
def exclusive(layout: Layout) -> Iterator[None]:
    """Hold the stack's lock: `up` and `down` must not run at once."""
    layout.home.mkdir(parents=True, exist_ok=True)
    with (layout.home / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise _busy(file.read().strip()) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def changing(layout: Layout, *, wait: bool = True) -> Iterator[None]:
    """Keep others from starting and stopping the processes on record.

    Without `wait`, BlockingIOError when another one is at it.
    """
    layout.home.mkdir(parents=True, exist_ok=True)
    with (layout.home / "processes.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _busy(holder: str) -> Problem:
    """What another process, by its id, does on this stack, and how that ends."""
    words: list[str] = []
    with contextlib.suppress(psutil.Error, ValueError):
        words = psutil.Process(int(holder)).cmdline()
    command = shlex.join(["./todo", *words[words.index(PACKAGE) + 1 :]]) if PACKAGE in words else "another ./todo"
    fix = "wait for it to end"
    if "--no-detach" in words or words[-1:] == ["dev"]:
        fix = f"press Ctrl-C where it runs, or kill {holder}: both take the stack down"
    return Problem(f"{command} is at work on this stack (process {holder or 'unknown'})", fix=fix)

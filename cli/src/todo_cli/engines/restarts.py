"""The process engine's supervisor: one small process that starts again what ends by itself, until `down`.

It knows nothing but the record of what runs: so it may be killed and started at any time, and it ends by itself when
another one, or none, is on record.
"""

import contextlib
import json
import os
import signal
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from todo_cli import supervisor
from todo_cli.content import content_hash
from todo_cli.errors import Problem
from todo_cli.layout import Layout, find_layout
from todo_cli.state import ProcessRecord, RunState, changing, load_state, save_state
from todo_cli.supervisor import ProcessSpec

SUPERVISOR = "supervisor"
LOOK_SECONDS = 0.5
MOST_DELAY_SECONDS = 30
STEADY_SECONDS = 60  # one that ran so long does not keep ending
LEFT_BEHIND_SECONDS = 2  # for the workers of a killed parent to end in
SOURCES = Path(__file__).parents[2]


def supervisor_process(layout: Layout) -> ProcessSpec:
    """The supervisor as a process."""
    return ProcessSpec(
        name=SUPERVISOR,
        command=[sys.executable, "-m", __name__],
        settings={"TODO_HOME": str(layout.home), "PYTHONPATH": str(SOURCES), "PYTHONSAFEPATH": "1"},
        cwd=layout.home,
        log=layout.logs / f"{SUPERVISOR}.log",
        content=content_hash(SOURCES),
    )


def delay(failures: int) -> float:
    """Seconds before the next start of what has ended so often in a row: none at first, then ever more."""
    return 0 if failures <= 1 else min(MOST_DELAY_SECONDS, 2 ** min(failures - 2, 10))


class Restarts:
    """Looks after the processes on record."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._started: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def look(self) -> bool:
        """See to each process once; False when this supervisor is not wanted any more."""
        try:
            with changing(self._layout, wait=False):
                state = load_state(self._layout)
                me = state.processes.get(SUPERVISOR)
                if me is None or me.pid != os.getpid():
                    return False
                for record in list(state.processes.values()):
                    if record.name != SUPERVISOR:
                        self._look_at(record, state)
        except BlockingIOError:
            pass  # `up` or `down` is at work
        return True

    def _look_at(self, record: ProcessRecord, state: RunState) -> None:
        name, now = record.name, monotonic()
        if supervisor.alive(record):
            self._due.pop(name, None)
            if record.failures and now - self._started.setdefault(name, now) > STEADY_SECONDS:
                self._put(replace(record, failures=0), state)
            return
        if name not in self._due:
            record = self._noticed(record, now, state)
        if now >= self._due[name]:
            self._restart(record, state)

    def _noticed(self, record: ProcessRecord, now: float, state: RunState) -> ProcessRecord:
        """Write down that it ended, and when it is due."""
        ended = replace(record, failures=record.failures + 1)
        seconds = delay(ended.failures)
        self._due[record.name] = now + seconds
        when = f"; it has ended {ended.failures} times in a row: started again in {seconds:.0f} s" if seconds else ""
        _tell(f"{record.name}: {supervisor.why_ended(record)}{when}")
        self._put(ended, state)
        return ended

    def _restart(self, record: ProcessRecord, state: RunState) -> None:
        del self._due[record.name]
        try:
            supervisor.stop(record, grace=LEFT_BEHIND_SECONDS)
            started = replace(supervisor.start_again(record), restarts=record.restarts + 1, failures=record.failures)
        except (OSError, Problem) as error:
            _tell(f"{record.name} cannot be started: {error}")
            return  # the next look notices that it does not run
        self._started[record.name] = monotonic()
        try:
            self._put(started, state)
        except OSError:  # nothing runs that is not on record
            supervisor.stop(started, grace=LEFT_BEHIND_SECONDS)
            raise
        _tell(f"{record.name}: started again")

    def _put(self, record: ProcessRecord, state: RunState) -> None:
        state.processes[record.name] = record
        save_state(self._layout, state)


def _tell(text: str) -> None:
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    sys.stdout.write(json.dumps({"time": time, "level": "warning", "message": text}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Look after the stack in TODO_HOME until SIGTERM."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    restarts, pause, is_wanted = Restarts(find_layout()), LOOK_SECONDS, True
    while is_wanted and not ended.wait(pause):
        pause = LOOK_SECONDS
        try:
            is_wanted = restarts.look()
        except OSError as error:  # a full disk, say: what cannot be put on record is not started
            pause = MOST_DELAY_SECONDS
            with contextlib.suppress(OSError):
                _tell(f"the processes cannot be looked after: {error}")


if __name__ == "__main__":
    main()

"""The process engine for who changes the code: both tiers run from the sources and take up what changes."""

import time
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto
from pathlib import Path

from todo_cli import health, supervisor
from todo_cli.engines.process import ProcessEngine
from todo_cli.engines.restarts import SUPERVISOR
from todo_cli.errors import Problem
from todo_cli.follow import follow_logs, pause
from todo_cli.frontend_build import install_packages
from todo_cli.layout import Layout
from todo_cli.loglines import LogLine
from todo_cli.process_environment import clean_environment
from todo_cli.programs import last_lines
from todo_cli.progress import Steps
from todo_cli.settings import Settings
from todo_cli.state import ProcessRecord, load_state
from todo_cli.supervisor import ProcessSpec
from todo_cli.tools import Node
from todo_cli.watch import Watch

TIERS = ("backend", "frontend")
LAST_REQUESTS_SECONDS = 1  # for what is in flight when the backend reloads; streams are cut
ASK_SECONDS = 0.5


class Backend(Enum):
    """Where the backend is between two changes of its code."""

    SERVES = auto()
    STARTS = auto()
    ENDED = auto()  # while it was starting: its last words are shown before that is told
    BROKEN = auto()  # the code does not start: only another change helps


class DevStack(ProcessEngine):
    """The stack from the sources: a frontend that reloads itself, and a backend restarted with each change of its code.

    Not by uvicorn's reloader: it restarts at once, where here a new migration runs first, and one that fails leaves the
    former code at work. Nor does it notice a server that has ended by itself.
    """

    def __init__(self, layout: Layout, settings: Settings) -> None:
        super().__init__(layout, settings)
        self._sources = Watch(layout.backend / "src")
        self._spec: ProcessSpec | None = None
        self._backend_is = Backend.SERVES
        self._is_migrated = True
        self._reloaded = 0.0  # when, by the monotonic clock

    def up(self, steps: Steps) -> list[str]:
        """Bring both tiers up on the process engine's data.

        Raises Problem when the stack is up already.
        """
        state = load_state(self.layout)
        if state.is_up and (state.engine != "process" or any(map(supervisor.alive, state.processes.values()))):
            raise Problem(
                f"the stack is up on the {state.engine} engine, and only one may use its port and its database",
                fix="./todo down, then ./todo dev; or beside it, with data of its own: "
                "TODO_HOME=.todo/dev TODO_PORT=30180 ./todo dev",
            )
        try:
            return super().up(steps)
        except Problem as problem:
            problem.fix = problem.fix and problem.fix.replace("./todo up", "./todo dev")
            raise

    def serve(self, steps: Steps) -> Iterator[LogLine]:
        """What both tiers say, for ever; reloads the backend when its code changes.

        Raises Problem when a part of the stack has ended by itself.
        """
        logs = {name: Path(self.state.processes[name].log) for name in TIERS}
        for line in follow_logs(logs, follow=True, whole=True, between=lambda: self._look(steps)):
            if line.text.strip():
                yield line

    def _look(self, steps: Steps) -> None:
        """See to the processes once, in their pauses."""
        pause()
        for name, record in self.state.processes.items():
            is_reloading = name == "backend" and self._backend_is is not Backend.SERVES
            if not is_reloading and not supervisor.alive(record):
                raise _ended(record)
        if changed := self._sources.changed():
            self._reload(changed, steps)
        elif self._backend_is is Backend.STARTS:
            self._see_start(steps)
        elif self._backend_is is Backend.ENDED:
            self._backend_is = Backend.BROKEN
            _tell(steps, "backend: this code does not start (see above); waiting for the next change")

    def _reload(self, changed: list[Path], steps: Steps) -> None:
        assert self._spec is not None
        sources = self.layout.backend / "src" / "todo_backend"
        names = [path.relative_to(sources.parent).as_posix() for path in changed]
        _tell(steps, f"backend: reloading for {', '.join(names[:3])}" + (" and others" if len(names) > 3 else ""))
        self._reloaded = time.monotonic()
        if any(path.is_relative_to(sources / "db" / "migrations") for path in changed):
            self._is_migrated = False
        try:
            self._migrate_again(self._spec, steps)
        except Problem as problem:
            _tell(steps, f"backend: the migration failed; waiting for the next change. {problem.message}:")
            for line in problem.details:
                _tell(steps, f"    {line}")
            return
        self._replace(self._spec, fresh_log=False)
        self._backend_is = Backend.STARTS

    def _migrate_again(self, backend: ProcessSpec, steps: Steps) -> None:
        """Run what is new in the migrations; not on the database of `.env`, which may hold what nobody may lose."""
        if self._is_migrated:
            return
        if self.settings.get("DATABASE_URL"):
            _tell(steps, "backend: on the database of .env migrations run when ./todo dev starts, not when saved")
        else:
            with steps.step("Database schema") as step:
                self._migrate(Path(backend.command[0]), backend, step)
        self._is_migrated = True

    def _see_start(self, steps: Steps) -> None:
        """Has the reloaded backend come up, or ended?"""
        if not supervisor.alive(self.state.processes["backend"]):
            self._backend_is = Backend.ENDED
        elif health.not_ready(self._health, timeout=ASK_SECONDS) is None:
            self._backend_is = Backend.SERVES
            _tell(steps, f"backend: reloaded in {time.monotonic() - self._reloaded:.1f} s")

    @property
    def _health(self) -> str:
        return f"http://127.0.0.1:{self.layout.backend_port}/health/live"

    def _backend(self, python: Path, database_url: str) -> ProcessSpec:
        spec = super()._backend(python, database_url)
        one = {"WORKERS": "1", "SHUTDOWN_TIMEOUT_SECONDS": str(LAST_REQUESTS_SECONDS)}
        self._spec = replace(spec, settings=spec.settings | one)
        return self._spec

    def _frontend(self, steps: Steps, node: Node, database_url: str) -> ProcessSpec:
        """The gateway before Next's server for development; what they make stays apart from builds."""
        with steps.step("Frontend packages") as step:
            install_packages(self.layout, node, step, for_tests=True)  # which would else replace them under it
            step.done("as locked")
        settings = {
            "NEXT_TELEMETRY_DISABLED": "1",
            "PATH": node.on_path(clean_environment())["PATH"],  # its compiler starts `node` itself
        }
        return ProcessSpec(
            name="frontend",
            command=[node.node, "scripts/dev.mjs"],
            settings=self._frontend_settings(database_url) | settings,
            cwd=self.layout.frontend,
            log=self.layout.logs / "frontend.log",
        )

    def _supervise(self) -> None:
        """Nobody else's part: `serve` sees to the processes, and reports what has ended."""
        self._stop(SUPERVISOR)

    def _see_page(self, steps: Steps) -> None:
        """Pages are compiled when they are first asked for: wait for it."""
        with steps.step("Page") as step:
            step.note("compiling it")
            self._wait(self.state.processes["frontend"], lambda: health.page_problem(self.layout.address), step)
            step.done("the page and the API answer")


def _ended(record: ProcessRecord) -> Problem:
    return Problem(
        f"the {record.name} has ended by itself, so all of it was taken down; its last lines:",
        details=last_lines(supervisor.log_text(record)),
        fix=f"./todo dev starts it again; the whole log is {record.log}",
    )


def _tell(steps: Steps, text: str) -> None:
    steps.console.print(text, soft_wrap=True, markup=False, style="bold")

"""The process engine: the stack as processes of this machine, over an embedded PostgreSQL."""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from todo_cli import health, ports, supervisor
from todo_cli.cluster.causes import OF_THE_DATABASE, REMEDIES, Cause, Remedy
from todo_cli.content import content_hash
from todo_cli.engines.base import COMMAND_SECONDS, Code
from todo_cli.engines.postgres import Postgres, data_folder, embedded_postgres, socket_folder
from todo_cli.engines.restarts import SUPERVISOR, supervisor_process
from todo_cli.errors import FREE_DISK, Problem
from todo_cli.follow import follow_logs, pause
from todo_cli.frontend_build import built_frontend
from todo_cli.layout import Layout
from todo_cli.loglines import LogLine, message_of
from todo_cli.programs import Command, ProgramFailed, Result, capture, last_lines, stream
from todo_cli.progress import Step, Steps
from todo_cli.settings import BACKEND_NAMES, FRONTEND_NAMES, Settings, auth_settings
from todo_cli.stack_status import Component, StackStatus
from todo_cli.state import ProcessRecord, RunState, changing, load_state, save_state
from todo_cli.supervisor import ProcessSpec
from todo_cli.tools import Node, find_node, find_postgres, python_environment

START_SECONDS = 180
LOOK_SECONDS = 30.0  # what is there and busy takes its time
BACKEND_WORKERS = 2
STOP_ORDER = (SUPERVISOR, "frontend", "backend", "database")


class ProcessEngine:
    """Runs the stack as detached processes, each restarted only when what it runs on changed."""

    def __init__(self, layout: Layout, settings: Settings) -> None:
        self.layout = layout
        self.settings = settings
        self.state = RunState(engine="process")
        self._started: list[ProcessRecord] = []

    def up(self, steps: Steps) -> list[str]:
        """Bring the stack up; what this call started is stopped again when it fails or is interrupted."""
        with changing(self.layout):
            processes = load_state(self.layout).processes
            self.state = RunState(engine="process", is_up=bool(processes), processes=processes)
            try:
                self._up(steps)
            except BaseException:
                self._undo()
                raise
        return []

    def _up(self, steps: Steps) -> None:
        with steps.step("Tools") as step:
            node = find_node(self.layout, step)
            postgres = self._postgres(step)
            step.done(f"Node.js {node.version}")
        self._check_ports()
        database_url = self.settings.get("DATABASE_URL")
        database_started = False
        if postgres is not None:
            with steps.step("Database") as step:
                database_started = self._start_database(postgres, step)
                database_url = postgres.url
        elif "database" in self.state.processes:
            self._stop("database")
        assert database_url is not None
        with steps.step("Backend environment") as step:
            python = python_environment(self.layout, "backend", self.layout.backend / "requirements.lock", step)
            step.done("packages as locked")
        frontend = self._frontend(steps, node, database_url)
        backend = self._backend(python, database_url)
        with steps.step("Database schema") as step:
            if not database_started and self._unchanged(backend):
                step.done("unchanged")
            else:
                self._migrate(python, backend, step)
        self._run(steps, "Backend", backend, self.layout.backend_port, "/health/live")
        self._run(steps, "Frontend", frontend, self.layout.port, "/health/ready")
        self._see_page(steps)
        self._supervise()

    def down(self, steps: Steps, *, data: bool) -> list[str]:
        """Stop every process; with `data`, delete the embedded database too."""
        removed: list[str] = []
        with changing(self.layout):
            self.state = load_state(self.layout)
            for name in STOP_ORDER:
                if name in self.state.processes:
                    with steps.step(f"Stop {name}") as step:
                        removed += [f"{name} stopped"] if self._stop(name) else [f"{name} had already ended"]
                        step.done("")
            self.state = RunState(engine="process")
            save_state(self.layout, self.state)
        folder = data_folder(self.layout)
        if data:
            shutil.rmtree(socket_folder(self.layout), ignore_errors=True)
        if data and folder.exists():
            shutil.rmtree(folder)
            removed.append("the embedded database deleted")
        elif folder.exists():
            removed.append(f"data kept in {folder} (./todo down --data deletes it)")
        return removed

    def status(self) -> StackStatus:
        """Look at the recorded processes and ask each for its health."""
        state = load_state(self.layout)
        components = [self._component(record) for record in state.processes.values()]
        return StackStatus("process", "processes of this machine", self.layout.address, components)

    def logs(self, components: Sequence[str], *, follow: bool, whole: bool = False) -> Iterator[LogLine]:
        """The processes' logs."""
        records = load_state(self.layout).processes
        wanted = components or list(records)
        if missing := [name for name in wanted if name not in records]:
            raise Problem(f"no {' and no '.join(missing)} runs here", fix="./todo status")
        logs = {name: Path(records[name].log) for name in wanted}
        return follow_logs(logs, follow=follow, whole=whole, between=self._between_looks)

    def _between_looks(self) -> None:
        """Let the logs grow; and a child that has ended is not gone, for PostgreSQL say, until it is collected."""
        pause()
        for record in self.state.processes.values():
            supervisor.alive(record)

    def run_in_frontend(self, *arguments: str) -> Result:
        """Run a command of the frontend's own by the program, in the folder and with the settings of its process."""
        record = load_state(self.layout).processes.get("frontend")
        running = supervisor.running(record) if record else None
        if running is None:
            raise Problem("the frontend does not run", fix="./todo up")
        script = "server.js" if (running.cwd / "server.js").exists() else "scripts/dev.mjs"
        command: Command = [running.program, script, *arguments]
        return capture(command, cwd=running.cwd, env=running.env, check=False, timeout=COMMAND_SECONDS)

    def _check_page(self) -> str:
        """As `health.check_page`; a failed `up` leaves nothing but the logs to look at."""
        try:
            return health.check_page(self.layout.address)
        except Problem as problem:
            problem.fix = f"less {self.layout.logs / 'frontend.log'} {self.layout.logs / 'backend.log'}; then ./todo up"
            raise

    def _postgres(self, step: Step) -> Postgres | None:
        if self.settings.get("DATABASE_URL"):
            return None
        return embedded_postgres(self.layout, find_postgres(self.layout, step))

    def _check_ports(self) -> None:
        """A port that we need is free, or held by a process of ours, though its leader may have been killed."""
        for port in (self.layout.backend_port, self.layout.port):
            holder = ports.holder(port)
            if holder is None or (
                holder.pid and any(supervisor.owns(record, holder.pid) for record in self.state.processes.values())
            ):
                continue
            fix = f"kill {holder.pid}" if holder.pid else "end that process"
            raise Problem(f"port {port} is taken by {holder}", fix=f"{fix}, or choose another: export TODO_PORT=30180")

    def _start_database(self, postgres: Postgres, step: Step) -> bool:
        """True if it was started now."""
        spec = postgres.process()
        if self._unchanged(spec):
            step.done("running")
            return False
        step.note("making the data folder")
        made = postgres.prepare()
        record = self._replace(spec)
        supervisor.wait_until(record, postgres.not_ready, timeout=START_SECONDS, step=step)
        postgres.ensure_database()
        step.done("made" if made else "started")
        return True

    def _migrate(self, python: Path, backend: ProcessSpec, step: Step) -> None:
        try:
            said = stream(
                [python, "-m", "todo_backend", "migrate"],
                cwd=backend.cwd,
                env=backend.env,
                log=self.layout.logs / "migrate.log",
                on_line=lambda line: step.output(message_of(line)),
                timeout=300,
                fix="./todo doctor",
            )
        except ProgramFailed as failed:
            failed.details = tuple(map(message_of, failed.details))
            raise
        step.done("".join(map(message_of, last_lines(said.stdout, 1))).removeprefix("the schema "))

    def _backend(self, python: Path, database_url: str) -> ProcessSpec:
        settings = dict(
            DATABASE_URL=database_url,
            AUTH_JWKS_URL=f"http://127.0.0.1:{self.layout.port}/api/auth/jwks",
            HOST="127.0.0.1",
            PORT=str(self.layout.backend_port),
            WORKERS=str(BACKEND_WORKERS),
            POD_NAME="backend",
            DRAIN_SECONDS="0",
            PYTHONPATH=str(self.layout.backend / "src"),
            PYTHONUNBUFFERED="1",
            **self.settings.only("OPENAI_API_KEY", *BACKEND_NAMES),
        )
        return ProcessSpec(
            name="backend",
            command=[str(python), "-m", "todo_backend", "serve"],
            settings=settings,
            cwd=self.layout.backend,
            log=self.layout.logs / "backend.log",
            content=content_hash(self.layout.backend),
        )

    def _frontend(self, steps: Steps, node: Node, database_url: str) -> ProcessSpec:
        """The frontend's server, built before."""
        with steps.step("Frontend build") as step:
            build, built = built_frontend(self.layout, node, step)
            step.done("built" if built else "unchanged")
        return ProcessSpec(
            name="frontend",
            command=[node.node, "server.js"],
            settings=self._frontend_settings(database_url) | {"NODE_ENV": "production"},
            cwd=build,
            log=self.layout.logs / "frontend.log",
            content=build.name,
        )

    def _frontend_settings(self, database_url: str) -> dict[str, str]:
        return dict(
            DATABASE_URL=database_url,
            BACKEND_URL=f"http://127.0.0.1:{self.layout.backend_port}",
            HOSTNAME="127.0.0.1",
            PORT=str(self.layout.port),
            POD_NAME="frontend",
            **auth_settings(self.layout, self.settings),
            **self.settings.only("SMTP_URL", *FRONTEND_NAMES),
        )

    def _supervise(self) -> None:
        """Have what ends by itself started again."""
        spec = supervisor_process(self.layout)
        if not self._unchanged(spec):
            self._replace(spec)

    def _see_page(self, steps: Steps) -> None:
        with steps.step("Page") as step:
            backend = self.state.processes["backend"]
            self._wait(backend, lambda: _not_ready(backend, self.layout.backend_port, "/health/ready"), step)
            step.done(self._check_page())

    def _run(self, steps: Steps, title: str, spec: ProcessSpec, port: int, health_path: str) -> None:
        with steps.step(title) as step:
            if self._unchanged(spec):
                step.done("unchanged")
                return
            again = spec.name in self.state.processes
            record = self._replace(spec)
            self._wait(record, lambda: _not_ready(record, port, health_path), step)
            step.done("restarted: it had changed" if again else "started")

    def _wait(self, record: ProcessRecord, ready: Callable[[], str | None], step: Step) -> None:
        supervisor.wait_until(record, ready, timeout=START_SECONDS, step=step)

    def _unchanged(self, spec: ProcessSpec) -> bool:
        record = self.state.processes.get(spec.name)
        return record is not None and record.fingerprint == spec.fingerprint and supervisor.alive(record)

    def _replace(self, spec: ProcessSpec, *, fresh_log: bool = True) -> ProcessRecord:
        self._stop(spec.name)
        record = supervisor.start(spec, fresh_log=fresh_log)
        self._started.append(record)
        self.state.processes[spec.name] = record
        self.state.is_up = True
        save_state(self.layout, self.state)
        return record

    def _stop(self, name: str) -> bool:
        record = self.state.processes.get(name)
        stopped = record is not None and supervisor.stop(record)
        if record is not None:
            del self.state.processes[name]
            save_state(self.layout, self.state)
        return stopped

    def _undo(self) -> None:
        """Stop what this `up` started, newest first, and forget it."""
        for record in reversed(self._started):
            with contextlib.suppress(Problem):
                supervisor.stop(record, grace=10)
            self.state.processes.pop(record.name, None)
        if self.state.processes.keys() == {SUPERVISOR}:
            self._stop(SUPERVISOR)
        self.state.is_up = bool(self.state.processes)
        save_state(self.layout, self.state)

    def _component(self, record: ProcessRecord) -> Component:
        running = supervisor.alive(record)
        age = supervisor.age(record) if running else None
        port = {"frontend": self.layout.port, "backend": self.layout.backend_port}.get(record.name)
        address = f"http://127.0.0.1:{port}" if port else ""
        reason, code, fix = "", "", ""
        if not running:
            reason, code = _why_ended(record), Code.PROCESS_ENDED.value
            if record.failures > 1:
                reason = f"it keeps ending ({record.failures} times in a row): {reason}"
            fix = f"./todo up; all that it said: {record.log}"
        elif port:
            answer = health.get(f"{address}/health/ready", timeout=LOOK_SECONDS)
            if reason := health.not_ready_reason(answer) or "":
                code, fix = self._why_unready(record.name, answer, age)
        ready = 0 if reason else 1
        return Component(
            record.name, 1, ready, record.restarts, age, address=address, reason=reason, code=code, fix=fix
        )

    def _why_unready(self, name: str, answer: health.Answer | None, age: float | None) -> tuple[str, str]:
        """Code and fix of a server that runs and is not ready, by what its readiness answers."""
        if answer is None:
            starting = age is None or age < START_SECONDS
            return (Cause.STARTING, "") if starting else (Cause.PROBE, f"./todo logs {name}")
        for check in health.failing_checks(answer.body).values():
            if remedy := REMEDIES.get(check.code):
                return remedy.cause, self._fix(check.code, remedy)
        return Cause.PROBE, f"./todo logs {name}"

    def _fix(self, code: str, remedy: Remedy) -> str:
        """The fix for what a server reports of its database, its settings or itself."""
        again = "./todo down, then ./todo up"
        if remedy.migrates:  # `up` migrates for what it starts
            return again
        embedded = load_state(self.layout).processes.get("database")
        if embedded and code.startswith(OF_THE_DATABASE) and code != "database_starting":
            if code == "database_disk_full":
                return FREE_DISK
            return again if supervisor.alive(embedded) else "./todo up"
        return "; or ".join(remedy.words(f"correct {remedy.setting} in .env, then ./todo up"))


def _not_ready(record: ProcessRecord, port: int, health_path: str) -> str | None:
    """None when the process answers well: itself, and not another program that has taken its port meanwhile."""
    if missing := health.not_ready(f"http://127.0.0.1:{port}{health_path}"):
        return missing
    holder = ports.holder(port)
    is_its_own = holder is None or holder.pid is None or supervisor.owns(record, holder.pid)
    return None if is_its_own else f"port {port} is taken by {holder}"


def _why_ended(record: ProcessRecord) -> str:
    """Why a process does not run; of the one that looks after the others, what that means for them."""
    if record.name == SUPERVISOR:
        return "it exited, so nobody looks after the others: what ends by itself is not started again"
    return supervisor.why_ended(record)

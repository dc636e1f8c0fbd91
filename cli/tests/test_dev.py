"""`todo dev` whole, on small stand-ins for both tiers; tests/process has it with the real ones."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from copies import copy_tree
from saving import save
from small_stack import environment_of
from todo_cli import health, ports, supervisor
from todo_cli.engines.dev import DevStack
from todo_cli.engines.process import ProcessEngine
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.progress import Steps
from todo_cli.settings import Settings
from todo_cli.state import ProcessRecord, RunState, exclusive, load_state, save_state

SECONDS = 240
UP = "Todo Stack runs from the sources: "


class Session:
    """A `todo dev` that runs, and what it has said."""

    def __init__(self, layout: Layout, said: Path, process: "subprocess.Popen[bytes]") -> None:
        self.layout = layout
        self.process = process
        self._said = said

    @property
    def said(self) -> str:
        return self._said.read_text()

    @property
    def records(self) -> dict[str, ProcessRecord]:
        return load_state(self.layout).processes

    def wait_for(self, text: str, times: int = 1) -> None:
        self.wait_until(lambda: self.said.count(text) >= times)

    def wait_until(self, true: Callable[[], object]) -> None:
        deadline = time.monotonic() + SECONDS
        while not true():
            assert time.monotonic() < deadline, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.05)

    def api_is_served_by(self, name: str) -> bool:
        answer = health.get(f"{self.layout.address}/api/me/tasks")
        return answer is not None and answer.headers.get("x-served-by") == name

    def change_backend(self, old: str, new: str) -> None:
        file = self.layout.backend / "src/todo_backend/__main__.py"
        text = file.read_text()
        assert old in text
        save(file, text.replace(old, new))

    def assert_nothing_is_left(self, records: dict[str, ProcessRecord]) -> None:
        assert not [name for name, record in records.items() if supervisor.alive(record)]
        assert ports.free(self.layout.port)
        assert ports.free(self.layout.backend_port)
        assert load_state(self.layout) == RunState(engine="process")
        with exclusive(self.layout):
            pass


@contextmanager
def session(layout: Layout, tmp_path: Path, *, read_until: str = "") -> Iterator[Session]:
    """`./todo dev`, up; killed after the test. With `read_until`, who reads it goes away after that line."""
    copy_tree(Path(__file__).parents[1] / "src", layout.root / "cli" / "src")
    env = environment_of(layout)
    said = tmp_path / "said"
    reader = ["sed", f"/{read_until}/q"] if read_until else ["cat"]
    with said.open("wb") as output, subprocess.Popen(reader, stdin=subprocess.PIPE, stdout=output) as pipe:
        assert pipe.stdin is not None
        process = subprocess.Popen(
            [sys.executable, "-m", "todo_cli", "dev"], env=env, stdout=pipe.stdin, stderr=subprocess.STDOUT
        )
        pipe.stdin.close()
        try:
            running = Session(layout, said, process)
            running.wait_for(UP + layout.address)
            yield running
        finally:
            process.kill()
            process.wait()


def test_a_session(stack: Layout, tmp_path: Path, steps: Steps) -> None:
    """A change of the backend, a broken one, the mended one, a new migration, Ctrl-C."""
    with session(stack, tmp_path) as dev:
        assert dev.api_is_served_by("backend")
        frontend = dev.records["frontend"]
        assert ProcessEngine(stack, Settings(stack.env_file, False, {})).status().is_ready

        dev.change_backend('os.environ["POD_NAME"]', '"changed"')
        dev.wait_until(lambda: dev.api_is_served_by("changed"))
        dev.wait_for("backend: reloading for todo_backend/__main__.py")
        dev.wait_for("backend: reloaded in ")

        dev.change_backend('"changed"', '"changed')
        dev.wait_for("backend: this code does not start (see above); waiting for the next change")
        assert re.search(r"(?m)^ +backend .*SyntaxError: ", dev.said)
        dev.change_backend('"changed', '"mended"')
        dev.wait_until(lambda: dev.api_is_served_by("mended"))
        dev.wait_for("backend: reloaded in ", 2)
        assert dev.records["frontend"] == frontend

        migrations = stack.backend / "src/todo_backend/db/migrations"
        migrations.mkdir(parents=True)
        (migrations / "0002_more.py").touch()
        dev.wait_for("ok   Database schema: is up to date", 2)
        dev.wait_for("backend: reloaded in ", 3)

        with pytest.raises(Problem, match=r"\./todo dev is at work on this stack") as caught, exclusive(stack):
            pass
        assert caught.value.fix is not None
        assert f"kill {dev.process.pid}" in caught.value.fix

        records = dev.records
        dev.process.send_signal(signal.SIGINT)
        assert dev.process.wait(SECONDS) == 0
        assert "Traceback (most recent call last):\n  File" not in dev.said
        dev.assert_nothing_is_left(records)


def test_a_migration_that_fails_leaves_the_former_code_at_work(stack: Layout, tmp_path: Path) -> None:
    with session(stack, tmp_path) as dev:
        dev.change_backend('print("the schema is up to date")\n    sys.exit(0)', 'sys.exit("no such column")')
        dev.wait_for("backend: reloaded in ")
        backend = dev.records["backend"]
        migration = stack.backend / "src/todo_backend/db/migrations/0002_more.py"
        migration.parent.mkdir(parents=True)
        migration.touch()
        dev.wait_for("backend: the migration failed; waiting for the next change")
        dev.wait_for("    no such column")
        assert supervisor.alive(backend)
        dev.change_backend('sys.exit("no such column")', 'sys.exit(print("the schema is mended"))')
        dev.wait_for("ok   Database schema: is mended")
        dev.wait_for("backend: reloaded in ", 2)


@pytest.mark.parametrize("name", ["backend", "frontend", "database"])
def test_a_part_that_ends_by_itself_is_told_and_ends_the_rest(stack: Layout, tmp_path: Path, name: str) -> None:
    with session(stack, tmp_path) as dev:
        records = dev.records
        psutil.Process(records[name].pid).terminate()
        assert dev.process.wait(SECONDS) == 1
        assert f"error: the {name} has ended by itself, so all of it was taken down; its last lines:" in dev.said
        assert "fix: ./todo dev starts it again" in dev.said
        dev.assert_nothing_is_left(records)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_kill_and_a_closed_terminal_leave_nothing(stack: Layout, tmp_path: Path, number: signal.Signals) -> None:
    with session(stack, tmp_path) as dev:
        records = dev.records
        dev.process.send_signal(number)
        assert dev.process.wait(SECONDS) == 128 + number
        dev.assert_nothing_is_left(records)


def test_a_closed_pipe_leaves_nothing(stack: Layout, tmp_path: Path) -> None:
    with session(stack, tmp_path, read_until=UP) as dev:
        records = dev.records
        dev.change_backend('os.environ["POD_NAME"]', '"changed"')  # which is reported, and nobody listens
        assert dev.process.wait(SECONDS) > 0
        dev.assert_nothing_is_left(records)


def test_one_that_was_killed_is_taken_down_by_down(stack: Layout, tmp_path: Path, steps: Steps) -> None:
    with session(stack, tmp_path) as dev:
        dev.process.kill()
        dev.process.wait()
        records = dev.records
        with pytest.raises(Problem, match="the stack is up on the process engine"):
            DevStack(stack, Settings(stack.env_file, False, {})).up(steps)
        ProcessEngine(stack, Settings(stack.env_file, False, {})).down(steps, data=False)
        dev.assert_nothing_is_left(records)


def test_saved_migrations_do_not_run_on_the_database_of_the_settings(stack: Layout, tmp_path: Path) -> None:
    stack.env_file.write_text("DATABASE_URL=postgresql://someone@localhost/precious\n")
    with session(stack, tmp_path) as dev:
        assert "database" not in dev.records
        migration = stack.backend / "src/todo_backend/db/migrations/0002_more.py"
        migration.parent.mkdir(parents=True)
        migration.touch()
        dev.wait_for("backend: on the database of .env migrations run when ./todo dev starts, not when saved")
        dev.wait_for("backend: reloaded in ")
        assert (stack.logs / "migrate.log").read_text().count("todo_backend migrate") == 1
        assert "someone" not in dev.said


def test_one_that_does_not_start_is_told_with_what_starts_it_again(stack: Layout, steps: Steps) -> None:
    (stack.backend / "broken").touch()
    with pytest.raises(Problem, match="backend ended while it was starting") as caught:
        DevStack(stack, Settings(stack.env_file, False, {})).up(steps)
    assert caught.value.details[-1] == "OPENAI_MODEL: is no model"
    assert caught.value.fix is not None
    assert caught.value.fix.endswith("then ./todo dev")
    assert load_state(stack).processes == {}


@pytest.mark.parametrize("engine", ["minikube", "kubernetes"])
def test_a_stack_that_is_up_is_left_alone(layout: Layout, steps: Steps, engine: str) -> None:
    """The process engine's, running, is in test_one_that_was_killed_is_taken_down_by_down."""
    save_state(layout, RunState(engine=engine, is_up=True))
    with pytest.raises(Problem, match=f"the stack is up on the {engine} engine") as caught:
        DevStack(layout, Settings(layout.env_file, False, {})).up(steps)
    assert caught.value.fix is not None
    assert caught.value.fix.startswith("./todo down, then ./todo dev")

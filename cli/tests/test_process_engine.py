"""The process engine whole: a real PostgreSQL, a real build, and small stand-ins for the two servers."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from copies import copy_tree
from small_stack import SERVER, environment_of
from todo_cli import health, ports, supervisor
from todo_cli.engines.postgres import embedded_postgres
from todo_cli.engines.process import ProcessEngine
from todo_cli.engines.restarts import SUPERVISOR
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.programs import capture
from todo_cli.progress import Steps, silent_step
from todo_cli.settings import Settings
from todo_cli.state import load_state
from todo_cli.tools import find_postgres


def up(layout: Layout, steps: Steps, **values: str) -> dict[str, int]:
    """Bring it up; the process ids by name."""
    ProcessEngine(layout, Settings(layout.env_file, bool(values), values)).up(steps)
    return {name: record.pid for name, record in load_state(layout).processes.items()}


def down(layout: Layout, steps: Steps, *, data: bool = False) -> list[str]:
    return ProcessEngine(layout, Settings(layout.env_file, False, {})).down(steps, data=data)


def query(layout: Layout, sql: str) -> str:
    database = embedded_postgres(layout, find_postgres(layout, silent_step()))
    return capture([database.programs / "psql", database.url, "-XAtc", sql]).stdout.strip()


def test_a_life(new_stack: Layout, steps: Steps) -> None:
    """Up, up again, a change of each tier, down, up with the data still there, down with its data."""
    first = up(new_stack, steps)
    assert health.page_problem(new_stack.address) is None
    assert up(new_stack, steps) == first, "an unchanged stack was restarted"

    query(new_stack, "create table kept (n int); insert into kept values (42)")
    (new_stack.backend / "src/todo_backend/new.py").write_text("x = 1\n")
    second = up(new_stack, steps)
    assert second["backend"] != first["backend"]
    assert (second["frontend"], second["database"]) == (first["frontend"], first["database"])

    (new_stack.frontend / "server.src.js").write_text(SERVER + "// changed\n")
    third = up(new_stack, steps)
    assert third["frontend"] != second["frontend"]
    assert third["backend"] == second["backend"]

    status = ProcessEngine(new_stack, Settings(new_stack.env_file, False, {})).status()
    assert {one.name: one.is_ready for one in status.components} == dict.fromkeys(
        ("database", "backend", "frontend", SUPERVISOR), True
    )

    records = load_state(new_stack).processes
    down(new_stack, steps)
    assert not any(supervisor.alive(record) for record in records.values())
    assert ports.free(new_stack.port)
    assert ports.free(new_stack.backend_port)

    up(new_stack, steps)
    assert query(new_stack, "select n from kept") == "42"
    assert "the embedded database deleted" in down(new_stack, steps, data=True)
    assert not (new_stack.data / "postgres").exists()


def test_a_backend_that_does_not_start_shows_its_words_and_leaves_nothing(stack: Layout, steps: Steps) -> None:
    (stack.backend / "broken").touch()
    with pytest.raises(Problem, match="backend ended while it was starting") as caught:
        up(stack, steps)
    assert caught.value.details[-1] == "OPENAI_MODEL: is no model"
    assert f"less {stack.logs}/backend.log" in str(caught.value.fix)
    assert load_state(stack).processes == {}
    assert ports.free(stack.backend_port)


def test_a_crash_later_shows_in_status_and_is_mended_by_up(stack: Layout, steps: Steps) -> None:
    up(stack, steps)
    for name in (SUPERVISOR, "backend"):
        supervisor.stop(load_state(stack).processes[name])
    engine = ProcessEngine(stack, Settings(stack.env_file, False, {}))
    backend = next(one for one in engine.status().components if one.name == "backend")
    assert not backend.is_ready
    assert "it exited" in backend.reason
    up(stack, steps)
    assert engine.status().is_ready


def test_a_taken_port_is_told_before_anything_starts(stack: Layout, steps: Steps) -> None:
    with (
        socket.create_server(("127.0.0.1", stack.port)),
        pytest.raises(Problem, match=f"port {stack.port} is taken by"),
    ):
        up(stack, steps)
    assert load_state(stack).processes == {}


def test_a_port_that_is_taken_while_all_starts_is_not_taken_for_ours(
    stack: Layout, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another stack's server, say, which is well."""
    monkeypatch.setattr(ProcessEngine, "_check_ports", lambda _: None)
    with (
        another_server(stack.backend_port),
        pytest.raises(Problem, match="backend ended while it was starting") as caught,
    ):
        up(stack, steps)
    assert "Address already in use" in caught.value.details[-1]
    assert load_state(stack).processes == {}


@contextlib.contextmanager
def another_server(port: int) -> Iterator[None]:
    """A program that answers everything well."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def test_a_move_to_a_port_that_is_taken_leaves_the_stack_where_it_is(stack: Layout, steps: Steps) -> None:
    before = up(stack, steps)
    moved = replace(stack, port=ports.any_free())
    with (
        socket.create_server(("127.0.0.1", moved.backend_port)),
        pytest.raises(Problem, match=f"port {moved.backend_port} is taken by"),
    ):
        up(moved, steps)
    assert {name: record.pid for name, record in load_state(stack).processes.items()} == before
    assert health.page_problem(stack.address) is None


def test_settings_reach_the_tier_that_needs_them_and_no_other(stack: Layout, steps: Steps) -> None:
    secret = "s" * 40
    pids = up(stack, steps, OPENAI_API_KEY="sk-1", BETTER_AUTH_SECRET=secret)
    environments = {name: Path(f"/proc/{pid}/environ").read_text() for name, pid in pids.items()}
    assert "OPENAI_API_KEY=sk-1" in environments["backend"]
    assert "OPENAI_API_KEY" not in environments["frontend"] + environments["database"]
    assert f"BETTER_AUTH_SECRET={secret}" in environments["frontend"]
    assert secret not in environments["backend"] + environments["database"]
    assert pids != up(stack, steps, OPENAI_API_KEY="sk-2", BETTER_AUTH_SECRET=secret), "a new key needs a restart"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_up_leaves_nothing_running(stack: Layout, number: int) -> None:
    copy_tree(Path(__file__).parents[1] / "src", stack.root / "cli" / "src")
    (stack.backend / "src/todo_backend/__main__.py").write_text(
        "import sys, time; sys.argv[1] == 'serve' and time.sleep(600)"
    )
    env = environment_of(stack)
    command = subprocess.Popen([sys.executable, "-m", "todo_cli", "up", "--engine", "process"], env=env)
    deadline = time.monotonic() + 300
    while "backend" not in load_state(stack).processes:
        assert time.monotonic() < deadline
        assert command.poll() is None
        time.sleep(0.05)
    records = load_state(stack).processes.values()
    command.send_signal(number)
    assert command.wait(300) == {signal.SIGINT: 130, signal.SIGTERM: 143}[signal.Signals(number)]
    assert not [record.name for record in records if supervisor.alive(record)]
    assert load_state(stack).processes == {}


def kill(layout: Layout, name: str) -> int:
    """Kill a process of the stack as the system may; its id."""
    pid = load_state(layout).processes[name].pid
    os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):  # this test is its parent, as `up` is only while it runs
        os.waitpid(pid, 0)
    return pid


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 240
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("name", ["backend", "frontend", "database"])
def test_a_killed_process_is_started_again_by_itself(stack: Layout, steps: Steps, name: str) -> None:
    engine = ProcessEngine(stack, Settings(stack.env_file, False, {}))
    up(stack, steps)
    killed = kill(stack, name)
    wait_until(lambda: load_state(stack).processes[name].pid != killed)
    wait_until(lambda: engine.status().is_ready)
    restarts = {one.name: one.restarts for one in engine.status().components}[name]
    # A database may find what the killed one leaves behind for a moment, and be started once more.
    assert restarts == 1 or (name == "database" and restarts > 1)
    again = {one: record.pid for one, record in load_state(stack).processes.items()}
    assert up(stack, steps) == again, "an up after it changed what runs"
    down(stack, steps)
    assert ports.free(stack.port)
    assert ports.free(stack.backend_port)


def test_what_an_up_that_failed_leaves_is_still_looked_after(stack: Layout, steps: Steps) -> None:
    up(stack, steps)
    (stack.backend / "broken").touch()
    with pytest.raises(Problem, match="backend ended while it was starting"):
        up(stack, steps)
    assert load_state(stack).processes.keys() == {"database", "frontend", SUPERVISOR}
    killed = kill(stack, "frontend")
    wait_until(lambda: load_state(stack).processes["frontend"].pid != killed)
    down(stack, steps)
    assert ports.free(stack.port)


def test_with_no_detach_a_killed_database_is_started_again_too(stack: Layout, steps: Steps) -> None:
    """Its parent is there still, and shows the logs."""
    engine = ProcessEngine(stack, Settings(stack.env_file, False, {}))
    engine.up(steps)
    os.kill(load_state(stack).processes["database"].pid, signal.SIGKILL)
    for line in engine.logs((), follow=True):
        if line.tier == SUPERVISOR and "database: started again" in line.text:
            break
    wait_until(lambda: engine.status().is_ready)


def test_a_killed_supervisor_shows_in_status_and_keeps_up_and_down_from_nothing(stack: Layout, steps: Steps) -> None:
    engine = ProcessEngine(stack, Settings(stack.env_file, False, {}))
    before = up(stack, steps)
    kill(stack, SUPERVISOR)
    wait_until(lambda: not engine.status().is_ready)
    (told,) = [one for one in engine.status().components if not one.is_ready]
    assert (told.name, told.code) == (SUPERVISOR, "process-ended")
    assert "is not started again" in told.reason
    assert told.fix.startswith("./todo up")
    kill(stack, "backend")
    wait_until(lambda: not engine.status().is_ready)
    after = up(stack, steps)
    assert {name for name in after if after[name] != before[name]} == {SUPERVISOR, "backend"}
    assert engine.status().is_ready
    kill(stack, SUPERVISOR)
    down(stack, steps)
    assert ports.free(stack.port)
    assert ports.free(stack.backend_port)

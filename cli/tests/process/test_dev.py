"""`./todo dev` with the real tiers, in a copy of the sources: what is saved shows, and Ctrl-C leaves nothing."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from copies import link_tree
from documentation import CHECKOUT
from saving import save
from todo_cli import health, ports
from todo_cli.content import files_of
from todo_cli.process_environment import clean_environment

START_SECONDS = 600  # `next dev` compiles what it is asked for; a busy machine takes its time
CHANGE_SECONDS = 240
STOP_SECONDS = 240
# What the checkout has for its own `up`: the launcher's Python, of which the backend's environment is made.
PYTHON = CHECKOUT / ".todo" / "venv" / "bin" / "python"


class Dev:
    """A `todo dev` that runs on a copy of the checkout."""

    def __init__(self, root: Path, port: int) -> None:
        self.root = root
        self.port = port
        self.address = f"http://localhost:{port}"
        self._said = root / "said"
        env = clean_environment(
            TODO_HOME=str(root / ".todo"),
            TODO_PORT=str(port),
            TODO_ENV_FILE=os.devnull,
            PYTHONPATH=str(root / "cli" / "src"),
        )
        python = PYTHON if PYTHON.exists() else Path(sys.executable)
        with self._said.open("wb") as output:
            self.process = subprocess.Popen(
                [python, "-m", "todo_cli", "dev"], env=env, cwd=root, stdout=output, stderr=output
            )

    @property
    def said(self) -> str:
        return self._said.read_text(errors="replace")

    def wait_until(self, true: Callable[[], object], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.5)

    def shows(self, path: str, text: str) -> bool:
        answer = health.get(self.address + path, timeout=120)
        return answer is not None and text in answer.body

    def change(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text()
        assert text.count(old) == 1
        save(path, text.replace(old, new))


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    root = tmp_path / "checkout"
    for part in ("backend", "frontend", "cli/src", "cli/tools"):
        for file in files_of(CHECKOUT / part):
            copy = root / file.relative_to(CHECKOUT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
    for made in ("frontend/node_modules", ".todo/tools"):
        if (CHECKOUT / made).is_dir():
            link_tree(CHECKOUT / made, root / made)
    (root / ".todo").mkdir(exist_ok=True)
    (root / ".todo" / "python").symlink_to(CHECKOUT / ".todo" / "python")
    running = Dev(root, ports.any_free())
    yield running
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(STOP_SECONDS)
    shutil.rmtree(root)


def test_what_is_saved_shows_and_ctrl_c_leaves_nothing(dev: Dev) -> None:
    sources = dev.root / "frontend"
    before = {path: path.read_bytes() for path in _sources(sources)}
    dev.wait_until(lambda: f"Todo Stack runs from the sources: {dev.address}" in dev.said, START_SECONDS)
    assert dev.shows("/", "The todo list you can talk to.")
    assert _opens_hot_reload(dev.port, dev.address)
    assert not _opens_hot_reload(dev.port, "http://elsewhere.example")
    assert {path: path.read_bytes() for path in _sources(sources)} == before, "it wrote into the sources"

    dev.change("frontend/components/landing/landing-page.tsx", "The todo list you can talk to.", "Saved just now.")
    dev.wait_until(lambda: dev.shows("/", "Saved just now."), CHANGE_SECONDS)

    dev.change("backend/src/todo_backend/auth/dependencies.py", "Send a token: ", "Send a token, just saved: ")
    dev.wait_until(lambda: dev.shows("/api/me/tasks", "Send a token, just saved: "), CHANGE_SECONDS)

    dev.wait_until(lambda: "backend: reloaded in " in dev.said, CHANGE_SECONDS)
    head = _add_migration(dev.root / "backend/src/todo_backend/db/migrations/versions")
    dev.wait_until(lambda: f"ok   Database schema: went from revision {head} to 9999" in dev.said, CHANGE_SECONDS)
    dev.wait_until(lambda: dev.said.count("backend: reloaded in ") == 2, CHANGE_SECONDS)
    ready = f"http://127.0.0.1:{dev.port + 1}/health/ready"
    dev.wait_until(lambda: health.not_ready(ready) is None, CHANGE_SECONDS)  # "reloaded" says that it lives

    assert re.search(r"(?m)^\S* +info +backend ", dev.said), "no line of the backend"
    assert re.search(r"(?m)^.* frontend .*GET / 200", dev.said), "no line of the frontend"

    dev.process.send_signal(signal.SIGINT)
    assert dev.process.wait(STOP_SECONDS) == 0, dev.said
    assert [process for process in psutil.process_iter() if _runs_in(process, dev.root)] == []
    assert ports.free(dev.port)
    assert ports.free(dev.port + 1)
    assert not (sources / ".next" / "dev" / "lock").exists()
    assert '"processes": {}' in (dev.root / ".todo" / "run.json").read_text()


def _sources(folder: Path) -> list[Path]:
    """All but packages and what git ignores: Next's own output."""
    made = ("node_modules", ".next", "next-env.d.ts")
    return [path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).parts[0] not in made]


def _opens_hot_reload(port: int, origin: str) -> bool:
    """Does a page of this origin get the connection over which changes come?"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Origin": origin}
    try:
        connection.request("GET", "/_next/hmr", headers=upgrade | {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
        return connection.getresponse().status == http.HTTPStatus.SWITCHING_PROTOCOLS
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _add_migration(versions: Path) -> str:
    """Save a new migration, whose revision is 9999; the one before it."""
    head = max(path.name for path in versions.glob("*.py")).partition("_")[0]
    save(
        versions / "9999_saved.py",
        "from alembic import op\n\n"
        f'revision = "9999"\ndown_revision = "{head}"\n\n'
        'def upgrade() -> None:\n    op.execute("CREATE TABLE saved (n int)")\n',
    )
    return head


def _runs_in(process: psutil.Process, root: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(root) or str(root) in " ".join(process.cmdline())
    except psutil.Error:
        return False

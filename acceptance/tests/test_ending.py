"""A run of tests that is ended by SIGTERM, as `./todo test` does on Ctrl-C or when it takes too long, cleans up."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from todo_cli.errors import EXIT_TERMINATED

CONFTEST = """
from acceptance.tests.ending import end_in_order_on_sigterm

def pytest_configure():
    end_in_order_on_sigterm()
"""
TESTS = """
import time
from pathlib import Path

import pytest

@pytest.fixture(scope="session")
def namespace():
    yield
    Path("removing").touch()
    while not Path("again").exists():
        time.sleep(0.05)
    Path("removed").touch()

def test_first(namespace):
    Path("running").touch()
    time.sleep(600)

def test_second(namespace):
    Path("went on").touch()
"""


@pytest.mark.parametrize("times", [1, 2])
def test_fixtures_end_when_the_run_is_terminated(tmp_path: Path, times: int) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_slow.py").write_text(TESTS)
    checkout = Path(__file__).parents[2]
    env = os.environ | {"PYTHONPATH": os.pathsep.join((str(checkout), str(checkout / "cli" / "src")))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_slow.py"]
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, start_new_session=True) as run:
        deadline = time.monotonic() + 120
        while not (tmp_path / "running").exists():
            assert time.monotonic() < deadline
            assert run.poll() is None
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGTERM)
        while not (tmp_path / "removing").exists():
            assert time.monotonic() < deadline
            assert run.poll() is None
            time.sleep(0.05)
        for _ in range(times - 1):
            os.killpg(run.pid, signal.SIGTERM)
        (tmp_path / "again").touch()
        assert run.wait(120) == EXIT_TERMINATED
    assert (tmp_path / "removed").exists()
    assert not (tmp_path / "went on").exists()

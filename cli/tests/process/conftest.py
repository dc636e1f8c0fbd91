"""A stack of the process engine; `./todo test e2e` sets TODO_HOME, TODO_PORT and TODO_ENV_FILE for one apart."""

import os
import subprocess

import pytest

from documentation import CHECKOUT

UP_SECONDS = 1800


@pytest.fixture(scope="session")
def address() -> str:
    """Where the stack is; `./todo up` is quick when it is up already."""
    up = ["./todo", "up", "--engine", "process"]
    result = subprocess.run(up, cwd=CHECKOUT, capture_output=True, text=True, timeout=UP_SECONDS, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return f"http://localhost:{os.environ.get('TODO_PORT', '30080')}"

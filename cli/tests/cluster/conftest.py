"""The stack on a cluster: brought up by `./todo up` if it is not up yet, reached by kubectl and by its address.

`./todo test cluster` sets TODO_HOME, TODO_PORT, TODO_ENV_FILE and KUBECTL for a deployment apart from the user's.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable

import pytest

from cluster.stack import Client, Stack
from todo_cli.layout import find_layout
from todo_cli.state import load_state

UP_SECONDS = 900


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The deployment; `./todo up` is quick when it is up already."""
    options = os.environ.get("TODO_TEST_UP", "").split()
    up = [sys.executable, "-m", "todo_cli", "up", *options]
    result = subprocess.run(up, capture_output=True, text=True, timeout=UP_SECONDS)
    assert result.returncode == 0, result.stdout + result.stderr

    layout = find_layout()
    state = load_state(layout)
    assert state.context, "the stack is not on a cluster"
    kubectl = os.environ.get("KUBECTL", "kubectl")
    return Stack(layout.address, (kubectl, "--context", state.context, "--namespace", state.namespace or ""))


@pytest.fixture
def new_client(stack: Stack) -> Callable[[], Client]:
    """Signs up a new user and returns the way in."""

    def sign_up() -> Client:
        client = Client(stack.address)
        name = secrets.token_hex(6)
        body = {"name": name, "email": f"{name}@example.com", "password": secrets.token_urlsafe(16)}
        status, _, answer = client.request("POST", "/api/auth/sign-up/email", body)
        assert status == 200, answer
        return client

    return sign_up


@pytest.fixture
def client(new_client: Callable[[], Client]) -> Client:
    """A new user, signed in."""
    return new_client()

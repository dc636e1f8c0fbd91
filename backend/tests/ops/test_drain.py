"""Leaving: after SIGTERM a process says that it is unready, serves on, and ends by itself with nothing cut."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest


@pytest.fixture(params=[1, 2], ids=["one worker", "two workers"])
def server(request: pytest.FixtureRequest, database_url: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "DATABASE_URL": database_url,
        "AUTH_JWKS_URL": "http://127.0.0.1:1/jwks",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": str(request.param),
        "DRAIN_SECONDS": "1.5",
        "PYTHONPATH": str(Path("src").resolve()),
    }
    process = subprocess.Popen([sys.executable, "-m", "todo_backend", "serve"], env=os.environ | environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(process, url)
        yield process, url
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(20)


def wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            if httpx2.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx2.TransportError:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.1)


def test_sigterm_is_unready_then_served_then_closed(server: tuple[subprocess.Popen[bytes], str]) -> None:
    process, url = server
    process.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    time.sleep(0.7)  # the supervisor of several workers looks every half second
    ready = httpx2.get(f"{url}/health/ready")
    assert ready.status_code == 503
    assert ready.json()["checks"]["draining"] is True
    assert ready.headers["connection"] == "close"
    assert httpx2.get(f"{url}/health/live").status_code == 200
    assert process.wait(15) in (0, 128 + signal.SIGTERM)
    assert 1.4 < time.monotonic() - asked < 6

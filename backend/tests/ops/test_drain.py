"""Leaving: after SIGTERM a process says that it is unready, serves on, and ends by itself with nothing cut."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

DRAIN_SECONDS = 5.0


@pytest.fixture(scope="module")
def jwks_url(signing_keys: Any) -> Iterator[str]:
    """Where the frontend's keys are."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(signing_keys.jwks()).encode())

        def log_message(self, *_: Any) -> None:
            return

    frontend = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=frontend.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{frontend.server_port}/jwks"
    frontend.shutdown()


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def server(
    request: pytest.FixtureRequest, database_url: str, jwks_url: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "DATABASE_URL": database_url,
        "AUTH_JWKS_URL": jwks_url,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": str(request.param),
        "DRAIN_SECONDS": str(DRAIN_SECONDS),
        "SHUTDOWN_TIMEOUT_SECONDS": "600",
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
        process.wait(60)


# Requests without a TLS context, which would take more of the machine than the servers that are to start.
def wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + 240
    while True:
        with suppress(httpx2.TransportError):
            if httpx2.get(f"{url}/health/ready", verify=False).status_code == 200:
                return
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.1)


@dataclass
class Drained:
    """What a server was seen to do after SIGTERM: its answers, how long a stream went on, and how it ended."""

    ready: httpx2.Response
    live: httpx2.Response
    stream_seconds: float
    seconds: float
    exit_code: int


@pytest.fixture(scope="module")
def drained(server: tuple[subprocess.Popen[bytes], str], new_user: Callable[[], Any]) -> Drained:
    process, url = server
    headers = {"Authorization": f"Bearer {new_user().token}"}
    with httpx2.stream("GET", f"{url}/api/me/events", headers=headers, timeout=120, verify=False) as answer:
        lines = answer.iter_lines()
        while "event: open" not in next(lines):
            pass
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        while (ready := httpx2.get(f"{url}/health/ready", timeout=60, verify=False)).status_code == 200:
            time.sleep(0.05)  # the supervisor of several workers looks every half second
        live = httpx2.get(f"{url}/health/live", timeout=60, verify=False)
        for _ in lines:  # a stream that were cut would raise
            pass
        stream_seconds = time.monotonic() - asked
    exit_code = process.wait(120)  # nothing is left that it would shut down for ten minutes
    return Drained(ready, live, stream_seconds, time.monotonic() - asked, exit_code)


def test_sigterm_is_unready_then_served_then_closed(drained: Drained) -> None:
    assert drained.ready.status_code == 503
    assert drained.ready.json()["checks"]["draining"]["code"] == "draining"
    assert drained.ready.headers["connection"] == "close"
    assert drained.live.status_code == 200
    assert drained.exit_code in (0, 128 + signal.SIGTERM)
    assert drained.seconds > DRAIN_SECONDS - 0.1


def test_streams_of_changes_go_on_while_it_drains_and_end_in_order(drained: Drained) -> None:
    assert drained.stream_seconds > DRAIN_SECONDS - 0.1
    assert drained.exit_code in (0, 128 + signal.SIGTERM)  # nobody waited ten minutes for its end

"""The server that writes down keys, run as in its pod."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from acceptance import model_server


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where one listens; what it writes goes to `log` there, unbuffered as in the backend's image."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    program = model_server.PROGRAM.replace(str(model_server.PORT), str(port))
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-c", program], stdout=log, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        ) as server,
    ):
        deadline = time.monotonic() + 60
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/v1"
        server.kill()


def test_keys_shown_at_once_are_a_line_each(address: str, tmp_path: Path) -> None:
    keys = [f"Bearer key-{number}" for number in range(600)]

    def show(key: str) -> int:
        try:
            urllib.request.urlopen(urllib.request.Request(address, b"{}", {"Authorization": key}), timeout=60)
        except urllib.error.HTTPError as error:
            return error.code
        return 200

    with ThreadPoolExecutor(16) as people:
        assert set(people.map(show, keys)) == {401}
    assert sorted((tmp_path / "log").read_text().splitlines()) == sorted(keys)

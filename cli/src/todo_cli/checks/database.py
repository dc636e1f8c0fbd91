"""Can we sign in to the database, and how far away is it?"""

import json
import socket
import time
from urllib.parse import urlsplit

from todo_cli.checks.diagnosis import Diagnosis, bad, doubtful, good
from todo_cli.cluster.causes import REMEDIES
from todo_cli.layout import Layout
from todo_cli.process_environment import clean_environment
from todo_cli.programs import capture
from todo_cli.tools import prepared_python

CONNECT_SECONDS = 5
LOGIN_SECONDS = 10  # a database that sleeps takes some seconds to wake
FAR_MILLISECONDS = 100
# Runs in the backend's environment, which has the driver; the address comes by stdin, the answer is one line of JSON.
LOGIN = f"""
import json, statistics, sys, time
import psycopg
from todo_backend.db.causes import cause
url = sys.stdin.read()
began = time.monotonic()
try:
    with psycopg.connect(url, connect_timeout={LOGIN_SECONDS}, autocommit=True) as connection:
        login, times = time.monotonic() - began, []
        for _ in range(5):
            began = time.monotonic()
            connection.execute("select 1")
            times.append(time.monotonic() - began)
        version = connection.info.server_version // 10000
    print(json.dumps(dict(version=version, login=login * 1000, query=statistics.median(times) * 1000)))
except psycopg.Error as error:
    found = cause(error, url, {LOGIN_SECONDS})
    print(json.dumps(dict(problem=found.detail, code=found.code)))
"""


def check(layout: Layout, url: str) -> Diagnosis:
    """Sign in where the backend's environment is prepared, else see that the server takes a connection."""
    python = prepared_python(layout, "backend", layout.backend / "requirements.lock")
    if python is not None:
        env = clean_environment(PYTHONPATH=str(layout.backend / "src"))
        result = capture([python, "-c", LOGIN], stdin=url, env=env, check=False, timeout=LOGIN_SECONDS + 20)
        if result.ok:
            return _login(layout, json.loads(result.stdout.splitlines()[-1]))
    return _connection(layout, url)


def _login(layout: Layout, answer: dict[str, object]) -> Diagnosis:
    if "problem" in answer:
        words = REMEDIES[str(answer["code"])].words(f"correct DATABASE_URL in {layout.env_file}")
        return bad("Database", str(answer["problem"]), "; or ".join(words))
    login, query = (float(str(answer[name])) for name in ("login", "query"))
    words = f"PostgreSQL {answer['version']}: connected in {login:.0f} ms, a query takes {query:.1f} ms"
    if query > FAR_MILLISECONDS:
        return doubtful("Database", f"{words}: it is far away", "choose a region of your provider that is nearer")
    return good("Database", words)


def _connection(layout: Layout, url: str) -> Diagnosis:
    try:
        host, port = urlsplit(url).hostname, urlsplit(url).port or 5432
    except ValueError:
        return bad("Database", "DATABASE_URL names no server", f"look at the address in {layout.env_file}")
    if host is None:
        return good("Database", "not looked: DATABASE_URL names a socket; ./todo up signs in")
    began = time.monotonic()
    try:
        with socket.create_connection((host, port), timeout=CONNECT_SECONDS):
            milliseconds = (time.monotonic() - began) * 1000
    except OSError as error:
        words = f"DATABASE_URL's server does not take a connection: {error.strerror or error}"
        return bad("Database", words, f"look at the address in {layout.env_file}, or start the server")
    return good(
        "Database", f"takes connections ({milliseconds:.0f} ms); its password is checked when the stack migrates"
    )

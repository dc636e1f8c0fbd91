"""A way to the database that can fall asleep, as a Neon compute does: it still accepts, and passes nothing on for a while.

A pod of our own image, with the demo database's labels but for the component, so that a Service can lead to it.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cluster.own_release import FRONTEND, RELEASE, OwnRelease, until

NAME = "slow-database"
SERVICE = f"{RELEASE}-database"
LABELS = ("app.kubernetes.io/name", "app.kubernetes.io/instance")
NOTICED_SECONDS = 1.5  # by then every pod's probe has found its connection closed, as it finds one that was long unused
COMPONENT = "app.kubernetes.io/component"

# The first connection after it fell asleep wakes it up; all of them wait until then. SIGHUP has it sleep again.
PROGRAM = """
import asyncio, pathlib, signal, sys, time

nap, awake_at, open_ones = 0.0, 0.0, set()

def sleep():
    global nap, awake_at
    nap, awake_at = float(pathlib.Path("/tmp/nap").read_text()), None
    for writer in open_ones:
        writer.close()
    print("asleep", flush=True)

async def pipe(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()

async def serve(reader, writer):
    global awake_at
    open_ones.add(writer)
    try:
        if awake_at is None:
            awake_at = time.monotonic() + nap
        await asyncio.sleep(max(0.0, awake_at - time.monotonic()))
        onward = await asyncio.open_connection(sys.argv[1], 5432)
        await asyncio.gather(pipe(reader, onward[1]), pipe(onward[0], writer))
    finally:
        writer.close()
        open_ones.discard(writer)

async def main():
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, sleep)
    async with await asyncio.start_server(serve, "", 5432) as server:
        print("ready", flush=True)
        await server.serve_forever()

asyncio.run(main())
"""
FALL_ASLEEP = """
import os, signal, sys
open("/tmp/nap", "w").write(sys.argv[1])
os.kill(1, signal.SIGHUP)
"""

# Four visitors, request after request; prints for each when it began, how long it took, the status, 0 for none, and
# what was said unless all was well.
VISIT = """
import json, sys, threading, time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

address, cookie, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
began, seen = time.monotonic(), []

def visit():
    while (at := time.monotonic() - began) < seconds:
        said = ""
        try:
            status = urlopen(Request(address + "/api/me/tasks", headers={"Cookie": cookie}), timeout=30).status
        except HTTPError as error:
            status, said = error.code, f"{error.headers}{error.read().decode()}"
        except OSError as error:
            status, said = 0, str(error)
        seen.append((at, time.monotonic() - began - at, status, said))
        time.sleep(0.1)

visitors = [threading.Thread(target=visit) for _ in range(4)]
for visitor in visitors:
    visitor.start()
for visitor in visitors:
    visitor.join()
print(json.dumps(seen))
"""


@dataclass(frozen=True)
class Answer:
    """An answer to a visitor: when its request began, how long it took (seconds), its status, 0 when there was none."""

    at: float
    seconds: float
    status: int
    said: str


@dataclass(frozen=True)
class SlowDatabase:
    """The way to the database."""

    release: OwnRelease

    def sleep(self, seconds: float) -> None:
        """Close every connection; the next one is accepted, and waits for so long."""
        self.release.kubectl("exec", NAME, "--", "python", "-c", FALL_ASLEEP, str(seconds))
        time.sleep(NOTICED_SECONDS)

    def visited(self, cookie: str, seconds: float) -> list[Answer]:
        """What visitors with this cookie see at the release's Service for so long."""
        program = ("python", "-c", VISIT, FRONTEND, cookie, str(seconds))
        return [Answer(*one) for one in json.loads(self.release.kubectl("exec", NAME, "--", *program))]


@contextmanager
def slow_database(release: OwnRelease) -> Iterator[SlowDatabase]:
    """The release reaches its demo database by this way meanwhile, and is cut off from it at the end."""
    (database,) = release.pods("database")
    address = database["status"]["podIP"]
    ports = [{"name": "postgresql", "containerPort": 5432}]
    pod = release.pod(NAME, {"name": NAME, "command": ["python", "-c", PROGRAM, address], "ports": ports})
    kept = {label: database["metadata"]["labels"][label] for label in LABELS}
    pod["metadata"]["labels"] |= kept | {COMPONENT: NAME}
    try:
        release.create(pod)
        release.kubectl("wait", "pod", NAME, "--for=condition=Ready", "--timeout=40s")
        lead_to(release, NAME)
        until(lambda: _all_come_by(release), 30, lambda: "some still reach the database directly")
        yield SlowDatabase(release)
    finally:
        lead_to(release, "database")
        release.kubectl_tolerant("delete", "pod", NAME, "--wait=false")


def _all_come_by(release: OwnRelease) -> bool:
    """Do all reach the database by this way? Ends the connections of those who do not, so that they come anew."""
    comes_by = f"client_addr = '{release.get('pod', NAME)['status']['podIP']}'"
    if release.end_connections(f"client_addr is not null and not {comes_by}"):
        return False
    return int(release.sql(f"select count(*) from pg_stat_activity where {comes_by}")) > 0


def lead_to(release: OwnRelease, component: str) -> None:
    """Let the database's Service lead to the pods of another component."""
    patch = f'{{"spec": {{"selector": {{"{COMPONENT}": "{component}"}}}}}}'
    release.kubectl("patch", "service", SERVICE, "-p", patch)

"""A way to the database that can fall asleep, as a Neon compute does: it still accepts, and passes nothing on for a while.

A pod of our own image, with the demo database's labels but for the component, so that a Service can lead to it.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cluster.own_release import FRONTEND, RELEASE, OwnRelease, until
from cluster.stack import PATIENCE

NAME = "slow-database"
SERVICE = f"{RELEASE}-database"
LABELS = ("app.kubernetes.io/name", "app.kubernetes.io/instance")
COMPONENT = "app.kubernetes.io/component"

# The first connection after it fell asleep wakes it up; all of them wait until then. SIGHUP has it sleep again. In
# /tmp/came is from how many pods connections have come since.
PROGRAM = """
import asyncio, pathlib, signal, sys, time

nap, awake_at, open_ones, came = 0.0, 0.0, set(), set()

def sleep():
    global nap, awake_at
    nap, awake_at = float(pathlib.Path("/tmp/nap").read_text()), None
    for writer in open_ones:
        writer.close()
    came.clear()
    note()

def note():
    pathlib.Path("/tmp/new").write_text(str(len(came)))
    pathlib.Path("/tmp/new").replace("/tmp/came")

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
    came.add(writer.get_extra_info("peername")[0])
    note()
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

# Has it fall asleep, and says so. Once each pod's probe has found its connection closed, as it finds one that was long
# unused (half the nap is left at least), four visitors come, request after request, until the nap is over and each has
# had ten good answers one after another. Prints for each request when it began after that, how long it took, the status,
# 0 for none, and what was said unless all was well.
VISIT = """
import json, os, pathlib, signal, sys, threading, time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

address, cookie, nap, pods, longest = sys.argv[1], sys.argv[2], *map(float, sys.argv[3:])
came = pathlib.Path("/tmp/came")
came.unlink(missing_ok=True)
pathlib.Path("/tmp/nap").write_text(str(nap))
os.kill(1, signal.SIGHUP)
print("asleep", flush=True)
asleep = time.monotonic()
while not (came.exists() and float(came.read_text()) >= pods) and time.monotonic() - asleep < nap / 2:
    time.sleep(0.05)
began, seen = time.monotonic(), []

def visit():
    good = 0
    while ((at := time.monotonic() - began) < nap or good < 10) and at < longest:
        said = ""
        try:
            status = urlopen(Request(address + "/api/me/tasks", headers={"Cookie": cookie}), timeout=longest).status
        except HTTPError as error:
            # While its Service has no pod, who answers at its address may be somebody else, and that is no answer.
            status = error.code if error.headers["X-Frontend-Served-By"] else 0
            said = f"{error.headers}{error.read().decode()}"
        except OSError as error:
            status, said = 0, str(error)
        good = good + 1 if status == 200 else 0
        seen.append((at, time.monotonic() - began - at, status, said))
        time.sleep(0.1)

visitors = [threading.Thread(target=visit) for _ in range(4)]
for visitor in visitors:
    visitor.start()
for visitor in visitors:
    visitor.join()
print(json.dumps(seen))
"""
LONGEST_SECONDS = 60 * PATIENCE  # for the visitors to be content again


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

    @contextmanager
    def sleeping(self, seconds: float, cookie: str) -> Iterator[list[Answer]]:
        """Close every connection; the next one is accepted, and waits for so long.

        Filled in at the end with what visitors with this cookie saw at the release's Service until all was well again.
        """
        pods = sum(len(self.release.pods(tier)) for tier in ("backend", "frontend"))
        program = ("python", "-c", VISIT, FRONTEND, cookie, str(seconds), str(pods), str(LONGEST_SECONDS))
        command = [*self.release.command, "exec", NAME, "--", *program]
        seen: list[Answer] = []
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout
                assert process.stdout.readline() == "asleep\n"
                yield seen
                said, _ = process.communicate(timeout=2 * LONGEST_SECONDS)
            finally:
                process.kill()
        assert process.returncode == 0
        seen += [Answer(*one) for one in json.loads(said)]


@contextmanager
def slow_database(release: OwnRelease) -> Iterator[SlowDatabase]:
    """The release reaches its demo database by this way meanwhile, and is cut off from it at the end."""
    (database,) = release.pods("database")
    with _in_its_place(release, NAME, ["python", "-c", PROGRAM, database["status"]["podIP"]]):
        until(lambda: _all_come_by(release), 30, lambda: "some still reach the database directly")
        yield SlowDatabase(release)


@contextmanager
def no_database(release: OwnRelease) -> Iterator[None]:
    """Connections to the release's demo database are refused meanwhile; those that there are have ended.

    By a pod where nothing listens: who answers for a Service without any pod is up to the cluster's network.
    """
    with _in_its_place(release, "no-database", ["sleep", "86400"]):
        # Again as long as some still come anew, before the nodes know where the Service leads.
        until(lambda: not release.end_connections("client_addr is not null"), 30, lambda: "it is still reached")
        yield


@contextmanager
def _in_its_place(release: OwnRelease, name: str, command: list[str]) -> Iterator[None]:
    """The demo database's Service leads to a pod of the backend's image meanwhile, which runs this."""
    (database,) = release.pods("database")
    ports = [{"name": "postgresql", "containerPort": 5432}]
    pod = release.pod(name, {"name": name, "command": command, "ports": ports})
    kept = {label: database["metadata"]["labels"][label] for label in LABELS}
    pod["metadata"]["labels"] |= kept | {COMPONENT: name}
    release.kubectl("delete", "pod", name, "--ignore-not-found")  # a former one may still be on its way out
    try:
        release.create(pod)
        release.kubectl("wait", "pod", name, "--for=condition=Ready", f"--timeout={40 * PATIENCE}s")
        _lead_to(release, name)
        yield
    finally:
        _lead_to(release, "database")
        release.kubectl_tolerant("delete", "pod", name, "--wait=false")


def _all_come_by(release: OwnRelease) -> bool:
    """Do all reach the database by this way? Ends the connections of those who do not, so that they come anew."""
    comes_by = f"client_addr = '{release.get('pod', NAME)['status']['podIP']}'"
    if release.end_connections(f"client_addr is not null and not {comes_by}"):
        return False
    return int(release.sql(f"select count(*) from pg_stat_activity where {comes_by}")) > 0


def _lead_to(release: OwnRelease, component: str) -> None:
    """Let the database's Service lead to the pods of another component."""
    patch = f'{{"spec": {{"selector": {{"{COMPONENT}": "{component}"}}}}}}'
    release.kubectl("patch", "service", SERVICE, "-p", patch)

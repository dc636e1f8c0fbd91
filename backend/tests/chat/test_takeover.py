"""A turn whose process is killed or hangs is taken over by the replica that gets its message again, soon and once."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

from todo_backend.chat import turn_lease
from todo_backend.db.idempotency import IdempotentRequest, UnderWay

SCRIPT = Path(__file__).with_name("doomed_replica.py")
MOST_LOOKS = 8  # while a lease ends
ROLE = "doomed_replica"
PLACES = ["in a tool's transaction", "while the model thinks"]


class Doomed:
    """A replica whose turn comes to a place, and a turn that is asked of it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, http: httpx2.AsyncClient) -> None:
        self.reader = reader
        self.writer = writer
        self.http = http
        self.process = 0

    async def listens(self) -> None:
        process, port = (await self.told()).split()
        self.process = int(process)
        self.http.base_url = f"http://127.0.0.1:{port}"

    async def reach(self, place: str) -> None:
        assert await self.told() == place

    async def told(self) -> str:
        return (await asyncio.wait_for(self.reader.readline(), 120)).decode().strip()

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.process, number)

    def wake(self) -> None:
        self.send_signal(signal.SIGCONT)
        self.writer.write_eof()


Replicas = Callable[..., Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@pytest.fixture(scope="module")
async def new_replica(database_url, settings, signing_keys, look_in) -> AsyncIterator[Replicas]:
    """Starts one with such a place; what it tells, and what it is told. It comes to the database under a name."""
    look_in.execute(f"CREATE ROLE {ROLE} LOGIN SUPERUSER")
    connected: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    server = await asyncio.start_server(lambda *line: connected.put_nowait(line), "127.0.0.1", 0)
    process = await asyncio.create_subprocess_exec(sys.executable, SCRIPT, stdin=asyncio.subprocess.PIPE)
    assert process.stdin
    given = {
        "test_port": server.sockets[0].getsockname()[1],
        "database_url": database_url.replace("//postgres:", f"//{ROLE}:"),
        "jwks_url": settings.auth_jwks_url,
        "jwks": signing_keys.jwks(),
    }

    async def start(place: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        process.stdin.write(f"{json.dumps(given | {'place': place})}\n".encode())
        return await asyncio.wait_for(connected.get(), 120)

    yield start
    process.stdin.close()
    await process.wait()
    server.close()


@pytest.fixture
async def doomed(new_replica: Replicas, user, place: str) -> AsyncIterator[Doomed]:
    headers = {"Authorization": f"Bearer {user.token}", "Idempotency-Key": "milk"}
    async with httpx2.AsyncClient(headers=headers, timeout=600, verify=False) as http:
        replica = Doomed(*await new_replica(place), http)
        await replica.listens()
        yield replica
        replica.send_signal(signal.SIGKILL)
        replica.writer.close()


@pytest.fixture
async def survivor(live, user, monkeypatch) -> AsyncIterator[httpx2.AsyncClient]:
    """Another replica, whose model adds what is missing."""

    async def add(call: Any) -> list[Any]:
        if "function_call_output" in str(call.input):
            return [assistant_message("I took over")]
        return [function_call("add_task", {"title": "Milk"}, call_id="c1")]

    monkeypatch.setattr(live.resources.assistant, "models", lambda now: ScriptedModel([ModelStep.respond(add)] * 2))
    async with live.client(user, **{"Idempotency-Key": "milk"}) as http:
        yield http


@pytest.fixture
def claims(monkeypatch) -> list[float | None]:
    """For each claim of a key: seconds until its holder is taken for dead; None for one that was taken or answered."""
    claim, seen = IdempotentRequest.claim, []

    async def noted(self: IdempotentRequest, *arguments: Any, **options: Any) -> Any:
        try:
            known = await claim(self, *arguments, **options)
        except UnderWay as under_way:
            seen.append(under_way.seconds)
            raise
        seen.append(None)
        return known

    monkeypatch.setattr(IdempotentRequest, "claim", noted)
    return seen


async def is_over(look_in: Any, fate: str) -> None:
    """Wait until PostgreSQL has done what the process asked of it last, which may have been a heartbeat."""
    await asyncio.sleep(0.05)
    still_there = "state = 'active'" if fate == "stopped" else "true"
    at_work = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{ROLE}' AND {still_there}"
    deadline = time.monotonic() + 120
    while look_in.execute(at_work).fetchone() != (0,):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


def request(panel: Any, entry: str) -> tuple[str, dict[str, Any]]:
    if entry == "rest":
        return "/api/me/chat", {"message": "add milk"}
    return "/chatkit", {"type": "threads.create", "params": {"input": panel.message("add milk")}}


@pytest.mark.parametrize("entry", ["rest", "chatkit"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fate", ["killed", "stopped"])
async def test_a_turn_is_taken_over_once_its_process_is_silent(
    doomed, survivor, user, panel, look_in, claims, fate: str, place: str, entry: str
) -> None:
    """After one wait for the rest of its lease; what the other one did is kept, and what it wakes up to do is not."""
    path, body = request(panel, entry)
    first = asyncio.create_task(doomed.http.post(path, json=body))
    await doomed.reach(place)
    doomed.send_signal(signal.SIGKILL if fate == "killed" else signal.SIGSTOP)
    await is_over(look_in, fate)
    [last] = look_in.execute("SELECT max(heartbeat) FROM turns WHERE user_id = %s", [user.id]).fetchone()
    taken_over = await survivor.post(path, json=body)
    assert (taken_over.status_code, "I took over" in taken_over.text) == (200, True), taken_over.text
    [after] = look_in.execute("SELECT extract(epoch FROM clock_timestamp() - %s)", [last]).fetchone()
    lease = turn_lease.RETRY_LEASE.total_seconds()
    assert after > lease
    *waits, took = claims  # no wait where this machine took longer than the lease to get here
    assert took is None
    assert waits == sorted(waits, reverse=True)  # nobody renewed it
    assert all(wait <= lease for wait in waits)
    assert len(waits) <= MOST_LOOKS
    if fate == "stopped":
        doomed.wake()
        woken = (await first).text
        assert ("turn_lost" if entry == "rest" else "given up") in woken.splitlines()[-2 if entry == "chatkit" else -1]
    else:
        await asyncio.wait([first])
        assert isinstance(first.exception(), httpx2.TransportError)
    tasks = (await user.http.get(user.path())).json()["items"]
    assert [task["title"] for task in tasks] == ["Milk"]
    (thread,) = (await panel.request("threads.list")).json()["data"]
    assert await panel.talk(thread["id"]) == [("user", "add milk"), ("assistant", "I took over")]
    assert (await survivor.post(path, json=body)).status_code == 200
    assert len((await user.http.get(user.path())).json()["items"]) == 1

"""A turn whose process is killed or hangs is taken over by the replica that gets its message again, soon and once."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

from todo_backend.chat import turn_lease
from todo_backend.db.idempotency import IdempotentRequest, UnderWay

SCRIPT = Path(__file__).with_name("doomed_replica.py")
MOST_LOOKS = 8  # while a lease ends
PLACES = ["in a tool's transaction", "while the model thinks"]


class Doomed:
    """A replica whose turn has come to a place, and a turn that is asked of it."""

    def __init__(self, process: asyncio.subprocess.Process, http: httpx2.AsyncClient) -> None:
        self.process = process
        self.http = http

    async def reach(self, place: str) -> None:
        assert await self.said() == place

    async def said(self) -> str:
        assert self.process.stdout
        return (await asyncio.wait_for(self.process.stdout.readline(), 120)).decode().strip()

    def wake(self) -> None:
        assert self.process.stdin
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()


@pytest.fixture
async def doomed(database_url, settings, signing_keys, user, place: str) -> AsyncIterator[Doomed]:
    given = {
        "database_url": database_url,
        "jwks_url": settings.auth_jwks_url,
        "jwks": signing_keys.jwks(),
        "place": place,
    }
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, SCRIPT, json.dumps(given), stdin=pipe, stdout=pipe)
    headers = {"Authorization": f"Bearer {user.token}", "Idempotency-Key": "milk"}
    try:
        async with httpx2.AsyncClient(headers=headers, timeout=600, verify=False) as http:
            replica = Doomed(process, http)
            http.base_url = f"http://127.0.0.1:{await replica.said()}"
            yield replica
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


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
    doomed.process.send_signal(signal.SIGKILL if fate == "killed" else signal.SIGSTOP)
    await asyncio.sleep(0.05)  # until it has
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

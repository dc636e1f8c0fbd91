"""Turns of one conversation run one after another, in the order of arrival, on whichever replica they arrive."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Any

import psycopg
import pytest
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call
from psycopg_pool import PoolTimeout

from todo_backend.chat import turn_lease
from todo_backend.chat.turn_lease import TurnLease
from todo_backend.db.pool import CHECKOUT_TIMEOUT_SECONDS

MESSAGES, AT_ONCE = 16, 4  # in all, and conversations at a time


def reads_its_history() -> ScriptedModel:
    """Adds a task of the last message's words, unless that is on record, and says so."""

    def said(call: Any) -> str:
        return [item["content"] for item in call.input if item.get("role") == "user"][-1]

    async def act(call: Any) -> list[Any]:
        if call.input[-1].get("type") == "function_call_output":
            return [assistant_message(f"Added {said(call)}")]
        return [function_call("add_task", {"title": said(call)}, call_id="c1")]

    return ScriptedModel([ModelStep.respond(act)] * 2)


@pytest.fixture(scope="module")
async def replicas(serve, settings) -> AsyncIterator[list[Any]]:
    patient = settings.model_copy(update={"chat_wait_seconds": 600})  # whatever the machine
    async with serve(patient) as first, serve(patient) as second:
        for replica in (first, second):
            replica.resources.assistant.models = lambda now: reads_its_history()
            replica.resources.assistant.turn_seconds = 600
        yield [first, second]


class Talk:
    """A conversation over all replicas and both protocols."""

    def __init__(self, replicas: list[Any], user: Any, new_panel: type) -> None:
        self.clients = [replica.client(user) for replica in replicas]
        self.panels = [new_panel(client) for client in self.clients]
        self.thread_id, self.number = "", 0

    async def begin(self) -> None:
        said = await self.clients[0].post("/api/me/chat", json={"message": "Begin"})
        self.number = said.json()["conversation_id"]
        (thread,) = (await self.panels[0].request("threads.list")).json()["data"]
        self.thread_id = thread["id"]

    async def say(self, n: int, text: str, *, key: str | None) -> str:
        """The answer to `text`; the nth message takes the nth way of four."""
        replica, by_rest = n % 2, n // 2 % 2
        headers = {} if key is None else {"Idempotency-Key": key}
        if by_rest:
            body: dict[str, Any] = {"message": text, "conversation_id": self.number}
            answer = await self.clients[replica].post("/api/me/chat", json=body, headers=headers)
            assert answer.status_code == 200, answer.text
            return answer.json()["response"]
        panel = self.panels[replica]
        params = {"thread_id": self.thread_id, "input": panel.message(text)}
        body = {"type": "threads.add_user_message", "params": params}
        answer = await self.clients[replica].post("/chatkit", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        frames = panel.read(answer)
        return panel.answer_in(frames)

    async def close(self) -> None:
        for client in self.clients:
            await client.aclose()


@pytest.mark.parametrize("messages", [2, 3, 5, 8])
async def test_messages_at_once_are_each_answered_once_and_in_order(
    replicas, new_user, new_panel, messages: int
) -> None:
    rounds = asyncio.Semaphore(AT_ONCE)

    async def one_round(number: int) -> None:
        async with rounds:
            talk = Talk(replicas, new_user(), new_panel)
            await talk.begin()
            texts = [f"Task {n}" for n in range(messages)]
            with_key = number % 2 == 0
            answers = await asyncio.gather(
                *(talk.say(number + n, text, key=text if with_key else None) for n, text in enumerate(texts))
            )
            assert answers == [f"Added {text}" for text in texts]
            history = await talk.panels[0].talk(talk.thread_id)
            assert [speaker for speaker, _ in history] == ["user", "assistant"] * (messages + 1)
            said, answered = [words for _, words in history[::2]], [words for _, words in history[1::2]]
            assert answered == [f"Added {words}" for words in said]
            assert sorted(said) == ["Begin", *texts]
            listed = (await talk.clients[1].get("/api/me/tasks")).json()["items"]
            assert sorted(task["title"] for task in listed) == ["Begin", *texts]
            await talk.close()

    await asyncio.gather(*(one_round(number) for number in range(MESSAGES // messages)))


@pytest.fixture
def until_states(states, user) -> Callable[[list[str]], Awaitable[None]]:
    """Waits for the user's turns to have these states."""

    async def until(wanted: list[str]) -> None:
        async with asyncio.timeout(60):
            while states(user) != wanted:  # noqa: ASYNC110 (they are in the database)
                await asyncio.sleep(0.02)

    return until


@pytest.fixture
async def talk(replicas, user, new_panel) -> AsyncIterator[Talk]:
    talk = Talk(replicas, user, new_panel)
    await talk.begin()
    yield talk
    await talk.close()


@pytest.fixture
def busy(replicas, monkeypatch) -> asyncio.Event:
    """The next turn of the first replica answers once this is set."""
    go, turns = asyncio.Event(), count()

    async def waits(_: Any) -> list[Any]:
        await go.wait()
        return [assistant_message("At last")]

    def models(_: Any) -> ScriptedModel:
        return ScriptedModel([ModelStep.respond(waits)]) if next(turns) == 0 else reads_its_history()

    monkeypatch.setattr(replicas[0].resources.assistant, "models", models)
    return go


async def test_the_order_of_arrival_is_kept(talk, busy, user, states, until_states) -> None:
    first = asyncio.create_task(talk.say(0, "First", key=None))
    await until_states(["answered", "running"])
    others = []
    for n in range(1, 6):
        others.append(asyncio.create_task(talk.say(n, f"Task {n}", key=None)))
        await until_states(["answered", "running", *["waiting"] * n])
    assert [words for _, words in await talk.panels[1].talk(talk.thread_id)][2:] == ["First"]  # the others wait outside
    busy.set()
    await asyncio.gather(first, *others)
    history = await talk.panels[1].talk(talk.thread_id)
    assert [words for speaker, words in history if speaker == "user"][1:] == [
        "First",
        *(f"Task {n}" for n in range(1, 6)),
    ]
    assert states(user) == ["answered"] * 7


@pytest.mark.parametrize("way", range(4), ids=["chatkit", "chatkit there", "rest", "rest there"])
@pytest.mark.parametrize("key", [None, "key"], ids=["without a key", "with a key"])
async def test_a_message_that_waits_for_too_long_is_refused_and_not_kept(
    talk, busy, replicas, user, states, until_states, monkeypatch, way: int, key: str | None
) -> None:
    for replica in replicas:
        monkeypatch.setattr((await replica.resources.chat.conversations()).turns, "wait_seconds", 0.3)
    first = asyncio.create_task(talk.say(0, "First", key=None))
    await until_states(["answered", "running"])
    headers = {} if key is None else {"Idempotency-Key": key}
    client, panel = talk.clients[way % 2], talk.panels[0]
    if way < 2:
        params = {"thread_id": talk.thread_id, "input": panel.message("Second")}
        path, body = "/chatkit", {"type": "threads.add_user_message", "params": params}
    else:
        path, body = "/api/me/chat", {"message": "Second", "conversation_id": talk.number}
    refused = await client.post(path, json=body, headers=headers)
    assert (refused.status_code, refused.headers["retry-after"]) == (409, "1")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == refused.headers["X-Problem-Code"] == "conversation_busy"
    assert "not kept" in refused.json()["detail"]
    assert [words for _, words in await panel.talk(talk.thread_id)][2:] == ["First"]
    assert states(user) == ["answered", "running", "stopped"]
    busy.set()
    assert await first == "At last"
    again = await client.post(path, json=body, headers=headers)
    assert again.status_code == 200
    assert "Added Second" in again.text
    listed = (await client.get("/api/me/tasks")).json()["items"]
    assert sorted(task["title"] for task in listed) == ["Begin", "Second"]


@pytest.mark.parametrize("way", range(4), ids=["chatkit", "chatkit there", "rest", "rest there"])
async def test_a_message_whose_person_went_away_waits_no_more(talk, busy, until_states, way: int) -> None:
    first = asyncio.create_task(talk.say(0, "First", key=None))
    await until_states(["answered", "running"])
    second = asyncio.create_task(talk.say(way, "Second", key=None))
    await until_states(["answered", "running", "waiting"])
    second.cancel()
    await until_states(["answered", "running", "stopped"])
    busy.set()
    assert await first == "At last"
    assert [words for _, words in await talk.panels[0].talk(talk.thread_id)][2:] == ["First", "At last"]


async def test_messages_that_wait_hold_no_connection_whoever_has_the_conversation_locked(
    serve, settings, database_url, user, other_user, new_panel, states, until_states
) -> None:
    """As a process that freezes while it begins a turn does for some seconds."""
    go = asyncio.Event()

    async def waits(_: Any) -> list[Any]:
        await go.wait()
        return [assistant_message("At last")]

    few = settings.model_copy(update={"chat_wait_seconds": 600, "database_pool_size": 2})
    async with serve(few) as server:
        talk = Talk([server, server], user, new_panel)
        await talk.begin()
        server.resources.assistant.models = lambda now: ScriptedModel([ModelStep.respond(waits)])
        server.resources.assistant.turn_seconds = 600
        said = []
        for n in range(5):
            said.append(asyncio.create_task(talk.say(n, f"Say {n}", key=None)))
            await until_states(["answered", "running", *["waiting"] * n])
        async with await psycopg.AsyncConnection.connect(database_url) as frozen, server.client(other_user) as other:
            await frozen.execute("SELECT FROM conversations WHERE user_id = %s FOR UPDATE", [user.id])
            await asyncio.sleep(1.5)
            async with asyncio.timeout(60):
                assert (await other.get("/api/me/tasks")).status_code == 200
        go.set()
        assert await asyncio.gather(*said) == ["At last"] * 5
        await talk.close()


async def test_a_waiting_message_takes_over_from_a_dead_process(
    talk, busy, user, states, until_states, monkeypatch
) -> None:
    monkeypatch.setattr(turn_lease, "HEARTBEAT_SECONDS", 3600)
    dead = asyncio.create_task(talk.say(0, "First", key=None))
    await until_states(["answered", "running"])
    monkeypatch.setattr(turn_lease, "LEASE", turn_lease.LEASE / 15)
    assert await talk.say(1, "Second", key=None) == "Added Second"
    assert states(user) == ["answered", "failed", "answered"]
    busy.set()
    assert await dead == ""  # it was told that its turn is lost
    history = [words for _, words in await talk.panels[0].talk(talk.thread_id)]
    assert history[2:] == ["First", "Second", "Added Second"]


async def test_a_turn_outlives_a_heartbeat_that_waited_in_vain_for_a_connection(monkeypatch) -> None:
    """The pool gives up after ten seconds: another pause of three would be longer than the lease."""
    beats = []

    async def heartbeat(self: TurnLease) -> bool:
        beats.append("beat")
        if len(beats) == 1:
            raise PoolTimeout
        return False

    monkeypatch.setattr(TurnLease, "_heartbeat", heartbeat)
    async with TurnLease(None, None, None, set()).held():  # type: ignore[arg-type]
        async with asyncio.timeout(60):
            while len(beats) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    room = turn_lease.LEASE.total_seconds() - turn_lease.HEARTBEAT_SECONDS - CHECKOUT_TIMEOUT_SECONDS
    assert room > turn_lease._AGAIN_SECONDS


@pytest.mark.parametrize("later", [["Second"], ["Second", "Third"]], ids=["one turn later", "two turns later"])
async def test_a_process_that_was_taken_for_dead_changes_nothing_any_more(
    talk, replicas, user, states, until_states, monkeypatch, later: list[str]
) -> None:
    """It wakes up in the middle of its turn and wants to add a task. Two turns later, its row is gone."""
    monkeypatch.setattr(turn_lease, "HEARTBEAT_SECONDS", 3600)
    wakes = asyncio.Event()

    async def sleeps(_: Any) -> list[Any]:
        await wakes.wait()
        return [function_call("add_task", {"title": "Of a ghost"}, call_id="c1")]

    script = ScriptedModel([ModelStep.respond(sleeps), [assistant_message("Added")]])
    monkeypatch.setattr(replicas[0].resources.assistant, "models", lambda now: script)
    ghost = asyncio.create_task(talk.say(0, "First", key=None))
    await until_states(["answered", "running"])
    monkeypatch.setattr(turn_lease, "LEASE", turn_lease.LEASE / 15)
    for text in later:
        assert await talk.say(1, text, key=None) == f"Added {text}"
    wakes.set()
    assert await ghost == ""
    listed = (await talk.clients[1].get("/api/me/tasks")).json()["items"]
    assert sorted(task["title"] for task in listed) == ["Begin", *later]
    history = [words for _, words in await talk.panels[0].talk(talk.thread_id)]
    assert history[2:] == ["First", *(words for text in later for words in (text, f"Added {text}"))]


async def test_the_row_of_a_turn_goes_with_the_next_turn_of_its_conversation(talk, user, look_in) -> None:
    for text in ("First", "Second", "Third"):
        await talk.say(0, text, key=None)
    assert look_in.execute("SELECT state FROM turns WHERE user_id = %s", [user.id]).fetchall() == [("answered",)]


@pytest.mark.parametrize(
    ("silent_hours", "is_retried", "state"),
    [(0, False, "running"), (0, True, "running"), (2, False, "running"), (2, True, "failed"), (4, False, "failed")],
)
async def test_who_may_take_over_from_a_silent_process(
    talk, busy, user, look_in, until_states, monkeypatch, silent_hours: int, is_retried: bool, state: str
) -> None:
    """Its own message sent again, soon: that one is answered whichever of the two processes lives. Others, late."""
    monkeypatch.setattr(turn_lease, "HEARTBEAT_SECONDS", 3600)
    first = asyncio.create_task(talk.say(0, "First", key=None))
    await until_states(["answered", "running"])
    (question,) = [item for item in await talk.panels[1].items(talk.thread_id) if "First" in str(item)]
    monkeypatch.setattr(turn_lease, "RETRY_LEASE", dt.timedelta(hours=1))
    monkeypatch.setattr(turn_lease, "LEASE", dt.timedelta(hours=3))
    look_in.execute(
        "UPDATE turns SET heartbeat = clock_timestamp() - %s WHERE user_id = %s",
        [dt.timedelta(hours=silent_hours), user.id],
    )
    if is_retried:
        params = {"thread_id": talk.thread_id, "item_id": question["id"]}
        other = asyncio.create_task(talk.panels[1].events("threads.retry_after_item", **params))
    else:
        other = asyncio.create_task(talk.say(1, "Second", key=None))
    await until_states(["answered", "running", "waiting"] if state == "running" else ["answered", state, "answered"])
    busy.set()
    await asyncio.gather(first, other)

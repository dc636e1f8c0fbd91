"""An `Idempotency-Key` on a turn of ChatKit: run once, whatever happens to its answer."""

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import psycopg
import pytest
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

from todo_backend.assistant import agent
from todo_backend.assistant.errors import AssistantFailed
from todo_backend.assistant.events import AssistantEvent
from todo_backend.chat import turn_lease
from todo_backend.chat.tool_calls import ToolCalls
from todo_backend.chat.turn_lease import TurnLease
from todo_backend.chat.turn_queue import Turns


async def turn(panel: Any, key: str, kind: str, **params: Any) -> Any:
    """The answer to a turn under `key`."""
    body = {"type": kind, "params": params}
    return await panel.http.post("/chatkit", json=body, headers={"Idempotency-Key": key})


def events_of(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    frames = answer.text.split("\n\n")
    return [json.loads(frame.removeprefix("data: ")) for frame in frames if frame.startswith("data: ")]


def lasting(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = ("thread.created", "thread.updated", "thread.item.done", "client_effect")
    return [event for event in events if event["type"] in kinds]


async def titles(user: Any) -> list[str]:
    return [task["title"] for task in (await user.http.get(user.path())).json()["items"]]


async def test_a_new_thread_that_is_asked_for_again_is_shown_again(user, panel) -> None:
    request = {"kind": "threads.create", "input": panel.message("add a task to breathe")}
    first, *others = [events_of(await turn(panel, "once", **request)) for _ in range(3)]
    assert [event["type"] for event in others[0]][:2] == ["thread.created", "thread.item.done"]
    assert others == [lasting(first)] * 2
    assert "Breathe" in panel.answer_in(others[0])
    assert {"type": "client_effect", "name": "tasks_changed", "data": {}} in others[0]
    assert await titles(user) == ["Breathe"]
    threads = (await panel.request("threads.list", limit=10, order="desc")).json()["data"]
    assert [thread["id"] for thread in threads] == [first[0]["thread"]["id"]]
    assert len(await panel.talk(threads[0]["id"])) == 2


async def test_a_message_that_is_sent_again_is_said_once(user, panel) -> None:
    thread_id, _ = await panel.begin("hello")
    request = {"kind": "threads.add_user_message", "thread_id": thread_id, "input": panel.message("add a task to row")}
    first, again = [events_of(await turn(panel, "row", **request)) for _ in range(2)]
    assert again == lasting(first)
    assert await titles(user) == ["Row"]
    assert len(await panel.talk(thread_id)) == 4
    other = await turn(panel, "row", **request | {"input": panel.message("add a task to swim")})
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["detail"]
    assert await titles(user) == ["Row"]


async def test_an_answer_that_is_tried_again_under_one_key_is_tried_once(user, panel) -> None:
    thread_id, events = await panel.begin("hello")
    request = {"kind": "threads.retry_after_item", "thread_id": thread_id, "item_id": events[1]["item"]["id"]}
    first, again = [events_of(await turn(panel, "retry", **request)) for _ in range(2)]
    assert panel.answer_in(again) == panel.answer_in(first) != ""
    assert len(await panel.talk(thread_id)) == 2


async def test_keys_are_each_persons_own(user, panel, other_panel) -> None:
    said = {"kind": "threads.create", "input": panel.message("hello")}
    mine, theirs = events_of(await turn(panel, "same", **said)), events_of(await turn(other_panel, "same", **said))
    assert mine[0]["thread"]["id"] != theirs[0]["thread"]["id"]


async def test_a_turn_that_failed_is_tried_again_with_its_message_said_once(user, panel, use_model) -> None:
    async def fails(_):
        raise AssistantFailed("No model today.")

    use_model(ScriptedModel([ModelStep.respond(fails), [assistant_message("Here I am")]]))
    request = {"kind": "threads.create", "input": panel.message("hello")}
    failed = events_of(await turn(panel, "failing", **request))
    assert failed[-1]["type"] == "error"
    events = events_of(await turn(panel, "failing", **request))
    assert events[0] | {"thread": None} == failed[0] | {"thread": None}
    thread_id = events[0]["thread"]["id"]
    assert thread_id == failed[0]["thread"]["id"]
    assert await panel.talk(thread_id) == [("user", "hello"), ("assistant", "Here I am")]


@pytest.mark.parametrize("fate", ["alive", "dead", "cut"])
async def test_a_turn_under_way_is_not_begun_again_and_one_that_ended_goes_on(
    user, panel, use_model, monkeypatch, fate: str
) -> None:
    """After a task was added its process lives on, or dies without a word, or its stream is cut."""
    lease = 1 if fate == "dead" else 5
    monkeypatch.setattr(turn_lease, "RETRY_LEASE", dt.timedelta(seconds=lease))
    monkeypatch.setattr(turn_lease, "HEARTBEAT_SECONDS", 3600 if fate == "dead" else 0.1)
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(_):
        begun.set()
        await go.wait()
        return [assistant_message("Late")]

    script = ScriptedModel(
        [
            [function_call("add_task", {"title": "Breathe"}, call_id="c1")],
            ModelStep.respond(slowly),
            [assistant_message("I have added it")],
        ]
    )
    use_model(script)
    request = {"kind": "threads.create", "input": panel.message("remind me to breathe")}
    first = asyncio.create_task(turn(panel, fate, **request))
    await asyncio.wait_for(begun.wait(), 120)
    if fate == "cut":
        first.cancel()
        await asyncio.wait([first])
    else:
        await asyncio.sleep(lease + 0.5)
    again = await turn(panel, fate, **request)
    if fate == "alive":
        assert (again.status_code, again.headers["retry-after"]) == (409, "1")
        go.set()
        finished = events_of(await first)
        assert events_of(await turn(panel, fate, **request)) == lasting(finished)
        assert panel.answer_in(finished) == "Late"
    else:
        events = events_of(again)
        assert panel.answer_in(events) == "I have added it"
        thread_id = events[0]["thread"]["id"]
        assert await panel.talk(thread_id) == [("user", "remind me to breathe"), ("assistant", "I have added it")]
        assert "add_task" in str(script.calls[-1].input)  # the model knows that it is done
        first.cancel()
    assert await titles(user) == ["Breathe"]


@pytest.mark.usefixtures("dies_after_its_first_call")
@pytest.mark.parametrize("entry", ["chatkit", "rest"])
async def test_a_task_whose_turn_died_right_after_it_was_added_is_not_added_again(
    user, panel, use_model, entry: str
) -> None:
    """The model reads that it is done; two tasks of one name are two all the same."""
    milk = function_call("add_task", {"title": "Milk"}, call_id="c1")
    script = ScriptedModel([[milk], [milk], [assistant_message("Two of them")]])
    use_model(script)
    if entry == "chatkit":
        request = {"kind": "threads.create", "input": panel.message("add milk, twice")}
        assert events_of(await turn(panel, "window", **request))[-1]["type"] == "error"
        events = events_of(await turn(panel, "window", **request))
        assert panel.answer_in(events) == "Two of them"
    else:
        said = {"json": {"message": "add milk, twice"}, "headers": {"Idempotency-Key": "window"}}
        assert (await user.http.post("/api/me/chat", **said)).status_code == 500
        answer = (await user.http.post("/api/me/chat", **said)).json()
        assert answer["response"] == "Two of them"
        assert [call["result"]["status"] for call in answer["tool_calls"]] == ["created", "created"]
    told = [item.get("type", item.get("role")) for item in script.calls[1].input]
    assert told == ["user", "function_call", "function_call_output"]
    assert await titles(user) == ["Milk", "Milk"]


async def test_calls_on_record_are_counted(user, panel, use_model, monkeypatch) -> None:
    """The first of two equal tasks is on record when the turn is cut: the repetition adds the second."""
    milk = function_call("add_task", {"title": "Milk"}, call_id="c1")

    async def fails(_):
        raise AssistantFailed("No model today.")

    use_model(ScriptedModel([[milk], ModelStep.respond(fails), [milk], [assistant_message("Two of them")]]))
    request = {"kind": "threads.create", "input": panel.message("add milk, twice")}
    assert events_of(await turn(panel, "recorded", **request))[-1]["type"] == "error"
    assert panel.answer_in(events_of(await turn(panel, "recorded", **request))) == "Two of them"
    assert await titles(user) == ["Milk", "Milk"]


async def test_a_process_that_wakes_up_after_its_turn_was_taken_over_keeps_nothing(
    user, panel, use_model, monkeypatch
) -> None:
    """It was frozen for longer than its lease: the answer of the one that took over stands, and the key is its."""
    monkeypatch.setattr(turn_lease, "RETRY_LEASE", dt.timedelta(seconds=1))
    monkeypatch.setattr(turn_lease, "HEARTBEAT_SECONDS", 3600)
    frozen, wake = asyncio.Event(), asyncio.Event()

    async def freezes(_):
        frozen.set()
        await wake.wait()
        return [assistant_message("I slept")]

    use_model(ScriptedModel([ModelStep.respond(freezes), [assistant_message("I took over")]]))
    request = {"kind": "threads.create", "input": panel.message("hello")}
    first = asyncio.create_task(turn(panel, "frozen", **request))
    await asyncio.wait_for(frozen.wait(), 120)
    await asyncio.sleep(1.5)
    taken_over = events_of(await turn(panel, "frozen", **request))
    wake.set()
    assert events_of(await first)[-1]["type"] == "error"
    thread_id = taken_over[0]["thread"]["id"]
    assert await panel.talk(thread_id) == [("user", "hello"), ("assistant", "I took over")]
    assert events_of(await turn(panel, "frozen", **request)) == lasting(taken_over)


async def test_a_process_that_wakes_up_does_not_give_the_key_of_another_back(
    user, panel, use_model, monkeypatch
) -> None:
    monkeypatch.setattr(turn_lease, "RETRY_LEASE", dt.timedelta(seconds=1))
    monkeypatch.setattr(turn_lease, "HEARTBEAT_SECONDS", 3600)
    began = [asyncio.Event(), asyncio.Event()]
    wake = [asyncio.Event(), asyncio.Event()]

    def waits(number: int):
        async def step(_):
            began[number].set()
            await wake[number].wait()
            return [assistant_message(f"Answer {number}")]

        return ModelStep.respond(step)

    use_model(ScriptedModel([waits(0), waits(1)]))
    request = {"kind": "threads.create", "input": panel.message("hello")}
    first = asyncio.create_task(turn(panel, "fenced", **request))
    await asyncio.wait_for(began[0].wait(), 120)
    await asyncio.sleep(1.2)
    monkeypatch.setattr(turn_lease, "HEARTBEAT_SECONDS", 0.1)
    second = asyncio.create_task(turn(panel, "fenced", **request))
    await asyncio.wait_for(began[1].wait(), 120)
    monkeypatch.setattr(turn_lease, "RETRY_LEASE", dt.timedelta(seconds=5))
    wake[0].set()
    await first
    assert (await turn(panel, "fenced", **request)).status_code == 409
    wake[1].set()
    assert panel.answer_in(events_of(await second)) == "Answer 1"


async def test_a_process_that_loses_its_key_before_its_turn_begins_begins_none(
    user, panel, use_model, monkeypatch
) -> None:
    monkeypatch.setattr(turn_lease, "RETRY_LEASE", dt.timedelta(seconds=1))
    monkeypatch.setattr(turn_lease, "HEARTBEAT_SECONDS", 3600)
    claim, freezes = Turns.claim, iter([True])
    frozen, wake = asyncio.Event(), asyncio.Event()

    async def claim_and_freeze(self: Turns, *arguments: Any) -> Any:
        known = await claim(self, *arguments)
        if next(freezes, False):
            frozen.set()
            await wake.wait()
        return known

    monkeypatch.setattr(Turns, "claim", claim_and_freeze)
    use_model(ScriptedModel([[assistant_message("I took over")], [assistant_message("I slept")]]))
    request = {"kind": "threads.create", "input": panel.message("hello")}
    first = asyncio.create_task(turn(panel, "lost", **request))
    await asyncio.wait_for(frozen.wait(), 120)
    await asyncio.sleep(1.5)
    taken_over = events_of(await turn(panel, "lost", **request))
    wake.set()
    assert (await first).status_code == 409
    assert await panel.talk(taken_over[0]["thread"]["id"]) == [("user", "hello"), ("assistant", "I took over")]


async def test_a_turn_is_not_repeated_once_the_conversation_has_gone_on(user, panel, use_model) -> None:
    """It would take away what came after it."""

    async def fails(_):
        raise AssistantFailed("No model today.")

    use_model(ScriptedModel([[assistant_message("Yes")], ModelStep.respond(fails), [assistant_message("Here I am")]]))
    thread_id, _ = await panel.begin("are you there?")
    late = {"kind": "threads.add_user_message", "thread_id": thread_id, "input": panel.message("hello")}
    assert events_of(await turn(panel, "late", **late))[-1]["type"] == "error"
    await panel.say(thread_id, "so?")
    before = await panel.talk(thread_id)
    again = await turn(panel, "late", **late)
    assert again.status_code == 422
    assert "gone on" in again.json()["detail"]
    assert await panel.talk(thread_id) == before
    assert before[-1] == ("assistant", "Here I am")


async def test_a_key_of_a_turn_that_failed_is_free_for_another_message(user, panel, use_model) -> None:
    async def fails(_):
        raise AssistantFailed("No model today.")

    use_model(ScriptedModel([ModelStep.respond(fails), [assistant_message("Good bye")]]))
    first = events_of(await turn(panel, "free", kind="threads.create", input=panel.message("hello")))
    second = events_of(await turn(panel, "free", kind="threads.create", input=panel.message("bye")))
    assert await panel.talk(first[0]["thread"]["id"]) == [("user", "hello")]
    assert await panel.talk(second[0]["thread"]["id"]) == [("user", "bye"), ("assistant", "Good bye")]


@pytest.mark.parametrize("done", [0, 1])
async def test_a_batch_that_was_done_in_part_is_finished_not_begun_again(user, panel, monkeypatch, done: int) -> None:
    """The built-in assistant adds two tasks at once; its time runs out when one of them is added, whichever it is."""
    open_call, hangs = ToolCalls.open, iter([done != 0, done != 1])
    added, waits = asyncio.Event(), list[asyncio.Timeout]()

    @contextlib.asynccontextmanager
    async def open_or_hang(self: ToolCalls, call_id: str, tool: str, arguments: dict[str, Any]) -> AsyncIterator[Any]:
        if next(hangs, False):
            await added.wait()
            while True:
                with contextlib.suppress(RuntimeError):  # between two events, nobody waits
                    waits[-1].reschedule(0)
                await asyncio.sleep(0.01)
        async with open_call(self, call_id, tool, arguments) as call:
            yield call
        added.set()

    async def next_event(events: AsyncGenerator[AssistantEvent], _: float) -> AssistantEvent | None:
        async with asyncio.timeout(None) as wait:
            waits.append(wait)
            return await anext(events, None)

    monkeypatch.setattr(ToolCalls, "open", open_or_hang)
    request = {"kind": "threads.create", "input": panel.message("add tasks: buy milk, buy eggs")}
    with monkeypatch.context() as first:
        first.setattr(agent, "_next", next_event)
        assert events_of(await turn(panel, "batch", **request))[-1]["type"] == "error"
    assert await titles(user) == [["Buy milk", "Buy eggs"][done]]
    answer = panel.answer_in(events_of(await turn(panel, "batch", **request)))
    assert "Buy milk" in answer
    assert "Buy eggs" in answer
    assert sorted(await titles(user)) == ["Buy eggs", "Buy milk"]


async def test_calls_made_at_once_are_understood_in_whatever_order_they_end(user, panel, monkeypatch) -> None:
    open_call, slow = ToolCalls.open, iter([True])

    @contextlib.asynccontextmanager
    async def open_late(self: ToolCalls, call_id: str, tool: str, arguments: dict[str, Any]) -> AsyncIterator[Any]:
        if next(slow, False):
            await asyncio.sleep(0.5)
        async with open_call(self, call_id, tool, arguments) as call:
            yield call

    added = [await user.http.post(user.path(), json={"title": title}) for title in ("Fly", "Row")]
    first, second = (answer.json()["id"] for answer in added)
    monkeypatch.setattr(ToolCalls, "open", open_late)
    thread_id, _ = await panel.begin(f"complete tasks {first} and {second}")
    await panel.say(thread_id, "reopen the first one")
    tasks = (await user.http.get(user.path())).json()["items"]
    assert {task["title"]: task["completed"] for task in tasks} == {"Fly": False, "Row": True}


async def test_a_commit_whose_answer_was_lost_is_not_made_again(user, use_model, monkeypatch) -> None:
    """The connection broke while a task was deleted: the model is told so, tries again, and reads what was done."""
    transaction, breaks = TurnLease.transaction, iter([True])

    @contextlib.asynccontextmanager
    async def commit_and_break(self: TurnLease) -> AsyncIterator[Any]:
        async with transaction(self) as connection:
            yield connection
        if next(breaks, False):
            raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(TurnLease, "transaction", commit_and_break)
    task = (await user.http.post(user.path(), json={"title": "Meeting"})).json()["id"]
    delete, again = (function_call("delete_task", {"task_id": task}, call_id=name) for name in ("c1", "c2"))
    use_model(ScriptedModel([[delete], [again], [assistant_message("Deleted")]]))
    said = (await user.http.post("/api/me/chat", json={"message": "delete the meeting"})).json()
    refused, done = said["tool_calls"]
    assert "database does not answer" in refused["result"]
    assert done["result"]["status"] == "deleted"

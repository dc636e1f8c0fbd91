"""Streams over a real server: stopping, silence, two replicas, many at once."""

import asyncio
import json
import time
from typing import Any

import httpx2
import pytest
from agents import Model
from agents.testing import ModelStep, ScriptedModel, assistant_message
from openai.types.responses import (
    ResponseOutputItemAddedEvent,
    ResponseOutputMessage,
    ResponseTextDeltaEvent,
)

from todo_backend.app import create_app
from todo_backend.chat import stream


class Drip(Model):
    """Says a few words and then falls silent until it is let go on."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.started, self.stopped = asyncio.Event(), asyncio.Event()

    async def get_response(self, *_, **__):
        raise NotImplementedError

    async def stream_response(self, *_, **__):
        self.started.set()
        item = ResponseOutputMessage(id="m", content=[], role="assistant", status="in_progress", type="message")
        yield ResponseOutputItemAddedEvent(
            type="response.output_item.added", item=item, output_index=0, sequence_number=0
        )
        for number, word in enumerate(self.words, 1):
            yield ResponseTextDeltaEvent(
                type="response.output_text.delta",
                item_id="m",
                output_index=0,
                content_index=0,
                delta=word,
                logprobs=[],
                sequence_number=number,
            )
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            self.stopped.set()
            raise


@pytest.fixture
def live_model(live):
    """Lets a model answer behind the real server."""
    before = live.resources.assistant.models

    def use(model: Model) -> None:
        live.resources.assistant.models = lambda now: model

    yield use
    live.resources.assistant.models = before


async def frames(answer):
    async for line in answer.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def until(condition, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def test_stopping_keeps_what_was_said_and_ends_the_model(live, live_model, user, new_panel) -> None:
    model = Drip(["Once ", "upon ", "a time"])
    live_model(model)
    async with live.client(user) as http:
        panel = new_panel(http)
        body = {"type": "threads.create", "params": {"input": panel.message("tell me a story")}}
        async with http.stream("POST", "/chatkit", json=body) as answer:
            events = frames(answer)
            thread_id = (await anext(events))["thread"]["id"]
            while (await anext(events)).get("update", {}).get("delta") != "a time":
                pass
        await asyncio.wait_for(model.stopped.wait(), 120)

        async def saved() -> bool:
            return len(await panel.talk(thread_id)) == 2

        await until(saved)
        assert await panel.talk(thread_id) == [("user", "tell me a story"), ("assistant", "Once upon a time")]

        script = ScriptedModel([[assistant_message("Of course")]])
        live_model(script)
        assert panel.answer_in(await panel.say(thread_id, "go on")) == "Of course"
        assert [item["content"] for item in script.calls[0].input] == [
            "tell me a story",
            "Once upon a time",
            "(The person stopped this answer.)",
            "go on",
        ]


async def test_a_thread_tells_that_an_answer_is_on_its_way_until_it_is_there(live, live_model, user, new_panel) -> None:
    model = Drip(["Once ", "upon ", "a time"])
    live_model(model)
    async with live.client(user) as http:
        panel = new_panel(http)

        async def thread() -> dict[str, Any]:
            return (await panel.request("threads.get_by_id", thread_id=thread_id)).json()

        body = {"type": "threads.create", "params": {"input": panel.message("tell me a story")}}
        async with http.stream("POST", "/chatkit", json=body) as answer:
            events = frames(answer)
            thread_id = (await anext(events))["thread"]["id"]
            while (await anext(events)).get("update", {}).get("delta") != "a time":
                pass
            assert (await thread())["metadata"] == {"answering": True}

        last: dict[str, Any] = {}

        async def ended() -> bool:
            last.update(await thread())
            return not last["metadata"]["answering"]

        await until(ended)
        said = [item["content"][0]["text"] for item in last["items"]["data"]]
        assert said == ["tell me a story", "Once upon a time"], "what says that it ended shows what came of it"


async def test_stopping_before_the_first_word_can_be_retried(live, live_model, user, new_panel) -> None:
    model = Drip([])
    live_model(model)
    async with live.client(user) as http:
        panel = new_panel(http)
        body = {"type": "threads.create", "params": {"input": panel.message("delete everything")}}
        async with http.stream("POST", "/chatkit", json=body) as answer:
            events = frames(answer)
            thread_id = (await anext(events))["thread"]["id"]
            question = (await anext(events))["item"]["id"]
            await asyncio.wait_for(model.started.wait(), 120)
        await asyncio.wait_for(model.stopped.wait(), 120)
        live_model(ScriptedModel([[assistant_message("Are you sure?")]]))
        await panel.events("threads.retry_after_item", thread_id=thread_id, item_id=question)
        assert await panel.talk(thread_id) == [("user", "delete everything"), ("assistant", "Are you sure?")]


@pytest.mark.parametrize("entry", ["chatkit", "rest"])
async def test_a_server_that_cuts_its_turns_and_closes_gives_them_back_first(
    settings, signing_keys, user, new_panel, states, entry: str
) -> None:
    """As uvicorn does once its time is over: the next message need not wait for the lease to end."""
    app, model = create_app(settings, http=httpx2.MockTransport(signing_keys.handle)), Drip(["Once "])
    async with app.router.lifespan_context(app):
        app.state.resources.assistant.models = lambda now: model
        headers = {"Authorization": f"Bearer {user.token}"}
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://backend", headers=headers)
        if entry == "chatkit":
            turn = asyncio.create_task(new_panel(http).begin("tell me a story"))
        else:
            turn = asyncio.create_task(http.post("/api/me/chat", json={"message": "tell me a story"}))
        await asyncio.wait_for(model.started.wait(), 120)
        await asyncio.sleep(0.2)
        turn.cancel()
    await asyncio.wait([turn])
    assert states(user) == ["stopped"]
    panel = new_panel(user.http)
    (thread,) = (await panel.request("threads.list")).json()["data"]
    assert await panel.talk(thread["id"]) == [("user", "tell me a story"), ("assistant", "Once ")]


async def test_a_silent_model_shows_life(live, live_model, user, new_panel, monkeypatch) -> None:
    async def slowly(_):
        await asyncio.sleep(1)
        return [assistant_message("At last")]

    monkeypatch.setattr(stream, "SILENCE_SECONDS", 0.1)
    live_model(ScriptedModel([ModelStep.respond(slowly)]))
    async with live.client(user) as http:
        panel = new_panel(http)
        _, events = await panel.begin("hello")
    shown = [event["text"] for event in events if event["type"] == "progress_update"]
    assert (shown[0], set(shown[1:])) == ("Thinking…", {"Still working…"})
    assert panel.answer_in(events) == "At last"


@pytest.mark.parametrize("key", [None, "key"], ids=["without a key", "with a key"])
async def test_a_turn_with_a_key_beats_while_it_is_silent(
    live, live_model, user, panel, monkeypatch, key: str | None
) -> None:
    """Who sent a key asks again at another replica when the beat stops. Others may not know comments."""
    beats = asyncio.Event()

    async def until_it_beats(_):
        if key is not None:
            await asyncio.wait_for(beats.wait(), 120)
        return [assistant_message("At last")]

    monkeypatch.setattr(stream, "BEAT_SECONDS", 0.05)
    live_model(ScriptedModel([ModelStep.respond(until_it_beats)]))
    body = {"type": "threads.create", "params": {"input": panel.message("hello")}}
    headers = {} if key is None else {"Idempotency-Key": key}
    frames = []
    async with live.client(user) as http, http.stream("POST", "/chatkit", json=body, headers=headers) as answer:
        async for line in answer.aiter_lines():
            frames.append(line)
            if frames.count(":") == 5:
                beats.set()
    assert answer.headers.get("x-beat-seconds") == (None if key is None else "0.05")
    assert (":" in frames) == (key is not None)
    assert "Still working" not in str(frames)
    assert "At last" in str(frames)


async def test_a_conversation_goes_on_at_another_replica(serve, settings, user, new_panel) -> None:
    async with (
        serve(settings.model_copy(update={"pod_name": "pod-1"})) as first,
        serve(settings.model_copy(update={"pod_name": "pod-2"})) as second,
        first.client(user) as at_first,
        second.client(user) as at_second,
    ):
        here, there = new_panel(at_first), new_panel(at_second)
        thread_id, _ = await here.begin("add a task to sail")
        answer = await there.request(
            "threads.add_user_message", thread_id=thread_id, input=there.message("mark it as done")
        )
        assert answer.headers["x-served-by"] == "pod-2"
        assert "Sail" in answer.text
        assert await here.talk(thread_id) == await there.talk(thread_id)
        assert len(await here.talk(thread_id)) == 4
        said = (await at_first.post("/api/me/chat", json={"message": "add a task to row"})).json()
        more = {"message": "mark it as done", "conversation_id": said["conversation_id"]}
        assert "Row" in (await at_second.post("/api/me/chat", json=more)).json()["response"]


async def test_slow_turns_hold_no_connection(serve, settings, new_user, new_panel) -> None:
    """Eight open turns over a pool of two: lists are answered all the same, and every turn ends well."""
    open_turns, go = 0, asyncio.Event()

    async def slowly(_):
        nonlocal open_turns
        open_turns += 1
        await go.wait()
        return [assistant_message("Done")]

    users = [new_user() for _ in range(8)]
    async with serve(settings.model_copy(update={"database_pool_size": 2})) as server:
        server.resources.assistant.models = lambda now: ScriptedModel([ModelStep.respond(slowly)])
        panels = [new_panel(server.client(user)) for user in users]
        turns = [asyncio.create_task(panel.begin("hello")) for panel in panels]

        async def all_open() -> bool:
            return open_turns == len(users)

        await until(all_open)
        for panel, user in zip(panels, users, strict=True):
            listed = await panel.http.get(user.path())
            assert listed.status_code == 200, listed.text  # 503 when no connection comes free
            assert listed.json()["items"] == []
        go.set()
        assert {panel.answer_in(events) for _, events in await asyncio.gather(*turns)} == {"Done"}
        for panel in panels:
            await panel.http.aclose()


async def test_many_at_once_never_mix(live, new_user, new_panel) -> None:
    """Eight people at the same time in one process: each sees their own and nothing else."""
    users = [new_user() for _ in range(8)]

    async def live_through(user) -> None:
        async with live.client(user) as http:
            panel = new_panel(http)
            thread_id, _ = await panel.begin(f"add a task to meet {user.id}")
            listed = panel.answer_in(await panel.say(thread_id, "what's pending?"))
            tasks = (await http.get("/api/me/tasks")).json()["items"]
            assert [task["title"] for task in tasks] == [f"Meet {user.id}"]
            assert listed.count("Meet user-") == listed.count(f"Meet {user.id}") == 1
            assert len(await panel.talk(thread_id)) == 4

    await asyncio.gather(*(live_through(user) for user in users))

"""What nobody reads is not written: neither by a turn for its client, nor by a model for its turn."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from agents import Model, ModelSettings, ModelTracing
from openai.types.responses import ResponseTextDeltaEvent

from todo_backend.assistant.bounded_model import BoundedModel
from todo_backend.assistant.limits import EVENTS_AHEAD
from todo_backend.chat import stream
from todo_backend.chat.stream import FRAMES_AHEAD


class Endless:
    """A turn that always has more to say, and knows how much it said and whether it was closed."""

    def __init__(self) -> None:
        self.said, self.closed = 0, False

    async def frames(self) -> Any:
        try:
            while True:
                self.said += 1
                yield b"data: {}\n\n"
        finally:
            self.closed = True


async def settled() -> None:
    """All that can be done without anybody's help has been done."""
    for _ in range(1_000):
        await asyncio.sleep(0)


async def test_a_turn_is_not_far_ahead_of_its_client() -> None:
    turn = Endless()
    body = (await stream.stream(turn.frames())).body_iterator
    for read in range(1, 200):
        await anext(body)
        await settled() if read % 50 == 0 else None
        assert turn.said <= read + FRAMES_AHEAD + 2
    await body.aclose()
    assert turn.closed


async def test_a_client_that_reads_nothing_ends_the_turn_and_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PATIENCE_SECONDS", 0.01)
    turn = Endless()
    body = (await stream.stream(turn.frames())).body_iterator
    await anext(body)
    async with asyncio.timeout(60):
        while not turn.closed:  # noqa: ASYNC110 (a client has no event for it)
            await asyncio.sleep(0.01)
    rest = [frame async for frame in body]
    assert len(rest) <= FRAMES_AHEAD + 2
    last = json.loads(rest[-1].removeprefix(b"data: "))
    assert (last["type"], last["allow_retry"]) == ("error", True)


class Talkative(Model):
    """A model that always has more to say."""

    said = 0

    async def get_response(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    async def stream_response(self, *_: Any, **__: Any) -> AsyncIterator[Any]:
        while True:
            self.said += 1
            where = {"content_index": 0, "item_id": "m", "output_index": 0, "logprobs": [], "sequence_number": 0}
            yield ResponseTextDeltaEvent(type="response.output_text.delta", delta="x", **where)


async def test_a_model_is_not_far_ahead_of_its_turn() -> None:
    model = Talkative()
    bounded = BoundedModel(model, calls_before=0)
    events: asyncio.Queue[Any] = asyncio.Queue()

    async def run() -> None:  # as the SDK does, which puts all that comes into a queue without an end
        async for event in bounded.stream_response("", [], ModelSettings(), [], None, [], ModelTracing.DISABLED):
            events.put_nowait(event)

    running = asyncio.create_task(run())
    for taken in range(200):
        await events.get()
        await settled() if taken % 50 == 0 else None
        assert model.said <= taken + EVENTS_AHEAD + 2
        bounded.taken()
    running.cancel()
    await asyncio.wait([running])

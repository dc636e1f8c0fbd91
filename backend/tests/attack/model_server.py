"""A model that means harm: an OpenAI-compatible server that sends what a test gives it, byte for byte."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

Event = dict[str, Any]


@dataclass
class Says:
    """The model speaks, in these pieces."""

    pieces: Iterable[str]


@dataclass
class Calls:
    """The model calls tools: (name, arguments as it writes them, id) each."""

    calls: list[tuple[str, str, str]]


@dataclass
class Sends:
    """The server sends these bytes, with these headers."""

    body: Iterable[bytes]
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "text/event-stream"})


@dataclass
class Garbles:
    """The model speaks, and on the way some bytes become others."""

    said: Says
    found: bytes
    put: bytes


Step = Says | Calls | Sends | Garbles


def chat_chunks(step: Says | Calls) -> Iterator[Event]:
    """`step` as the stream of Chat Completions."""

    def chunk(delta: Event, finish: str | None = None) -> Event:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}

    if isinstance(step, Says):
        for piece in step.pieces:
            yield chunk({"role": "assistant", "content": piece})
        yield chunk({}, "stop")
        return
    for index, (name, arguments, call_id) in enumerate(step.calls):
        function = {"name": name, "arguments": arguments}
        yield chunk({"tool_calls": [{"index": index, "id": call_id, "type": "function", "function": function}]})
    yield chunk({}, "tool_calls")


def response_events(step: Says | Calls) -> Iterator[Event]:
    """`step` as the stream of Responses."""
    output: list[Event] = []
    whole = {"id": "r", "object": "response", "created_at": 1, "model": "m", "tools": [], "tool_choice": "auto"}
    whole |= {"parallel_tool_calls": True}
    yield {"type": "response.created", "response": whole | {"status": "in_progress", "output": []}}
    if isinstance(step, Says):
        where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        said = []
        for piece in step.pieces:
            said.append(piece)
            yield {"type": "response.output_text.delta", **where, "delta": piece, "logprobs": []}
        part = {"type": "output_text", "text": "".join(said), "annotations": [], "logprobs": []}
        output.append({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]})
    else:
        for name, arguments, call_id in step.calls:
            call = {"type": "function_call", "id": f"fc_{call_id}", "call_id": call_id, "name": name}
            output.append(call | {"arguments": arguments, "status": "completed"})
    for index, item in enumerate(output):
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": "response.completed", "response": whole | {"status": "completed", "output": output}}


def _sse(events: Iterator[Event], *, named: bool) -> Iterator[bytes]:
    for number, event in enumerate(events):
        text = json.dumps(event | {"sequence_number": number})
        yield ((f"event: {event['type']}\n" if named else "") + f"data: {text}\n\n").encode()
    if not named:
        yield b"data: [DONE]\n\n"


@dataclass
class ModelServer:
    """Where it is, what it will do, what it was asked, and how many events it could send."""

    url: str = ""
    steps: list[Step] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0

    async def answer(self, request: Request) -> Response:
        self.asked.append(json.loads(await request.body()))
        step, named = self.steps.pop(0), request.url.path.endswith("/responses")
        if isinstance(step, Sends):
            return StreamingResponse(self._counted(iter(step.body)), headers=step.headers)
        script = step.said if isinstance(step, Garbles) else step
        frames = _sse(response_events(script) if named else chat_chunks(script), named=named)
        if isinstance(step, Garbles):
            frames = (frame.replace(step.found, step.put) for frame in frames)
        return StreamingResponse(self._counted(frames), media_type="text/event-stream")

    async def _counted(self, frames: Iterator[bytes]) -> AsyncIterator[bytes]:
        for frame in frames:
            yield frame
            self.sent += 1
            await asyncio.sleep(0)

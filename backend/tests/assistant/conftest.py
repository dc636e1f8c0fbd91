"""A server that speaks OpenAI's two protocols over real sockets and does what a test tells it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


@dataclass
class Say:
    """The model speaks; `breaks` cuts the connection in the middle."""

    text: str
    breaks: bool = False


@dataclass
class Use:
    """The model calls tools: (name, arguments) each."""

    calls: list[tuple[str, dict[str, Any]]]


@dataclass
class Refuse:
    """The server answers an error."""

    status: int
    code: str = ""
    message: str = "no"


@dataclass
class Hang:
    """The server never answers."""


Step = Say | Use | Refuse | Hang


def _sse(events: Iterator[dict[str, Any]], *, named: bool) -> Iterator[str]:
    for event in events:
        yield (f"event: {event['type']}\n" if named else "") + f"data: {json.dumps(event)}\n\n"
    if not named:
        yield "data: [DONE]\n\n"


def _chat_chunks(step: Say | Use) -> Iterator[dict[str, Any]]:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}

    yield chunk({"role": "assistant", "content": ""})
    if isinstance(step, Say):
        for word in step.text.split(" "):
            yield chunk({"content": f"{word} "})
        yield chunk({}, "stop")
        return
    for index, (name, arguments) in enumerate(step.calls):
        text = json.dumps(arguments)
        function = {"name": name, "arguments": ""}
        yield chunk({"tool_calls": [{"index": index, "id": f"call_{index}", "type": "function", "function": function}]})
        for piece in (text[:5], text[5:]):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield chunk({}, "tool_calls")


def _response_events(step: Say | Use) -> Iterator[dict[str, Any]]:
    if isinstance(step, Say):
        part = {"type": "output_text", "text": step.text + " ", "annotations": [], "logprobs": []}
        item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}
        output = [item]
    else:
        output = [
            {
                "type": "function_call",
                "id": f"fc_{index}",
                "call_id": f"call_{index}",
                "name": name,
                "arguments": json.dumps(arguments),
                "status": "completed",
            }
            for index, (name, arguments) in enumerate(step.calls)
        ]
    response = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response | {"status": "in_progress", "output": []}}
    ]
    for index, item in enumerate(output):
        begun = item | ({"content": []} if item["type"] == "message" else {"arguments": ""})
        events.append({"type": "response.output_item.added", "output_index": index, "item": begun})
        if isinstance(step, Say):
            where = {"item_id": "msg_1", "output_index": index, "content_index": 0}
            events.append({"type": "response.content_part.added", **where, "part": part | {"text": ""}})
            events += [
                {"type": "response.output_text.delta", **where, "delta": f"{word} ", "logprobs": []}
                for word in step.text.split(" ")
            ]
            events.append({"type": "response.output_text.done", **where, "text": part["text"], "logprobs": []})
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    events.append({"type": "response.completed", "response": response | {"status": "completed", "output": output}})
    for number, event in enumerate(events):
        yield event | {"sequence_number": number}


@dataclass
class OpenAIServer:
    """Where it is, what it will do, and what it was asked: (path, headers, body) each."""

    url: str = ""
    steps: list[Step] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        self.asked.append((request.url.path, dict(request.headers), await request.json()))
        step = self.steps.pop(0)
        if isinstance(step, Hang):
            await asyncio.sleep(120)
        if isinstance(step, Refuse):
            return JSONResponse({"error": {"message": step.message, "code": step.code, "type": "x"}}, step.status)
        assert isinstance(step, Say | Use)
        named = request.url.path.endswith("/responses")
        frames = _sse(_response_events(step) if named else _chat_chunks(step), named=named)

        async def body() -> AsyncIterator[str]:
            for number, frame in enumerate(frames):
                if isinstance(step, Say) and step.breaks and number == 4:
                    raise ConnectionResetError
                yield frame

        return StreamingResponse(body(), media_type="text/event-stream")


@pytest.fixture(scope="module")
async def openai_server(listening: Any) -> AsyncIterator[OpenAIServer]:
    served = OpenAIServer()
    app = Starlette(
        routes=[Route(f"/v1/{path}", served.answer, methods=["POST"]) for path in ("responses", "chat/completions")]
    )
    async with listening(app, timeout_graceful_shutdown=1) as address:
        served.url = f"{address}/v1"
        yield served


@pytest.fixture
def script() -> type:
    """The steps a server can be told to take."""

    class Script:
        say, use, refuse, hang = Say, Use, Refuse, Hang

    return Script

"""One turn: the agent reads the conversation, uses its tools for the actor, and speaks."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from typing import Any
from zoneinfo import ZoneInfo

from agents import (
    Agent,
    RunConfig,
    Runner,
    RunResultStreaming,
    ToolCallItem,
    ToolCallOutputItem,
    TResponseInputItem,
    set_tracing_disabled,
)
from agents.items import TResponseStreamEvent
from agents.stream_events import RawResponsesStreamEvent, RunItemStreamEvent
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseRefusalDeltaEvent,
    ResponseTextDeltaEvent,
)

from todo_backend.assistant.calls import Calls
from todo_backend.assistant.events import (
    AssistantEvent,
    MessageDelta,
    MessageFinished,
    MessageStarted,
    ToolCall,
    ToolFinished,
    ToolStarted,
)
from todo_backend.assistant.failures import NoAnswer, failure
from todo_backend.assistant.in_process_server import InProcessMCPServer
from todo_backend.assistant.models import Models
from todo_backend.assistant.prompts import instructions
from todo_backend.language import Reader
from todo_backend.mcp_server.identity import Actor
from todo_backend.mcp_server.server import ToolServer

MAX_TURNS = 8

set_tracing_disabled(disabled=True)  # traces would send what people write to a third party
_RUN = RunConfig(
    tracing_disabled=True,
    trace_include_sensitive_data=False,
    tool_not_found_behavior="return_error_to_model",
)


async def answer(
    tools: ToolServer,
    models: Models,
    actor: Actor,
    history: list[TResponseInputItem],
    calls: Calls,
    *,
    resumed: bool,
    seconds: float,
) -> AsyncGenerator[AssistantEvent]:
    """`Assistant.answer`, which may take so many `seconds`."""
    now = dt.datetime.now(ZoneInfo(actor.time_zone))
    agent = Agent(
        name="Todo assistant",
        instructions=instructions(now, resumed=resumed),
        model=models(Reader(now, actor.locale)),
        mcp_servers=[InProcessMCPServer(tools, actor, calls)],
    )
    deadline = asyncio.get_running_loop().time() + seconds
    try:
        run = Runner.run_streamed(agent, history, max_turns=MAX_TURNS, run_config=_RUN)
        try:
            async with aclosing(_events(run)) as events:
                while (event := await _next(events, deadline)) is not None:
                    yield event
        finally:
            run.cancel()
    except Exception as error:
        raise failure(error) from error


async def _next(events: AsyncGenerator[AssistantEvent], deadline: float) -> AssistantEvent | None:
    """The next event, None at the end; raises TimeoutError.

    The time runs out here alone: around a `yield`, it would cancel whoever is busy with an event.
    """
    async with asyncio.timeout_at(deadline):
        return await anext(events, None)


async def _events(run: RunResultStreaming) -> AsyncGenerator[AssistantEvent]:
    calls: dict[str, ResponseFunctionToolCall] = {}
    speaking = spoken = False
    async for event in run.stream_events():
        if isinstance(event, RawResponsesStreamEvent):
            for said in _said(event.data):
                if not speaking:
                    yield MessageStarted()
                yield said
                speaking = isinstance(said, MessageDelta)
                spoken = spoken or not speaking
        elif isinstance(event, RunItemStreamEvent):
            match event.item:
                case ToolCallItem(raw_item=ResponseFunctionToolCall() as call):
                    calls[call.call_id] = call
                    yield ToolStarted(call.name)
                case ToolCallOutputItem(call_id=str() as call_id, raw_item=dict() as answer) if call_id in calls:
                    call = calls.pop(call_id)
                    yield ToolFinished(ToolCall(call_id, *map(_storable, (call.name, call.arguments, _text(answer)))))
    if not spoken:
        raise NoAnswer


def _said(event: TResponseStreamEvent) -> Iterator[MessageDelta | MessageFinished]:
    """The words in a model's event, if there are any: some models begin messages that stay empty."""
    match event:
        case ResponseTextDeltaEvent(delta=words) | ResponseRefusalDeltaEvent(delta=words) if words:
            yield MessageDelta(_storable(words))
        case ResponseOutputItemDoneEvent(item=ResponseOutputMessage(content=parts)):
            words = "\n\n".join(part.text if isinstance(part, ResponseOutputText) else part.refusal for part in parts)
            if words.strip():
                yield MessageFinished(_storable(words))


def _storable(text: str) -> str:
    """What a model wrote, without what PostgreSQL or UTF-8 cannot hold: NUL, and halves of surrogate pairs."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\x00", "\ufffd")


def _text(answer: Mapping[str, Any]) -> str:
    """What the model reads of a tool's answer: text, or a list of texts."""
    output = answer["output"]
    return output if isinstance(output, str) else "\n".join(part.get("text", "") for part in output)

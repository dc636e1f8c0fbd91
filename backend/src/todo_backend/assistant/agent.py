"""One turn: the agent reads the conversation, uses its tools for the actor, and speaks."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from agents import (
    Agent,
    Model,
    ModelSettings,
    OpenAIResponsesModel,
    RunConfig,
    Runner,
    RunResultStreaming,
    Tool,
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

from todo_backend.assistant.bounded_model import BoundedModel
from todo_backend.assistant.calls import Calls
from todo_backend.assistant.displayed_message import DisplayedMessage
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
from todo_backend.assistant.limits import MAX_TOKENS
from todo_backend.assistant.models import Models
from todo_backend.assistant.prompts import instructions
from todo_backend.assistant.tools import ToolCaller
from todo_backend.core.text import is_blank
from todo_backend.language.reader import Reader
from todo_backend.mcp_server.identity import Actor

MAX_TURNS = 8

set_tracing_disabled(disabled=True)  # traces would send what people write to a third party
_RUN = RunConfig(
    tracing_disabled=True,
    trace_include_sensitive_data=False,
    tool_not_found_behavior="return_error_to_model",
)


async def answer(
    tools: Sequence[Tool],
    models: Models,
    actor: Actor,
    history: list[TResponseInputItem],
    calls: Calls,
    *,
    resumed: bool,
    seconds: float,
) -> AsyncGenerator[AssistantEvent]:
    """`Assistant.answer` with `tools`, those of `function_tools`; it may take so many `seconds`."""
    now = dt.datetime.now(ZoneInfo(actor.time_zone))
    model = models(Reader(now, actor.locale))
    calls_before, answered = _earlier_tries(history)
    bounded = BoundedModel(model, calls_before=calls_before)
    agent = Agent[ToolCaller](
        name="Todo assistant",
        instructions=instructions(now, resumed=resumed),
        model=bounded,
        model_settings=_settings_of(model),
        tools=list(tools),
    )
    caller = ToolCaller(actor, calls, answered=answered)
    deadline = asyncio.get_running_loop().time() + seconds
    try:
        run = Runner.run_streamed(agent, history, context=caller, max_turns=MAX_TURNS, run_config=_RUN)
        try:
            async with aclosing(_events(run, bounded)) as events:
                while (event := await _next(events, deadline)) is not None:
                    yield event
        finally:
            run.cancel()
    except Exception as error:
        raise failure(error) from error


def _settings_of(model: Model) -> ModelSettings:
    return ModelSettings(max_tokens=MAX_TOKENS if isinstance(model, OpenAIResponsesModel) else None)


def _earlier_tries(history: list[TResponseInputItem]) -> tuple[int, int]:
    """How many calls earlier tries have made, and how many bytes these answered."""
    after_message = takewhile(lambda item: item.get("role") != "user", reversed(history))
    outputs = [str(item.get("output")) for item in after_message if item.get("type") == "function_call_output"]
    return len(outputs), sum(len(output.encode()) for output in outputs)


async def _next(events: AsyncGenerator[AssistantEvent], deadline: float) -> AssistantEvent | None:
    """The next event, None at the end; raises TimeoutError.

    The time runs out here alone: around a `yield`, it would cancel whoever is busy with an event.
    """
    async with asyncio.timeout_at(deadline):
        await asyncio.sleep(0)  # events that are there already would never let the time run out
        return await anext(events, None)


async def _events(run: RunResultStreaming, model: BoundedModel) -> AsyncGenerator[AssistantEvent]:
    calls: dict[str, ResponseFunctionToolCall] = {}
    speaking = spoken = False
    async for event in run.stream_events():
        if isinstance(event, RawResponsesStreamEvent):
            model.taken()
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
                    yield ToolFinished(ToolCall(call_id, call.name, call.arguments, _text(answer)))
    if not spoken:
        raise NoAnswer


def _said(event: TResponseStreamEvent) -> Iterator[MessageDelta | MessageFinished]:
    """The words in a model's event, if there are any: some models begin messages that stay empty."""
    match event:
        case ResponseTextDeltaEvent(delta=words) | ResponseRefusalDeltaEvent(delta=words) if words:
            yield MessageDelta(words)
        case ResponseOutputItemDoneEvent(item=ResponseOutputMessage(content=parts) as message):
            words = "\n\n".join(part.text if isinstance(part, ResponseOutputText) else part.refusal for part in parts)
            if not is_blank(words):
                yield MessageFinished(words, message.display if isinstance(message, DisplayedMessage) else None)


def _text(answer: Mapping[str, Any]) -> str:
    """What the model reads of a tool's answer: text, or a list of texts."""
    output = answer["output"]
    return output if isinstance(output, str) else "\n".join(part.get("text", "") for part in output)

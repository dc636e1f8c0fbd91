"""The built-in assistant as a `Model` of the OpenAI Agents SDK."""

import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from uuid import uuid4

from agents import Model, ModelResponse, ModelSettings, ModelTracing, Tool, TResponseInputItem
from agents.agent_output import AgentOutputSchemaBase
from agents.handoffs import Handoff
from agents.items import TResponseStreamEvent
from agents.usage import Usage
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseContentPartDoneEvent,
    ResponseCreatedEvent,
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseFunctionCallArgumentsDoneEvent,
    ResponseFunctionToolCall,
    ResponseOutputItem,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponsePromptParam,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
)

from todo_backend.assistant.displayed_message import DisplayedMessage
from todo_backend.assistant.offline.answer import Answer
from todo_backend.assistant.offline.dialogue import respond
from todo_backend.assistant.offline.marks import by_clock, whole
from todo_backend.assistant.offline.shown import display_of
from todo_backend.assistant.offline.transcript import read_transcript
from todo_backend.language.reader import Reader

NAME = "builtin"
_DELTAS = re.compile(r"(?:\S*\s+){1,3}|\S+")


class OfflineModel(Model):
    """Answers from rules. Holds no state but `now`, which tells the moment in the person's time zone, and `locale`."""

    def __init__(self, now: Callable[[], datetime], locale: str = "") -> None:
        self._now, self._locale = now, locale

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> ModelResponse:
        """The next tool calls, or the answer."""
        return ModelResponse(output=self._respond(input, tools), usage=Usage(requests=1), response_id=None)

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The same, as the events that the Responses API streams."""
        for event in _events(self._respond(input, tools), model_settings):
            yield event

    def _respond(self, items: str | list[TResponseInputItem], tools: list[Tool]) -> list[ResponseOutputItem]:
        reader = Reader(self._now(), self._locale)
        decision = respond(read_transcript(items), reader, frozenset(tool.name for tool in tools))
        if isinstance(decision, Answer):
            return [_message(decision, reader)]
        return [
            ResponseFunctionToolCall(
                id=f"fc_{uuid4().hex}",
                call_id=f"call_{uuid4().hex}",
                name=call.name,
                arguments=json.dumps(call.arguments, ensure_ascii=False),
                type="function_call",
                status="completed",
            )
            for call in decision
        ]


def _message(answer: Answer, reader: Reader) -> ResponseOutputMessage:
    return DisplayedMessage(
        id=f"msg_{uuid4().hex}",
        content=[_part(whole(by_clock(answer.text, reader)))],
        role="assistant",
        status="completed",
        type="message",
        display=display_of(answer, reader),
    )


def _part(text: str) -> ResponseOutputText:
    return ResponseOutputText(annotations=[], text=text, type="output_text", logprobs=[])


def _events(output: list[ResponseOutputItem], settings: ModelSettings) -> Iterator[TResponseStreamEvent]:
    response = Response(
        id=f"resp_{uuid4().hex}",
        created_at=time.time(),
        model=NAME,
        object="response",
        output=output,
        status="completed",
        tool_choice="auto",
        tools=[],
        parallel_tool_calls=settings.parallel_tool_calls is not False,
    )
    pending = response.model_copy(update={"output": [], "status": "in_progress"})
    number = 0

    def count() -> int:
        nonlocal number
        number += 1
        return number

    yield ResponseCreatedEvent(type="response.created", response=pending, sequence_number=0)
    for place, item in enumerate(output):
        if isinstance(item, ResponseOutputMessage):
            yield from _message_events(item, place, count)
        elif isinstance(item, ResponseFunctionToolCall):
            yield from _call_events(item, place, count)
    yield ResponseCompletedEvent(type="response.completed", response=response, sequence_number=count())


def _message_events(
    item: ResponseOutputMessage, place: int, count: Callable[[], int]
) -> Iterator[TResponseStreamEvent]:
    begun = item.model_copy(update={"content": [], "status": "in_progress"})
    yield ResponseOutputItemAddedEvent(
        type="response.output_item.added", item=begun, output_index=place, sequence_number=count()
    )
    for index, part in enumerate(item.content):
        if not isinstance(part, ResponseOutputText):
            continue
        yield ResponseContentPartAddedEvent(
            type="response.content_part.added",
            item_id=item.id,
            output_index=place,
            content_index=index,
            part=_part(""),
            sequence_number=count(),
        )
        for delta in _DELTAS.findall(part.text):
            yield ResponseTextDeltaEvent(
                type="response.output_text.delta",
                item_id=item.id,
                output_index=place,
                content_index=index,
                delta=delta,
                logprobs=[],
                sequence_number=count(),
            )
        yield ResponseTextDoneEvent(
            type="response.output_text.done",
            item_id=item.id,
            output_index=place,
            content_index=index,
            text=part.text,
            logprobs=[],
            sequence_number=count(),
        )
        yield ResponseContentPartDoneEvent(
            type="response.content_part.done",
            item_id=item.id,
            output_index=place,
            content_index=index,
            part=part,
            sequence_number=count(),
        )
    yield ResponseOutputItemDoneEvent(
        type="response.output_item.done", item=item, output_index=place, sequence_number=count()
    )


def _call_events(
    item: ResponseFunctionToolCall, place: int, count: Callable[[], int]
) -> Iterator[TResponseStreamEvent]:
    begun = item.model_copy(update={"arguments": "", "status": "in_progress"})
    yield ResponseOutputItemAddedEvent(
        type="response.output_item.added", item=begun, output_index=place, sequence_number=count()
    )
    yield ResponseFunctionCallArgumentsDeltaEvent(
        type="response.function_call_arguments.delta",
        item_id=item.id or "",
        output_index=place,
        delta=item.arguments,
        sequence_number=count(),
    )
    yield ResponseFunctionCallArgumentsDoneEvent(
        type="response.function_call_arguments.done",
        item_id=item.id or "",
        output_index=place,
        arguments=item.arguments,
        sequence_number=count(),
    )
    yield ResponseOutputItemDoneEvent(
        type="response.output_item.done", item=item, output_index=place, sequence_number=count()
    )

"""A model within the limits of a turn: its text is cleaned, and what is too much is refused to it or ends the turn."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from typing import Any, cast
from uuid import uuid4

from agents import Model, ModelResponse
from agents.items import TResponseStreamEvent
from openai.types.responses import (
    ResponseCompletedEvent,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseFunctionToolCall,
    ResponseIncompleteEvent,
    ResponseOutputItem,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseOutputText,
    ResponseRefusalDeltaEvent,
    ResponseTextDeltaEvent,
)

from todo_backend.assistant.endings import AnswerCut, Unreadable, check_ending
from todo_backend.assistant.limits import (
    EVENTS_AHEAD,
    MAX_ARGUMENTS_BYTES,
    MAX_ARGUMENTS_OF_TURN_BYTES,
    MAX_CALL_ID,
    MAX_CALLS,
    MAX_CALLS_AT_ONCE,
    MAX_CALLS_WRITTEN,
    MAX_DEPTH,
    MAX_EVENTS,
    MAX_NAME,
    MAX_SAME_CALLS,
    MAX_TEXT_BYTES,
    check_limit,
)
from todo_backend.assistant.model_stream import LineCount, lines_of_turn
from todo_backend.core.text import replace_unstorable, replace_unstorable_escapes

Content = ResponseOutputText | ResponseOutputRefusal

REFUSED = "refused"
"""The only argument of a call that is not made: why, in words for the model."""


_NOT_AT_ONCE = (
    f"No more than {MAX_CALLS_AT_ONCE} calls are made at once. This one and those after it were not made: make them in "
    "your next step, if they are still needed."
)
_NO_MORE = (
    f"No more than {MAX_CALLS} calls are made to answer one message. This one and those after it were not made: tell "
    "the person what was done, and what was not."
)

_IN_CIRCLES = (
    f"This call was made {MAX_SAME_CALLS} times with the same arguments, and its answer will not change. It was not "
    "made again: tell the person what was done, and what was not."
)

_TOO_LONG = (
    f"The arguments of all calls were longer than {MAX_ARGUMENTS_OF_TURN_BYTES} bytes. This call was not made: tell "
    "the person what was done, and what was not."
)


class BoundedModel(Model):
    """`model` for one turn, which made `calls_before` in earlier tries.

    It is no more than EVENTS_AHEAD of its reader, who says so for each event by `taken`.
    """

    def __init__(self, model: Model, *, calls_before: int) -> None:
        self._model = model
        self._calls_left = max(0, MAX_CALLS - calls_before)
        self._ahead = asyncio.Semaphore(EVENTS_AHEAD)
        self._events = self._said = self._saying = self._arguments = 0
        self._ids: set[str] = set()
        self._made = Counter[tuple[str, str]]()
        self._lines = LineCount()

    def taken(self) -> None:
        """The reader has dealt with an event."""
        self._ahead.release()

    async def get_response(self, *arguments: Any, **options: Any) -> ModelResponse:  # noqa: ANN401 (Model's own)
        """Not asked for: turns are streamed."""
        raise NotImplementedError

    async def stream_response(
        self,
        *arguments: Any,  # noqa: ANN401 (Model's own)
        **options: Any,  # noqa: ANN401
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The events that matter to a turn: words, messages, and the end with its calls.

        Raises TooMuch, and AnswerCut, AnswerWithheld or Unreadable for what is no whole answer.
        """
        lines_of_turn.set(self._lines)
        stream = self._model.stream_response(*arguments, **options)
        done: list[ResponseOutputItem] = []
        written = 0
        try:
            async with aclosing(cast("AsyncGenerator[TResponseStreamEvent]", stream)) as events:
                async for event in events:
                    await self._count_event()
                    match event:
                        case ResponseOutputItemAddedEvent(item=ResponseFunctionToolCall()):
                            written += 1
                            check_limit(written, MAX_CALLS_WRITTEN, f"{MAX_CALLS_WRITTEN} calls of tools at once")
                        case ResponseOutputItemDoneEvent(item=item):
                            done.append(item)
                    if (passed := self._passed(event, done)) is not None:
                        await self._ahead.acquire()
                        yield passed
                    if isinstance(event, ResponseCompletedEvent | ResponseFailedEvent | ResponseErrorEvent):
                        return
        except (AttributeError, LookupError, TypeError, ValueError) as error:  # the SDK takes a form for granted
            raise Unreadable("the model's answer has not the form of one") from error
        raise AnswerCut(None)

    async def _count_event(self) -> None:
        self._events += 1
        check_limit(self._events, MAX_EVENTS, f"{MAX_EVENTS} pieces")
        if self._events % EVENTS_AHEAD == 0:
            await asyncio.sleep(0)  # a server that is faster than us must not keep others waiting

    def _passed(self, event: TResponseStreamEvent, done: list[ResponseOutputItem]) -> TResponseStreamEvent | None:
        match event:
            case ResponseTextDeltaEvent(delta=words) | ResponseRefusalDeltaEvent(delta=words):
                words = replace_unstorable(words)
                self._saying += len(words.encode())
                self._check_said()
                return event.model_copy(update={"delta": words})
            case ResponseOutputItemDoneEvent(item=ResponseOutputMessage() as message) if message.status != "incomplete":
                message = _cleaned(message)
                self._said, self._saying = self._said + _size_of(message), 0
                self._check_said()
                return event.model_copy(update={"item": message})
            case ResponseCompletedEvent(response=response):
                output = list(self._within_limits(response.output or done))
                return event.model_copy(update={"response": response.model_copy(update={"output": output})})
            case ResponseIncompleteEvent(response=response):
                check_ending(response.incomplete_details.reason if response.incomplete_details else None)
            case ResponseFailedEvent() | ResponseErrorEvent():
                return event
        return None

    def _check_said(self) -> None:
        check_limit(self._said + self._saying, MAX_TEXT_BYTES, f"{MAX_TEXT_BYTES >> 10} KB of words")

    def _within_limits(self, output: Iterable[ResponseOutputItem]) -> Iterable[ResponseOutputItem]:
        """`output` with as many calls as may be made, and one more that says why the others are not."""
        room = min(MAX_CALLS_AT_ONCE, self._calls_left)
        for item in output:
            if isinstance(item, ResponseOutputMessage):
                yield _cleaned(item)
            elif not isinstance(item, ResponseFunctionToolCall):
                yield item
            elif room > 0:
                room -= 1
                self._calls_left -= 1
                yield self._bounded(self._named(item))
            else:
                yield _refused(self._named(item), _NOT_AT_ONCE if self._calls_left else _NO_MORE)
                return

    def _named(self, call: ResponseFunctionToolCall) -> ResponseFunctionToolCall:
        """`call` with a name and an id that can be kept; an id of ours where it has none, or another's of the turn."""
        call_id = replace_unstorable(call.call_id)[:MAX_CALL_ID]
        if not call_id or call_id in self._ids:
            call_id = f"call_{uuid4().hex}"
        self._ids.add(call_id)
        return call.model_copy(update={"name": replace_unstorable(call.name)[:MAX_NAME], "call_id": call_id})

    def _bounded(self, call: ResponseFunctionToolCall) -> ResponseFunctionToolCall:
        """`call` with arguments that can be kept, and that do not fill a page."""
        arguments = replace_unstorable_escapes(call.arguments)
        size = len(arguments.encode())
        if size > MAX_ARGUMENTS_BYTES:
            return _refused(call, f"The arguments were longer than {MAX_ARGUMENTS_BYTES} bytes: write shorter ones.")
        if _is_too_deep(arguments):
            return _refused(call, "The arguments were nested too deeply: write them as the tool describes them.")
        self._arguments += size
        if self._arguments > MAX_ARGUMENTS_OF_TURN_BYTES:
            return _refused(call, _TOO_LONG)
        self._made[call.name, arguments] += 1
        if self._made[call.name, arguments] > MAX_SAME_CALLS:
            return _refused(call, _IN_CIRCLES)
        return call.model_copy(update={"arguments": arguments})


def _cleaned(message: ResponseOutputMessage) -> ResponseOutputMessage:
    """`message` with words that can be kept."""
    return message.model_copy(update={"content": [_cleaned_part(part) for part in message.content]})


def _cleaned_part(part: Content) -> Content:
    if isinstance(part, ResponseOutputText):
        return part.model_copy(update={"text": replace_unstorable(part.text)})
    return part.model_copy(update={"refusal": replace_unstorable(part.refusal)})


def _size_of(message: ResponseOutputMessage) -> int:
    return sum(
        len((part.text if isinstance(part, ResponseOutputText) else part.refusal).encode()) for part in message.content
    )


def _is_too_deep(arguments: str) -> bool:
    try:
        return _depth(json.loads(arguments)) > MAX_DEPTH
    except RecursionError:
        return True
    except ValueError:  # no JSON, which the model is told
        return False


def _depth(value: object) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inside), default=0)


def _refused(call: ResponseFunctionToolCall, why: str) -> ResponseFunctionToolCall:
    return call.model_copy(update={"arguments": json.dumps({REFUSED: why})})

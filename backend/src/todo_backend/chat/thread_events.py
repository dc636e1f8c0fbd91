"""A turn as ChatKit's thread events, and those as the frames of a stream."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from chatkit.errors import ErrorCode
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    ClientEffectEvent,
    ErrorEvent,
    ProgressUpdateEvent,
    StreamOptions,
    StreamOptionsEvent,
    ThreadCreatedEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
)

from todo_backend.assistant.errors import AssistantFailed
from todo_backend.assistant.events import ToolStarted
from todo_backend.chat.items import text_of, thread_of
from todo_backend.chat.progress import THINKING, changes_tasks, working_on
from todo_backend.chat.stream import frame_of
from todo_backend.chat.turn import AnswerDelta, AnswerFinished, AnswerStarted, ToolRecorded, Turn, TurnEvent
from todo_backend.core.errors import Problem

logger = logging.getLogger(__name__)

TASKS_CHANGED = "tasks_changed"

# What a turn leaves behind: enough to show the whole of it again.
_LASTING = (ThreadCreatedEvent, ThreadUpdatedEvent, ThreadItemDoneEvent, ClientEffectEvent)


async def frames(turn: Turn, beginning: list[ThreadStreamEvent]) -> AsyncGenerator[bytes]:
    """The frames of `turn` after those of `beginning`. What goes wrong is the last one, once the turn has ended."""
    lasting: list[bytes] = []
    try:
        async with turn.held(), aclosing(_whole(turn, beginning)) as events:
            async for event in events:
                frame = frame_of(event)
                if isinstance(event, _LASTING):
                    lasting.append(frame)
                yield frame
            await turn.answered(b"".join(lasting).decode())
    except AssistantFailed as failed:
        yield frame_of(error(failed.detail, allow_retry=failed.retry))
    except Problem as problem:
        yield frame_of(error(problem.detail, allow_retry=True))
    except Exception:
        logger.exception("a turn failed")
        yield frame_of(ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=True))


def error(text: str, *, allow_retry: bool) -> ErrorEvent:
    """What went wrong, in words for the person."""
    return ErrorEvent(code="custom", message=text, allow_retry=allow_retry)


async def _whole(turn: Turn, beginning: list[ThreadStreamEvent]) -> AsyncGenerator[ThreadStreamEvent]:
    for event in beginning:
        yield event
    yield StreamOptionsEvent(stream_options=StreamOptions(allow_cancel=True))
    yield ProgressUpdateEvent(text=THINKING)
    if (title := turn.opening.title) is not None:
        yield ThreadUpdatedEvent(thread=thread_of(turn.opening.conversation._replace(title=title)))
    async with aclosing(turn.events()) as happening:
        async for happened in happening:
            for event in _shown(happened):
                yield event


def _shown(event: TurnEvent) -> list[ThreadStreamEvent]:
    """`event` as ChatKit shows it."""
    match event:
        case ToolStarted(name):
            return [ProgressUpdateEvent(text=working_on(name))]
        case ToolRecorded(record):
            return [ClientEffectEvent(name=TASKS_CHANGED)] if changes_tasks(record.content["name"]) else []
        case AnswerStarted(item):
            part = AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))
            return [ThreadItemAddedEvent(item=item), ThreadItemUpdatedEvent(item_id=item.id, update=part)]
        case AnswerDelta(item_id, text):
            words = AssistantMessageContentPartTextDelta(content_index=0, delta=text)
            return [ThreadItemUpdatedEvent(item_id=item_id, update=words)]
        case AnswerFinished(item):
            content = AssistantMessageContent(text=text_of(item))
            whole = AssistantMessageContentPartDone(content_index=0, content=content)
            return [ThreadItemUpdatedEvent(item_id=item.id, update=whole), ThreadItemDoneEvent(item=item)]

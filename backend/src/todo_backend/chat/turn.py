"""A turn, the same one behind REST and ChatKit: a message of the person, and what the assistant does about it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import NAMESPACE_OID, uuid5

import anyio
from chatkit.types import AssistantMessageItem, HiddenContextItem, ThreadItem, UserMessageItem
from psycopg import Error

from todo_backend.assistant.assistant import Assistant
from todo_backend.assistant.events import (
    MessageDelta,
    MessageFinished,
    MessageStarted,
    ToolCall,
    ToolFinished,
    ToolStarted,
)
from todo_backend.chat.cards import display_of
from todo_backend.chat.items import assistant_message, model_input, new_id, stopped_mark, to_message, tool_record
from todo_backend.chat.repository import Conversation
from todo_backend.chat.tool_calls import ToolCalls
from todo_backend.chat.turn_lease import TurnLease
from todo_backend.core.errors import Problem
from todo_backend.mcp_server.identity import Actor
from todo_backend.tasks.origin import EntryPoint, Origin

_SAVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ToolRecorded:
    """A tool has answered, and the record of it is kept."""

    record: HiddenContextItem


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    """The assistant begins to speak: a message without words."""

    item: AssistantMessageItem


@dataclass(frozen=True, slots=True)
class AnswerDelta:
    """The next piece of the message."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerFinished:
    """The whole message, which is kept."""

    item: AssistantMessageItem


TurnEvent: TypeAlias = ToolStarted | ToolRecorded | AnswerStarted | AnswerDelta | AnswerFinished


@dataclass(frozen=True, slots=True)
class Opening:
    """What a turn begins with. The history ends at the message, and at what earlier tries to answer it have done."""

    conversation: Conversation
    message: UserMessageItem
    history: list[ThreadItem]
    resumed_from: list[HiddenContextItem]  # records of tool calls that earlier tries made
    title: str | None  # of a conversation that had none


def _origin(opening: Opening) -> Origin:
    """Of all that a turn changes, in whichever try: it is undone as one."""
    conversation = opening.conversation
    batch = uuid5(NAMESPACE_OID, f"{conversation.thread_id}\n{opening.message.id}")
    return Origin(EntryPoint.CHAT, str(conversation.id), batch)


class Turn:
    """One turn that runs. Everything in it happens while it is `held`."""

    def __init__(self, assistant: Assistant, actor: Actor, lease: TurnLease, opening: Opening) -> None:
        self._assistant = assistant
        self._actor = actor
        self._lease = lease
        self.opening = opening
        self._thread_id = opening.conversation.thread_id
        self._speaking = assistant_message(self._thread_id, "", new_id("msg"))
        self._words = ""

    def held(self) -> AbstractAsyncContextManager[None]:
        """Hold the turn for a block; one that does not end in it ends with it, and may be tried again."""
        return self._lease.held()

    async def answered(self, body: str) -> None:
        """End the turn; `body` is the answer to its request."""
        await self._lease.answered(body)

    async def events(self) -> AsyncGenerator[TurnEvent]:
        """What happens, each once it is kept. Raises AssistantFailed; TurnLost when another process took over."""
        opening, principal = self.opening, self._actor.principal
        calls = ToolCalls(self._lease, principal, opening.conversation, opening.message.id, opening.resumed_from)
        actor = replace(self._actor, origin=(origin := _origin(opening)))
        records = [*opening.resumed_from]
        try:
            answering = self._assistant.answer(
                actor, model_input(opening.history), calls, resumed=bool(opening.resumed_from)
            )
            async with aclosing(answering) as answer:
                while (event := await self._lease.next_of(answer)) is not None:
                    match event:
                        case ToolStarted():
                            yield event
                        case ToolFinished(call):
                            records.append(calls.record_of(call.call_id) or await self._record_refused(call))
                            yield ToolRecorded(records[-1])
                        case MessageStarted():
                            self._speaking, self._words = assistant_message(self._thread_id, "", new_id("msg")), ""
                            yield AnswerStarted(self._speaking)
                        case MessageDelta(text):
                            self._words += text
                            yield AnswerDelta(self._speaking.id, text)
                        case MessageFinished(text, known):
                            display = display_of(text, known, records, origin.batch)
                            item = assistant_message(self._thread_id, text, self._speaking.id, display)
                            await self._lease.keep(to_message(item))
                            self._words = ""
                            yield AnswerFinished(item)
        except (asyncio.CancelledError, GeneratorExit):
            await self._keep_partial()
            raise

    async def _record_refused(self, call: ToolCall) -> HiddenContextItem:
        """Record a call that changed nothing: there is no such tool, or it failed. Another try may make it again."""
        record = tool_record(self._thread_id, new_id("refused"), call.name, call.arguments, call.output)
        await self._lease.keep(to_message(record))
        return record

    async def _keep_partial(self) -> None:
        """Keep what was said until the turn was stopped; the task around this is being cancelled."""
        with anyio.move_on_after(_SAVE_SECONDS, shield=True), suppress(Problem, Error):
            if self._words.strip():
                await self._lease.keep(to_message(assistant_message(self._thread_id, self._words, self._speaking.id)))
            await self._lease.keep(to_message(stopped_mark(self._thread_id)))

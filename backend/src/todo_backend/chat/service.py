"""A turn over REST: the same conversations and the same turns as behind ChatKit, answered at once."""

import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

from chatkit.types import HiddenContextItem

from todo_backend.assistant.errors import AssistantFailed
from todo_backend.chat import repository
from todo_backend.chat.items import text_input, text_of
from todo_backend.chat.schemas import ChatAnswer, ToolUse
from todo_backend.chat.turn import AnswerFinished, ToolRecorded, Turn
from todo_backend.chat.turn_queue import Said, Turns
from todo_backend.core.errors import NotFound
from todo_backend.db.idempotency import IdempotentRequest
from todo_backend.db.pool import Pool
from todo_backend.mcp_server.identity import Actor


class ChatService:
    """Conversations of the actor that each call names. No connection is held while the assistant thinks."""

    def __init__(self, pool: Pool, turns: Turns) -> None:
        self._pool = pool
        self._turns = turns

    async def say(
        self,
        actor: Actor,
        conversation_id: int | None,
        text: str,
        request: IdempotentRequest | None,
        gone: Callable[[], Awaitable[bool]],
    ) -> str:
        """A ChatAnswer as JSON text, or, for a `request` that was answered before, that answer.

        Raises NotFound, and AssistantFailed with the person's message kept; Conflict when the conversation is busy or
        the turn of the `request` under way; Invalid when the conversation went on since the `request`. A message waits
        no longer than its client, which may be `gone`.
        """
        thread_id = None if conversation_id is None else await self._thread_id(actor, conversation_id)
        if (known := await self._turns.claim(actor, request, gone)) is not None:
            return known
        turn = await self._turns.begin(actor, Said(thread_id, text_input(text)), request, gone)
        try:
            async with turn.held():
                answer = (await _folded(turn)).model_dump_json()
                await turn.answered(answer)
                return answer
        except AssistantFailed as failed:
            kept = f"{failed.detail} Your message is kept in conversation {turn.opening.conversation.id}."
            raise AssistantFailed(kept, failed.status, retry=failed.retry) from failed

    async def _thread_id(self, actor: Actor, conversation_id: int) -> str:
        found = await repository.get_conversation_by_number(self._pool, actor.principal, conversation_id)
        if found is None:
            raise NotFound(f"Conversation {conversation_id} was not found.")
        return found.thread_id


async def _folded(turn: Turn) -> ChatAnswer:
    said: list[str] = []
    done = [_use_of(record) for record in turn.opening.resumed_from]
    async with aclosing(turn.events()) as events:
        async for event in events:
            match event:
                case ToolRecorded(record):
                    done.append(_use_of(record))
                case AnswerFinished(item):
                    said.append(text_of(item))
    return ChatAnswer(conversation_id=turn.opening.conversation.id, response="\n\n".join(said), tool_calls=done)


def _use_of(record: HiddenContextItem) -> ToolUse:
    call = record.content
    return ToolUse(name=call["name"], arguments=_parsed(call["arguments"]), result=_parsed(call["output"]))


def _parsed(text: str) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """What a JSON text says; other text as it is, such as a tool's error."""
    try:
        return json.loads(text)
    except ValueError:
        return text

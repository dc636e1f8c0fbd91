"""A turn over REST: the same conversations and the same assistant as behind ChatKit, answered at once."""

import datetime as dt
import json
from collections.abc import Callable
from contextlib import aclosing
from itertools import takewhile
from typing import Any

from chatkit.store import NotFoundError
from chatkit.types import HiddenContextItem, ThreadItem, UserMessageItem

from todo_backend.assistant.agent import Assistant
from todo_backend.assistant.failures import AssistantFailed
from todo_backend.assistant.turn import MessageFinished, ToolFinished
from todo_backend.chat import repository
from todo_backend.chat.items import (
    HISTORY_ITEMS,
    assistant_message,
    model_input,
    new_id,
    title_of,
    tool_record,
    user_message,
)
from todo_backend.chat.repository import Conversation
from todo_backend.chat.schemas import ChatAnswer, ToolUse
from todo_backend.chat.store import ConversationStore
from todo_backend.chat.turn_key import KeyedActor, TurnKey, check_is_last
from todo_backend.core.errors import NotFound
from todo_backend.db.idempotency import IdempotentRequest
from todo_backend.db.pool import Pool
from todo_backend.mcp_server.identity import Actor


class ChatService:
    """Conversations of the actor that each call names. No connection is held while the assistant thinks."""

    def __init__(self, pool: Pool, store: ConversationStore, assistant: Assistant) -> None:
        self._pool = pool
        self._store = store
        self._assistant = assistant

    async def say(
        self, actor: Actor, conversation_id: int | None, text: str, request: IdempotentRequest | None = None
    ) -> str:
        """A ChatAnswer as JSON text, or, for a `request` that was answered before, that answer.

        Raises NotFound, and AssistantFailed with the person's message kept; for a `request` also Conflict while its
        turn is under way, and Invalid when the conversation went on since.
        """
        if request is None:
            return await self._turn(actor, conversation_id, text, new_id)
        key = TurnKey(self._pool, actor.principal, request)
        if (known := await key.claim()) is not None:
            return known
        async with key.held():
            keyed = KeyedActor(actor.principal, actor.time_zone, key=key)
            answer = await self._turn(keyed, conversation_id, text, key.make_id)
            await key.answer(answer)
        return answer

    async def _turn(self, actor: Actor, conversation_id: int | None, text: str, make_id: Callable[[str], str]) -> str:
        conversation = await self._conversation(actor, conversation_id, text, make_id)
        thread_id, message_id = conversation.thread_id, make_id("msg")
        said: list[str] = []
        done: list[ToolUse] = []
        try:
            await self._store.add_thread_item(thread_id, user_message(thread_id, text, message_id), actor)
            newest = (await self._store.load_thread_items(thread_id, None, HISTORY_ITEMS, "desc", actor)).data
            if isinstance(actor, KeyedActor):
                check_is_last(newest, message_id)
                actor.remember(newest)
                newest, done = await self._without_answer(actor, thread_id, newest)
            async with aclosing(self._assistant.answer(actor, model_input(reversed(newest)))) as turn:
                async for event in turn:
                    match event:
                        case ToolFinished(call):
                            record = tool_record(thread_id, call)
                            await self._store.add_thread_item(thread_id, record, actor)
                            done.append(_use_of(record))
                        case MessageFinished(words):
                            item = assistant_message(thread_id, words, new_id("msg"))
                            await self._store.add_thread_item(thread_id, item, actor)
                            said.append(words)
        except AssistantFailed as failed:
            kept = f"{failed.detail} Your message is kept in conversation {conversation.id}."
            raise AssistantFailed(kept, failed.status) from failed
        except NotFoundError:
            raise NotFound(f"Conversation {conversation.id} was deleted meanwhile.") from None
        answer = ChatAnswer(conversation_id=conversation.id, response="\n\n".join(said), tool_calls=done)
        return answer.model_dump_json()

    async def _without_answer(
        self, actor: Actor, thread_id: str, newest: list[ThreadItem]
    ) -> tuple[list[ThreadItem], list[ToolUse]]:
        """`newest` without what was said after the last message before its process died, and what was done then."""
        answered = list(takewhile(lambda item: not isinstance(item, UserMessageItem), newest))
        records = [item for item in answered if isinstance(item, HiddenContextItem)]
        for item in answered:
            if item not in records:
                await self._store.delete_thread_item(thread_id, item.id, actor)
        return [*records, *newest[len(answered) :]], [_use_of(record) for record in reversed(records)]

    async def _conversation(
        self, actor: Actor, conversation_id: int | None, text: str, make_id: Callable[[str], str]
    ) -> Conversation:
        if conversation_id is not None:
            found = await repository.get_conversation_by_number(self._pool, actor.principal, conversation_id)
        else:
            found = await repository.save_conversation(
                self._pool,
                actor.principal,
                make_id("thr"),
                title=title_of(text),
                metadata={},
                created_at=dt.datetime.now(dt.UTC),
            )
        if found is None:
            raise NotFound(f"Conversation {conversation_id} was not found.")
        return found


def _use_of(record: HiddenContextItem) -> ToolUse:
    call = record.content
    return ToolUse(name=call["name"], arguments=_parsed(call["arguments"]), result=_parsed(call["output"]))


def _parsed(text: str) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """What a JSON text says; other text as it is, such as a tool's error."""
    try:
        return json.loads(text)
    except ValueError:
        return text

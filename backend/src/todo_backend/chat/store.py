"""ChatKit's store over the conversations in PostgreSQL. A connection is held for one statement at a time."""

from typing import Never

from chatkit.store import NotFoundError, Store, StoreItemType
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata

from todo_backend.chat import repository
from todo_backend.chat.items import TOOL, from_json, new_id, to_message, utc
from todo_backend.chat.repository import Conversation, Direction
from todo_backend.chat.turn_key import KeyedActor
from todo_backend.db.pool import Pool
from todo_backend.mcp_server.identity import Actor

MAX_PAGE = 100


class ConversationStore(Store[Actor]):
    """Threads and items of the actor that each call names; others' do not exist for it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def generate_thread_id(self, context: Actor) -> str:
        """An id that is unique, unlike the library's 32 bits; for a turn with a key it is always the same."""
        return _id_for(context, "thr")

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: Actor) -> str:
        """The same for items. The only "message" that gets its id here is the person's, which begins a turn."""
        return _id_for(context, "msg") if item_type == "message" else new_id(item_type)

    async def load_thread(self, thread_id: str, context: Actor) -> ThreadMetadata:
        """The thread; raises NotFoundError."""
        conversation = await repository.get_conversation(self._pool, context.principal, thread_id)
        if conversation is None:
            raise NotFoundError
        return _thread(conversation)

    async def save_thread(self, thread: ThreadMetadata, context: Actor) -> None:
        """Create or change the thread; raises NotFoundError when it is another user's."""
        saved = await repository.save_conversation(
            self._pool,
            context.principal,
            thread.id,
            title=thread.title,
            metadata=thread.metadata,
            created_at=utc(thread.created_at),
        )
        if saved is None:
            raise NotFoundError

    async def load_threads(self, limit: int, after: str | None, order: str, context: Actor) -> Page[ThreadMetadata]:
        """Threads by their last use."""
        limit = _page_size(limit)
        found = await repository.list_conversations(
            self._pool, context.principal, after=after, limit=limit + 1, direction=_direction(order)
        )
        threads = [_thread(conversation) for conversation in found[:limit]]
        return Page(data=threads, has_more=len(found) > limit, after=threads[-1].id if threads else None)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Actor
    ) -> Page[ThreadItem]:
        """Items in the order they were said."""
        limit = _page_size(limit)
        found = await repository.list_messages(
            self._pool, context.principal, thread_id, after=after, limit=limit + 1, direction=_direction(order)
        )
        items = [from_json(text) for text in found[:limit]]
        return Page(data=items, has_more=len(found) > limit, after=items[-1].id if items else None)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Actor) -> None:
        """Store the item, with its stamp made UTC in place: ChatKit sends this very object on.

        Raises NotFoundError when the thread is gone, TurnLost when another process goes on with the turn.
        """
        if isinstance(context, KeyedActor):
            await context.key.renew()
        item.created_at = utc(item.created_at)
        if not await repository.save_message(self._pool, context.principal, thread_id, to_message(item)):
            raise NotFoundError

    async def save_item(self, thread_id: str, item: ThreadItem, context: Actor) -> None:
        """Store the item again."""
        await self.add_thread_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: Actor) -> ThreadItem:
        """The item; raises NotFoundError."""
        text = await repository.get_message(self._pool, context.principal, thread_id, item_id)
        if text is None:
            raise NotFoundError
        return from_json(text)

    async def delete_thread(self, thread_id: str, context: Actor) -> None:
        """Delete the thread and its items."""
        await repository.delete_conversation(self._pool, context.principal, thread_id)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Actor) -> None:
        """Take the item out of its thread, unless it records what a tool did.

        An answer that is tried again must not do it again: the model has to know that it is done.
        """
        if item_id.startswith(f"{TOOL}_"):
            return
        await repository.delete_message(self._pool, context.principal, thread_id, item_id)

    async def save_feedback(self, thread_id: str, item_ids: list[str], kind: str, context: Actor) -> None:
        """Keep what the user thinks of the items."""
        await repository.set_feedback(self._pool, context.principal, thread_id, item_ids, kind)

    async def save_attachment(self, attachment: Attachment, context: Actor) -> Never:
        """There are no attachments."""
        raise NotFoundError

    async def load_attachment(self, attachment_id: str, context: Actor) -> Never:
        """There are no attachments."""
        raise NotFoundError

    async def delete_attachment(self, attachment_id: str, context: Actor) -> Never:
        """There are no attachments."""
        raise NotFoundError


def _id_for(actor: Actor, kind: str) -> str:
    return actor.key.make_id(kind) if isinstance(actor, KeyedActor) else new_id(kind)


def _thread(conversation: Conversation) -> ThreadMetadata:
    return ThreadMetadata(
        id=conversation.thread_id,
        title=conversation.title,
        created_at=conversation.created_at,
        metadata=conversation.metadata,
    )


def _page_size(limit: int) -> int:
    return max(1, min(limit, MAX_PAGE))


def _direction(order: str) -> Direction:
    return "asc" if order == "asc" else "desc"

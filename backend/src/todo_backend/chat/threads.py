"""What ChatKit asks about threads without a turn of the assistant: read, rename, delete, rate."""

from typing import Literal, TypeAlias

from chatkit.types import (
    ItemsFeedbackReq,
    ItemsListReq,
    NonStreamingReq,
    Page,
    Thread,
    ThreadItem,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsListReq,
    ThreadsUpdateReq,
)

from todo_backend.auth.principal import Principal
from todo_backend.chat import repository, turn_lease, turn_repository
from todo_backend.chat.items import from_json, thread_of
from todo_backend.chat.repository import Conversation
from todo_backend.core.errors import Invalid, NotFound
from todo_backend.db.pool import Pool

Answer: TypeAlias = Thread | Page[Thread] | Page[ThreadItem] | None

NO_ACTIONS = "This app has no actions of that kind."
_NOT_FOUND = "This conversation was not found."
_MAX_PAGE, _DEFAULT_PAGE = 100, 20


class Threads:
    """Threads of the principal that each call names; others' do not exist for it. A connection serves one statement."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def answer(self, principal: Principal, request: NonStreamingReq) -> Answer:
        """What `request` asks for, None when there is nothing to say; raises NotFound, and Invalid for an action."""
        match request:
            case ThreadsGetByIdReq(params=asked):
                return await self._thread(principal, asked.thread_id)
            case ThreadsListReq(params=asked):
                return await self._list(principal, asked.after, asked.limit, asked.order)
            case ItemsListReq(params=asked):
                return await self._items(principal, asked.thread_id, asked.after, asked.limit, asked.order)
            case ThreadsUpdateReq(params=asked):
                renamed = await repository.rename_conversation(self._pool, principal, asked.thread_id, asked.title)
                return thread_of(_found(renamed))
            case ThreadsDeleteReq(params=asked):
                await repository.delete_conversation(self._pool, principal, asked.thread_id)
                return None
            case ItemsFeedbackReq(params=asked):
                await repository.set_feedback(self._pool, principal, asked.thread_id, asked.item_ids, asked.kind)
                return None
        raise Invalid(NO_ACTIONS)

    async def get(self, principal: Principal, thread_id: str) -> Thread:
        """The thread, without its items; raises NotFound."""
        return thread_of(_found(await repository.get_conversation(self._pool, principal, thread_id)))

    async def get_item(self, principal: Principal, thread_id: str, item_id: str) -> ThreadItem:
        """The item; raises NotFound."""
        text = await repository.get_message(self._pool, principal, thread_id, item_id)
        if text is None:
            raise NotFound(_NOT_FOUND)
        return from_json(text)

    async def _thread(self, principal: Principal, thread_id: str) -> Thread:
        """The thread with its first items, and whether an answer is on its way.

        That is looked up before the items are: an answer that is on its way no more is among them.
        """
        conversation = _found(await repository.get_conversation(self._pool, principal, thread_id))
        answering = await turn_repository.any_open(self._pool, principal, conversation.id, turn_lease.LEASE)
        items = await self._items(principal, thread_id, order="asc")
        return thread_of(conversation).model_copy(update={"items": items, "metadata": {"answering": answering}})

    async def _list(
        self, principal: Principal, after: str | None, limit: int | None, order: Literal["asc", "desc"]
    ) -> Page[Thread]:
        """Threads by their last use."""
        limit = _page_size(limit)
        found = await repository.list_conversations(
            self._pool, principal, after=after, limit=limit + 1, direction=order
        )
        threads = [thread_of(conversation) for conversation in found[:limit]]
        return Page(data=threads, has_more=len(found) > limit, after=threads[-1].id if threads else None)

    async def _items(
        self,
        principal: Principal,
        thread_id: str,
        after: str | None = None,
        limit: int | None = None,
        order: Literal["asc", "desc"] = "desc",
    ) -> Page[ThreadItem]:
        """What was said, in its order."""
        page = await repository.list_messages(
            self._pool, principal, thread_id, after=after, limit=_page_size(limit), direction=order
        )
        items = [from_json(text) for text in page.items]
        return Page[ThreadItem](data=items, has_more=page.has_more, after=items[-1].id if items else None)


def _found(conversation: Conversation | None) -> Conversation:
    if conversation is None:
        raise NotFound(_NOT_FOUND)
    return conversation


def _page_size(limit: int | None) -> int:
    return max(1, min(limit or _DEFAULT_PAGE, _MAX_PAGE))

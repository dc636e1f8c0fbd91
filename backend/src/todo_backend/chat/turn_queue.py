"""Turns begin: one after another in each conversation, in the order in which their messages arrive."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chatkit.types import HiddenContextItem, UserMessageInput, UserMessageItem

from todo_backend.assistant.assistant import Assistant
from todo_backend.auth.principal import Principal
from todo_backend.chat import repository, turn_lease
from todo_backend.chat.items import (
    HISTORY_ITEMS,
    MAX_HISTORY_BYTES,
    TOOL,
    from_json,
    new_id,
    same_id,
    text_of,
    title_of,
    to_message,
    user_message,
)
from todo_backend.chat.repository import Conversation
from todo_backend.chat.turn import Opening, Turn
from todo_backend.chat.turn_lease import ConversationDeleted, TurnLease, TurnLost
from todo_backend.core.errors import Conflict, Invalid, NotFound
from todo_backend.db.idempotency import IdempotentRequest, UnderWay
from todo_backend.db.pool import Pool, SameConnection, transaction
from todo_backend.mcp_server.identity import Actor

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 0.5


class ConversationBusy(Conflict):
    """Other turns of the conversation took longer than a message may wait."""

    code = "conversation_busy"

    def __init__(self) -> None:
        super().__init__(
            "The assistant is still busy with earlier messages of this conversation. This message was not kept; "
            "send it again in a moment."
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A message to answer; without a thread it begins a conversation."""

    thread_id: str | None
    content: UserMessageInput


@dataclass(frozen=True, slots=True)
class Again:
    """A message that is there, and is to be answered anew."""

    thread_id: str
    message_id: str


class Turns:
    """Begins turns. A message that waits holds no connection, and nothing of it is in the conversation."""

    def __init__(self, pool: Pool, assistant: Assistant, *, wait_seconds: float) -> None:
        self._pool = pool
        self._assistant = assistant
        self._open: set[TurnLease] = set()
        self.wait_seconds = wait_seconds

    def expect(self) -> None:
        """Who looks at conversations is about to speak: nobody is to wait for the assistant's libraries then."""
        self._assistant.expect()

    async def ended(self, seconds: float) -> None:
        """Wait until the turns of this process have ended, for so long at the most: they may want to keep something."""
        deadline = time.monotonic() + seconds
        while self._open and time.monotonic() < deadline:  # noqa: ASYNC110 (a set has no event of becoming empty)
            await asyncio.sleep(FIRST_PAUSE_SECONDS)

    async def claim(
        self, actor: Actor, request: IdempotentRequest | None, gone: Callable[[], Awaitable[bool]]
    ) -> str | None:
        """Take the key of `request`, if there is one, or return what its turn answered.

        A turn under way is waited for until it gives the key back or its lease has ended, unless the client is `gone`.
        Raises Invalid when the key stands for another request, UnderWay when its turn turns out to live.
        """
        if request is None:
            return None
        deadline, pause = None, FIRST_PAUSE_SECONDS
        while True:
            try:
                return await self._claim(actor, request)
            except UnderWay as under_way:
                deadline = deadline or time.monotonic() + under_way.seconds
                left = deadline - time.monotonic()
                if left <= 0 or await gone():
                    raise
            await asyncio.sleep(min(pause, left))
            pause *= 2

    async def _claim(self, actor: Actor, request: IdempotentRequest) -> str | None:
        async with self._pool.connection() as connection:
            return await request.claim(connection, actor.principal, lease=turn_lease.RETRY_LEASE)

    async def begin(
        self, actor: Actor, asked: Said | Again, request: IdempotentRequest | None, gone: Callable[[], Awaitable[bool]]
    ) -> Turn:
        """The turn, once it runs: its message is kept then. The key of `request` was claimed.

        It waits for as long as it may, and until its client is `gone`. Raises ConversationBusy, TooManyWaiting,
        NotFound, and Invalid for a repetition after which more was said.
        """
        arrival = _Arrival(self._pool, actor.principal, asked, request, self._open)
        deadline, pause = time.monotonic() + self.wait_seconds, FIRST_PAUSE_SECONDS
        try:
            while (begun := await arrival.try_to_begin()) is None:
                if time.monotonic() > deadline or await gone():
                    raise ConversationBusy
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        except BaseException:
            await arrival.withdraw()
            raise
        lease, opening = begun
        return Turn(self._assistant, actor, lease, opening)


class _Arrival:
    """A message from its arrival until its turn runs."""

    def __init__(
        self,
        pool: Pool,
        principal: Principal,
        asked: Said | Again,
        request: IdempotentRequest | None,
        leases: set[TurnLease],
    ) -> None:
        self._pool = pool
        self._principal = principal
        self._asked = asked
        self._request = request
        self._thread_id = asked.thread_id or self._make_id("thr")
        self._message_id = asked.message_id if isinstance(asked, Again) else self._make_id("msg")
        self._lease = TurnLease(pool, principal, request, leases)

    def _make_id(self, kind: str) -> str:
        """A new id; under a key always the same one: a repetition says the same thing, not a second one."""
        if self._request is None:
            return new_id(kind)
        return same_id(kind, self._principal.user_id, self._request.key, self._request.fingerprint.hex())

    async def try_to_begin(self) -> tuple[TurnLease, Opening] | None:
        """The turn, if it can run now, its message kept in the same transaction; else it waits on.

        Raises TurnLost when this process was taken for dead while it waited.
        """
        if await self._lease.must_wait():
            return None
        async with transaction(self._pool) as connection:
            within = SameConnection(connection)
            conversation = await self._locked_conversation(within)
            if not await self._lease.try_to_run(connection, conversation.id, self._message_id):
                return None
            key_is_held = self._lease.renew_key(connection)  # with the next statement
            history, title = await self._keep_message(within, conversation)
            if not key_is_held():
                raise TurnLost
        return self._lease, self._opening(conversation, history, title)

    async def withdraw(self) -> None:
        """Wait no more, and give the key back."""
        await self._lease.give_up("stopped")

    async def _locked_conversation(self, within: SameConnection) -> Conversation:
        find = repository.begin_conversation if self._asked.thread_id is None else repository.lock_conversation
        conversation = await find(within, self._principal, self._thread_id)
        if conversation is None:
            raise ConversationDeleted
        return conversation

    async def _keep_message(self, within: SameConnection, conversation: Conversation) -> tuple[list[str], str | None]:
        """Make the message the last of its conversation but for records of tool calls.

        Returns the history, each item as JSON, and a title if there was none.
        """
        title = None
        message = (self._principal, self._thread_id, self._message_id)
        if isinstance(self._asked, Said):
            said = user_message(self._thread_id, self._message_id, self._asked.content)
            title = title_of(text_of(said)) if conversation.title is None else None
            new = to_message(said)
            earlier = await repository.add_said(
                within,
                self._principal,
                self._thread_id,
                new,
                title,
                limit=HISTORY_ITEMS - 1,
                size=MAX_HISTORY_BYTES,
            )
            if earlier is not None:
                return [*earlier, new.item], title
            if await repository.said_since(within, *message):
                raise Invalid(
                    "The conversation has gone on since this message was sent; say it again to have it answered."
                )
        await repository.rewind(within, *message, keep=f"{TOOL}_")
        history = await repository.list_history(within, *message, limit=HISTORY_ITEMS, size=MAX_HISTORY_BYTES)
        return history, title

    def _opening(self, conversation: Conversation, texts: list[str], title: str | None) -> Opening:
        history = [from_json(text) for text in texts]
        message = next((item for item in history if item.id == self._message_id), None)
        if not isinstance(message, UserMessageItem):
            raise NotFound("This message was not found.")
        after = history[history.index(message) + 1 :]
        records = [item for item in after if isinstance(item, HiddenContextItem)]
        return Opening(conversation, message, history, records, title)

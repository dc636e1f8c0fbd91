"""The right of one process to run a turn: kept by a heartbeat, checked by every transaction of the turn."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import anyio
from psycopg import Error

from todo_backend.auth.principal import Principal
from todo_backend.chat import turn_repository
from todo_backend.chat.repository import Message
from todo_backend.chat.turn_repository import End, Leases, TurnId
from todo_backend.core.errors import Conflict, NotFound
from todo_backend.db.idempotency import IdempotentRequest
from todo_backend.db.pool import Connection, Pool, transaction

logger = logging.getLogger(__name__)

Event = TypeVar("Event")

HEARTBEAT_SECONDS = 1.0
# How long a turn is taken for running after its last heartbeat. Another message waits for longer than a heartbeat may
# wait for a connection, since the answer is lost if its process lives. The same message sent again does not: whichever
# process lives, it is answered.
LEASE = dt.timedelta(seconds=15)
RETRY_LEASE = dt.timedelta(seconds=3)
MAX_WAITING = 10  # messages of one conversation, besides the one that is answered
_AGAIN_SECONDS = 0.5  # after a heartbeat that did not come through: it may have waited ten seconds for a connection
_RELEASE_SECONDS = 5.0


class TooManyWaiting(Conflict):
    """As many messages of the conversation wait as may."""

    code = "conversation_busy"

    def __init__(self) -> None:
        super().__init__(
            f"{MAX_WAITING} messages of this conversation wait for their answer already. This message was not kept; "
            "send it again in a moment."
        )


class TurnLost(Conflict):
    """This process was taken for dead, and its turn has ended: nothing of it may be kept any more."""

    code = "turn_lost"

    def __init__(self) -> None:
        super().__init__(
            "This answer was given up, because nothing was heard of it for too long. Reload the conversation to see "
            "how it went on; if your message is not there, send it again."
        )


class ConversationDeleted(NotFound):
    """The conversation is not there, or no more."""

    def __init__(self) -> None:
        super().__init__("This conversation was not found; it may have been deleted.")


class TurnLease:
    """One turn of `principal`; the key of `request`, if it has one, is kept and given back with it.

    It is one of `leases` until it has ended.
    """

    def __init__(
        self, pool: Pool, principal: Principal, request: IdempotentRequest | None, leases: set["TurnLease"]
    ) -> None:
        self._pool = pool
        self._principal = principal
        self._request = request
        self._arrived: TurnId | None = None
        self._leases = leases
        self._is_lost = False
        self._wait: asyncio.Timeout | None = None
        leases.add(self)

    @property
    def _turn(self) -> TurnId:
        assert self._arrived is not None  # noqa: S101 (what runs has arrived)
        return self._arrived

    async def try_to_run(self, connection: Connection, conversation_id: int, message_id: str) -> bool:
        """Whether the turn runs from now on; if not, it waits. The conversation's row is locked.

        Raises TooManyWaiting, and TurnLost when this process was taken for dead while it waited.
        """
        runs: bool | None = False
        if self._arrived is None:
            arrived = await turn_repository.arrive(
                connection, self._principal, conversation_id, message_id, most=MAX_WAITING, lease=LEASE
            )
            if arrived is None:
                raise TooManyWaiting
            self._arrived, runs = arrived
        if not runs:
            await turn_repository.fail_dead(connection, self._principal, self._arrived, _leases())
            runs = await turn_repository.try_to_run(connection, self._principal, self._arrived)
        if runs is None:
            raise TurnLost
        return runs

    async def must_wait(self) -> bool:
        """Whether others are still before this turn, found out without a lock: many may wait. Gives a heartbeat.

        Raises TurnLost when this process was taken for dead while it waited.
        """
        if self._arrived is None:
            return False
        async with self._pool.connection() as connection:
            waits = await turn_repository.keep_waiting(connection, self._principal, self._arrived, _leases())
            if waits and not await self._renews_key(connection):
                raise TurnLost
            return bool(waits)

    def renew_key(self, connection: Connection) -> Callable[[], bool]:
        """`IdempotentRequest.renew` of the request, if it has a key."""
        if self._request is None:
            return lambda: True
        return self._request.renew(connection, self._principal)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A transaction during which the turn is this process's; raises TurnLost and ConversationDeleted.

        Whether it is, is found out with the block's first statement, and counts before anything is kept.
        """
        async with transaction(self._pool) as connection:
            seen = await turn_repository.look(connection, self._principal, self._turn)
            yield connection
            _check(seen())

    async def keep(self, message: Message) -> None:
        """Append what the assistant says or does; raises TurnLost and ConversationDeleted."""
        async with self._pool.connection() as connection:
            _check(await turn_repository.keep(connection, self._principal, self._turn, message))

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Give heartbeats while this block runs. A turn that did not end in it ends with it, and may be tried again."""
        beating = asyncio.create_task(self._beat())
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit):
            await self.give_up("stopped")
            raise
        except BaseException:
            await self.give_up("failed")
            raise
        finally:
            beating.cancel()
            self._leases.discard(self)
            await asyncio.wait([beating])

    async def next_of(self, events: AsyncIterator[Event]) -> Event | None:
        """The next of these events of the turn; None after the last.

        Raises TurnLost and ConversationDeleted as soon as a heartbeat finds out: a model may be silent for minutes.
        """
        self._wait = asyncio.timeout(0 if self._is_lost else None)
        try:
            async with self._wait:
                return await anext(events, None)
        except TimeoutError:
            if not self._wait.expired():
                raise
        finally:
            self._wait = None
        async with self.transaction() as connection:  # raises what has become of it
            await connection.execute("SELECT")
        raise TurnLost

    async def answered(self, body: str) -> None:
        """End the turn well, with `body` as the answer to its request; raises TurnLost."""
        async with transaction(self._pool) as connection:
            if not await turn_repository.end(connection, self._principal, self._turn, "answered"):
                raise TurnLost
            if self._request is not None:
                self._request.answer(connection, self._principal, body)

    async def give_up(self, state: End) -> None:
        """End the turn without an answer. A database that does not answer ends it by its lease."""
        try:
            with anyio.move_on_after(_RELEASE_SECONDS, shield=True), suppress(Error):
                async with transaction(self._pool) as connection:
                    if self._arrived is not None:
                        await turn_repository.end(connection, self._principal, self._arrived, state)
                    if self._request is not None:
                        self._request.release(connection, self._principal)
        finally:
            self._leases.discard(self)

    async def _beat(self) -> None:
        alive, pause = True, HEARTBEAT_SECONDS
        while alive:
            await asyncio.sleep(pause)
            try:
                alive, pause = await self._heartbeat(), HEARTBEAT_SECONDS
            except Error as error:
                logger.warning("a turn gave no heartbeat: %s", error)  # the next one may come through
                pause = _AGAIN_SECONDS
        self._is_lost = True
        if self._wait is not None:
            self._wait.reschedule(0)

    async def _heartbeat(self) -> bool:
        """Both in one round trip: PostgreSQL makes a transaction of it, in which nobody can freeze."""
        async with self._pool.connection() as connection:
            runs = turn_repository.keep_alive(connection, self._principal, self._turn)
            return await self._renews_key(connection) and runs()

    async def _renews_key(self, connection: Connection) -> bool:
        key_is_held = self.renew_key(connection)
        await connection.flush()
        return key_is_held()


def _leases() -> Leases:
    return Leases(RETRY_LEASE, LEASE)


def _check(running: bool | None) -> None:
    if running is None:
        raise ConversationDeleted
    if not running:
        raise TurnLost

"""A turn under an `Idempotency-Key`: the key is held while the turn runs, without holding a connection."""

import asyncio
import datetime as dt
import hashlib
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import anyio
from chatkit.types import HiddenContextItem, ThreadItem, ThreadMetadata, UserMessageItem
from psycopg import Error

from todo_backend.auth.principal import Principal
from todo_backend.core.errors import Conflict, Invalid
from todo_backend.db.idempotency import IdempotentRequest
from todo_backend.db.pool import Pool
from todo_backend.mcp_server.identity import Actor

logger = logging.getLogger(__name__)

# How long the key of a turn is held after its process has died. A beat may wait for a connection, too.
LEASE = dt.timedelta(seconds=15)
BEAT_SECONDS = 3.0
_RELEASE_SECONDS = 5.0


class TurnLost(Conflict):
    """This process was taken for dead, and another one goes on with the turn: nothing of it may be kept here."""


class TurnKey:
    """What `principal` promises to be one turn."""

    def __init__(self, pool: Pool, principal: Principal, request: IdempotentRequest) -> None:
        self._pool = pool
        self._principal = principal
        self._request = request

    def make_id(self, kind: str) -> str:
        """The id of what begins this turn: a repetition after a failure says the same thing, not a second one."""
        seed = f"{self._principal.user_id}\n{self._request.key}\n{self._request.fingerprint.hex()}".encode()
        return f"{kind}_{hashlib.sha256(seed).hexdigest()[:32]}"

    async def claim(self) -> str | None:
        """Take the key, or return what the turn answered; raises Invalid and Conflict as any claim."""
        async with self._pool.connection() as connection:
            return await self._request.claim(connection, self._principal, lease=LEASE)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Keep the claim for as long as this block runs; give it back when the block fails or is cancelled."""
        beating = asyncio.create_task(self._beat())
        try:
            yield
        except BaseException:
            # A database that does not answer ends the claim by its lease.
            with anyio.move_on_after(_RELEASE_SECONDS, shield=True), suppress(Error):
                await self.release()
            raise
        finally:
            beating.cancel()
            await asyncio.wait([beating])

    async def renew(self) -> None:
        """Hold the key for another lease; raises TurnLost when it is not held any more."""
        async with self._pool.connection() as connection:
            if not await self._request.renew(connection, self._principal):
                raise TurnLost("This turn goes on in another process; ask again in a moment.")

    async def answer(self, body: str) -> None:
        """Remember `body` as what the turn answered."""
        async with self._pool.connection() as connection:
            await self._request.answer(connection, self._principal, body)

    async def release(self) -> None:
        """Give the key back, so that the turn may be repeated at once."""
        async with self._pool.connection() as connection:
            await self._request.release(connection, self._principal)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.renew()
            except TurnLost:
                return  # what the turn wants to keep next finds that out, too
            except Error as error:
                logger.warning("the key of a turn could not be held: %s", error)  # the next beat may come through


@dataclass(frozen=True, slots=True)
class KeyedActor(Actor):
    """An actor whose turn has a key, and with it each call of a tool: the nth call of its kind in the turn.

    `begun`: the thread and the message of a turn that began before, and whose process died or was cut off.

    A process may die after a tool has done its work and before that is on record: the repetition then calls it again.
    """

    key: TurnKey = field(kw_only=True)
    begun: tuple[ThreadMetadata, UserMessageItem] | None = field(kw_only=True, default=None)
    calls: Counter[bytes] = field(kw_only=True, default_factory=Counter)

    def remember(self, newest: Iterable[ThreadItem]) -> None:
        """Count the calls on record after the last message of the person; `newest` begins with the newest item."""
        for item in takewhile(lambda item: not isinstance(item, UserMessageItem), newest):
            if isinstance(item, HiddenContextItem):
                with suppress(ValueError):  # no JSON: such a call was refused
                    self.calls[_kind(item.content["name"], json.loads(item.content["arguments"] or "{}"))] += 1

    def calling(self, tool: str, arguments: dict[str, Any]) -> Actor:
        """The actor of one call."""
        kind = _kind(tool, arguments)
        number = self.calls[kind]
        self.calls[kind] += 1
        once = IdempotentRequest(f"{self.key.make_id('call')}_{number}_{kind.hex()}", kind)
        return Actor(self.principal, self.time_zone, once)


def check_is_last(newest: Iterable[ThreadItem], message_id: str) -> None:
    """Raise Invalid when the person has said something since; `newest` begins with the newest item.

    The turn would take the message's place in the conversation again, and what came after it away.
    """
    said = next((item.id for item in newest if isinstance(item, UserMessageItem)), message_id)
    if said != message_id:
        raise Invalid("The conversation has gone on since this message was sent; say it again to have it answered.")


def _kind(tool: str, arguments: dict[str, Any]) -> bytes:
    return hashlib.sha256(f"{tool}\n{json.dumps(arguments, sort_keys=True)}".encode()).digest()

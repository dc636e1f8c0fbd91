"""`Idempotency-Key`: a write that is sent again is answered again, not done again.

Keys live in PostgreSQL for 24 hours, so any replica answers a repeated request. A key stands for one request: used
for a different one it is refused (422). One that ran out is as good as new, until `tasks/purge.py` removes it. The
statements are scoped by the Principal like all others.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request

from todo_backend.auth.principal import Principal
from todo_backend.core.errors import Conflict, Invalid
from todo_backend.core.openapi import KEY
from todo_backend.db.pool import Connection

KEYS_ARE_KEPT = dt.timedelta(hours=24)


class UnderWay(Conflict):
    """The first request with this key is under way, unless its process gives no sign of life for `seconds` more."""

    def __init__(self, seconds: float) -> None:
        super().__init__("A request with this Idempotency-Key is still under way; ask again in a moment.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """What a client promises to be one request, however often it arrives."""

    key: str
    fingerprint: bytes  # of method, path and body
    owner: UUID = field(default_factory=uuid4)  # this arrival of it

    async def claim(self, connection: Connection, principal: Principal, *, lease: dt.timedelta) -> str | None:
        """Take the key, or return the body of the answer that the first request got.

        Inside a transaction, a concurrent repetition waits here for its end, and one that wakes up too late to
        be the first finds the answer: what is done in that transaction is done once. Outside of one, a claim without an
        answer holds for `lease`; then its process is taken for dead and a repetition takes the key over.

        Raises Invalid when the key stands for another request, UnderWay while the first is.
        """
        parameters = {
            "user_id": principal.user_id,
            "key": self.key,
            "fingerprint": self.fingerprint,
            "owner": self.owner,
            "lease": lease,
            "kept": KEYS_ARE_KEPT,
        }
        claimed = await connection.execute(
            """
            INSERT INTO idempotency_keys AS held (user_id, key, fingerprint, owner)
            VALUES (%(user_id)s, %(key)s, %(fingerprint)s, %(owner)s)
            ON CONFLICT (user_id, key) DO UPDATE
            SET created_at = now(), owner = excluded.owner, fingerprint = excluded.fingerprint, body = NULL
            WHERE held.created_at < now() - %(kept)s
               OR held.body IS NULL AND held.created_at < now() - %(lease)s AND held.fingerprint = excluded.fingerprint
            RETURNING key
            """,
            parameters,
        )
        if await claimed.fetchone() is not None:
            return None
        held = await connection.execute(
            """
            SELECT fingerprint, body, extract(epoch FROM created_at + %(lease)s - clock_timestamp())::float8
            FROM idempotency_keys WHERE user_id = %(user_id)s AND key = %(key)s
            """,
            parameters,
        )
        row = await held.fetchone()
        if row is not None and row[0] != self.fingerprint:
            raise Invalid("Idempotency-Key: was used for a different request; take a new one")
        if row is None:  # it was given back in this moment
            raise UnderWay(0)
        if row[1] is None:
            raise UnderWay(row[2])
        return str(row[1])

    def renew(self, connection: Connection, principal: Principal) -> Callable[[], bool]:
        """Begin the lease anew, with the connection's next statement: this process still works on the request.

        What is returned tells then whether it does, or another has taken the key over.
        """
        renewing = connection.defer(
            """
            UPDATE idempotency_keys SET created_at = now()
            WHERE user_id = %(user_id)s AND key = %(key)s AND owner = %(owner)s AND body IS NULL
            """,
            self._held_by(principal),
        )
        return lambda: renewing.rowcount == 1

    def answer(self, connection: Connection, principal: Principal, body: str) -> None:
        """Remember `body` as the answer to this request, unless another process has taken the key over.

        It is sent with the connection's next statement, the end of the transaction; so is `release`.
        """
        connection.defer(
            """
            UPDATE idempotency_keys SET body = %(body)s
            WHERE user_id = %(user_id)s AND key = %(key)s AND owner = %(owner)s
            """,
            {**self._held_by(principal), "body": body},
        )

    def release(self, connection: Connection, principal: Principal) -> None:
        """Give the key back after a failure, so that the request may be tried again at once."""
        connection.defer(
            """
            DELETE FROM idempotency_keys
            WHERE user_id = %(user_id)s AND key = %(key)s AND owner = %(owner)s AND body IS NULL
            """,
            self._held_by(principal),
        )

    def _held_by(self, principal: Principal) -> dict[str, Any]:
        return {"user_id": principal.user_id, "key": self.key, "owner": self.owner}


async def idempotent_request(request: Request) -> IdempotentRequest | None:
    """What the `Idempotency-Key` of `request` promises, None without one; raises Invalid for an unusable key."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not re.fullmatch(KEY, key):
        raise Invalid("Idempotency-Key: must be 1 to 200 printable ASCII characters")
    seed = b"\n".join((request.method.encode(), request.url.path.encode(), await request.body()))
    return IdempotentRequest(key, hashlib.sha256(seed).digest())

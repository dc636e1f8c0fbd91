"""The public keys that the frontend signs with, fetched without blocking and kept while it is unreachable."""

import asyncio
import logging
import time

import httpx2
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWKSetError

from todo_backend.core.errors import Unavailable

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 300.0
COOLDOWN_SECONDS = 1.0  # between fetches, so that tokens with made-up key ids cannot flood the frontend
FETCH_TIMEOUT_SECONDS = 5.0
RETRY_SECONDS = 6.0  # between fetches while old keys serve


class JwksCache:
    """Keys by id.

    An unknown id fetches again (a rotation), many callers share one fetch, and when a fetch fails the keys
    that are known go on serving.
    """

    def __init__(self, url: str, client: httpx2.AsyncClient) -> None:
        self._url = url
        self._client = client
        self._keys: dict[str, PyJWK] = {}
        self._began_at = self._ended_at = self._fetched_at = float("-inf")  # time.monotonic(); the last: with success
        self._lock = asyncio.Lock()

    async def key(self, key_id: str) -> PyJWK | None:
        """The key, or None if the frontend does not have it.

        Raises Unavailable when the key is not known and the frontend does not answer.
        """
        known = self._keys.get(key_id)
        now = time.monotonic()
        if known is None:
            await self._refresh(since=now)  # what was fetched before may be older than the key
            if self._fetched_at < self._began_at:
                raise Unavailable("The sign-in service does not answer right now; try again in a moment.")
        elif now - self._fetched_at >= REFRESH_SECONDS and not self._lock.locked():  # one waits, not all
            await self._refresh(since=now - RETRY_SECONDS)
        return self._keys.get(key_id)

    async def _refresh(self, since: float) -> None:
        """Fetch the keys, unless somebody has begun to since then (time.monotonic())."""
        async with self._lock:
            if self._began_at >= since:
                return
            await asyncio.sleep(self._ended_at + COOLDOWN_SECONDS - time.monotonic())
            began = time.monotonic()
            try:
                answer = await self._client.get(self._url, timeout=FETCH_TIMEOUT_SECONDS)
                answer.raise_for_status()
                keys = PyJWKSet.from_dict(answer.json()).keys
            except (httpx2.HTTPError, ValueError, AttributeError, PyJWKSetError) as error:  # JSON may be a list
                logger.warning("cannot fetch the sign-in keys from %s: %r", self._url, error)
            else:
                self._keys = {key.key_id: key for key in keys if key.key_id is not None}
                self._fetched_at = time.monotonic()
            self._began_at, self._ended_at = began, time.monotonic()

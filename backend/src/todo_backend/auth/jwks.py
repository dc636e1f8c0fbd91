"""The public keys that the frontend signs with, fetched without blocking and kept while it is away."""

import asyncio
import logging
import time

import httpx2
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWKSetError

from todo_backend.errors import Unavailable

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 300.0
COOLDOWN_SECONDS = 2.0  # between fetches, so that tokens with made-up key ids cannot flood the frontend
FETCH_TIMEOUT_SECONDS = 5.0


class JwksCache:
    """Keys by id.

    An unknown id fetches again (a rotation), many callers share one fetch, and when a fetch fails the keys
    that are known go on serving.
    """

    def __init__(self, url: str, client: httpx2.AsyncClient) -> None:
        self._url = url
        self._client = client
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at = self._tried_at = float("-inf")  # time.monotonic()
        self._lock = asyncio.Lock()

    async def key(self, key_id: str) -> PyJWK | None:
        """The key, or None if the frontend does not have it.

        Raises Unavailable when no key is known and the frontend does not answer.
        """
        known = self._keys.get(key_id)
        if known is not None and time.monotonic() - self._fetched_at < REFRESH_SECONDS:
            return known
        await self._refresh()
        if not self._keys:
            raise Unavailable("The sign-in service does not answer right now; try again in a moment.")
        return self._keys.get(key_id)

    async def _refresh(self) -> None:
        async with self._lock:
            if time.monotonic() - self._tried_at < COOLDOWN_SECONDS:
                return  # somebody has just fetched
            try:
                answer = await self._client.get(self._url, timeout=FETCH_TIMEOUT_SECONDS)
                answer.raise_for_status()
                keys = PyJWKSet.from_dict(answer.json()).keys
            except (httpx2.HTTPError, ValueError, PyJWKSetError) as error:
                logger.warning("cannot fetch the sign-in keys from %s: %r", self._url, error)
            else:
                self._keys = {key.key_id: key for key in keys if key.key_id is not None}
                self._fetched_at = time.monotonic()
            finally:
                self._tried_at = time.monotonic()

"""The feed of changes: who follows their journal on this process, and one look at it a second for all of them.

Nothing is remembered between two looks but how far each reader is, and the reader knows that too: a stream that ends
here goes on at any replica. While nobody follows, the database is left alone.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator

from psycopg import Error
from psycopg_pool import PoolTimeout

from todo_backend.auth.principal import Principal
from todo_backend.core.errors import TooManyRequests, Unavailable
from todo_backend.db.pool import Pool
from todo_backend.tasks.feed_position import Position
from todo_backend.tasks.feed_repository import News, find_news

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # from one look to the next
BEAT_SECONDS = 10.0  # the longest silence of a stream
LONGEST_SECONDS = 3600.0  # of a stream: then its reader comes again, to whichever replica has the fewest
MOST_STREAMS = 1_000  # of one process
MOST_STREAMS_OF_ONE = 20  # person on one process
RETRY_MILLISECONDS = 1_000


class TooManyStreams(TooManyRequests):
    """A person reads as many streams as they may."""

    code = "too_many_streams"


class StreamsFull(Unavailable):
    """This process has as many readers as it takes, or takes no more as it leaves."""

    code = "streams_full"


def _frame(event: str, position: Position, data: str) -> bytes:
    return f"event: {event}\nid: {position}\ndata: {data}\n\n".encode()


class Reader:
    """One stream: what its reader has been told, and at most one frame that waits to be taken.

    A reader who is slow is told of more at once, and costs no more.
    """

    def __init__(self, principal: Principal, resumed: str | None) -> None:
        self.principal = principal
        self.position = None if resumed is None else Position.parse(resumed)
        self._is_lost = resumed is not None and self.position is None
        self._is_new = resumed is None
        self._until = time.monotonic() + min(LONGEST_SECONDS, principal.expires_at - time.time())
        self._waiting: bytes | None = None
        self._told = asyncio.Event()
        self._is_over = False

    @property
    def is_ready(self) -> bool:
        """Whether the last frame was taken."""
        return not self._told.is_set()

    def tell(self, seen: Position, changes: str | None = "") -> None:
        """Say what is new since the last time: nothing, some changes as JSON, or (None) more than can be told."""
        before, self.position = self.position, seen
        if self._is_new:
            self._put(_frame("open", seen, "{}"))
        elif self._is_lost or (before is not None and not before.is_known_to(seen)):
            self._put(_frame("reload", seen, json.dumps({"reason": "too_old"})))
        elif changes is None:
            self._put(_frame("reload", seen, json.dumps({"reason": "too_many"})))
        elif changes:
            self._put(_frame("changes", seen, f'{{"changes": {changes}}}'))
        self._is_new = self._is_lost = False

    def end(self) -> None:
        """Let the stream end, after what waits."""
        self._is_over = True
        self._told.set()

    async def frames(self) -> AsyncGenerator[bytes]:
        """The stream, until it is ended or the proof of who reads it is."""
        yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
        while (left := self._until - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(min(BEAT_SECONDS, left)):
                    await self._told.wait()
            except TimeoutError:
                yield self._beat()
                continue
            frame, self._waiting = self._waiting, None
            if frame is not None:
                yield frame
            if self._is_over:
                return
            self._told.clear()

    def _put(self, frame: bytes) -> None:
        self._waiting = frame
        self._told.set()

    def _beat(self) -> bytes:
        """A comment, and where the reader is by now: of a stream without news the end of the journal moves on."""
        return b":\n\n" if self.position is None else f":\nid: {self.position}\n\n".encode()


class Feed:
    """All streams of this process."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._readers: set[Reader] = set()
        self._of_one: Counter[str] = Counter()
        self._looking: asyncio.Task[None] | None = None
        self._is_leaving = False
        self._is_cut_off = False

    def open(self, principal: Principal, last_event_id: str | None) -> Reader:
        """A stream for `principal` from where `last_event_id` says, or from now on; to be given to `close` at its end.

        Raises TooManyStreams and StreamsFull.
        """
        if self._is_leaving or len(self._readers) >= MOST_STREAMS:
            raise StreamsFull("This server takes no more readers of changes now; try again in a moment.")
        if self._of_one[principal.user_id] >= MOST_STREAMS_OF_ONE:
            raise TooManyStreams(
                f"You follow your changes {MOST_STREAMS_OF_ONE} times already: end one of these streams."
            )
        reader = Reader(principal, last_event_id)
        self._readers.add(reader)
        self._of_one[principal.user_id] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())
        return reader

    def close(self, reader: Reader) -> None:
        """Nobody reads it any more."""
        self._readers.discard(reader)
        self._of_one -= Counter([reader.principal.user_id])

    def leave(self) -> None:
        """Let all streams end, and take no more: the process is on its way out."""
        self._is_leaving = True
        for reader in self._readers:
            reader.end()

    async def closed(self) -> None:
        """Look no more."""
        self.leave()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    async def _look_on(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._readers:
                began = loop.time()
                await self._look()
                await asyncio.sleep(began + LOOK_SECONDS - loop.time())
        except Exception:
            logger.exception("the journal cannot be followed")
            for reader in self._readers:
                reader.end()

    async def _look(self) -> None:
        readers: dict[tuple[str, Position | None], list[Reader]] = {}
        for reader in self._readers:
            if reader.is_ready:
                readers.setdefault((reader.principal.user_id, reader.position), []).append(reader)
        if not readers:
            return
        places = list(readers.values())
        try:
            news = await find_news(self._pool, [(first.principal, first.position) for first, *_ in places])
        except (Error, PoolTimeout) as error:
            if not self._is_cut_off:
                logger.warning("changes cannot be followed for now: %s", error)
            self._is_cut_off = True
            return
        self._is_cut_off = False
        _tell(places, news)


def _tell(places: list[list[Reader]], news: News) -> None:
    for place, readers in enumerate(places):
        for reader in readers:
            if place in news.without_account:
                reader.end()
            else:
                reader.tell(news.seen, news.changes.get(place, ""))

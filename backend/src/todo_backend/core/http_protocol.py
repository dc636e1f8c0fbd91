"""uvicorn's HTTP, which hangs up on a client that does not finish its request, or takes nothing of its answer.

uvicorn itself waits for ever.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from todo_backend.core.joined_writes import JoinedWrites

HEADER_SECONDS = 15.0  # from the connection, or from the first byte of a later request, to the end of its headers
BODY_SECONDS = 60.0  # for all of the body: 17 kB a second are enough for the largest that is taken
UNREAD_SECONDS = 60.0  # in which a client may take nothing of an answer that waits for it
_TIMEOUT = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\n"
    b"content-length: 40\r\nconnection: close\r\n\r\nThe request did not arrive whole in time"
)


class PatientProtocol(HttpToolsProtocol):
    """A connection with one timer: for the headers that are awaited, then for the body; none while we are at work.

    And one while an answer waits to be taken.
    """

    _awaits: float | None = HEADER_SECONDS  # seconds that what comes next may take
    _armed: float | None = None  # those that the timer was set to
    _timer: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await the first request."""
        super().connection_made(cast("asyncio.Transport", JoinedWrites(transport, self.loop)))
        self._awaits = HEADER_SECONDS
        self._arm()

    def data_received(self, data: bytes) -> None:
        """Read on; most requests come whole, and set no timer."""
        super().data_received(data)
        if self._awaits != self._armed:
            self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Await nothing more."""
        self._awaits = None
        self._arm()
        self._taken()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Await the headers of a request whose first byte is here."""
        super().on_message_begin()
        self._awaits = HEADER_SECONDS

    def on_headers_complete(self) -> None:
        """Await the body."""
        self._awaits = BODY_SECONDS
        super().on_headers_complete()
        self.headers = []  # for trailers, which uvicorn would put among those: one might be a token, or an id

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._awaits = None
        super().on_message_complete()

    def pause_writing(self) -> None:
        """An answer waits to be taken."""
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        """It was taken."""
        self._taken()
        super().resume_writing()

    def _await_reader(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self._look_at_reader, left)

    def _look_at_reader(self, before: int) -> None:
        """Go on with a client that reads slowly. Of one that reads nothing the rest is dropped: it would be kept."""
        if self.transport.get_write_buffer_size() < before:
            self._await_reader()
        else:
            self.transport.abort()

    def _taken(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._armed = self._awaits
        self._timer = None if self._awaits is None else self.loop.call_later(self._awaits, self._late)

    def _late(self) -> None:
        if self.transport.is_closing():
            return
        if self._is_our_turn():
            self._arm()
            return
        if self._owes_answer():
            self.transport.write(_TIMEOUT)
        self.transport.close()

    def _owes_answer(self) -> bool:
        """Whether there is a request without an answer: not on a connection that sent nothing yet."""
        cycle: Any = self.cycle
        if cycle is None or (cycle.response_complete and not cycle.more_body):  # the headers are not whole
            begun: Any = self.headers
            return begun is not None
        return not cycle.response_started

    def _is_our_turn(self) -> bool:
        """Whether the client waits for us: we do not read on, or owe it the answer to a request that came whole."""
        answering = self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body
        return self.flow.read_paused or answering

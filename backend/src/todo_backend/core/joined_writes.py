"""What is written to a client at once leaves at once: uvicorn writes the head and the body of an answer one by one."""

import asyncio
from collections.abc import Callable
from typing import Any

MOST_PIECES = 16


class JoinedWrites:
    """A transport that sends what is written within one turn of the loop by one system call, as one packet if it fits.

    In all else it is the transport that it was given.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self.is_closing: Callable[[], bool] = transport.is_closing

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever the transport has)
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send `data` with what else is written in this turn."""
        self._held.append(data)
        if len(self._held) == 1:
            self._loop.call_soon(self._send)
        elif len(self._held) == MOST_PIECES:  # so that the transport can tell when the client does not keep up
            self._send()

    def close(self) -> None:
        """Close it when all was sent."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held and not self._transport.is_closing():
            self._transport.writelines(self._held)
        self._held = []

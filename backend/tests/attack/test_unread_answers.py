"""An answer that its client does not take is dropped after a while, and what makes it ends; a slow one goes on."""

import asyncio
import socket
from typing import Any

import httpx2
import pytest
import uvicorn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.server import ServerState

from todo_backend.core import http_protocol
from todo_backend.core.http_protocol import PatientProtocol


async def test_a_client_that_reads_nothing_is_cut(listening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "UNREAD_SECONDS", 0.2)
    cut = asyncio.Event()

    async def endless(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})

        async def write() -> None:
            while True:
                await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
                await asyncio.sleep(0)

        writing = asyncio.create_task(write())
        while (await receive())["type"] != "http.disconnect":
            pass
        writing.cancel()
        cut.set()

    async with listening(endless, http=PatientProtocol, lifespan="off") as address:
        with socket.create_connection(("127.0.0.1", httpx2.URL(address).port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            async with asyncio.timeout(120):  # before: for ever
                await cut.wait()


class Transport:
    """A connection whose client takes what a test says."""

    def __init__(self) -> None:
        self.left = 100_000
        self.aborted = False

    def get_write_buffer_size(self) -> int:
        return self.left

    def abort(self) -> None:
        self.aborted = True


def test_a_client_that_reads_slowly_is_not() -> None:
    waits: list[tuple[Any, ...]] = []

    class Loop:
        def call_later(self, seconds: float, look: Any, *arguments: Any) -> Any:
            waits.append((seconds, look, arguments))
            return asyncio.TimerHandle(0, lambda: None, (), self)  # type: ignore[arg-type]

        def get_debug(self) -> bool:
            return False

        def _timer_handle_cancelled(self, _: Any) -> None:
            return

    protocol = PatientProtocol(uvicorn.Config(lambda: None), ServerState(), {}, Loop())  # type: ignore[arg-type]
    protocol.transport = transport = Transport()  # type: ignore[assignment]
    protocol.flow = FlowControl(transport)  # type: ignore[arg-type]
    protocol.pause_writing()
    for _ in range(5):
        transport.left -= 1
        _, look, arguments = waits.pop()
        look(*arguments)
        assert not transport.aborted
    _, look, arguments = waits.pop()
    look(*arguments)
    assert transport.aborted

"""A request that is not finished holds its connection for a bounded time, and one that is waited for is not cut."""

import asyncio
import time
from contextlib import suppress
from typing import Any

import httpx2
import pytest

from todo_backend.core import http_protocol
from todo_backend.core.middleware import MAX_BODY_BYTES

LIMIT = 0.5
GET = "GET /health/live HTTP/1.1\r\nHost: x\r\n"
POST = "POST /api/me/tasks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", LIMIT)
    monkeypatch.setattr(http_protocol, "BODY_SECONDS", LIMIT)


async def connect(live: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", httpx2.URL(live.url).port)


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        ("", []),
        ("GET", [408]),
        (GET, [408]),
        (f"{GET}X-Half: ", [408]),
        (f"{POST}Authorization: Bearer TOKEN\r\nContent-Length: 9\r\n\r\n", [408]),
        (f"{POST}Authorization: Bearer TOKEN\r\nContent-Length: 9\r\n\r\n{{", [408]),
        (f"{POST}Authorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{{", [408]),
        (f"{POST}Content-Length: 9\r\n\r\n{{", [401]),  # answered before its body came
        (f"{GET}\r\nGET /health", [200, 408]),  # the second on a connection
    ],
)
async def test_a_half_sent_request_ends(live: Any, user: Any, sent: str, answers: list[int]) -> None:
    began = time.monotonic()
    reader, writer = await connect(live)
    writer.write(sent.replace("TOKEN", user.token).encode())
    async with asyncio.timeout(60):  # before: for ever
        got = await reader.read()
    assert [int(answer[:3]) for answer in got.split(b"HTTP/1.1 ")[1:]] == answers
    assert time.monotonic() - began >= LIMIT * 0.9
    writer.close()


async def test_a_request_that_drips_ends(live: Any) -> None:
    reader, writer = await connect(live)

    async def drip() -> None:
        writer.write(GET.encode())
        while True:
            writer.write(b"X: y\r\n")
            await asyncio.sleep(LIMIT / 10)

    dripping = asyncio.create_task(drip())
    try:
        async with asyncio.timeout(60):
            # What drips in behind the answer may have the connection reset before that is read.
            with suppress(ConnectionResetError):
                assert (await reader.read()).startswith(b"HTTP/1.1 408")
    finally:
        dripping.cancel()
        writer.close()


async def test_a_request_that_is_answered_slowly_is_not_cut(
    live: Any, user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = live.resources.tasks
    read = type(tasks).list

    async def slow(self: Any, *arguments: Any) -> Any:
        await asyncio.sleep(LIMIT * 3)
        return await read(self, *arguments)

    monkeypatch.setattr(type(tasks), "list", slow)
    reader, writer = await connect(live)
    one = f"GET /api/me/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user.token}\r\n"
    writer.write(f"{one}\r\n{one}Connection: close\r\n\r\n".encode())  # the second waits for the first
    async with asyncio.timeout(60):
        assert (await reader.read()).count(b"HTTP/1.1 200") == 2
    writer.close()


async def test_a_connection_between_two_requests_is_not_cut_by_it(live: Any, user: Any) -> None:
    async with live.client(user) as client:
        for _ in range(2):
            assert (await client.get("/health/live")).status_code == 200
            await asyncio.sleep(LIMIT * 2)
        whole = b'{"title": "milk"}'.ljust(MAX_BODY_BYTES)
        answer = await client.post("/api/me/tasks", content=whole, headers={"Content-Type": "application/json"})
        assert answer.status_code == 201

"""Bytes that are nearly a request: each gets its answer, or the connection ends, and no other request comes of them."""

import asyncio
import gzip
from typing import Any

import httpx2
import pytest

LAST = "Connection: close\r\n"
POST = "POST /api/me/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\n"
TASK = '{"title": "x"}'


def chunked(*pieces: str) -> str:
    return "".join(f"{len(piece):x}\r\n{piece}\r\n" for piece in (*pieces, ""))


ROWS = {
    "CONNECT": ("CONNECT other.example:443 HTTP/1.1\r\nHost: x\r\n\r\n", [400]),
    "*": (f"OPTIONS * HTTP/1.1\r\nHost: x\r\n{LAST}\r\n", [404]),
    "HTTP/2": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
    "two lengths": (f"{POST}{LAST}Content-Length: 14\r\nContent-Length: 15\r\n\r\n{TASK}", [400]),
    "a length with a sign": (f"{POST}{LAST}Content-Length: +14\r\n\r\n{TASK}", [400]),
    "a length and chunks": (
        f"{POST}{LAST}Content-Length: 14\r\nTransfer-Encoding: chunked\r\n\r\n{chunked(TASK)}",
        [400],
    ),
    "a space in a header's name": (f"GET /health/live HTTP/1.1\r\nHost: x\r\na b: c\r\n{LAST}\r\n", [400]),
    "a line that goes on": (f"GET /health/live HTTP/1.1\r\nHost: x\r\na: b\r\n c\r\n{LAST}\r\n", [400]),
    "chunks": (f"{POST}{LAST}Transfer-Encoding: chunked\r\n\r\n{chunked(TASK[:3], TASK[3:])}", [201]),
    "packed content": (f"{POST}{LAST}Content-Encoding: gzip\r\nContent-Length: 14\r\n\r\n{TASK}", [415]),
    "content as it is": (f"{POST}{LAST}Content-Encoding: identity\r\nContent-Length: 14\r\n\r\n{TASK}", [201]),
    "a wish to speak HTTP/2": (
        "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: upgrade, http2-settings, close\r\nUpgrade: h2c\r\n"
        "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        [200],
    ),
    "a wish to speak a websocket": (
        "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        [200],
    ),
    "trailers": (
        f"{POST}{LAST}Transfer-Encoding: chunked\r\nTrailer: x-request-id\r\n\r\n"
        f"e\r\n{TASK}\r\n0\r\nx-request-id: evil\r\n\r\n",
        [201],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
async def test_what_it_is_answered(live: Any, user: Any, kind: str) -> None:
    sent, statuses = ROWS[kind]
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx2.URL(live.url).port)
    writer.write(sent.replace("TOKEN", user.token).encode())
    async with asyncio.timeout(60):
        got = await reader.read()
    writer.close()
    assert [int(answer[:3]) for answer in got.split(b"HTTP/1.1 ")[1:]] == statuses, got
    assert b"evil" not in got


async def test_packed_content_is_refused_in_words(user: Any) -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    for path in ("/api/me/tasks", "/api/me/chat", "/chatkit", "/mcp"):
        answer = await user.http.post(path, content=bomb, headers=headers)
        assert answer.status_code == 415
        assert answer.headers["accept-encoding"] == "identity"
        assert "without Content-Encoding" in answer.json()["detail"]

"""What a model's server sends, made fit to be read: of a bounded size and number, and without what no text may hold.

The SDK reads an answer whole, line by line, whatever its length, and fails at halves of surrogate pairs.
"""

import asyncio
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass

import httpx2

from todo_backend.assistant.limits import (
    EVENTS_AHEAD,
    MAX_LINE_BYTES,
    MAX_LINES,
    MAX_RESPONSE_BYTES,
    TooMuch,
    check_limit,
)
from todo_backend.core.text import replace_unstorable_escapes

PLAIN = {"Accept-Encoding": "identity"}  # a packed answer has a size that nobody can tell before it is unpacked


@dataclass
class LineCount:
    """How much the model's server has sent in a turn, in lines and pieces: each costs time, however small it is."""

    number: int = 0

    def add(self, number: int) -> None:
        """Count more. Raises TooMuch."""
        self.number += number
        check_limit(self.number, MAX_LINES, f"{MAX_LINES} lines")


lines_of_turn: ContextVar[LineCount | None] = ContextVar("lines_of_turn", default=None)


async def bound_answer(response: httpx2.Response) -> None:
    """Bound and clean the body of `response`, which nobody has read yet; raises DecodingError for a packed one."""
    packing = response.headers.get("content-encoding", "identity")
    if packing != "identity":
        raise httpx2.DecodingError(f"the model's server packed its answer ({packing}), which it was not asked to")
    assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 (the client is asynchronous)
    response.stream = _BoundedLines(response.stream, lines_of_turn.get() or LineCount())


class _BoundedLines(httpx2.AsyncByteStream):
    """The lines of a stream, a few at a time."""

    def __init__(self, stream: httpx2.AsyncByteStream, count: LineCount) -> None:
        self._stream = stream
        self._count = count

    async def __aiter__(self) -> AsyncIterator[bytes]:
        begun, size = bytearray(), 0
        async for chunk in self._stream:
            size += len(chunk)
            begun += chunk
            ends = chunk.count(b"\n") + chunk.count(b"\r")
            self._count.add(1 + ends)
            if size > MAX_RESPONSE_BYTES:
                raise _too_long()
            if ends:
                lines = begun.splitlines(keepends=True)
                begun = bytearray() if lines[-1].endswith((b"\n", b"\r")) else lines.pop()
                async for group in _in_groups(lines):
                    yield group
            if len(begun) > MAX_LINE_BYTES:
                raise _too_long()
        if begun:
            yield _clean(begun)

    async def aclose(self) -> None:
        """Close what is behind it."""
        await self._stream.aclose()


async def _in_groups(lines: list[bytearray]) -> AsyncIterator[bytes]:
    """The lines, cleaned; between two groups others have their turn, however fast the server is."""
    if max(map(len, lines)) > MAX_LINE_BYTES:
        raise _too_long()
    for first in range(0, len(lines), EVENTS_AHEAD):
        yield b"".join(map(_clean, lines[first : first + EVENTS_AHEAD]))
        await asyncio.sleep(0)


def _too_long() -> TooMuch:
    return TooMuch(f"an answer of {MAX_RESPONSE_BYTES >> 20} MB, {MAX_LINE_BYTES >> 20} MB in one piece")


def _clean(line: bytearray) -> bytes:
    return replace_unstorable_escapes(line.decode("utf-8", "replace")).encode()

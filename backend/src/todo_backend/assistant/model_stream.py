"""What a model's server sends, made fit to be read: of a bounded size, and without what no text may hold.

The SDK reads an answer whole, line by line, whatever its length, and fails at halves of surrogate pairs.
"""

from collections.abc import AsyncIterator

import httpx2

from todo_backend.assistant.limits import MAX_LINE_BYTES, MAX_RESPONSE_BYTES, TooMuch
from todo_backend.core.text import replace_unstorable_escapes

PLAIN = {"Accept-Encoding": "identity"}  # a packed answer has a size that nobody can tell before it is unpacked


async def bound_answer(response: httpx2.Response) -> None:
    """Bound and clean the body of `response`, which nobody has read yet; raises DecodingError for a packed one."""
    packing = response.headers.get("content-encoding", "identity")
    if packing != "identity":
        raise httpx2.DecodingError(f"the model's server packed its answer ({packing}), which it was not asked to")
    assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 (the client is asynchronous)
    response.stream = _BoundedLines(response.stream)


class _BoundedLines(httpx2.AsyncByteStream):
    """The lines of a stream."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        begun, size = b"", 0
        async for chunk in self._stream:
            size += len(chunk)
            *lines, begun = (begun + chunk).split(b"\n")
            if size > MAX_RESPONSE_BYTES or max(map(len, (*lines, begun))) > MAX_LINE_BYTES:
                raise TooMuch(f"an answer of {MAX_RESPONSE_BYTES >> 20} MB, {MAX_LINE_BYTES >> 20} MB in one piece")
            if lines:
                yield b"".join(_clean(line) + b"\n" for line in lines)
        if begun:
            yield _clean(begun)

    async def aclose(self) -> None:
        """Close what is behind it."""
        await self._stream.aclose()


def _clean(line: bytes) -> bytes:
    return replace_unstorable_escapes(line.decode("utf-8", "replace")).encode()

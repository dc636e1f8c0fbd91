"""Frames as the body of an answer: server-sent events."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import anyio
from chatkit.types import ErrorEvent, ProgressUpdateEvent, ThreadStreamEvent

from todo_backend.chat.progress import STILL_WORKING
from todo_backend.core.event_stream import BEATS_HEADER, EventStream

BEAT_SECONDS = 1.0
SILENCE_SECONDS = 10.0
FRAMES_AHEAD = 64  # of what the client has read; then the turn waits
PATIENCE_SECONDS = 30.0  # with a client that reads nothing, while others wait for their turn
_GOODBYE_SECONDS = 10.0
# A comment, for those who ask with a key: they ask again when the stream breaks off, so they learn soon of a process
# that hangs. Others may not know comments.
_BEAT = b":\n\n"


def frame_of(event: ThreadStreamEvent) -> bytes:
    """`event` as a server-sent event."""
    return b"data: %b\n\n" % event.model_dump_json(by_alias=True, exclude_none=True, serialize_as_any=True).encode()


_SIGN_OF_LIFE = frame_of(ProgressUpdateEvent(text=STILL_WORKING))
_NOT_READ = frame_of(
    ErrorEvent(
        code="custom",
        message="This answer was stopped, because it was not received for too long. You can try again.",
        allow_retry=True,
    )
)


async def stream(turn: AsyncGenerator[bytes], *, beats: bool = False) -> EventStream:
    """The answer that streams the frames of `turn`, which has begun when this returns.

    With `beats` it is never silent for longer than the header says that goes with it.
    """
    body = _frames(turn, beats=beats)
    first = await anext(body, b"")

    async def whole() -> AsyncGenerator[bytes]:
        async with aclosing(body):
            yield first
            async for frame in body:
                yield frame

    return EventStream(whole(), {BEATS_HEADER: f"{BEAT_SECONDS:g}"} if beats else None)


async def _frames(turn: AsyncGenerator[bytes], *, beats: bool) -> AsyncGenerator[bytes]:
    """The frames of `turn`, with a sign of life when it is silent for long.

    The turn runs in a task of its own: when the client goes, the turn is cancelled wherever it waits, and gets the
    time to save what it has. Otherwise it could be stuck between two frames and be dropped unnoticed. It is not far
    ahead of the client, and one that reads nothing for long is as good as gone.
    """
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()
    room = asyncio.Semaphore(FRAMES_AHEAD)
    pause = min(BEAT_SECONDS, SILENCE_SECONDS) if beats else SILENCE_SECONDS

    async def run() -> None:
        try:
            async with aclosing(turn):
                async for frame in turn:
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        await room.acquire()
                    queue.put_nowait(frame)
        except TimeoutError:
            queue.put_nowait(_NOT_READ)
        finally:
            queue.put_nowait(None)

    running = asyncio.create_task(run())
    try:
        silent = 0.0
        while (frame := await _next(queue, pause)) is not None:
            if frame is _BEAT:
                silent = (silent + pause) % SILENCE_SECONDS
                yield _BEAT if silent else _SIGN_OF_LIFE
                continue
            silent = 0.0
            room.release()
            yield frame
        await running
    finally:
        running.cancel()
        with anyio.move_on_after(_GOODBYE_SECONDS, shield=True):
            await asyncio.wait([running])


async def _next(queue: asyncio.Queue[bytes | None], seconds: float) -> bytes | None:
    try:
        async with asyncio.timeout(seconds):
            return await queue.get()
    except TimeoutError:
        return _BEAT

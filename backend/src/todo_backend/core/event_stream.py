"""Server-sent events as the body of an answer."""

from collections.abc import AsyncIterator, Callable

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from todo_backend.core.middleware import ASKS_FOR_HEAD

MEDIA_TYPE = "text/event-stream"
BEATS_HEADER = "X-Beat-Seconds"  # the stream is never silent for longer
_NO_BUFFERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


class EventStream(StreamingResponse):
    """The answer that streams `body`; `ended` is called when nobody reads it any more, even if nobody ever did."""

    def __init__(
        self,
        body: AsyncIterator[bytes],
        headers: dict[str, str] | None = None,
        *,
        ended: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(body, media_type=MEDIA_TYPE, headers=_NO_BUFFERS | (headers or {}))
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream, or tell the head alone: the body may have no end."""
        try:
            if scope.get(ASKS_FOR_HEAD):
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                await send({"type": "http.response.body", "body": b""})
            else:
                await super().__call__(scope, receive, send)
        finally:
            if self._ended is not None:
                self._ended()

"""What holds for every request: an id, the name of the pod, a body limit, one log line, an answer to any error."""

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from todo_backend.errors import problem_response
from todo_backend.logs import request_id

logger = logging.getLogger("todo_backend.access")

MAX_BODY_BYTES = 1024 * 1024
_TOO_LARGE = f"The request is larger than {MAX_BODY_BYTES} bytes."
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_QUIET = ("/health/",)


class RequestPolicy:
    """Pure ASGI, so that streams and context variables pass untouched."""

    def __init__(self, app: ASGIApp, *, served_by: str, draining: Callable[[], bool]) -> None:
        self.app = app
        self.served_by = served_by
        self.draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started = time.perf_counter()
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        current = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        request_id.set(current)
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(scope=message)
                answer["X-Request-ID"] = current
                answer["X-Served-By"] = self.served_by
                if self.draining():  # the client's next request must reach another pod
                    answer["Connection"] = "close"
            await send(message)

        try:
            if int(headers.get("content-length") or 0) > MAX_BODY_BYTES:
                await _too_large(scope, receive, send_with_headers)
            else:
                await self.app(scope, _limited(receive), send_with_headers)
        except Exception:
            logger.exception("unexpected error")
            if status != 0:
                raise  # the answer is under way: the broken connection tells the client
            answer = problem_response(500, "Something went wrong here; the log has the details under this request_id.")
            await answer(scope, receive, send_with_headers)
        finally:
            level = logging.DEBUG if scope["path"].startswith(_QUIET) else logging.INFO
            if logger.isEnabledFor(level):
                logger.log(
                    level,
                    "request",
                    extra={
                        "method": scope["method"],
                        "path": scope["path"],
                        "status": status,
                        "duration_ms": round((time.perf_counter() - started) * 1000, 2),
                    },
                )


def _limited(receive: Receive) -> Receive:
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY_BYTES:
            raise HTTPException(413, _TOO_LARGE)  # the one kind that FastAPI lets out of its reading of a body
        return message

    return limited


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(413, _TOO_LARGE)(scope, receive, send)

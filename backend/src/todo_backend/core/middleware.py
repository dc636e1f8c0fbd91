"""What holds for every request: an id, the pod's name, limits, no caching, a log line, an answer to any error."""

import logging
import os
import re
import time
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from todo_backend.core.errors import answer_to, problem_response
from todo_backend.core.logs import AccessLog, request_id

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
_TOO_LARGE = f"The request is larger than {MAX_BODY_BYTES} bytes."
_PACKED = "The content of a request is taken as it is: send it without Content-Encoding."
_UNEXPECTED = "Something went wrong here; the log has the details under this request_id."
_AS_IT_IS = {"Accept-Encoding": "identity"}
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_CLIENT_CLOSED_REQUEST = 499  # nobody's standard, but what proxies write into their logs
_QUIET = ("/health/", "/ops/")
_NOT_CACHED = (b"cache-control", b"no-store")  # almost all answers are a person's
ASKS_FOR_HEAD = "todo_backend.asks_for_head"  # in the scope of a request that is served as GET


class RequestPolicy:
    """Pure ASGI, so that streams and context variables pass untouched."""

    def __init__(self, app: ASGIApp, *, served_by: str, draining: Callable[[], bool]) -> None:
        self._app = app
        self._log = AccessLog(served_by)
        self._served_by = (b"x-served-by", served_by.encode())
        self._draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        started = time.perf_counter()
        given = length = packing = b""
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                given = value
            elif name == b"content-length":
                length = value
            elif name == b"content-encoding":
                packing = value
        current = given.decode() if _REQUEST_ID.fullmatch(given) else os.urandom(16).hex()
        request_id.set(current)
        asks_for_head = scope["method"] == "HEAD"
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"x-request-id", current.encode()), self._served_by]
                if b"cache-control" not in dict(headers):
                    headers.append(_NOT_CACHED)
                if self._draining():  # the client's next request must reach another pod
                    headers.append((b"connection", b"close"))
                message["headers"] = headers
            elif asks_for_head:
                message = {**message, "body": b""}
            await send(message)

        asked = {**scope, "method": "GET", ASKS_FOR_HEAD: True} if asks_for_head else scope
        try:
            if int(length or 0) > MAX_BODY_BYTES:
                await problem_response(413, _TOO_LARGE)(scope, receive, send_with_headers)
            elif packing.lower() not in (b"", b"identity"):
                await problem_response(415, _PACKED, headers=_AS_IT_IS)(scope, receive, send_with_headers)
            else:  # the server itself holds a body to the length that it was announced with
                await self._app(asked, receive if length else _limited(receive), send_with_headers)
        except ClientDisconnect:  # while its body was read: there is nobody to answer, and nothing went wrong here
            status = _CLIENT_CLOSED_REQUEST
        except Exception as error:
            answer = answer_to(error, Request(asked)) if status == 0 else None
            if answer is None:
                logger.exception("unexpected error")
                if status != 0:
                    raise  # the answer is under way: the client sees the broken connection
                answer = problem_response(500, _UNEXPECTED)
            await answer(scope, receive, send_with_headers)
        finally:
            level = logging.DEBUG if scope["path"].startswith(_QUIET) else logging.INFO
            self._log.write(level, scope["method"], scope["path"], status, time.perf_counter() - started)


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

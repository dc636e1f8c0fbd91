"""`/mcp`: MCP over HTTP, for the user that the bearer token proves."""

import json
from typing import Any

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import INVALID_REQUEST
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from todo_backend.auth.dependencies import reader_zone, verified_caller
from todo_backend.mcp_server.identity import Actor, acting_for


class McpEndpoint:
    """Verifies the token, then lets the MCP server answer for its user."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; raises Unauthorized."""
        request = Request(scope, receive)
        principal = await verified_caller(request)
        body = await request.body()
        if (refused := _refused(body)) is not None:
            await refused(scope, receive, send)
            return
        server: StreamableHTTPSessionManager = request.app.state.resources.mcp
        with acting_for(Actor(principal, reader_zone(request) or "UTC")):
            await server.handle_request(_accepting(scope), _again(body, receive), send)


def _refused(body: bytes) -> JSONResponse | None:
    """The error for a request that the MCP server would take for a notification, and leave without an answer."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None  # it says so itself
    if not isinstance(message, dict) or "id" not in message:
        return None
    known = type(message["id"]) in (str, int)
    if not known:
        return _error(None, "id: must be a string or a whole number")
    if "result" in message or "error" in message or isinstance(message.get("method"), str):
        return None
    return _error(message["id"], "method: must be a string")


def _error(request_id: str | int | None, words: str) -> JSONResponse:
    error: dict[str, Any] = {"code": INVALID_REQUEST, "message": words}
    return JSONResponse({"jsonrpc": "2.0", "id": request_id, "error": error}, 400)


def _accepting(scope: Scope) -> Scope:
    """`scope` with what HTTP says of a request without an Accept header: it takes anything."""
    if any(name == b"accept" for name, _ in scope["headers"]):
        return scope
    return {**scope, "headers": [*scope["headers"], (b"accept", b"*/*")]}


def _again(body: bytes, receive: Receive) -> Receive:
    """`receive` with the body that was read of it once more."""
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return whole.pop() if whole else await receive()

    return replay


# Without sessions there is nothing to listen to (GET) or to end (DELETE): 405, as the protocol says.
route = Route("/mcp", McpEndpoint(), methods=["POST"], include_in_schema=False)

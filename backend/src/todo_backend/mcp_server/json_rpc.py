"""What JSON-RPC and HTTP say of a request, and the MCP SDK takes otherwise."""

import json
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

INVALID_REQUEST = -32600  # https://www.jsonrpc.org/specification, 5.1


async def answer(server: "StreamableHTTPSessionManager", scope: Scope, receive: Receive, send: Send) -> None:
    """Have `server` answer one request, unless it is none."""
    body = await Request(scope, receive).body()
    if (refused := _refused(body)) is not None:
        await refused(scope, receive, send)
    else:
        await server.handle_request(_accepting(scope), _again(body, receive), send)


def _refused(body: bytes) -> JSONResponse | None:
    """The error for JSON that is no message: the SDK leaves some without an answer, and tells others its own types."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None  # it says so itself
    if not isinstance(message, dict):
        return _error(None, "a message is one JSON object: send several one after another")
    request_id = message.get("id")
    if "id" in message and type(request_id) not in (str, int):
        return _error(None, "id: must be a string or a whole number")
    if message.get("jsonrpc") != "2.0":
        return _error(request_id, 'jsonrpc: must be "2.0"')
    if "result" not in message and "error" not in message and not isinstance(message.get("method"), str):
        return _error(request_id, "method: must be a string")
    if not isinstance(message.get("params"), dict | None):
        return _error(request_id, "params: must be an object")
    return None


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

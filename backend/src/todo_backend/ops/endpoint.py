"""`/ops/mcp`: the operations MCP server over HTTP, inside the cluster, without a token and without users' data."""

import time

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from todo_backend.core.errors import Forbidden, TooManyRequests
from todo_backend.mcp_server.json_rpc import answer

REQUESTS_PER_SECOND = 20


class OperationsEndpoint:
    """Lets the server answer, so many times a second."""

    def __init__(self) -> None:
        self._second = self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; raises TooManyRequests, and Forbidden for what a page in a browser sends."""
        request = Request(scope, receive)
        if "origin" in request.headers:
            raise Forbidden("This is not for browsers.")
        self._count()
        # There only when it is enabled, like this route.
        server: StreamableHTTPSessionManager = request.app.state.resources.operations
        await answer(server, scope, receive, send)

    def _count(self) -> None:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._requests = second, 0
        self._requests += 1
        if self._requests > REQUESTS_PER_SECOND:
            raise TooManyRequests("Too many requests; ask again in a second.")


def operations_route() -> Route:
    """The route of one application."""
    return Route("/ops/mcp", OperationsEndpoint(), methods=["POST"], include_in_schema=False)

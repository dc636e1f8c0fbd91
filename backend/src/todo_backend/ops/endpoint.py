"""`/ops/mcp`: the operations MCP server over HTTP, inside the cluster, without a token and without users' data."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx2
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from todo_backend.core.errors import Forbidden, TooManyRequests
from todo_backend.core.lazily import Lazily
from todo_backend.core.settings import Settings
from todo_backend.db.health import DatabaseHealth
from todo_backend.db.pool import Pool
from todo_backend.mcp_server.transport import Transport, open_transport
from todo_backend.ops.peers import Peers

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

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
        transport: Transport = request.app.state.resources.operations
        await transport.answer(scope, receive, send)

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


@asynccontextmanager
async def open_operations(settings: Settings, pool: Pool, database: DatabaseHealth) -> AsyncIterator[Transport | None]:
    """What answers the requests of `/ops/mcp` while the application runs; None when it is not enabled."""
    if not settings.ops_mcp_enabled:
        yield None
        return

    def load() -> "MCPServer[Any]":
        from todo_backend.ops.tools import create_operations_server

        return create_operations_server(settings, pool, database, peers)

    # A proxy of the environment has no business between the pods.
    async with httpx2.AsyncClient(trust_env=False) as http:
        peers = Peers(settings.ops_peers or f"127.0.0.1:{settings.port}", http)
        async with open_transport(Lazily(load)) as transport:
            yield transport

"""Streamable HTTP for an MCP server: no sessions, so that any replica answers any request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context
from typing import TYPE_CHECKING, Any

from starlette.types import Receive, Scope, Send

from todo_backend.core.lazily import Lazily
from todo_backend.mcp_server.json_rpc import answer

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


class Transport:
    """Answers the requests to `server`, which is loaded for the first of them."""

    def __init__(self, server: "Lazily[MCPServer[Any]]", tasks: asyncio.TaskGroup, closing: asyncio.Event) -> None:
        self._server = server
        self._tasks = tasks
        self._closing = closing
        self._manager: asyncio.Future[StreamableHTTPSessionManager] | None = None

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        server = await self._server.get()
        if self._manager is None:
            self._manager = asyncio.get_running_loop().create_future()
            self._tasks.create_task(_run(server, self._manager, self._closing), context=Context())
        await answer(await asyncio.shield(self._manager), scope, receive, send)


@asynccontextmanager
async def open_transport(server: "Lazily[MCPServer[Any]]") -> AsyncIterator[Transport]:
    """What answers the requests to `server` while the application runs."""
    closing = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        try:
            yield Transport(server, tasks, closing)
        finally:
            closing.set()


async def _run(
    server: "MCPServer[Any]", running: "asyncio.Future[StreamableHTTPSessionManager]", closing: asyncio.Event
) -> None:
    """Have the server's manager at work until `closing`: one task enters and leaves it."""
    from mcp.server.transport_security import TransportSecuritySettings

    server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        # The host check protects servers against pages in a browser. Ours want a token or refuse browsers, and
        # their host name depends on the release and the namespace.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    async with server.session_manager.run():
        running.set_result(server.session_manager)
        await closing.wait()

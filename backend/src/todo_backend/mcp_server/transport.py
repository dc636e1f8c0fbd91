"""Streamable HTTP for the MCP server: no sessions, so that any replica answers any request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings


@asynccontextmanager
async def open_transport(server: MCPServer[Any]) -> AsyncIterator[StreamableHTTPSessionManager]:
    """What answers the requests to `server` while the application runs."""
    server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        # The host check protects servers against pages in a browser. Ours want a token or refuse browsers, and
        # their host name depends on the release and the namespace.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    manager = server.session_manager
    running, closing = asyncio.Event(), asyncio.Event()

    async def run() -> None:  # a task of its own: a lifespan may end in another task than it began in
        async with manager.run():
            running.set()
            await closing.wait()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run())
        await running.wait()
        try:
            yield manager
        finally:
            closing.set()

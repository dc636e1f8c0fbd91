"""`/mcp`: MCP over HTTP, for the user that the bearer token proves."""

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from todo_backend.auth.dependencies import reader_zone, verified_caller
from todo_backend.mcp_server.identity import Actor, acting_for
from todo_backend.mcp_server.transport import Transport


class McpEndpoint:
    """Verifies the token, then lets the MCP server answer for its user."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; raises Unauthorized."""
        request = Request(scope, receive)
        principal = await verified_caller(request)
        transport: Transport = request.app.state.resources.mcp
        with acting_for(Actor(principal, reader_zone(request) or "UTC")):
            await transport.answer(scope, receive, send)


# Without sessions there is nothing to listen to (GET) or to end (DELETE): 405, as the protocol says.
route = Route("/mcp", McpEndpoint(), methods=["POST"], include_in_schema=False)

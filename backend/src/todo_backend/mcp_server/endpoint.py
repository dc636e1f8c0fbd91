"""`/mcp`: MCP over HTTP, for the user that the bearer token proves."""

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from todo_backend.auth.dependencies import bearer_token, reader_zone
from todo_backend.resources import Resources
from todo_backend.tools.identity import Actor, acting_for


class McpEndpoint:
    """Verifies the token, then lets the MCP server answer for its user."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; raises Unauthorized."""
        request = Request(scope, receive)
        resources: Resources = request.app.state.resources
        principal = await resources.tokens.verify(bearer_token(request))
        with acting_for(Actor(principal, reader_zone(request) or "UTC")):
            await resources.mcp.handle_request(scope, receive, send)


# Without sessions there is nothing to listen to (GET) or to end (DELETE): 405, as the protocol says.
route = Route("/mcp", McpEndpoint(), methods=["POST"], include_in_schema=False)

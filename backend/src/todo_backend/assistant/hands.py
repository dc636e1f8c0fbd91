"""The agent's hands: the MCP tools of this process, bound to one person for one turn.

The server is called as an object rather than through its endpoint: there is no token to forward and no port to find,
a turn costs no connection and no handshake, and the identity is an object of this process that no model output can
reach. It is bound around every single call, in the task that makes it, so turns of different people cannot mix.
"""

import logging
from typing import Any

from agents import AgentBase, RunContextWrapper
from agents.mcp import MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.types import CallToolResult, GetPromptResult, ListPromptsResult, TextContent, Tool

from todo_backend.mcp_server.identity import Actor, acting_for
from todo_backend.mcp_server.server import ToolServer

logger = logging.getLogger(__name__)


class Hands(MCPServer):
    """The tools of `server`, for `actor` alone."""

    def __init__(self, server: ToolServer, actor: Actor) -> None:
        super().__init__()
        self._server = server
        self._actor = actor

    @property
    def name(self) -> str:
        """How logs call it."""
        return self._server.name

    async def connect(self) -> None:
        """The server is here already."""

    async def cleanup(self) -> None:
        """Nothing is held."""

    async def list_tools(
        self, run_context: RunContextWrapper[Any] | None = None, agent: AgentBase[Any] | None = None
    ) -> list[Tool]:
        """The tools."""
        return await self._server.list_tools()

    async def call_tool(
        self, tool_name: str, arguments: dict[str, Any] | None, meta: dict[str, Any] | None = None
    ) -> CallToolResult:
        """Call a tool for the bound person, whatever the arguments say; an error is an answer to the model."""
        try:
            with acting_for(self._actor.calling(tool_name, arguments or {})):
                result = await self._server.call_tool(tool_name, arguments or {})
        except ToolError as error:
            if isinstance(error, UnexpectedToolError):
                logger.exception("the tool %s failed", tool_name)
            return CallToolResult(content=[TextContent(type="text", text=str(error))], is_error=True)
        assert isinstance(result, CallToolResult)  # noqa: S101 (no tool of ours asks back)
        return result

    async def list_prompts(self) -> ListPromptsResult:
        """There are none."""
        return ListPromptsResult(prompts=[])

    async def get_prompt(self, name: str, arguments: dict[str, Any] | None = None) -> GetPromptResult:
        """There are none."""
        raise LookupError(name)

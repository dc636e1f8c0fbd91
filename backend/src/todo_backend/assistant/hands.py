"""The agent's hands: the MCP tools in this process, bound to one person for one turn.

The client talks to the server without a network: there is no token to forward and no port to find, a turn costs no
connection, and the identity is an object of this server that no model output can touch. It is bound around every
single call, in the task that makes the call, so turns of different people cannot mix.
"""

from typing import Any

from agents import AgentBase, RunContextWrapper
from agents.mcp import MCPServer
from mcp import Client
from mcp.types import CallToolResult, GetPromptResult, ListPromptsResult, Tool

from todo_backend.tools.identity import Actor, acting_for
from todo_backend.tools.server import ToolServer


class Hands(MCPServer):
    """The tools of `server`, for `actor` alone. Use as an async context manager, within one task."""

    def __init__(self, server: ToolServer, actor: Actor) -> None:
        super().__init__()
        self._client = Client(server)
        self._actor = actor
        self._tools: list[Tool] | None = None

    @property
    def name(self) -> str:
        """How logs call it."""
        return "tasks"

    async def __aenter__(self) -> "Hands":
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cleanup()

    async def connect(self) -> None:
        """Connect to the server."""
        await self._client.__aenter__()

    async def cleanup(self) -> None:
        """Let the server go."""
        await self._client.__aexit__(None, None, None)

    async def list_tools(
        self, run_context: RunContextWrapper[Any] | None = None, agent: AgentBase[Any] | None = None
    ) -> list[Tool]:
        """The tools; they do not change during a turn."""
        if self._tools is None:
            self._tools = (await self._client.list_tools()).tools
        return self._tools

    async def call_tool(
        self, tool_name: str, arguments: dict[str, Any] | None, meta: dict[str, Any] | None = None
    ) -> CallToolResult:
        """Call a tool for the bound person, whatever the arguments say."""
        with acting_for(self._actor):
            return await self._client.call_tool(tool_name, arguments)

    async def list_prompts(self) -> ListPromptsResult:
        """There are none."""
        return ListPromptsResult(prompts=[])

    async def get_prompt(self, name: str, arguments: dict[str, Any] | None = None) -> GetPromptResult:
        """There are none."""
        raise LookupError(name)

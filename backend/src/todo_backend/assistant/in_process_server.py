"""The MCP tools of this process, bound to one person for one turn.

The server is called as an object rather than through its endpoint: there is no token to forward and no port to find,
a turn costs no connection and no handshake, and the identity is an object of this process that no model output can
reach. It is bound around every single call, in the task that makes it, so turns of different people cannot mix.
"""

import asyncio
import logging
from dataclasses import replace
from typing import Any

from agents import AgentBase, RunContextWrapper
from agents.mcp import MCPServer, MCPToolMetaContext
from agents.tool_context import ToolContext
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.types import CallToolResult, GetPromptResult, ListPromptsResult, TextContent, Tool

from todo_backend.assistant.bounded_model import REFUSED
from todo_backend.assistant.calls import Calls
from todo_backend.assistant.limits import CALLS_AT_A_TIME, MAX_ERROR, MAX_OUTPUTS_BYTES
from todo_backend.core.errors import DATABASE_UNREACHABLE, database_condition
from todo_backend.db.pool import Connection
from todo_backend.mcp_server.identity import Actor, acting_for
from todo_backend.mcp_server.server import ToolServer

logger = logging.getLogger(__name__)

_CALL_ID = "call_id"


class InProcessMCPServer(MCPServer):
    """The tools of `server`, for `actor` alone; each call that works is on record in `calls`.

    Earlier tries of the turn have answered so many bytes, `answered`.
    """

    def __init__(self, server: ToolServer, actor: Actor, calls: Calls, *, answered: int = 0) -> None:
        super().__init__()
        self._answered = answered
        self._server = server
        self._actor = actor
        self._calls = calls
        self._at_a_time = asyncio.Semaphore(CALLS_AT_A_TIME)
        self.tool_meta_resolver = _id_of_call

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
        arguments, call_id = arguments or {}, (meta or {}).get(_CALL_ID, "")
        if REFUSED in arguments:
            return _result(str(arguments[REFUSED]), is_error=True)
        try:
            async with self._at_a_time, self._calls.open(call_id, tool_name, arguments) as call:
                if call.output is None:
                    call.output = await self._call(tool_name, arguments, call.connection)
                    self._count(call.output)  # what is too much is undone with its call
                output = call.output
        except ToolError as error:
            if isinstance(error, UnexpectedToolError):
                logger.exception("the tool %s failed", tool_name)
            return _result(str(error)[:MAX_ERROR], is_error=True)
        except DATABASE_UNREACHABLE as error:
            logger.warning("the tool %s could not use the database: %s", tool_name, error)
            return _result(database_condition(error).detail, is_error=True)
        return _result(output)

    async def _call(self, tool: str, arguments: dict[str, Any], connection: Connection) -> str:
        with acting_for(replace(self._actor, connection=connection)):
            result = await self._server.call_tool(tool, arguments)
        assert isinstance(result, CallToolResult)  # noqa: S101 (no tool of ours asks back)
        [text] = result.content
        assert isinstance(text, TextContent)  # noqa: S101 (every tool of ours answers with one text)
        return text.text

    def _count(self, output: str) -> None:
        size = len(output.encode())
        if self._answered + size > MAX_OUTPUTS_BYTES:
            raise ToolError(
                f"No more than {MAX_OUTPUTS_BYTES} bytes of answers fit into one turn. This call was not made: ask for "
                "less, or tell the person what was done, and what was not."
            )
        self._answered += size

    async def list_prompts(self) -> ListPromptsResult:
        """There are none."""
        return ListPromptsResult(prompts=[])

    async def get_prompt(self, name: str, arguments: dict[str, Any] | None = None) -> GetPromptResult:
        """There are none."""
        raise LookupError(name)


def _id_of_call(context: MCPToolMetaContext) -> dict[str, Any]:
    run = context.run_context
    return {_CALL_ID: run.tool_call_id} if isinstance(run, ToolContext) else {}


def _result(text: str, *, is_error: bool = False) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=is_error)

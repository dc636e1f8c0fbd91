"""The MCP tools of this process, as the agent has them: made once, and called for one person in each turn.

The server is called as an object rather than through its endpoint: there is no token to forward and no port to find,
a turn costs no connection and no handshake, and the identity is an object of this process that no model output can
reach. It is bound around every single call, in the task that makes it, so turns of different people cannot mix.
"""

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any

from agents import FunctionTool, ToolOutputTextDict
from agents.tool_context import ToolContext
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.types import CallToolResult, TextContent
from mcp.types import Tool as MCPTool

from todo_backend.assistant.bounded_model import REFUSED
from todo_backend.assistant.calls import Calls
from todo_backend.assistant.limits import CALLS_AT_A_TIME, MAX_ERROR, MAX_OUTPUTS_BYTES
from todo_backend.core.errors import DATABASE_UNREACHABLE, Problem, database_condition
from todo_backend.db.pool import Connection
from todo_backend.mcp_server.identity import Actor, acting_for
from todo_backend.mcp_server.server import ToolServer

logger = logging.getLogger(__name__)

FAILED = "An error occurred while running the tool. Please try again."
NO_OBJECT = "The arguments were no JSON object, so nothing was done: write them as the tool describes them."


class ToolCaller:
    """Calls tools in a turn, for `actor` alone; each call that works is on record in `calls`.

    Earlier tries of the turn have answered so many bytes, `answered`.
    """

    def __init__(self, actor: Actor, calls: Calls, *, answered: int = 0) -> None:
        self._answered = answered
        self._actor = actor
        self._calls = calls
        self._at_a_time = asyncio.Semaphore(CALLS_AT_A_TIME)

    async def call(self, server: ToolServer, tool: str, arguments: dict[str, Any], call_id: str = "") -> str:
        """What `tool` answers to the model; what it says of a mistake is an answer, too.

        It works for the bound person, whatever the arguments say.
        """
        if REFUSED in arguments:
            return str(arguments[REFUSED])
        try:
            async with self._at_a_time, self._calls.open(call_id, tool, arguments) as call:
                if call.output is None:
                    call.output = await self._call(server, tool, arguments, call.connection)
                    self._count(call.output)  # what is too much is undone with its call
                output = call.output
        except ToolError as error:
            if isinstance(error, UnexpectedToolError):
                logger.exception("the tool %s failed", tool)
            return str(error)[:MAX_ERROR]
        except DATABASE_UNREACHABLE as error:
            logger.warning("the tool %s could not use the database: %s", tool, error)
            return database_condition(error).detail
        return output

    async def _call(self, server: ToolServer, tool: str, arguments: dict[str, Any], connection: Connection) -> str:
        with acting_for(replace(self._actor, connection=connection)):
            result = await server.call_tool(tool, arguments)
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


async def function_tools(server: ToolServer) -> list[FunctionTool]:
    """The tools of `server` for the agents of all turns, each of which runs with its ToolCaller as the context.

    The SDK would make them anew for each step of a model, at 2.5 to 3 ms of CPU.
    """
    return [_function_tool(server, tool) for tool in await server.list_tools()]


def _function_tool(server: ToolServer, tool: MCPTool) -> FunctionTool:
    async def invoke(context: ToolContext[ToolCaller], written: str) -> ToolOutputTextDict | str:
        arguments = _arguments(written)
        if arguments is None:
            return NO_OBJECT
        try:
            output = await context.context.call(server, tool.name, arguments, context.tool_call_id)
        except Problem as problem:  # the conversation was deleted, or another process has the turn
            logger.warning("the call of %s is not kept: %s", tool.name, problem.detail)
            return FAILED
        except Exception:  # here as well, the model can still say what was done
            logger.exception("the tool %s failed", tool.name)
            return FAILED
        return {"type": "text", "text": output}

    return FunctionTool(
        name=tool.name,
        description=tool.description or "",
        params_json_schema=tool.input_schema,
        on_invoke_tool=invoke,
        strict_json_schema=False,  # strict ones have no arguments that can be left out
    )


def _arguments(written: str) -> dict[str, Any] | None:
    """What a model wrote, None if that is no JSON object."""
    try:
        arguments = json.loads(written or "{}")
    except ValueError:
        return None
    return arguments if isinstance(arguments, dict) else None

"""The assistant as the application holds it: without its libraries, until somebody is about to say something.

The Agents SDK, OpenAI's client and the MCP SDK take more time to import than all else together. `agent`, `models` and
the server of the tools have them, and nothing imports these but the first turn of a process, or whoever sees one
coming. So a pod is ready sooner, and one in which nobody chats does without.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from todo_backend.assistant.calls import Calls
from todo_backend.assistant.events import AssistantEvent
from todo_backend.assistant.models import Models
from todo_backend.core.lazily import Lazily
from todo_backend.mcp_server.identity import Actor

if TYPE_CHECKING:
    from agents import FunctionTool, TResponseInputItem

    from todo_backend.mcp_server.server import ToolServer


class Assistant:
    """Answers in conversations. Holds nothing of a user between turns."""

    def __init__(self, server: "Lazily[ToolServer]", models: Models, *, built_in: bool, turn_seconds: float) -> None:
        self._server = server
        self._tools: list[FunctionTool] = []  # those of the server, from the first turn on
        self._libraries = Lazily(partial(_load, built_in=built_in))
        self.models = models
        self.turn_seconds = turn_seconds

    def expect(self) -> None:
        """Somebody is about to say something: have loaded what the first turn would wait for."""
        self._libraries.begin()
        self._server.begin()

    async def answer(
        self, actor: Actor, history: "list[TResponseInputItem]", calls: Calls, *, resumed: bool = False
    ) -> AsyncGenerator[AssistantEvent]:
        """What the assistant does to answer the last message of `history`; its calls of tools go through `calls`.

        `resumed`: after that message, `history` has the calls of an earlier try.
        Raises AssistantFailed. To be iterated and closed by one task; closing it stops the model.
        """
        await self._libraries.get()
        server = await self._server.get()
        from todo_backend.assistant.agent import answer
        from todo_backend.assistant.tools import function_tools

        self._tools = self._tools or await function_tools(server)
        answering = answer(self._tools, self.models, actor, history, calls, resumed=resumed, seconds=self.turn_seconds)
        async with aclosing(answering) as events:
            async for event in events:
                yield event


def _load(*, built_in: bool) -> None:
    import todo_backend.assistant.agent

    if built_in:
        import todo_backend.assistant.offline.model  # noqa: F401

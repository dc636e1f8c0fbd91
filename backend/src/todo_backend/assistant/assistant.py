"""The assistant as the application holds it: without its libraries, until somebody says something.

The Agents SDK and OpenAI's client take as much time to import as all else together. `agent` and `models` have them, and
nothing imports these but the first turn of a process, which waits a second for it, once. So a pod is ready sooner, and
one in which nobody chats does without. It is done in a thread: other requests are answered meanwhile.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import cache
from typing import TYPE_CHECKING

from todo_backend.assistant.calls import Calls
from todo_backend.assistant.events import AssistantEvent
from todo_backend.assistant.models import Models
from todo_backend.core.memory import freeze_loaded
from todo_backend.mcp_server.identity import Actor
from todo_backend.mcp_server.server import ToolServer

if TYPE_CHECKING:
    from agents import TResponseInputItem


class Assistant:
    """Answers in conversations. Holds nothing of a user between turns."""

    def __init__(self, tools: ToolServer, models: Models, *, turn_seconds: float) -> None:
        self._tools = tools
        self.models = models
        self.turn_seconds = turn_seconds
        self._loaded = False

    async def answer(
        self, actor: Actor, history: "list[TResponseInputItem]", calls: Calls, *, resumed: bool = False
    ) -> AsyncGenerator[AssistantEvent]:
        """What the assistant does to answer the last message of `history`; its calls of tools go through `calls`.

        `resumed`: after that message, `history` has the calls of an earlier try.
        Raises AssistantFailed. To be iterated and closed by one task; closing it stops the model.
        """
        if not self._loaded:
            await asyncio.to_thread(_load)
            self._loaded = True
        from todo_backend.assistant.agent import answer

        answering = answer(self._tools, self.models, actor, history, calls, resumed=resumed, seconds=self.turn_seconds)
        async with aclosing(answering) as events:
            async for event in events:
                yield event


@cache
def _load() -> None:
    """Import the agent; only the first call does anything."""
    import todo_backend.assistant.agent  # noqa: F401 (whoever imports it after this does not wait)

    freeze_loaded()

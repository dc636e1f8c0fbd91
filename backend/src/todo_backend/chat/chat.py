"""The chat as the application holds it: without ChatKit's types, until somebody looks at conversations.

They are some hundreds of models, and take a fifth of a start to make.
"""

from typing import TYPE_CHECKING

from todo_backend.assistant.assistant import Assistant
from todo_backend.core.lazily import Lazily
from todo_backend.db.pool import Pool

if TYPE_CHECKING:
    from todo_backend.chat.conversations import Conversations


class Chat:
    """Conversations with the assistant. Holds nothing of a user between turns."""

    def __init__(self, pool: Pool, assistant: Assistant, *, wait_seconds: float) -> None:
        self._pool = pool
        self._assistant = assistant
        self._wait_seconds = wait_seconds
        self._loaded: Conversations | None = None
        self._conversations = Lazily(self._load)

    async def conversations(self) -> "Conversations":
        """The conversations; the first to ask waits until they are loaded."""
        return await self._conversations.get()

    async def ended(self, seconds: float) -> None:
        """Wait until the turns of this process have ended, for so long at the most: they may want to keep something."""
        if self._loaded is not None:
            await self._loaded.turns.ended(seconds)

    def _load(self) -> "Conversations":
        from todo_backend.chat.conversations import Conversations

        self._loaded = Conversations(self._pool, self._assistant, wait_seconds=self._wait_seconds)
        return self._loaded

"""What the entry points of the chat work with, and the one that speaks ChatKit's protocol."""

from fastapi import Request, Response

from todo_backend.assistant.assistant import Assistant
from todo_backend.chat import protocol
from todo_backend.chat.service import ChatService
from todo_backend.chat.threads import Threads
from todo_backend.chat.turn_queue import Turns
from todo_backend.db.pool import Pool
from todo_backend.mcp_server.identity import Actor


class Conversations:
    """One history: by REST (`service`), and by ChatKit (`answer`)."""

    def __init__(self, pool: Pool, assistant: Assistant, *, wait_seconds: float) -> None:
        self.turns = Turns(pool, assistant, wait_seconds=wait_seconds)
        self.service = ChatService(pool, self.turns)
        self._threads = Threads(pool)

    async def answer(self, actor: Actor, request: Request) -> Response:
        """What ChatKit's protocol has for `request`; raises Problem for what is known before a turn begins."""
        return await protocol.answer(self.turns, self._threads, actor, request)

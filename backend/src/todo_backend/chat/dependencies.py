"""What the chat's endpoints ask for."""

from typing import Annotated

from fastapi import Depends, Request

from todo_backend.chat.server import ConversationServer
from todo_backend.chat.service import ChatService
from todo_backend.db.pool import Pool


async def _chat_service(request: Request) -> ChatService:  # async: a plain function would run in a thread
    service: ChatService = request.app.state.resources.chat
    return service


async def _conversation_server(request: Request) -> ConversationServer:
    server: ConversationServer = request.app.state.resources.chatkit
    return server


async def _pool(request: Request) -> Pool:
    pool: Pool = request.app.state.resources.pool
    return pool


ChatServiceDep = Annotated[ChatService, Depends(_chat_service)]
ConversationServerDep = Annotated[ConversationServer, Depends(_conversation_server)]
PoolDep = Annotated[Pool, Depends(_pool)]

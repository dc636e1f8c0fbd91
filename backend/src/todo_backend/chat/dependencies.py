"""What the chat's endpoints ask for."""

from typing import Annotated

from fastapi import Depends, Request

from todo_backend.chat.service import ChatService
from todo_backend.chat.threads import Threads
from todo_backend.chat.turn_queue import Turns


async def _chat_service(request: Request) -> ChatService:  # async: a plain function would run in a thread
    service: ChatService = request.app.state.resources.chat
    return service


async def _turns(request: Request) -> Turns:
    turns: Turns = request.app.state.resources.turns
    return turns


async def _threads(request: Request) -> Threads:
    threads: Threads = request.app.state.resources.threads
    return threads


ChatServiceDep = Annotated[ChatService, Depends(_chat_service)]
TurnsDep = Annotated[Turns, Depends(_turns)]
ThreadsDep = Annotated[Threads, Depends(_threads)]

"""What the chat's endpoints ask for."""

from typing import Annotated

from fastapi import Depends, Request

from todo_backend.chat.chat import Chat


async def _chat(request: Request) -> Chat:  # async: a plain function would run in a thread
    chat: Chat = request.app.state.resources.chat
    return chat


ChatDep = Annotated[Chat, Depends(_chat)]

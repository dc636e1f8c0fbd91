"""REST for chat: one message in, the whole answer out."""

from fastapi import APIRouter, Response

from todo_backend.auth.dependencies import Owner, ReaderZone, authenticated
from todo_backend.chat.schemas import ChatAnswer, ChatRequest
from todo_backend.idempotency import Idempotency
from todo_backend.resources import HeldResources
from todo_backend.tools.identity import Actor

router = APIRouter(prefix="/api/{user_id}/chat", tags=["chat"], dependencies=authenticated)


@router.post("", responses={200: {"model": ChatAnswer, "description": "what the assistant says, and what it did"}})
async def chat(
    resources: HeldResources, owner: Owner, said: ChatRequest, zone: ReaderZone, request: Idempotency
) -> Response:
    """Say something to the assistant, in a new conversation or in one that goes on.

    When the assistant cannot answer (502, 503) the message is kept. Sent again with the same Idempotency-Key it is
    answered once.
    """
    actor = Actor(owner, said.time_zone or zone or "UTC")
    answer = await resources.chat.say(actor, said.conversation_id, said.message, request)
    return Response(answer, media_type="application/json")

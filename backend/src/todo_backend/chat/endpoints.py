"""REST for chat: one message in, the whole answer out."""

from fastapi import APIRouter, Response

from todo_backend.auth.request_context import ContextDep
from todo_backend.auth.user_route import UserRoute
from todo_backend.chat.dependencies import ChatDep
from todo_backend.chat.schemas import ChatAnswer, ChatRequest
from todo_backend.core.openapi import IDEMPOTENCY_KEY
from todo_backend.db.idempotency import idempotent_request
from todo_backend.mcp_server.identity import Actor

router = APIRouter(prefix="/api/{user_id}/chat", tags=["chat"], route_class=UserRoute)


@router.post(
    "",
    responses={200: {"model": ChatAnswer, "description": "what the assistant says, and what it did"}},
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
async def chat(context: ContextDep, chats: ChatDep, said: ChatRequest) -> Response:
    """Say something to the assistant, in a new conversation or in one that goes on.

    When the assistant cannot answer (502, 503) the message is kept. Sent again with the same Idempotency-Key it is
    answered once. A message waits for those before it in its conversation; one that waits for too long, or behind too
    many others, is refused (409, `conversation_busy`) and not kept.
    """
    actor = Actor(context.principal, said.time_zone or context.zone or "UTC", locale=context.locale)
    request = await idempotent_request(context.request)
    gone = context.request.is_disconnected
    service = (await chats.conversations()).service
    answer = await service.say(actor, said.conversation_id, said.message, request, gone)
    return Response(answer, media_type="application/json")

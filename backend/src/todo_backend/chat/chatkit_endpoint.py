"""`POST /chatkit`: the protocol of ChatKit's clients."""

from fastapi import APIRouter, Request, Response

from todo_backend.auth.dependencies import Caller, ReaderLocale, ReaderZone
from todo_backend.chat.dependencies import ChatDep
from todo_backend.chat.requests import ANSWERS, REQUEST_BODY
from todo_backend.core.openapi import IDEMPOTENCY_KEY
from todo_backend.mcp_server.identity import Actor

router = APIRouter(tags=["chat"])


@router.post(
    "/chatkit",
    response_class=Response,
    responses=ANSWERS,
    openapi_extra={"parameters": [IDEMPOTENCY_KEY], "requestBody": REQUEST_BODY},
)
async def chatkit(request: Request, chats: ChatDep, caller: Caller, zone: ReaderZone, locale: ReaderLocale) -> Response:
    """Speak the ChatKit protocol: JSON, or server-sent events for a turn of the assistant.

    Problems that are known before a turn begins are problem documents; later ones are `error` events. A turn that is
    sent again with the same Idempotency-Key is run once: one that was finished is shown again, one that was cut goes
    on from what the person said. A message waits for those before it in its conversation; one that waits for too long,
    or behind too many others, is refused (409, `conversation_busy`) and not kept.
    """
    return await (await chats.conversations()).answer(Actor(caller, zone or "UTC", locale=locale), request)

"""`POST /chatkit`: what a ChatKit client may ask, checked before anything streams."""

import re

from chatkit.server import NonStreamingResult
from chatkit.store import NotFoundError
from chatkit.types import (
    AttachmentsCreateReq,
    AttachmentsDeleteReq,
    ChatKitReq,
    InputTranscribeReq,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsRetryAfterItemReq,
    ThreadsUpdateReq,
    UserMessageInput,
    UserMessageItem,
)
from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter, ValidationError

from todo_backend.auth.dependencies import Caller, ReaderZone
from todo_backend.chat.dependencies import ConversationServerDep, PoolDep
from todo_backend.chat.items import MAX_MESSAGE, MAX_TITLE
from todo_backend.chat.store import ConversationStore
from todo_backend.chat.stream import stream
from todo_backend.chat.turn_key import TurnKey
from todo_backend.core.errors import BadRequest, Invalid, NotFound
from todo_backend.core.openapi import IDEMPOTENCY_KEY
from todo_backend.db.idempotency import idempotent_request
from todo_backend.mcp_server.identity import Actor

router = APIRouter(tags=["chat"])

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # in JSON, unless its backslash is one of the text

_request: TypeAdapter[ChatKitReq] = TypeAdapter(ChatKitReq)


@router.post("/chatkit", response_class=Response, openapi_extra={"parameters": [IDEMPOTENCY_KEY]})
async def chatkit(
    request: Request, server: ConversationServerDep, pool: PoolDep, caller: Caller, zone: ReaderZone
) -> Response:
    """Speak the ChatKit protocol: JSON, or server-sent events for a turn of the assistant.

    Problems that are known before a turn begins are problem documents; later ones are `error` events. A turn that is
    sent again with the same Idempotency-Key is run once: one that was finished is shown again, one that was cut goes
    on from what the person said.
    """
    actor = Actor(caller, zone or "UTC")
    once = await idempotent_request(request)
    key = None if once is None else TurnKey(pool, caller, once)
    try:
        body = await request.body()
        wanted = _request.validate_json(body)
        if _NUL.search(body):  # PostgreSQL cannot keep it, wherever it stands
            raise Invalid("The request must not contain the NUL character.")
        await _check(wanted, server.store, actor)
        result = await server.answer(wanted, actor, key)
        if isinstance(result, NonStreamingResult):
            return Response(result.json, media_type="application/json")
        return await stream(result)
    except ValidationError as error:
        raise BadRequest(f"This is not a ChatKit request: {_first(error)}.") from None
    except NotFoundError:
        raise NotFound("This conversation was not found.") from None


def _first(error: ValidationError) -> str:
    problem = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}" if where else problem["msg"]


async def _check(request: ChatKitReq, store: ConversationStore, actor: Actor) -> None:
    """Refuse what cannot be done; raises NotFoundError for a thread or an item that is not the actor's."""
    thread_id, item_id = (getattr(request.params, name, None) for name in ("thread_id", "item_id"))
    item = None
    if thread_id is not None:
        await store.load_thread(thread_id, actor)
        item = None if item_id is None else await store.load_item(thread_id, item_id, actor)
    match request:
        case ThreadsCreateReq() | ThreadsAddUserMessageReq():
            _check_message(request.params.input)
        case ThreadsRetryAfterItemReq() if not isinstance(item, UserMessageItem):
            raise Invalid("item_id: only a message of the user can be tried again")
        case ThreadsUpdateReq():
            _check_title(request.params.title)
        case ThreadsAddClientToolOutputReq() | ThreadsAddStructuredInputReq():
            raise Invalid("Nothing in this conversation waits for such an answer.")
        case AttachmentsCreateReq() | AttachmentsDeleteReq():
            raise Invalid("Attachments are not supported here.")
        case InputTranscribeReq():
            raise Invalid("Speech is not supported here.")


def _check_message(message: UserMessageInput) -> None:
    text = "\n".join(part.text for part in message.content)
    if message.attachments:
        raise Invalid("Attachments are not supported here.")
    if not text.strip():
        raise Invalid("The message is empty.")
    if len(text) + len(message.quoted_text or "") > MAX_MESSAGE:
        raise Invalid(f"The message is longer than {MAX_MESSAGE} characters; make it shorter.")


def _check_title(title: str) -> None:
    if not (0 < len(title.strip()) <= MAX_TITLE):
        raise Invalid(f"title: must have 1 to {MAX_TITLE} characters")

"""The ChatKit protocol: what a client may ask, checked before anything streams."""

import re
from collections.abc import AsyncGenerator
from typing import TypeAlias

from chatkit.types import (
    AttachmentsCreateReq,
    AttachmentsDeleteReq,
    ChatKitReq,
    InputTranscribeReq,
    ThreadCreatedEvent,
    ThreadItemDoneEvent,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    ThreadsUpdateReq,
    UserMessageInput,
    UserMessageItem,
    is_streaming_req,
)
from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from todo_backend.auth.principal import Principal
from todo_backend.chat.items import thread_of
from todo_backend.chat.limits import MAX_MESSAGE, MAX_MESSAGE_BYTES, MAX_TITLE
from todo_backend.chat.stream import frame_of, stream
from todo_backend.chat.thread_events import error, frames
from todo_backend.chat.threads import NO_ACTIONS, Threads
from todo_backend.chat.turn import Turn
from todo_backend.chat.turn_queue import Again, Said, Turns
from todo_backend.core.errors import BadRequest, Invalid
from todo_backend.core.event_stream import EventStream
from todo_backend.core.mistakes import mistakes
from todo_backend.core.text import is_blank
from todo_backend.db.idempotency import idempotent_request
from todo_backend.mcp_server.identity import Actor

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # in JSON, unless its backslash is one of the text

_ROOM_FOR_IDS = 1024  # and a moment, which a message gets when it is stored

_Turn: TypeAlias = ThreadsCreateReq | ThreadsAddUserMessageReq | ThreadsRetryAfterItemReq
_request: TypeAdapter[ChatKitReq] = TypeAdapter(ChatKitReq)


async def answer(turns: Turns, threads: Threads, actor: Actor, request: Request) -> Response:
    """JSON, or server-sent events for a turn of the assistant; raises Problem for what is known before it begins."""
    once = await idempotent_request(request)
    asked = _parsed(await request.body())
    await _check(asked, threads, actor.principal)
    match asked:
        case ThreadsCreateReq() | ThreadsAddUserMessageReq() | ThreadsRetryAfterItemReq():
            if (known := await turns.claim(actor, once, request.is_disconnected)) is not None:
                return EventStream(_shown_again(known))
            turn = await turns.begin(actor, _asked(asked), once, request.is_disconnected)
            return await stream(frames(turn, _beginning(asked, turn)), beats=once is not None)
        case ThreadsCustomActionReq():
            return EventStream(_refused())
    assert not is_streaming_req(asked)  # noqa: S101 (the others were refused)
    turns.expect()
    found = await threads.answer(actor.principal, asked)
    text = b"{}" if found is None else found.model_dump_json(by_alias=True, exclude_none=True, serialize_as_any=True)
    return Response(text, media_type="application/json")


def _parsed(body: bytes) -> ChatKitReq:
    if body.count(b",") > MAX_MESSAGE_BYTES:  # ahead of reading: each value may be a mistake, kept until all are found
        raise _too_large()
    try:
        request = _request.validate_json(body, strict=True)
    except ValidationError as invalid:
        raise BadRequest(f"This is not a ChatKit request: {_first(invalid)}.") from None
    if _NUL.search(body):  # PostgreSQL cannot keep it, wherever it stands
        raise Invalid("The request must not contain the NUL character.")
    return request


def _asked(request: _Turn) -> Said | Again:
    match request:
        case ThreadsCreateReq(params=asked):
            return Said(None, asked.input)
        case ThreadsAddUserMessageReq(params=asked):
            return Said(asked.thread_id, asked.input)
        case ThreadsRetryAfterItemReq(params=asked):
            return Again(asked.thread_id, asked.item_id)


def _beginning(request: _Turn, turn: Turn) -> list[ThreadStreamEvent]:
    """What a client has to be shown of the message: one that is answered again is there."""
    said = ThreadItemDoneEvent(item=turn.opening.message)
    match request:
        case ThreadsCreateReq():
            return [ThreadCreatedEvent(thread=thread_of(turn.opening.conversation)), said]
        case ThreadsAddUserMessageReq():
            return [said]
        case ThreadsRetryAfterItemReq():
            return []


async def _shown_again(known: str) -> AsyncGenerator[bytes]:
    yield known.encode()


async def _refused() -> AsyncGenerator[bytes]:
    yield frame_of(error(NO_ACTIONS, allow_retry=False))


def _first(invalid: ValidationError) -> str:
    problem = mistakes(invalid)[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}" if where else problem["msg"]


async def _check(request: ChatKitReq, threads: Threads, principal: Principal) -> None:
    """Refuse what cannot be done; raises NotFound for a thread or an item that is not the principal's."""
    thread_id, item_id = (getattr(request.params, name, None) for name in ("thread_id", "item_id"))
    item = None
    if thread_id is not None and not isinstance(request, ThreadsAddUserMessageReq):  # whose turn finds it itself
        await threads.get(principal, thread_id)
        item = None if item_id is None else await threads.get_item(principal, thread_id, item_id)
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
    if is_blank(text):
        raise Invalid("The message is empty.")
    if len(text) + len(message.quoted_text or "") > MAX_MESSAGE:
        raise Invalid(f"The message is longer than {MAX_MESSAGE} characters; make it shorter.")
    if len(message.model_dump_json(exclude_none=True).encode()) > MAX_MESSAGE_BYTES - _ROOM_FOR_IDS:
        raise _too_large()


def _too_large() -> Invalid:
    return Invalid(f"The message with all its parts is longer than {MAX_MESSAGE_BYTES} bytes; make it shorter.")


def _check_title(title: str) -> None:
    if is_blank(title) or len(title) > MAX_TITLE:
        raise Invalid(f"title: must have 1 to {MAX_TITLE} characters, and one that can be seen")

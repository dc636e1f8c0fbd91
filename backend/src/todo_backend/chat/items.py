"""Items of a conversation: made here, turned into rows, read back, and told to a model."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from itertools import dropwhile
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    HiddenContextItem,
    InferenceOptions,
    Page,
    SDKHiddenContextItem,
    Thread,
    ThreadItem,
    UserMessageInput,
    UserMessageItem,
    UserMessageTextContent,
)
from pydantic import Field, TypeAdapter

from todo_backend.assistant.display import Display
from todo_backend.chat.repository import Conversation, Message

if TYPE_CHECKING:
    from agents import TResponseInputItem

TOOL = "tool"  # the kind of id that records of tool calls have
HISTORY_ITEMS = 60  # the newest ones are told to the model
MAX_HISTORY_BYTES = 1536 * 1024  # of these, as they are stored: all that one turn can do, and more
_TITLE_LENGTH = 60
_STOPPED = "(The person stopped this answer.)"


class DisplayedItem(AssistantMessageItem):
    """What the assistant said, and how a page shows it that draws tasks; the content has all the words."""

    display: Display | None = None


_KEPT = UserMessageItem | DisplayedItem | HiddenContextItem | SDKHiddenContextItem
_item: TypeAdapter[ThreadItem] = TypeAdapter(Annotated[_KEPT, Field(discriminator="type")])


def new_id(kind: str) -> str:
    """An id that no other item or thread has."""
    return f"{kind}_{uuid4().hex}"


def same_id(kind: str, *of: object) -> str:
    """An id that is always the same for the same things, and no other item's or thread's."""
    seed = "\n".join(map(str, of)).encode()
    return f"{kind}_{hashlib.sha256(seed).hexdigest()[:32]}"


def thread_of(conversation: Conversation) -> Thread:
    """The thread that a conversation is, without its items."""
    return Thread(id=conversation.thread_id, title=conversation.title, created_at=conversation.created_at, items=Page())


def text_input(text: str) -> UserMessageInput:
    """What a person says, as ChatKit would send it."""
    return UserMessageInput(
        content=[UserMessageTextContent(text=text)], attachments=[], inference_options=InferenceOptions()
    )


def user_message(thread_id: str, item_id: str, said: UserMessageInput) -> UserMessageItem:
    """What a person said."""
    return UserMessageItem(
        id=item_id,
        thread_id=thread_id,
        created_at=dt.datetime.now(dt.UTC),
        content=said.content,
        quoted_text=said.quoted_text,
        inference_options=said.inference_options,
    )


def assistant_message(thread_id: str, text: str, item_id: str, display: Display | None = None) -> AssistantMessageItem:
    """What the assistant said; an empty `text` is a message that begins."""
    return DisplayedItem(
        id=item_id,
        thread_id=thread_id,
        created_at=dt.datetime.now(dt.UTC),
        content=[AssistantMessageContent(text=text)] if text else [],
        display=display,
    )


def tool_record(thread_id: str, record_id: str, name: str, arguments: str, output: str) -> HiddenContextItem:
    """What a tool was asked and answered: not shown, but told to the model from then on.

    With an id of ours: some servers count calls anew in each turn.
    """
    return HiddenContextItem(
        id=record_id,
        thread_id=thread_id,
        created_at=dt.datetime.now(dt.UTC),
        content={"call_id": new_id("call"), "name": name, "arguments": arguments, "output": output},
    )


def stopped_mark(thread_id: str) -> SDKHiddenContextItem:
    """That an answer was stopped: not shown, but told to the model."""
    return SDKHiddenContextItem(
        id=new_id("stop"), thread_id=thread_id, created_at=dt.datetime.now(dt.UTC), content=_STOPPED
    )


def to_message(item: ThreadItem) -> Message:
    """The row of `item`."""
    document = item.model_dump_json(exclude_none=True)
    match item:
        case UserMessageItem():
            return Message(item.id, "user", text_of(item), document, item.created_at)
        case AssistantMessageItem():
            return Message(item.id, "assistant", text_of(item), document, item.created_at)
    return Message(item.id, None, "", document, item.created_at)


def from_json(text: str) -> ThreadItem:
    """The item of a row."""
    return _item.validate_json(text)


def text_of(item: UserMessageItem | AssistantMessageItem) -> str:
    """The words of a message."""
    return "\n".join(part.text for part in item.content)


def title_of(text: str) -> str:
    """A short title for a conversation that begins with `text`."""
    line = " ".join(text.split())
    if len(line) <= _TITLE_LENGTH:
        return line
    return line[:_TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def model_input(items: Iterable[ThreadItem]) -> "list[TResponseInputItem]":
    """The history as a model reads it, from a message of the person on, tool calls of earlier turns included."""
    history: list[TResponseInputItem] = []
    for item in dropwhile(lambda item: not isinstance(item, UserMessageItem), items):
        match item:
            case UserMessageItem():
                history.append({"role": "user", "content": _quoting(item)})
            case AssistantMessageItem():
                history.append({"role": "assistant", "content": text_of(item)})
            case HiddenContextItem():
                history.extend(_tool_call(item.content))
            case SDKHiddenContextItem():
                history.append({"role": "assistant", "content": _STOPPED})
    return history


def _quoting(item: UserMessageItem) -> str:
    return f"> {item.quoted_text}\n\n{text_of(item)}" if item.quoted_text else text_of(item)


def _tool_call(record: dict[str, Any]) -> "list[TResponseInputItem]":
    return [
        {
            "type": "function_call",
            "call_id": record["call_id"],
            "name": record["name"],
            "arguments": record["arguments"],
        },
        {"type": "function_call_output", "call_id": record["call_id"], "output": record["output"]},
    ]

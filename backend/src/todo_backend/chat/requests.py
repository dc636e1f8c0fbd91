"""The ChatKit requests that are served, for the OpenAPI document: ChatKit's own types, less what is refused here."""

from typing import Any, Literal

from pydantic import BaseModel

from todo_backend.chat.limits import MAX_MESSAGE, MAX_TITLE
from todo_backend.tasks.schemas import NOT_BLANK

# ChatKit's types, by the `type` that tells one from another. By name, for a server that is ready has not loaded them.
_SERVED = {
    "threads.create": "ThreadsCreateReq",
    "threads.add_user_message": "ThreadsAddUserMessageReq",
    "threads.retry_after_item": "ThreadsRetryAfterItemReq",
    "threads.get_by_id": "ThreadsGetByIdReq",
    "threads.list": "ThreadsListReq",
    "threads.update": "ThreadsUpdateReq",
    "threads.delete": "ThreadsDeleteReq",
    "items.list": "ItemsListReq",
    "items.feedback": "ItemsFeedbackReq",
}
_TEMPLATE = "#/components/schemas/{model}"


def schemas() -> dict[str, Any]:
    """The components that `REQUEST_BODY` refers to."""
    from chatkit import types
    from pydantic.json_schema import models_json_schema

    served: list[tuple[type[BaseModel], Literal["validation"]]]
    served = [(getattr(types, name), "validation") for name in _SERVED.values()]
    _, document = models_json_schema(served, ref_template=_TEMPLATE)
    found: dict[str, Any] = document["$defs"]
    for schema in found.values():
        if "const" in schema["properties"].get("type", {}):  # what tells it from others; defaults are for Python
            schema["required"] = ["type", *schema["required"]]
    found["UserMessageInput"]["properties"]["content"] |= {"minItems": 1}
    found["UserMessageInput"]["properties"]["attachments"] |= {"maxItems": 0}
    for name in ("UserMessageTextContent", "UserMessageTagContent"):
        found[name]["properties"]["text"] |= {"pattern": NOT_BLANK, "maxLength": MAX_MESSAGE}
    found["ThreadUpdateParams"]["properties"]["title"] |= {"pattern": NOT_BLANK, "maxLength": MAX_TITLE}
    return found


def _body() -> dict[str, Any]:
    references = {kind: _TEMPLATE.format(model=name) for kind, name in _SERVED.items()}
    return {
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {"propertyName": "type", "mapping": references},
    }


REQUEST_BODY = {"required": True, "content": {"application/json": {"schema": _body()}}}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "what was asked for, or the events of a turn",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/event-stream": {},
        },
    }
}

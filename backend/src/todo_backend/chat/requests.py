"""The ChatKit requests that are served, for the OpenAPI document: ChatKit's own types, less what is refused here."""

from typing import Any

from chatkit.types import (
    ItemsFeedbackReq,
    ItemsListReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsListReq,
    ThreadsRetryAfterItemReq,
    ThreadsUpdateReq,
)
from pydantic.json_schema import models_json_schema

from todo_backend.chat.items import MAX_MESSAGE, MAX_TITLE
from todo_backend.tasks.schemas import NOT_BLANK

_SERVED = (
    ThreadsCreateReq,
    ThreadsAddUserMessageReq,
    ThreadsRetryAfterItemReq,
    ThreadsGetByIdReq,
    ThreadsListReq,
    ThreadsUpdateReq,
    ThreadsDeleteReq,
    ItemsListReq,
    ItemsFeedbackReq,
)
_TEMPLATE = "#/components/schemas/{model}"


def schemas() -> dict[str, Any]:
    """The components that `REQUEST_BODY` refers to."""
    _, document = models_json_schema([(model, "validation") for model in _SERVED], ref_template=_TEMPLATE)
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
    references = {model: _TEMPLATE.format(model=model.__name__) for model in _SERVED}
    types = {model.model_fields["type"].default: reference for model, reference in references.items()}
    return {
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {"propertyName": "type", "mapping": types},
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

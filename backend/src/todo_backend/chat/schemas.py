"""What the chat endpoint takes and answers."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StringConstraints

from todo_backend.chat.limits import MAX_MESSAGE
from todo_backend.core.time_zones import TimeZone
from todo_backend.tasks.schemas import MAX_ID, NOT_BLANK, storable, visible


class ChatRequest(BaseModel):
    """What a person says."""

    model_config = ConfigDict(extra="forbid")

    message: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_MESSAGE),
        AfterValidator(storable),
        AfterValidator(visible),
        Field(json_schema_extra={"pattern": NOT_BLANK}),
    ]
    conversation_id: Annotated[StrictInt, Field(ge=1, le=MAX_ID)] | None = Field(
        None, description="default: a new conversation"
    )
    time_zone: TimeZone | None = Field(None, description="default: the X-Time-Zone header, else UTC")


class ToolUse(BaseModel):
    """What the assistant did: a tool, and what the tool answered."""

    name: str
    arguments: Any
    result: Any


class ChatAnswer(BaseModel):
    """What the assistant says."""

    conversation_id: int
    response: str
    tool_calls: list[ToolUse]

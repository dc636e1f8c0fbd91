"""What a file of a person's data has in it."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from todo_backend.tasks.exported import ExportedChange, ExportedTask


class ExportFormat(StrEnum):
    """Everything, for programs; or the tasks, for a spreadsheet."""

    JSON = "json"
    CSV = "csv"


class ExportWanted(BaseModel):
    """Which file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: ExportFormat = ExportFormat.JSON


class Profile(BaseModel):
    """Whose data it is, as the account has it."""

    id: str
    name: str
    email: str
    email_verified: bool
    image: str | None
    time_zone: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ExportedConversation(BaseModel):
    """A conversation with the assistant."""

    id: int
    thread_id: str
    title: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ExportedMessage(BaseModel):
    """What was said in a conversation, or done by the assistant."""

    conversation_id: int
    id: str
    role: Literal["user", "assistant"] | None = Field(description="null for what a tool did")
    feedback: Literal["positive", "negative"] | None
    created_at: AwareDatetime
    item: dict[str, Any] = Field(description="as ChatKit has it")


class Export(BaseModel):
    """All that is a person's, as it was at one moment."""

    format: Literal["todo-stack"]
    version: Literal[1]
    exported_at: AwareDatetime
    profile: Profile
    tasks: list[ExportedTask] = Field(description="also completed ones and those in the trash")
    changes: list[ExportedChange] = Field(description="the journal of the last 30 days, the oldest first")
    conversations: list[ExportedConversation]
    messages: list[ExportedMessage] = Field(description="of all conversations, in their order")

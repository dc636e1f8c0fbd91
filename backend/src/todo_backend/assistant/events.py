"""What the assistant does in a turn, as events."""

from dataclasses import dataclass
from typing import TypeAlias

from todo_backend.assistant.display import Display


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A finished call; `arguments` and `output` are the texts that the model wrote and read."""

    call_id: str
    name: str
    arguments: str
    output: str


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """The assistant calls a tool."""

    name: str


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """The tool has answered."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class MessageStarted:
    """The assistant begins to speak."""


@dataclass(frozen=True, slots=True)
class MessageDelta:
    """The next piece of what it says."""

    text: str


@dataclass(frozen=True, slots=True)
class MessageFinished:
    """All that it said in this message, and how a page shows it, of a model that knows."""

    text: str
    display: Display | None = None


AssistantEvent: TypeAlias = ToolStarted | ToolFinished | MessageStarted | MessageDelta | MessageFinished

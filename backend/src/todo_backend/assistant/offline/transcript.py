"""What the Agents SDK hands to a model, reduced to what the built-in assistant reads.

What the assistant itself said is not among it: its words are for people, and nothing is read from them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A call and the text that the tool answered."""

    call: Call
    output: str


@dataclass(slots=True)
class Exchange:
    """A message of the person, the tools used for it, and how many messages of the assistant ended it.

    One ends a whole turn. None or several are what is left of a turn that was cut.
    """

    message: str
    calls: dict[str, Call] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    answers: int = 0

    @property
    def uses(self) -> list[ToolUse]:
        """The calls that were answered, in the order in which they were made."""
        return [ToolUse(call, self.outputs[key]) for key, call in self.calls.items() if key in self.outputs]


def read_transcript(items: str | Iterable[object]) -> list[Exchange]:
    """Read the input of a model call: a text, or items in the format of the Responses API. The last is to answer."""
    if isinstance(items, str):
        return [Exchange(items)]
    exchanges: list[Exchange] = []
    for item in items:
        if isinstance(item, Mapping):
            if item.get("role") == "user":
                exchanges.append(Exchange(text_of(item.get("content"))))
            elif exchanges:
                _take_in(item, exchanges[-1])
    return exchanges or [Exchange("")]


def _take_in(item: Mapping[str, object], exchange: Exchange) -> None:
    key = str(item.get("call_id"))
    match item.get("type"), item.get("role"):
        case "function_call", _:
            exchange.calls[key] = Call(str(item.get("name")), _arguments(item.get("arguments")))
            exchange.answers = 0
        case "function_call_output", _:
            exchange.outputs[key] = text_of(item.get("output"))
        case _, "assistant":
            exchange.answers += 1


def text_of(content: object) -> str:
    """The text of a message or of a tool's answer: as it is, or in parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = (part.get("text") if isinstance(part, Mapping) else None for part in parts)
    return "\n".join(text for text in texts if isinstance(text, str))


def _arguments(text: object) -> dict[str, Any]:
    try:
        arguments = json.loads(str(text))
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}

"""What the Agents SDK hands to a model, reduced to what the built-in assistant reads."""

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered: `data` if it answered JSON, else its error text."""

    data: object = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """The latest message of the person, the turns before it, and the results of the tools called since it."""

    message: str
    earlier: tuple[Turn, ...]
    results: tuple[ToolResult, ...]


def read_transcript(items: str | Iterable[object]) -> Transcript:
    """Read the input of a model call: a text, or items in the format of the Responses API."""
    if isinstance(items, str):
        return Transcript(items, (), ())
    turns: list[Turn] = []
    calls: list[str] = []
    outputs: dict[str, ToolResult] = {}
    for item in items:
        if not isinstance(item, Mapping):
            continue
        match item.get("type"), item.get("role"):
            case "function_call", _:
                calls.append(str(item.get("call_id")))
            case "function_call_output", _:
                outputs[str(item.get("call_id"))] = read_output(item.get("output"))
            case _, "user" | "assistant" as role:
                turns.append(Turn(role, _text_of(item.get("content"))))
                if role == "user":
                    calls, outputs = [], {}
    last = next((place for place in reversed(range(len(turns))) if turns[place].role == "user"), None)
    if last is None:
        return Transcript("", tuple(turns), ())
    results = tuple(outputs[call] for call in calls if call in outputs)
    return Transcript(turns[last].text, tuple(turns[:last]), results)


def read_output(output: object) -> ToolResult:
    """A tool's output: JSON text in content parts (MCP tools), or a text or Python value (function tools)."""
    parts = [_text_of([part]) for part in output] if isinstance(output, list) else [_text_of(output)]
    values = [_parsed(part) for part in parts if part.strip()]
    if not values or any(value is None or isinstance(value, str) for value in values):
        return ToolResult(error=" ".join(parts).strip() or "The tool did not answer.")
    data = values[0] if len(values) == 1 else values
    if isinstance(data, dict) and isinstance(data.get("error"), str):
        return ToolResult(error=data["error"])
    return ToolResult(data=data)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (part.get("text") if isinstance(part, Mapping) else None for part in content)
        return "\n".join(text for text in texts if isinstance(text, str))
    return "" if content is None else json.dumps(content, default=str)

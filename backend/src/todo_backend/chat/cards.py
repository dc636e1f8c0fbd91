"""What stands beside an answer: the tasks of its turn and the change to undo, read from what the tools answered."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from chatkit.types import HiddenContextItem

from todo_backend.assistant.display import MAX_CARDS, Display, NamedTask


def display_of(
    text: str, known: Display | None, records: Sequence[HiddenContextItem], change_id: UUID
) -> Display | None:
    """How a page shows the answer `text` after the tool calls of `records`; None for words alone.

    `known` is what the model itself knows of that. `change_id` stands for all that the turn has changed.
    """
    outputs = [_parsed(record.content["output"]) for record in records]
    changed = [task for output in outputs for task in _changed(output)]
    display = known or _found(text, changed or _seen(outputs))
    if changed:
        display = display.model_copy(update={"change_id": change_id})
    return display if display.tasks or display.choices or display.change_id or display.text != text else None


def _found(text: str, tasks: Iterable[NamedTask]) -> Display:
    """By the tasks alone; too many of them are left to the words."""
    named = list({task.id: task for task in tasks}.values())
    words = _without_ids(text, [task.id for task in named])
    return Display(text=words, tasks=named if len(named) <= MAX_CARDS else [])


def _without_ids(text: str, ids: Sequence[int]) -> str:
    """`text` without the ids of these tasks in parentheses, as models are asked to write them."""
    if not ids:
        return text
    numbers = "|".join(map(str, ids))
    alone = re.sub(rf" ?\((?:id:? ?)?#?(?:{numbers})\)", "", text, flags=re.IGNORECASE)
    return re.sub(rf"\((?:id:? ?)?#?(?:{numbers}), ", "(", alone, flags=re.IGNORECASE)


def _changed(output: Any) -> list[NamedTask]:  # noqa: ANN401 (whatever JSON holds)
    """The tasks that a call has changed. What an undo puts back belongs to the change that it undoes."""
    match output:
        case {"status": "undone" | "redone"} | {"already_completed": True}:
            return []
        case {"task_id": int(), "task": {"id": int(number), "title": str(title)}}:
            return [NamedTask(id=number, title=title)]
        case {"change_id": str(), "tasks": [*changes]}:
            return [task for change in changes for task in _changed(change)]
    return []


def _seen(outputs: Iterable[Any]) -> list[NamedTask]:
    """The tasks that calls have put back or shown: those of the last list, and those read one by one after it."""
    seen: list[NamedTask] = []
    for output in outputs:
        match output:
            case {"status": "undone" | "redone", "tasks": [*changes]}:
                seen = [task for change in changes for task in _changed(change)]
            case {"tasks": [*tasks], "next_cursor": _}:
                seen = [NamedTask(id=task["id"], title=task["title"]) for task in tasks]
            case {"task": {"id": int(number), "title": str(title)}}:
                seen.append(NamedTask(id=number, title=title))
    return seen


def _parsed(text: str) -> Any:  # noqa: ANN401 (whatever JSON holds)
    try:
        return json.loads(text)
    except ValueError:  # a tool's error, in words
        return None

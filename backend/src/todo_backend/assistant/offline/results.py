"""What tools answered, read with the schemas that they answer in."""

from collections.abc import Iterable
from typing import Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from todo_backend.assistant.offline.transcript import ToolUse
from todo_backend.mcp_server.schemas import (
    ChangeList,
    ManyChanged,
    TaskAnswer,
    TaskCompletion,
    TaskCount,
    TaskList,
    ToolReversal,
    ToolTask,
    Trash,
)
from todo_backend.tasks.changes import Action

Deed: TypeAlias = Literal["Added", "Completed", "Reopened", "Deleted", "Restored", "Updated", "Skipped"]
_Schema = TypeVar("_Schema", bound=BaseModel)
_DEEDS: dict[Action, Deed] = {
    Action.CREATED: "Added",
    Action.COMPLETED: "Completed",
    Action.REOPENED: "Reopened",
    Action.UPDATED: "Updated",
    Action.DELETED: "Deleted",
    Action.RESTORED: "Restored",
}


def read_task(output: str) -> ToolTask | None:
    """The task that get_task answered; None for an error."""
    answer = read_task_answer(output)
    return answer.task if answer else None


def read_task_answer(output: str) -> TaskAnswer | None:
    """What get_task answered, next dates and all; None for an error."""
    return _read(TaskAnswer, output)


def read_list(output: str) -> TaskList | None:
    """The page that list_tasks answered; None for an error."""
    return _read(TaskList, output)


def read_change(output: str) -> TaskCompletion | None:
    """What a tool did to a task; None for an error."""
    return _read(TaskCompletion, output)


def read_reversal(output: str) -> ToolReversal | None:
    """What was undone, done again or restored as one; None for an error."""
    return _read(ToolReversal, output)


def read_many(output: str) -> ManyChanged | None:
    """What a tool did to many tasks; None for an error."""
    return _read(ManyChanged, output)


def read_count(output: str) -> int | None:
    """How many tasks count_tasks counted; None for an error."""
    counted = _read(TaskCount, output)
    return None if counted is None else counted.count


def read_changes(output: str) -> ChangeList | None:
    """The page that list_changes answered; None for an error."""
    return _read(ChangeList, output)


def read_trash(output: str) -> Trash | None:
    """The page that list_trash answered; None for an error."""
    return _read(Trash, output)


def many_deeds(many: ManyChanged) -> list[tuple[Deed, ToolTask]]:
    """What became of which task in a change of many, or when a change was undone or done again."""
    return [(_DEEDS[change.status], change.task) for change in many.tasks]


def deeds(uses: Iterable[ToolUse]) -> list[tuple[Deed, ToolTask]]:
    """What was done to which task. A completion of what was complete is none."""
    found: list[tuple[Deed, ToolTask]] = []
    for use in uses:
        if many := read_reversal(use.output) or read_many(use.output):
            found += many_deeds(many)
            continue
        change = read_change(use.output)
        if change is None or change.already_completed:
            continue
        reopened = change.status == "updated" and use.call.arguments.get("completed") is False
        found.append(("Reopened" if reopened else _DEEDS[change.status], change.task))
    return found


def _read(schema: type[_Schema], output: str) -> _Schema | None:
    try:
        return schema.model_validate_json(output)
    except ValidationError:
        return None

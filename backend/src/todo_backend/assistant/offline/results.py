"""What tools answered, read with the schemas that they answer in."""

from collections.abc import Iterable
from typing import Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from todo_backend.assistant.offline.transcript import ToolUse
from todo_backend.mcp_server.schemas import TaskAnswer, TaskCompletion, TaskList, ToolTask

Deed: TypeAlias = Literal["Added", "Completed", "Reopened", "Deleted", "Restored", "Updated"]
_Schema = TypeVar("_Schema", bound=BaseModel)
_DEEDS: dict[str, Deed] = {
    "created": "Added", "completed": "Completed", "updated": "Updated", "deleted": "Deleted", "restored": "Restored",
}  # fmt: skip


def read_task(output: str) -> ToolTask | None:
    """The task that get_task answered; None for an error."""
    answer = _read(TaskAnswer, output)
    return answer.task if answer else None


def read_list(output: str) -> TaskList | None:
    """The page that list_tasks answered; None for an error."""
    return _read(TaskList, output)


def read_change(output: str) -> TaskCompletion | None:
    """What a tool did to a task; None for an error."""
    return _read(TaskCompletion, output)


def deeds(uses: Iterable[ToolUse]) -> list[tuple[Deed, ToolTask]]:
    """What was done to which task. A completion of what was complete is none."""
    found: list[tuple[Deed, ToolTask]] = []
    for use in uses:
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

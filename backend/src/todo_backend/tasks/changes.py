"""A change as every entry point shows it: in fields and in words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from todo_backend.tasks.origin import EntryPoint
from todo_backend.tasks.schemas import ChangePageSize, Task

CURSOR = r"^[1-9][0-9]{0,17}$"


class ChangeKind(StrEnum):
    """Whether something was changed, or a change undone or done again."""

    CHANGE = "change"
    UNDO = "undo"
    REDO = "redo"


class Action(StrEnum):
    """What became of a task."""

    CREATED = "created"
    UPDATED = "updated"
    COMPLETED = "completed"
    REOPENED = "reopened"
    DELETED = "deleted"
    RESTORED = "restored"


_VERBS = {
    Action.CREATED: "added",
    Action.UPDATED: "changed",
    Action.COMPLETED: "completed",
    Action.REOPENED: "reopened",
    Action.DELETED: "deleted",
    Action.RESTORED: "restored",
}
_OPENINGS = {ChangeKind.CHANGE: "", ChangeKind.UNDO: "undone: ", ChangeKind.REDO: "redone: "}


def _flat(fields: object) -> object:
    """The fields of a task as tasks have them: what is due is one thing to the journal."""
    if not isinstance(fields, Mapping):
        return fields
    rest = {name: value for name, value in fields.items() if name != "due"}
    if rest.get("recurrence"):
        rest["recurrence"] = {name: value for name, value in rest["recurrence"].items() if name != "usual"}
    return rest | fields.get("due", {})


Fields = Annotated[dict[str, Any], BeforeValidator(_flat)]


class ChangedTask(BaseModel):
    """What a change did to one task: its fields that are others now."""

    task_id: int
    title: str | None = Field(description="as it was; null for a task that is gone for good")
    action: Action
    before: Fields | None = Field(description="null for a new task")
    after: Fields


class Change(BaseModel):
    """What one request, one turn of the chat or one bulk change did: it is undone as one."""

    id: UUID
    at: AwareDatetime
    entry_point: EntryPoint
    source: str | None = Field(description="the conversation or token, if it is known")
    kind: ChangeKind
    subject: UUID | None = Field(description="the change that was undone or done again")
    undone: bool
    count: int = Field(description="how many tasks")
    words: str
    tasks: list[ChangedTask] = Field(description="the first of them")

    @classmethod
    def read(cls, change: dict[str, Any]) -> Self:
        """A change as the journal tells it, put into words."""
        tasks = [ChangedTask.model_validate(task) for task in change["tasks"] or ()]
        words = in_words(ChangeKind(change["kind"]), change["actions"] or {}, tasks)
        return cls.model_validate(change | {"tasks": tasks, "words": words})


class ChangePage(BaseModel):
    """Part of the journal, newest first; `next_cursor` asks for what came before, null at the end."""

    items: list[Change]
    next_cursor: str | None


class ChangeFilter(BaseModel):
    """Which changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entry_point: EntryPoint | None = None
    limit: ChangePageSize = 20
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] | None = None


class WhichChange(BaseModel):
    """The change to undo, instead of the last one."""

    model_config = ConfigDict(extra="forbid")

    change_id: UUID | None = Field(None, description="as the list of changes has it; default: the last change")


class Changed(BaseModel):
    """A change that was just made, and the first of its tasks as they are now."""

    change: Change
    tasks: list[Task]


def in_words(kind: ChangeKind, actions: Mapping[str, int], tasks: Sequence[ChangedTask]) -> str:
    """ "Completed “Buy milk”", "Undone: restored 12 tasks"."""
    if sum(actions.values()) == 1 and len(tasks) == 1:
        words = _of_one(tasks[0])
    else:
        words = " and ".join(_of_many(action, actions[action]) for action in Action if action in actions)
    words = _OPENINGS[kind] + (words or "nothing")
    return words[0].upper() + words[1:]


def _of_many(action: Action, number: int) -> str:
    return f"{_VERBS[action]} {number} task{'' if number == 1 else 's'}"


def _of_one(task: ChangedTask) -> str:
    name = "a task that is gone" if task.title is None else f"“{task.title}”"
    if task.action is not Action.UPDATED:
        return f"{_VERBS[task.action]} {name}"
    if task.after.keys() == {"title"}:
        return f"renamed {name} to “{task.after['title']}”"
    if task.after.keys() == {"rank"}:
        return f"moved {name}"
    details = ", ".join(detail for detail in _details(task.after) if detail)
    return f"changed {name}: {details}" if details else f"changed {name}"


def _details(after: Mapping[str, Any]) -> list[str]:
    return [
        f"title “{after['title']}”" if "title" in after else "",
        _due(after) if "due_date" in after else "",
        f"{'no' if after['priority'] == 'none' else after['priority']} priority" if "priority" in after else "",
        " ".join(["tags", *(f"#{tag}" for tag in after["tags"])] if after["tags"] else ["no tags"])
        if "tags" in after
        else "",
        _repeats(after) if "recurrence" in after else "",
        _nested(after) if "parent_id" in after else "",
        ("a new description" if after["description"] else "no description") if "description" in after else "",
    ]


def _repeats(after: Mapping[str, Any]) -> str:
    return f"repeats {after['recurrence']['words']}" if after["recurrence"] else "does not repeat"


def _nested(after: Mapping[str, Any]) -> str:
    return f"a subtask of #{after['parent_id']}" if after["parent_id"] else "no subtask any more"


def _due(after: Mapping[str, Any]) -> str:
    if after["due_date"] is None:
        return "no due date"
    day = dt.date.fromisoformat(after["due_date"])
    words = f"due {day:%a} {day.day} {day:%b %Y}"
    return f"{words} at {after['due_time'][:5]}" if after["due_time"] else words

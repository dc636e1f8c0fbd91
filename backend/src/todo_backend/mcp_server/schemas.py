"""What tools answer: structured, and the same as JSON text for clients that read only text."""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from todo_backend.language.fields import Priority
from todo_backend.tasks.changes import Action, ChangeKind
from todo_backend.tasks.origin import EntryPoint
from todo_backend.tasks.schemas import DueTime, Occurrence, Progress, TaskRecurrence

Clearable = Literal["description", "due_date", "due_time", "tags", "recurrence", "parent_id"]
EMPTY: dict[Clearable, Any] = {
    "description": "",
    "due_date": None,
    "due_time": None,
    "tags": [],
    "recurrence": None,
    "parent_id": None,
}


class ToolTask(BaseModel):
    """A task as tools show it: what a model needs to talk about it. Its owner is always the caller."""

    id: int
    title: str
    description: str
    completed: bool
    priority: Priority
    due_date: dt.date | None
    due_time: DueTime | None
    time_zone: str | None
    tags: list[str]
    recurrence: TaskRecurrence | None = None
    parent_id: int | None = Field(None, description="of a subtask, the task that it is part of")
    parent_title: str | None = None
    subtasks: Progress | None = Field(None, description="how many it has, and how many of them are done")
    created_at: AwareDatetime
    completed_at: AwareDatetime | None


class ToolDeletedTask(ToolTask):
    """A task in the trash."""

    deleted_at: AwareDatetime


class Trash(BaseModel):
    """Part of the trash, the last deleted first; `next_cursor` asks for what follows."""

    deleted: list[ToolDeletedTask]
    count: int = Field(description="how many there are all in all")
    next_cursor: str | None


class TaskAnswer(BaseModel):
    """One task."""

    task: ToolTask
    next_dates: list[Occurrence] = Field(default_factory=list, description="when a task that repeats is due after this")


class TaskList(BaseModel):
    """Part of a list; `next_cursor` asks for what follows."""

    tasks: list[ToolTask]
    next_cursor: str | None
    similar: bool = Field(
        False, description="no task has the words of q: these have words that differ from them by one letter"
    )


class TaskChange(BaseModel):
    """What was done to which task, and how the task looks now."""

    task_id: int
    status: Action
    title: str
    task: ToolTask


class TaskCompletion(TaskChange):
    """The same of a completion."""

    already_completed: bool = Field(False, description="whether it was completed before this call")
    next: ToolTask | None = Field(None, description="the next task, if the completed one repeats")


class TaskCount(BaseModel):
    """How many tasks there are."""

    count: int


class ManyChanged(BaseModel):
    """What was done to many tasks at once."""

    change_id: UUID
    words: str
    count: int = Field(description="how many tasks")
    tasks: list[TaskChange] = Field(description="the first of them, and what became of each")


class ToolReversal(ManyChanged):
    """What was undone, done again or restored, as one change."""

    status: Literal["undone", "redone", "restored"]


class ToolChangedTask(BaseModel):
    """A task of a change."""

    task_id: int
    title: str | None = Field(description="as it was; null for a task that is gone for good")
    action: Action


class ToolChange(BaseModel):
    """A change as tools show it."""

    change_id: UUID
    at: AwareDatetime
    entry_point: EntryPoint
    kind: ChangeKind
    undone: bool
    count: int = Field(description="how many tasks")
    words: str
    tasks: list[ToolChangedTask] = Field(description="the first of them")


class ChangeList(BaseModel):
    """Part of the journal, newest first; `next_cursor` asks for what came before."""

    changes: list[ToolChange]
    next_cursor: str | None

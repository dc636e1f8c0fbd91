"""What tools answer: structured, and the same as JSON text for clients that read only text."""

import datetime as dt
from typing import Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, Field

from todo_backend.language.fields import Priority
from todo_backend.tasks.schemas import DueTime

Change: TypeAlias = Literal["created", "completed", "updated", "deleted", "restored"]


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
    created_at: AwareDatetime
    completed_at: AwareDatetime | None


class TaskAnswer(BaseModel):
    """One task."""

    task: ToolTask


class TaskList(BaseModel):
    """Part of a list; `next_cursor` asks for what follows."""

    tasks: list[ToolTask]
    next_cursor: str | None


class TaskChange(BaseModel):
    """What was done to which task, and how the task looks now."""

    task_id: int
    status: Change
    title: str
    task: ToolTask


class TaskCompletion(TaskChange):
    """The same of a completion."""

    already_completed: bool = Field(False, description="whether it was completed before this call")

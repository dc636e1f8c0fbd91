"""A task as a file has it: all that is kept of it, to be read by people and programs, and to be imported again."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from todo_backend.core.time_zones import TimeZone
from todo_backend.language.fields import Priority
from todo_backend.tasks.changes import Action, ChangeKind
from todo_backend.tasks.origin import EntryPoint
from todo_backend.tasks.schemas import BodyId, Description, DueDate, DueTime, Moment, Tags, Title, one_form

FORMAT, VERSION = "todo-stack", 1

# Some readers of JSON have no years before the first one, which a time zone may lead to.
Past = Annotated[Moment, Field(ge=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))]
Rank = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,1000}(\.[0-9]{1,1000})?$")]


class Usual(BaseModel):
    """What a series has where this one task of it is another; what is due is one thing."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    description: Description | None = None
    priority: Priority | None = None
    tags: Tags | None = None
    due_date: DueDate | None = None
    due_time: DueTime | None = None
    time_zone: TimeZone | None = None

    @model_validator(mode="after")
    def _has_values(self) -> Self:
        due = self.model_fields_set & {"due_date", "due_time", "time_zone"}
        if due and (len(due) < 3 or self.due_date is None or self.time_zone is None):
            raise ValueError("needs due_date, due_time and time_zone together")
        if any(getattr(self, name) is None for name in self.model_fields_set - {"due_time"}):
            raise ValueError("has fields with values alone")
        return self


class ExportedRecurrence(BaseModel):
    """How a task repeats."""

    model_config = ConfigDict(extra="forbid")

    rule: Annotated[str, AfterValidator(one_form)] = Field(description="RFC 5545")
    words: str = Field(description="the same in words; not read by an import")
    after_completion: StrictBool
    usual: Usual | None = Field(None, description="where this one task is another than its series; else left out")


class ExportedTask(BaseModel):
    """A task in a file."""

    model_config = ConfigDict(extra="forbid")

    id: BodyId
    parent_id: BodyId | None = Field(description="of a subtask, the task of this file that it is part of")
    title: Title
    description: Description
    priority: Priority
    due_date: DueDate | None
    due_time: DueTime | None
    time_zone: TimeZone | None = Field(description="IANA zone in which due_date and due_time are meant")
    tags: Tags
    recurrence: ExportedRecurrence | None
    rank: Rank = Field(description="a decimal number: the highest is the first in the order that is made by hand")
    created_at: Past
    updated_at: Past
    completed_at: Past | None = Field(description="null for an open task")
    deleted_at: Past | None = Field(description="of a task in the trash")

    @model_validator(mode="after")
    def _keeps_the_rules(self) -> Self:
        if self.due_date is None and (self.due_time is not None or self.time_zone is not None):
            raise ValueError("due_time and time_zone need a due_date")
        if self.due_date is not None and self.time_zone is None:
            raise ValueError("due_date needs a time_zone")
        if self.recurrence is None:
            return self
        if self.due_date is None or self.completed_at is not None or self.parent_id is not None:
            raise ValueError("recurrence: only an open task repeats that has a due_date and is no subtask")
        return self


class ExportedChange(BaseModel):
    """What a change did to one task."""

    change_id: str = Field(description="the same for all tasks of one change")
    at: Moment
    entry_point: EntryPoint
    source: str | None
    kind: ChangeKind
    subject: str | None = Field(description="the change that was undone or done again")
    task_id: int
    action: Action
    before: dict[str, Any] | None = Field(description="its fields that are others now; null for a new task")
    after: dict[str, Any]

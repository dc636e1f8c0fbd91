"""The places of a list: which tasks each of them means, and how many there are."""

import datetime as dt
from typing import Annotated, LiteralString
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from todo_backend.core.time_zones import TimeZone
from todo_backend.language.fields import DueWindow, Status
from todo_backend.tasks.schemas import TaskConditions

MOST_TAGS = 500

Number = Annotated[int, Field(ge=0)]


class TagCount(BaseModel):
    """A tag, and how many open tasks have it."""

    tag: str
    open: Number = Field(description="status=pending&tag=...; 0 for a tag of completed tasks alone")


class TaskCounts(BaseModel):
    """How many tasks each place has: as many as the list of the filter that is named, subtasks among them."""

    today: Number = Field(description="status=pending&due=overdue&due=today")
    overdue: Number = Field(description="of these, status=pending&due=overdue")
    upcoming: Number = Field(description="status=pending&due_from=... from tomorrow on")
    open: Number = Field(description="status=pending")
    done: Number = Field(description="status=completed")
    trash: Number = Field(description="what GET /api/{user_id}/trash lists")
    tags: list[TagCount] = Field(
        description=f"those of tasks that are not deleted, with the most open tasks first; {MOST_TAGS} at most"
    )


class CountsWanted(BaseModel):
    """Whose today."""

    model_config = ConfigDict(extra="forbid")

    time_zone: TimeZone | None = Field(None, description="default: the X-Time-Zone header, else UTC")


def places(zone: str | None, now: dt.datetime) -> dict[LiteralString, TaskConditions]:
    """What the places of a list mean to a reader in `zone`, but for the trash and the tags."""
    tomorrow = now.astimezone(ZoneInfo(zone or "UTC")).date() + dt.timedelta(days=1)
    pending = TaskConditions(status=Status.PENDING, time_zone=zone)
    return {
        "today": pending.model_copy(update={"due": [DueWindow.OVERDUE, DueWindow.TODAY]}),
        "overdue": pending.model_copy(update={"due": [DueWindow.OVERDUE]}),
        "upcoming": pending.model_copy(update={"due_from": tomorrow}),
        "open": pending,
        "done": TaskConditions(status=Status.COMPLETED),
    }

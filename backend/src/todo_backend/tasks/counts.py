"""The places of a list: which tasks each of them means, and how many there are."""

import datetime as dt
from typing import Annotated, Any, LiteralString
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from todo_backend.core.time_zones import TimeZone
from todo_backend.language.fields import DueWindow
from todo_backend.tasks.schemas import TaskConditions

MOST_TAGS = 500

Number = Annotated[int, Field(ge=0)]


class TagCount(BaseModel):
    """A tag, and how many open tasks have it."""

    tag: str
    open: Number = Field(description="status=pending&tag=...")


class TaskCounts(BaseModel):
    """How many tasks each place has: as many as the list of the filter that is named, subtasks among them."""

    today: Number = Field(description="status=pending&due=overdue&due=today")
    overdue: Number = Field(description="of these, status=pending&due=overdue")
    upcoming: Number = Field(description="status=pending&due_from=... from tomorrow on")
    open: Number = Field(description="status=pending")
    done: Number = Field(description="status=completed")
    trash: Number = Field(description="what GET /api/{user_id}/trash lists")
    tags: list[TagCount] = Field(
        description=f"those that open tasks have, with the most of them first; {MOST_TAGS} at most"
    )


class CountsWanted(BaseModel):
    """Whose today."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_zone: TimeZone | None = Field(None, description="default: the X-Time-Zone header, else UTC")


def open_places(zone: str | None, now: dt.datetime) -> dict[LiteralString, TaskConditions]:
    """Which of the open tasks the places have to a reader in `zone`."""
    tomorrow = now.astimezone(ZoneInfo(zone or "UTC")).date() + dt.timedelta(days=1)
    conditions: dict[LiteralString, dict[str, Any]] = {
        "today": {"due": [DueWindow.OVERDUE, DueWindow.TODAY]},
        "overdue": {"due": [DueWindow.OVERDUE]},
        "upcoming": {"due_from": tomorrow},
        "open": {},
    }
    return {name: TaskConditions.model_validate(wanted | {"time_zone": zone}) for name, wanted in conditions.items()}

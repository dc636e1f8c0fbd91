"""A task as the tools answer it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Task:
    """What the assistant says about a task; unknown fields are empty."""

    id: int
    title: str
    completed: bool = False
    description: str = ""
    due_date: date | None = None
    due_time: time | None = None
    priority: str = "none"
    tags: tuple[str, ...] = ()
    completed_at: datetime | None = None


def read_task(data: object) -> Task | None:
    """The task in a tool's answer: the task itself, or an answer that holds it as `task` beside its id and title."""
    if not isinstance(data, dict):
        return None
    inner = data.get("task")
    fields = {**data, **inner} if isinstance(inner, dict) else data
    task_id = fields.get("id", fields.get("task_id"))
    if not isinstance(task_id, int) or isinstance(task_id, bool):
        return None
    return Task(
        id=task_id,
        title=str(fields.get("title") or f"Task {task_id}"),
        completed=fields.get("completed") is True,
        description=str(fields.get("description") or ""),
        due_date=_read(date.fromisoformat, fields.get("due_date")),
        due_time=_read(time.fromisoformat, fields.get("due_time")),
        priority=str(fields.get("priority") or "none"),
        tags=tuple(str(tag) for tag in fields.get("tags") or ()),
        completed_at=_read(datetime.fromisoformat, fields.get("completed_at")),
    )


def read_tasks(data: object) -> list[Task]:
    """The tasks in a list's answer: an array, or an object that holds it as `tasks`."""
    listed = data.get("tasks", data.get("result")) if isinstance(data, dict) and "id" not in data else data
    items = listed if isinstance(listed, list) else [listed]
    return [task for item in items if (task := read_task(item)) is not None]


def next_cursor(data: object) -> str | None:
    """Where the rest of a list begins, if there is more."""
    cursor = data.get("next_cursor") if isinstance(data, dict) else None
    return cursor if isinstance(cursor, str) and cursor else None


def _read(parse: Callable[[str], _Value], value: object) -> _Value | None:
    try:
        return parse(value) if isinstance(value, str) else None
    except ValueError:
        return None

"""The calls that plans make: what the tools take."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from todo_backend.assistant.offline.transcript import Call
from todo_backend.language.fields import OpenSubtasksAre, Priority, Status
from todo_backend.language.intents import Changes, Filters, TaskDraft
from todo_backend.language.recurrence import Recurrence
from todo_backend.language.recurrence_words import in_words
from todo_backend.mcp_server.schemas import EMPTY

LONGEST_QUERY = 200
PAGE = 50


def list_call(filters: Filters) -> Call:
    """A page of the tasks that the filters mean."""
    return Call("list_tasks", filter_arguments(filters) | {"limit": PAGE})


def complete(task_id: int, subtasks: OpenSubtasksAre | None = None) -> Call:
    """Complete a task."""
    return Call("complete_task", {"task_id": task_id} | with_subtasks(subtasks))


def with_subtasks(subtasks: OpenSubtasksAre | None) -> dict[str, Any]:
    """What is said of open subtasks, if something is."""
    return {"open_subtasks": subtasks} if subtasks else {}


def open_subtasks(task_id: int) -> Call:
    """The open subtasks of a task."""
    return Call("list_tasks", {"parent_id": task_id, "status": Status.PENDING, "limit": PAGE})


def reopen(task_id: int) -> Call:
    """Open a completed task again."""
    return Call("update_task", {"task_id": task_id, "completed": False})


def skip(task_id: int) -> Call:
    """Move a task that repeats on to its next date."""
    return Call("skip_task", {"task_id": task_id})


def delete(task_id: int) -> Call:
    """Delete a task."""
    return Call("delete_task", {"task_id": task_id})


def restore(task_id: int) -> Call:
    """Bring a deleted task back."""
    return Call("restore_task", {"task_id": task_id})


def update(task_id: int, values: Mapping[str, Any], changes: Changes) -> Call:
    """Give fields of a task new values, and empty those that the changes clear."""
    clear = {"clear": sorted(changes.clear)} if changes.clear else {}
    return Call("update_task", {"task_id": task_id, **_written(values), **clear})


def draft_arguments(draft: TaskDraft) -> dict[str, Any]:
    """The arguments of add_task."""
    values = {
        "title": draft.title,
        "description": draft.description,
        "due_date": draft.due_date,
        "due_time": draft.due_time,
        "priority": None if draft.priority == Priority.NONE else draft.priority,
        "tags": list(draft.tags),
        "recurrence": draft.recurrence,
    }
    return _written({name: value for name, value in values.items() if value})


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as tools take them."""
    return {name: _as_argument(value) for name, value in values.items()}


def _as_argument(value: Any) -> Any:  # noqa: ANN401 (whatever a field holds)
    match value:
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case Recurrence():
            return in_words(value)
    return value


def filter_arguments(filters: Filters) -> dict[str, Any]:
    """The arguments of list_tasks."""
    return conditions(filters) | ({"sort": filters.sort} if filters.sort else {})


def conditions(filters: Filters) -> dict[str, Any]:
    """Filters as tools take them."""
    given = {
        "status": filters.status or Status.ALL,
        "priority": [filters.priority] if filters.priority else None,
        "any_tag" if filters.any_tag else "tag": list(filters.tags),
        "repeats": filters.repeats,
        "due": list(filters.due),
        "q": filters.query and filters.query[:LONGEST_QUERY],
    }
    arguments: dict[str, Any] = {name: value for name, value in given.items() if value or value is False}
    if filters.between and filters.status != Status.COMPLETED:
        ends = zip(("due_from", "due_to"), filters.between, (date.min, date.max), strict=True)
        arguments |= {name: day.isoformat() for name, day, never in ends if day != never}
        if filters.between == (date.min, date.max):  # any date, but one there is
            arguments["due_to"] = date.max.isoformat()
    return arguments


def relative(changes: Changes) -> dict[str, Any]:
    """The changes of a whole group as update_tasks takes them."""
    values = {
        "title": changes.title,
        "description": changes.description,
        "note": changes.note,
        "default_due_date" if changes.keeps_day else "due_date": changes.due_date,
        "due_time": changes.due_time,
        "postpone_days": changes.postpone_days,
        "priority": changes.priority,
        "add_tags": list(changes.add_tags) or None,
        "remove_tags": list(changes.remove_tags) or None,
        "recurrence": {"words": in_words(changes.recurrence)} if changes.recurrence else None,
    }
    cleared = {name: EMPTY[name] for name in sorted(changes.clear)}
    return cleared | _written({name: value for name, value in values.items() if value is not None})

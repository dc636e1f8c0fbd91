"""An import: which tasks of a file can be made, why others cannot, and the rows of new tasks. Pure functions."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictInt, ValidationError

from todo_backend.core.mistakes import mistakes
from todo_backend.core.text import replace_unstorable
from todo_backend.language.fields import MAX_TITLE
from todo_backend.language.recurrence import Recurrence, parse_rule
from todo_backend.tasks import recurrence
from todo_backend.tasks.changes import Change
from todo_backend.tasks.exported import VERSION, ExportedRecurrence, ExportedTask
from todo_backend.tasks.trash_repository import DELETED_TASKS_ARE_KEPT

MOST_TOLD = 100
# More than a body holds of whole ones; of empty ones it would hold 350,000, each to be judged and named.
MOST_TASKS = 5_000
_LONGEST_REASON = 500  # it names the file's own fields


class ImportRequest(BaseModel):
    """An export, of which the tasks are read; all else may be left out."""

    format: Literal["todo-stack"]
    version: Annotated[StrictInt, Field(ge=VERSION, le=VERSION)]
    tasks: list[dict[str, Any]] = Field(
        max_length=MOST_TASKS, description="each an `ExportedTask`; one that is none is refused by itself"
    )


class RefusedTask(BaseModel):
    """A task of the file that was not made."""

    place: int = Field(description="in the file's list of tasks, from 1 on")
    title: str | None = Field(description="as the file has it, if it does")
    reason: str


class Imported(BaseModel):
    """What became of a file."""

    change: Change | None = Field(description="what undo takes back as a whole; null when nothing was made")
    made: int
    refused_count: int
    refused: list[RefusedTask] = Field(description=f"the first {MOST_TOLD}")


def judge(given: Sequence[dict[str, Any]], now: dt.datetime) -> tuple[list[ExportedTask], list[RefusedTask]]:
    """The tasks that can be made, in the order of their ids, and the others, in the order of the file."""
    good: dict[int, ExportedTask] = {}
    places: dict[int, int] = {}
    reasons: dict[int, str] = {}
    for place, fields in enumerate(given):
        try:
            task = ExportedTask.model_validate(fields)
        except ValidationError as error:
            reasons[place] = _words(error)
            continue
        if task.id in good:
            reasons[place] = "id: another task before it has it"
        elif task.deleted_at is not None and task.deleted_at < now - DELETED_TASKS_ARE_KEPT:
            reasons[place] = f"deleted_at: the trash keeps tasks for {DELETED_TASKS_ARE_KEPT.days} days"
        else:
            good[task.id], places[task.id] = task, place
    for task_id, reason in _out_of_place(good).items():
        del good[task_id]
        reasons[places[task_id]] = reason
    refused = [
        RefusedTask(place=place + 1, title=_title(given[place]), reason=reasons[place]) for place in sorted(reasons)
    ]
    return [good[task_id] for task_id in sorted(good)], refused


def rows(tasks: Sequence[ExportedTask], ids: Sequence[int], now: dt.datetime) -> list[dict[str, Any]]:
    """The rows of these tasks under new `ids`: the order of creation and the one made by hand stay as they were.

    Nothing has happened later than `now`.
    """
    new = dict(zip(sorted(task.id for task in tasks), sorted(ids), strict=True))
    by_rank = sorted(tasks, key=lambda task: (Decimal(task.rank), task.id))
    ranks = dict(zip((task.id for task in by_rank), sorted(ids), strict=True))
    return [
        task.model_dump(mode="json")
        | {name: at and min(at, now).isoformat() for name, at in _moments(task).items()}
        | {
            "id": new[task.id],
            "parent_id": task.parent_id and new[task.parent_id],
            "rank": None if ranks[task.id] == new[task.id] else ranks[task.id],
            "recurrence": task.recurrence and _kept(task.recurrence),
        }
        for task in tasks
    ]


def _out_of_place(tasks: Mapping[int, ExportedTask]) -> dict[int, str]:
    """The tasks that cannot be part of the one that they name, with the reason; also those below them."""
    below: dict[int, list[int]] = defaultdict(list)
    reasons: dict[int, str] = {}
    for task in tasks.values():
        if task.parent_id is not None:
            below[task.parent_id].append(task.id)
            if reason := _misplaced(task, tasks.get(task.parent_id)):
                reasons[task.id] = reason
    lost = list(reasons)
    while lost:
        for task_id in below[lost.pop()]:
            if task_id not in reasons:
                reasons[task_id] = "parent_id: that task was refused"
                lost.append(task_id)
    return reasons


def _misplaced(task: ExportedTask, parent: ExportedTask | None) -> str | None:
    if parent is None:
        return "parent_id: that task is not in the file, or was refused"
    if parent.id == task.id:
        return "parent_id: a task cannot be its own subtask"
    if task.deleted_at is None and (parent.deleted_at is not None or parent.parent_id is not None):
        return "parent_id: that task is in the trash, or a subtask itself"
    return None


def _moments(task: ExportedTask) -> dict[str, dt.datetime | None]:
    return {name: getattr(task, name) for name in ("created_at", "updated_at", "completed_at", "deleted_at")}


def _kept(given: ExportedRecurrence) -> dict[str, Any]:
    """The recurrence as a task's row has it."""
    usual = given.usual.model_dump(mode="json", exclude_unset=True) if given.usual else {}
    if usual.get("due_time"):
        usual["due_time"] = f"{usual['due_time']}:00"
    kept: dict[str, Any] = json.loads(
        recurrence.kept(Recurrence(parse_rule(given.rule), given.after_completion), usual)
    )
    return kept


def _title(fields: Mapping[str, Any]) -> str | None:
    title = fields.get("title")
    return replace_unstorable(title)[:MAX_TITLE] if isinstance(title, str) else None


def _words(error: ValidationError) -> str:
    """The first of what is wrong, with its field."""
    first = mistakes(error)[0]
    field = ".".join(map(str, first["loc"]))
    words = first["msg"].removeprefix("Value error, ")
    return replace_unstorable(f"{field}: {words}" if field else words)[:_LONGEST_REASON]

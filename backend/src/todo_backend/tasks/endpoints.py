"""REST for tasks: thin, and PostgreSQL's JSON goes out as it is."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Response

from todo_backend.auth.dependencies import Owner, ReaderZone, authenticated
from todo_backend.idempotency import Idempotency
from todo_backend.resources import HeldResources
from todo_backend.tasks.schemas import (
    Completion,
    Task,
    TaskCreate,
    TaskFilter,
    TaskId,
    TaskPage,
    TaskPatch,
    TaskReplace,
)

router = APIRouter(prefix="/api/{user_id}/tasks", tags=["tasks"], dependencies=authenticated)

Zoned = TypeVar("Zoned", TaskCreate, TaskFilter)


class Json(Response):
    """A body that is JSON text already."""

    media_type = "application/json"


def _answers(model: type, description: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": model, "description": description}}


def _in_zone(given: Zoned, zone: str | None) -> Zoned:
    """`given` with the reader's zone where it names none."""
    if zone is None or given.time_zone is not None:
        return given
    return given.model_copy(update={"time_zone": zone})


@router.get("", responses=_answers(TaskPage, "a part of the list"))
async def list_tasks(
    resources: HeldResources, owner: Owner, wanted: Annotated[TaskFilter, Query()], zone: ReaderZone
) -> Json:
    """List tasks: filtered, sorted, in pages that cost the same however long the list is."""
    return Json(await resources.tasks.list(owner, _in_zone(wanted, zone)))


@router.post("", status_code=201, responses=_answers(Task, "the new task", 201))
async def create_task(
    resources: HeldResources, owner: Owner, draft: TaskCreate, zone: ReaderZone, request: Idempotency
) -> Json:
    """Create a task. Sent again with the same Idempotency-Key, it answers with the task that it made."""
    return Json(await resources.tasks.create(owner, _in_zone(draft, zone), request), 201)


@router.get("/{task_id}", responses=_answers(Task, "the task"))
async def read_task(resources: HeldResources, owner: Owner, task_id: TaskId) -> Json:
    """Read a task."""
    return Json(await resources.tasks.get(owner, task_id))


@router.put("/{task_id}", responses=_answers(Task, "the task as it is now"))
async def replace_task(
    resources: HeldResources, owner: Owner, task_id: TaskId, content: TaskReplace, zone: ReaderZone
) -> Json:
    """Replace a task's content: what is left out goes back to its default."""
    return Json(await resources.tasks.replace(owner, task_id, content, default_zone=zone))


@router.patch("/{task_id}", responses=_answers(Task, "the task as it is now"))
async def update_task(
    resources: HeldResources, owner: Owner, task_id: TaskId, patch: TaskPatch, zone: ReaderZone
) -> Json:
    """Change what is given; the rest stays."""
    return Json(await resources.tasks.update(owner, task_id, patch, default_zone=zone))


@router.patch("/{task_id}/complete", responses=_answers(Task, "the task as it is now"))
async def complete_task(
    resources: HeldResources, owner: Owner, task_id: TaskId, completion: Completion | None = None
) -> Json:
    """Toggle a task between pending and completed, or set what the body says."""
    if completion is None:
        return Json(await resources.tasks.toggle(owner, task_id))
    return Json(await resources.tasks.set_completed(owner, task_id, completion.completed))


@router.post("/{task_id}/restore", responses=_answers(Task, "the task, back on the list"))
async def restore_task(resources: HeldResources, owner: Owner, task_id: TaskId) -> Json:
    """Bring a deleted task back."""
    return Json(await resources.tasks.restore(owner, task_id))


@router.delete("/{task_id}", status_code=204)
async def delete_task(resources: HeldResources, owner: Owner, task_id: TaskId) -> Response:
    """Delete a task; it can be restored for 30 days."""
    await resources.tasks.delete(owner, task_id)
    return Response(status_code=204)

"""REST for tasks: thin, and PostgreSQL's JSON goes out as it is."""

from typing import Any, TypeVar

from fastapi import APIRouter, Response
from starlette.convertors import StringConvertor, register_url_convertor

from todo_backend.auth.request_context import ContextDep
from todo_backend.auth.user_route import UserRoute
from todo_backend.core.openapi import IDEMPOTENCY_KEY, query_of
from todo_backend.db.idempotency import idempotent_request
from todo_backend.tasks.counts import CountsWanted, TaskCounts
from todo_backend.tasks.dependencies import TaskServiceDep
from todo_backend.tasks.origin import origin_of
from todo_backend.tasks.schemas import (
    Completion,
    Move,
    Occurrences,
    OccurrencesWanted,
    Task,
    TaskConditions,
    TaskCreate,
    TaskFilter,
    TaskId,
    TaskPage,
    TaskPatch,
    TaskReplace,
)


class _TaskConvertor(StringConvertor):
    """A part of a path that may be a task's id: it is judged by its endpoint, which says what is wrong with it."""

    regex = "(?!(?:quick-add|bulk|counts)$)[^/]+"


register_url_convertor("task", _TaskConvertor())
router = APIRouter(prefix="/api/{user_id}/tasks", tags=["tasks"], route_class=UserRoute)

Zoned = TypeVar("Zoned", TaskCreate, TaskFilter, TaskConditions, CountsWanted)

_ONCE = {"parameters": [IDEMPOTENCY_KEY]}


class Json(Response):
    """A body that is JSON text already."""

    media_type = "application/json"


def _answers(model: type, description: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": model, "description": description}}


def in_zone(given: Zoned, zone: str | None) -> Zoned:
    """`given` with the reader's zone where it names none."""
    if zone is None or given.time_zone is not None:
        return given
    return given.model_copy(update={"time_zone": zone})


@router.get("", responses=_answers(TaskPage, "a part of the list"), openapi_extra=query_of(TaskFilter))
async def list_tasks(context: ContextDep, tasks: TaskServiceDep) -> Json:
    """List tasks: filtered, sorted, in pages that cost the same however long the list is."""
    return Json(await tasks.list(context.principal, in_zone(context.query(TaskFilter), context.zone)))


@router.post(
    "",
    status_code=201,
    responses=_answers(Task, "the new task", 201),
    openapi_extra=_ONCE,
)
async def create_task(context: ContextDep, tasks: TaskServiceDep, draft: TaskCreate) -> Json:
    """Create a task. Sent again with the same Idempotency-Key, it answers with the task that it made."""
    request = await idempotent_request(context.request)
    return Json(await tasks.create(context.principal, origin_of(context), in_zone(draft, context.zone), request), 201)


@router.get("/counts", responses=_answers(TaskCounts, "the counts"), openapi_extra=query_of(CountsWanted))
async def count_tasks(context: ContextDep, tasks: TaskServiceDep) -> Json:
    """Count the tasks of each place: today, upcoming, all that are open, done, the trash, and each tag."""
    wanted = in_zone(context.query(CountsWanted), context.zone)
    return Json(await tasks.counts(context.principal, wanted.time_zone))


@router.get("/{task_id:task}", responses=_answers(Task, "the task"))
async def read_task(context: ContextDep, tasks: TaskServiceDep, task_id: TaskId) -> Json:
    """Read a task."""
    return Json(await tasks.get(context.principal, task_id))


@router.put("/{task_id:task}", responses=_answers(Task, "the task as it is now"), openapi_extra=_ONCE)
async def replace_task(context: ContextDep, tasks: TaskServiceDep, task_id: TaskId, content: TaskReplace) -> Json:
    """Replace a task's content: what is left out goes back to its default."""
    request = await idempotent_request(context.request)
    return Json(
        await tasks.replace(context.principal, origin_of(context), task_id, content, request, default_zone=context.zone)
    )


@router.patch("/{task_id:task}", responses=_answers(Task, "the task as it is now"), openapi_extra=_ONCE)
async def update_task(context: ContextDep, tasks: TaskServiceDep, task_id: TaskId, patch: TaskPatch) -> Json:
    """Change what is given; the rest stays."""
    request = await idempotent_request(context.request)
    return Json(
        await tasks.update(context.principal, origin_of(context), task_id, patch, request, default_zone=context.zone)
    )


@router.patch("/{task_id:task}/complete", responses=_answers(Task, "the task as it is now"), openapi_extra=_ONCE)
async def complete_task(
    context: ContextDep, tasks: TaskServiceDep, task_id: TaskId, completion: Completion | None = None
) -> Json:
    """Toggle a task between pending and completed, or set what the body says.

    A task that repeats hands its recurrence on to the next one, a new task, in the same change. One that has open
    subtasks is completed when `open_subtasks` says what becomes of them (409, `open_subtasks`).
    """
    request = await idempotent_request(context.request)
    if completion is None:
        return Json(await tasks.toggle(context.principal, origin_of(context), task_id, request))
    return Json(
        await tasks.set_completed(
            context.principal, origin_of(context), task_id, completion.completed, request, completion.open_subtasks
        )
    )


@router.post("/{task_id:task}/skip", responses=_answers(Task, "the task, due on its next date"), openapi_extra=_ONCE)
async def skip_task(context: ContextDep, tasks: TaskServiceDep, task_id: TaskId) -> Json:
    """Move a task that repeats on to its next date, without completing it.

    409 (`nothing_to_skip`) where there is none.
    """
    request = await idempotent_request(context.request)
    return Json(await tasks.skip(context.principal, origin_of(context), task_id, request))


@router.post("/{task_id:task}/move", responses=_answers(Task, "the task as it is now"), openapi_extra=_ONCE)
async def move_task(context: ContextDep, tasks: TaskServiceDep, task_id: TaskId, where: Move) -> Json:
    """Put a task to another place of the order that is made by hand (`sort=manual`); no other task is changed."""
    request = await idempotent_request(context.request)
    return Json(await tasks.move(context.principal, origin_of(context), task_id, where, request))


@router.get(
    "/{task_id:task}/occurrences",
    responses=_answers(Occurrences, "the dates that follow"),
    openapi_extra=query_of(OccurrencesWanted),
)
async def list_occurrences(context: ContextDep, tasks: TaskServiceDep, task_id: TaskId) -> Json:
    """Tell when a task that repeats is due after this time; nothing for one that does not."""
    found = await tasks.occurrences(context.principal, task_id, context.query(OccurrencesWanted).limit)
    return Json(found.model_dump_json())


@router.post("/{task_id:task}/restore", responses=_answers(Task, "the task, back on the list"), openapi_extra=_ONCE)
async def restore_task(context: ContextDep, tasks: TaskServiceDep, task_id: TaskId) -> Json:
    """Bring a deleted task back, with the subtasks that were deleted with it."""
    request = await idempotent_request(context.request)
    return Json(await tasks.restore(context.principal, origin_of(context), task_id, request))


@router.delete("/{task_id:task}", status_code=204, openapi_extra=_ONCE)
async def delete_task(context: ContextDep, tasks: TaskServiceDep, task_id: TaskId) -> Response:
    """Delete a task and its subtasks; it can be restored for 30 days."""
    request = await idempotent_request(context.request)
    await tasks.delete(context.principal, origin_of(context), task_id, request)
    return Response(status_code=204)

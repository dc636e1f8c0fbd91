"""REST for changes: of many tasks at once, what was changed, and undoing it."""

from fastapi import APIRouter

from todo_backend.auth.request_context import ContextDep
from todo_backend.auth.user_route import UserRoute
from todo_backend.core.openapi import IDEMPOTENCY_KEY, query_of
from todo_backend.db.idempotency import idempotent_request
from todo_backend.tasks.changes import Changed, ChangeFilter, ChangePage, WhichChange
from todo_backend.tasks.dependencies import TaskServiceDep
from todo_backend.tasks.endpoints import Json, in_zone
from todo_backend.tasks.origin import origin_of
from todo_backend.tasks.schemas import DeleteMany, TasksWhere, UpdateMany

router = APIRouter(prefix="/api/{user_id}", tags=["changes"], route_class=UserRoute)

_ONCE = {"parameters": [IDEMPOTENCY_KEY]}


@router.get(
    "/changes",
    responses={200: {"model": ChangePage, "description": "a part of the journal"}},
    openapi_extra=query_of(ChangeFilter),
)
async def list_changes(context: ContextDep, tasks: TaskServiceDep) -> Json:
    """List what was changed in the last 30 days, by whichever entry point, newest first."""
    page = await tasks.changes(context.principal, context.query(ChangeFilter))
    return Json(page.model_dump_json())


@router.post(
    "/tasks/bulk",
    responses={200: {"model": Changed, "description": "what was changed"}},
    openapi_extra=_ONCE,
)
async def change_many(context: ContextDep, tasks: TaskServiceDep, wanted: UpdateMany | DeleteMany) -> Json:
    """Change or delete any number of tasks at once, by their ids or by a filter: all of them or none.

    It is undone as one. With `expected`, nothing is changed if there are more or fewer tasks (409, `other_count`). Nor
    is where a task would have more tags or a longer description than a task can have (409, `no_room`).
    """
    request = await idempotent_request(context.request)
    if isinstance(wanted.which, TasksWhere):
        where = TasksWhere(filter=in_zone(wanted.which.filter, context.zone))
        wanted = wanted.model_copy(update={"which": where})
    done = await tasks.change_many(context.principal, origin_of(context), wanted, request, default_zone=context.zone)
    return Json(done.model_dump_json())


@router.post(
    "/undo",
    responses={200: {"model": Changed, "description": "what was undone"}},
    openapi_extra=_ONCE,
)
async def undo(context: ContextDep, tasks: TaskServiceDep, which: WhichChange | None = None) -> Json:
    """Undo the last change as a whole, or the one that the body names; again, and it is the change before that.

    A task that is not as the change left it is a conflict (409, `changed_since`) that names it, and nothing is done;
    so is a change that is not there (409, `nothing_to_undo`).
    """
    request = await idempotent_request(context.request)
    change_id = None if which is None else which.change_id
    return Json((await tasks.undo(context.principal, origin_of(context), change_id, request)).model_dump_json())


@router.post(
    "/redo",
    responses={200: {"model": Changed, "description": "what was done again"}},
    openapi_extra=_ONCE,
)
async def redo(context: ContextDep, tasks: TaskServiceDep) -> Json:
    """Do again what was undone last, until something else is changed (409, `nothing_to_redo`)."""
    request = await idempotent_request(context.request)
    return Json((await tasks.redo(context.principal, origin_of(context), request)).model_dump_json())

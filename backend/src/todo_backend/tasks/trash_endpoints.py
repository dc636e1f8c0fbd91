"""REST for the trash: what was deleted, and having several or all of it back."""

from fastapi import APIRouter

from todo_backend.auth.request_context import ContextDep
from todo_backend.auth.user_route import UserRoute
from todo_backend.core.openapi import IDEMPOTENCY_KEY, query_of
from todo_backend.db.idempotency import idempotent_request
from todo_backend.tasks.changes import Changed
from todo_backend.tasks.dependencies import TaskServiceDep
from todo_backend.tasks.endpoints import Json
from todo_backend.tasks.origin import origin_of
from todo_backend.tasks.trash import RestoreMany, TrashFilter, TrashPage

router = APIRouter(prefix="/api/{user_id}/trash", tags=["trash"], route_class=UserRoute)


@router.get(
    "",
    responses={200: {"model": TrashPage, "description": "a part of the trash"}},
    openapi_extra=query_of(TrashFilter),
)
async def list_trash(context: ContextDep, tasks: TaskServiceDep) -> Json:
    """List the tasks that were deleted in the last 30 days, the last deleted first."""
    return Json(await tasks.trash(context.principal, context.query(TrashFilter)))


@router.post(
    "/restore",
    responses={200: {"model": Changed, "description": "what was restored"}},
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
async def restore_many(context: ContextDep, tasks: TaskServiceDep, wanted: RestoreMany) -> Json:
    """Bring several deleted tasks back, or all: all of them or none.

    It is undone as one. With `expected`, nothing is restored if there are more or fewer tasks (409, `other_count`).
    """
    request = await idempotent_request(context.request)
    done = await tasks.restore_many(context.principal, origin_of(context), wanted, request)
    return Json(done.model_dump_json())

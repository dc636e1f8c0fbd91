"""REST for the tasks of a file."""

from fastapi import APIRouter

from todo_backend.auth.request_context import ContextDep
from todo_backend.auth.user_route import UserRoute
from todo_backend.core.openapi import IDEMPOTENCY_KEY
from todo_backend.db.idempotency import idempotent_request
from todo_backend.tasks.dependencies import TaskServiceDep
from todo_backend.tasks.endpoints import Json
from todo_backend.tasks.imported import Imported, ImportRequest
from todo_backend.tasks.origin import origin_of

router = APIRouter(prefix="/api/{user_id}/import", tags=["export"], route_class=UserRoute)


@router.post(
    "",
    responses={200: {"model": Imported, "description": "what was made, and what was not"}},
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
async def import_tasks(context: ContextDep, tasks: TaskServiceDep, file: ImportRequest) -> Json:
    """Make the tasks of an export, beside those that are there.

    They are as they were, with their subtasks, recurrences, orders and times, those in the trash, too; their ids are
    new. Each is judged by itself: the answer tells which were refused, and why. All that was made is one change, which
    is undone as one. Profile, changes, conversations and messages are not read: leave them out of a large file, as a
    body has 1 MiB at the most.
    """
    request = await idempotent_request(context.request)
    return Json(await tasks.import_tasks(context.principal, origin_of(context), file, request))

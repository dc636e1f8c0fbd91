"""A task from one line of everyday language: "pay rent friday 5pm p1 #home"."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from todo_backend.auth.request_context import ContextDep
from todo_backend.auth.user_route import UserRoute
from todo_backend.core.lazily import Lazily
from todo_backend.core.openapi import ACCEPT_LANGUAGE, IDEMPOTENCY_KEY, query_of
from todo_backend.db.idempotency import idempotent_request
from todo_backend.tasks.dependencies import TaskServiceDep
from todo_backend.tasks.endpoints import Json
from todo_backend.tasks.origin import origin_of
from todo_backend.tasks.schemas import QuickAdd, QuickAddOptions, QuickAddPreview, Task

router = APIRouter(prefix="/api/{user_id}/tasks/quick-add", tags=["tasks"], route_class=UserRoute)


def load_rules() -> None:
    """Load what reads lines: some hundreds of regular expressions, which a server that is ready does without."""
    import todo_backend.tasks.lines  # noqa: F401 (whoever imports it after this does not wait)


async def _rules(request: Request) -> Lazily[None]:  # async: a plain function would run in a thread
    rules: Lazily[None] = request.app.state.resources.quick_add_rules
    return rules


RulesDep = Annotated[Lazily[None], Depends(_rules)]


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": QuickAddPreview, "description": "what would be made, and which characters mean what"},
        201: {"model": Task, "description": "the new task"},
    },
    openapi_extra={"parameters": [*query_of(QuickAddOptions)["parameters"], ACCEPT_LANGUAGE, IDEMPOTENCY_KEY]},
)
async def quick_add(context: ContextDep, tasks: TaskServiceDep, rules: RulesDep, line: QuickAdd) -> Json:
    """Create the task that a line describes: dates, times, priority and tags are read from its words.

    "Eggs under groceries" is a subtask of the one open task of that title, if there is one; "eggs below bread" comes
    after it in the order that is made by hand, and "eggs to the top of my list" comes first.

    With `preview=true`, nothing is made: the answer tells the task and the parts of the line that were understood.
    """
    options = context.query(QuickAddOptions)
    request = await idempotent_request(context.request)
    read_at = line.read_at or dt.datetime.now(dt.UTC)
    zone = line.time_zone or context.zone or "UTC"
    await rules.get()
    from todo_backend.tasks.lines import below_parent, placed, preview, read

    task, said = read(line, read_at, zone, context.locale)
    task, said = await below_parent(tasks, context.principal, line, task, said)
    task, said, where = await placed(
        tasks, context.principal, line, task, said, read_at=read_at, zone=zone, locale=context.locale
    )
    if options.preview:
        return Json(preview(line, task, said, read_at, zone).model_dump_json())
    return Json(await tasks.create(context.principal, origin_of(context), task, request, where=where), 201)

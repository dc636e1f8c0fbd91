"""A task from one line of everyday language: "pay rent friday 5pm p1 #home"."""

import datetime as dt
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import ValidationError

from todo_backend.auth.request_context import ContextDep
from todo_backend.auth.user_route import UserRoute
from todo_backend.core.errors import Invalid
from todo_backend.core.openapi import IDEMPOTENCY_KEY
from todo_backend.db.idempotency import idempotent_request
from todo_backend.language import parse_quick_add
from todo_backend.tasks.dependencies import TaskServiceDep
from todo_backend.tasks.endpoints import Json
from todo_backend.tasks.schemas import QuickAdd, Task, TaskCreate

router = APIRouter(prefix="/api/{user_id}/tasks/quick-add", tags=["tasks"], route_class=UserRoute)


@router.post(
    "",
    status_code=201,
    responses={201: {"model": Task, "description": "the new task"}},
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
async def quick_add(context: ContextDep, tasks: TaskServiceDep, line: QuickAdd) -> Json:
    """Create the task that a line describes: dates, times, priority and tags are read from its words."""
    draft = _read(line.text, line.time_zone or context.zone or "UTC")
    request = await idempotent_request(context.request)
    return Json(await tasks.create(context.principal, draft, request), 201)


def _read(text: str, zone: str) -> TaskCreate:
    try:
        parsed = parse_quick_add(text, dt.datetime.now(ZoneInfo(zone)))
        return TaskCreate(
            title=parsed.title,
            description=parsed.description or "",
            priority=parsed.priority,
            due_date=parsed.due_date,
            due_time=parsed.due_time,
            time_zone=zone,
            tags=list(parsed.tags),
        )
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        raise Invalid(f"text: gives a {problem['loc'][0]} that cannot be kept: {problem['msg']}") from None
    except ValueError as error:
        raise Invalid(f"text: {error}") from None

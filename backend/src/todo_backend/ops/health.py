"""Health: liveness asks nothing of anybody; readiness asks the database, never the frontend."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from typing_extensions import TypedDict

from todo_backend.core.codes import Code, Condition
from todo_backend.db.health import DatabaseHealth
from todo_backend.ops.drain import Drain

STAYING = Condition(Code.OK, "no")
LEAVING = Condition(Code.DRAINING, "the process is ending")

router = APIRouter(prefix="/health", tags=["health"])


async def _database(request: Request) -> DatabaseHealth:  # async: a plain function would run in a thread
    health: DatabaseHealth = request.app.state.resources.database
    return health


async def _drain(request: Request) -> Drain:
    drain: Drain = request.app.state.resources.drain
    return drain


class Liveness(TypedDict):
    """The process runs."""

    status: Literal["ok"]


class Check(TypedDict):
    """How one thing is: a code for programs, `ok` when nothing is wrong, and words for people."""

    code: Code
    detail: str


class Checks(TypedDict):
    """What readiness depends on."""

    database: Check
    schema: Check
    draining: Check
    writes: Check  # which do not decide: where they are refused, what is there can be read


class Readiness(TypedDict):
    """Whether requests should come here."""

    status: Literal["ok", "unavailable"]
    checks: Checks


@router.get("/live")
async def live() -> Liveness:
    """Always 200 while the event loop turns: a dependency that is unreachable must not restart pods."""
    return {"status": "ok"}


@router.get("/ready", responses={503: {"model": Readiness, "description": "what is wrong"}})
async def ready(
    database: Annotated[DatabaseHealth, Depends(_database)],
    drain: Annotated[Drain, Depends(_drain)],
    response: Response,
) -> Readiness:
    """200 when this pod can serve, 503 with the reason when it cannot."""
    report = await database.report()
    checks: Checks = {
        "database": _check(report.database),
        "schema": _check(report.schema),
        "draining": _check(LEAVING if drain.started else STAYING),
        "writes": _check(database.writes),
    }
    if report.ok and not drain.started:
        return {"status": "ok", "checks": checks}
    response.status_code = 503
    return {"status": "unavailable", "checks": checks}


def _check(condition: Condition) -> Check:
    return {"code": condition.code, "detail": condition.detail}

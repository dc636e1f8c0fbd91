"""Health: liveness asks nothing of anybody; readiness asks the database, never the frontend."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from typing_extensions import TypedDict

from todo_backend.db.health import DatabaseHealth
from todo_backend.ops.drain import Drain

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


class Checks(TypedDict):
    """`ok`, or what is wrong in words."""

    database: str
    schema: str
    draining: bool


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
    checks: Checks = {"database": report.database, "schema": report.schema, "draining": drain.started}
    if report.ok and not drain.started:
        return {"status": "ok", "checks": checks}
    response.status_code = 503
    return {"status": "unavailable", "checks": checks}

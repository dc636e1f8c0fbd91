"""Health: liveness asks nothing of anybody; readiness asks the database, never the frontend."""

from typing import Literal

from fastapi import APIRouter, Response
from typing_extensions import TypedDict

from todo_backend.resources import HeldResources

router = APIRouter(prefix="/health", tags=["health"])


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
    """Always 200 while the event loop turns: a dependency that is away must not restart pods."""
    return {"status": "ok"}


@router.get("/ready", responses={503: {"model": Readiness, "description": "what is wrong"}})
async def ready(resources: HeldResources, response: Response) -> Readiness:
    """200 when this pod can serve, 503 with the reason when it cannot."""
    found = await resources.watch.finding()
    checks: Checks = {"database": found.database, "schema": found.schema, "draining": resources.drain.started}
    if found.ok and not resources.drain.started:
        return {"status": "ok", "checks": checks}
    response.status_code = 503
    return {"status": "unavailable", "checks": checks}

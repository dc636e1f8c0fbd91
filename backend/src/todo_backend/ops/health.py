"""Health: liveness asks nothing of anybody; readiness asks the database, never the frontend."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response
from psycopg import Error
from psycopg.errors import UndefinedTable
from psycopg_pool import PoolTimeout
from typing_extensions import TypedDict

from todo_backend.db.pool import Pool, one
from todo_backend.db.schema import required_revision
from todo_backend.resources import HeldResources

CHECK_TIMEOUT_SECONDS = 4.0

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
    database, schema = await _check_database(resources.pool)
    checks: Checks = {"database": database, "schema": schema, "draining": resources.drain.started}
    if checks == {"database": "ok", "schema": "ok", "draining": False}:
        return {"status": "ok", "checks": checks}
    response.status_code = 503
    return {"status": "unavailable", "checks": checks}


async def _check_database(pool: Pool) -> tuple[str, str]:
    required = required_revision()
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_SECONDS):
            row = await one(pool, "SELECT version_num FROM alembic_version", {})
    except UndefinedTable:
        return "ok", "not migrated yet: run `python -m todo_backend migrate`"
    except (TimeoutError, PoolTimeout):
        return f"no answer within {CHECK_TIMEOUT_SECONDS:g} s", "unknown"
    except Error as error:
        return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}", "unknown"
    found = str(row[0]) if row else "none"
    # A newer schema is fine: migrations only add while the version before them still runs.
    return "ok", "ok" if found >= required else f"at revision {found}, this version needs {required}"

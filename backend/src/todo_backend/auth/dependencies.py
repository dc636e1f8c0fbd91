"""The caller of a REST endpoint, as FastAPI dependencies."""

from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import HTTPBearer

from todo_backend.auth.principal import Principal
from todo_backend.errors import Forbidden, Unauthorized
from todo_backend.resources import HeldResources
from todo_backend.tasks.schemas import time_zones

_scheme = HTTPBearer(auto_error=False, description="the short-lived token of GET /api/auth/token")


def bearer_token(request: Request) -> str:
    """The token of the Authorization header; raises Unauthorized."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("Send a token: Authorization: Bearer <token>.")
    return token.strip()


async def _caller(request: Request, resources: HeldResources) -> Principal:
    return await resources.tokens.verify(bearer_token(request))


Caller = Annotated[Principal, Depends(_caller)]


async def _owner(caller: Caller, user_id: Annotated[str, Path(description="your user id, or me")]) -> Principal:
    if user_id not in ("me", caller.user_id):
        raise Forbidden("This path belongs to another user.")
    return caller


Owner = Annotated[Principal, Depends(_owner)]
"""The caller, who must be the user in the path."""

authenticated = [Depends(_scheme)]
"""Says in the OpenAPI document that a token is needed; `Caller` is what checks it."""


def reader_zone(request: Request) -> str | None:
    """The reader's IANA time zone from `X-Time-Zone`; None when absent or unknown."""
    zone = request.headers.get("x-time-zone")
    return zone if zone in time_zones() else None


async def _time_zone(request: Request) -> str | None:  # async: a plain function would run in a thread
    return reader_zone(request)


ReaderZone = Annotated[str | None, Depends(_time_zone)]
"""`reader_zone` as a dependency."""

"""Who calls, read from a request's headers."""

from typing import Annotated

from fastapi import Depends, Request

from todo_backend.auth.principal import Principal
from todo_backend.errors import Unauthorized
from todo_backend.resources import HeldResources
from todo_backend.tasks.schemas import time_zones


def bearer_token(request: Request) -> str:
    """The token of the Authorization header; raises Unauthorized."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("Send a token: Authorization: Bearer <token>.")
    return token.strip()


def reader_zone(request: Request) -> str | None:
    """The reader's IANA time zone from `X-Time-Zone`; None when absent or unknown."""
    zone = request.headers.get("x-time-zone")
    return zone if zone in time_zones() else None


async def _caller(request: Request, resources: HeldResources) -> Principal:
    return await resources.tokens.verify(bearer_token(request))


Caller = Annotated[Principal, Depends(_caller)]
"""The verified user, on paths that name none."""


async def _time_zone(request: Request) -> str | None:  # async: a plain function would run in a thread
    return reader_zone(request)


ReaderZone = Annotated[str | None, Depends(_time_zone)]
"""`reader_zone` as a dependency."""

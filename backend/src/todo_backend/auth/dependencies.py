"""Who calls, read from a request's headers."""

from typing import Annotated

from fastapi import Depends, Request

from todo_backend.auth.principal import Principal
from todo_backend.auth.tokens import TokenVerifier
from todo_backend.core.errors import Unauthorized
from todo_backend.core.locales import preferred_locale
from todo_backend.core.time_zones import time_zones


async def verified_caller(request: Request) -> Principal:
    """The user that the request's bearer token proves; raises Unauthorized, and Unavailable without the keys."""
    tokens: TokenVerifier = request.app.state.resources.tokens
    return await tokens.verify(_bearer_token(request))


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("Send a token: Authorization: Bearer <token>.")
    return token.strip()


def reader_zone(request: Request) -> str | None:
    """The reader's IANA time zone from `X-Time-Zone`; None when absent or unknown."""
    zone = request.headers.get("x-time-zone")
    return zone if zone in time_zones() else None


def reader_locale(request: Request) -> str:
    """The language tag that the reader prefers, from `Accept-Language`; empty when absent."""
    return preferred_locale(request.headers.get("accept-language"))


Caller = Annotated[Principal, Depends(verified_caller)]
"""The verified user, on paths that name none."""


async def _time_zone(request: Request) -> str | None:  # async: a plain function would run in a thread
    return reader_zone(request)


ReaderZone = Annotated[str | None, Depends(_time_zone)]
"""`reader_zone` as a dependency."""


async def _locale(request: Request) -> str:
    return reader_locale(request)


ReaderLocale = Annotated[str, Depends(_locale)]
"""`reader_locale` as a dependency."""

"""Errors as RFC 9457 problem documents: one class, one handler, one shape."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from psycopg import DatabaseError, DataError, OperationalError
from psycopg.errors import (
    CheckViolation,
    DiskFull,
    ForeignKeyViolation,
    IdleInTransactionSessionTimeout,
    ReadOnlySqlTransaction,
    UndefinedTable,
)
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from todo_backend.core.codes import Code, Condition
from todo_backend.core.logs import request_id

logger = logging.getLogger(__name__)


# What psycopg raises while the database cannot be used; the same request may be sent again.
DATABASE_UNREACHABLE = (
    OperationalError,
    PoolTimeout,
    IdleInTransactionSessionTimeout,  # this process was frozen; nothing was done
    UndefinedTable,  # the database was replaced by an empty one
    ReadOnlySqlTransaction,  # a server that is no longer the first one, or that its operator closed
)
DISK_FULL = Condition(
    Code.DATABASE_DISK_FULL, "The database has no space left: nothing can be saved now. What is there can be read."
)
READ_ONLY = Condition(
    Code.DATABASE_READ_ONLY, "The database takes no changes now; try again later. What is there can be read."
)
UNREACHABLE = Condition(Code.DATABASE_UNREACHABLE, "The database does not answer right now; try again in a moment.")
CODE_HEADER = "X-Problem-Code"  # for proxies, which read heads only
MISSING_USER_DETAIL = "This account no longer exists."

_RULES = {
    "due_time_needs_a_date": "due_time: needs a due_date",
    "recurrence_needs_a_date": "due_date: a task that repeats needs one; end its recurrence to take it away",
    "completed_does_not_repeat": "recurrence: a completed task does not repeat; open it again first",
}


# The same of rules that depend on other tasks, or on what a task is already.
_RULES_OF_STATE = {
    "subtask_does_not_repeat": "recurrence: a subtask does not repeat by itself; let its parent repeat, or move it out",
    "subtasks_have_one_level": "parent_id: a subtask needs a parent that is there and is no subtask itself",
    "no_task_is_its_own_subtask": "parent_id: a task cannot be its own subtask",
}


class Problem(Exception):
    """An error that a client is meant to read.

    Subclasses set `status`; `detail` says what is wrong and what to do, to people. Where a client has to tell problems
    of one status apart, `code` says which one it is.
    """

    status: int = 500
    code: str | None = None
    headers: ClassVar[Mapping[str, str] | None] = None

    def __init__(self, detail: str, *, errors: Sequence[Mapping[str, Any]] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors


class BadRequest(Problem):
    """The request cannot be read at all."""

    status = 400


class Unauthorized(Problem):
    """No valid token."""

    status = 401
    headers: ClassVar[Mapping[str, str] | None] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class Forbidden(Problem):
    """The path names another user than the token."""

    status = 403


class NotFound(Problem):
    """It does not exist, or is not the caller's."""

    status = 404


class Conflict(Problem):
    """Another request with the same Idempotency-Key is still under way."""

    status = 409
    code = "request_under_way"
    headers: ClassVar[Mapping[str, str] | None] = {"Retry-After": "1"}


class Invalid(Problem):
    """Well-formed, but the content breaks a rule."""

    status = 422


class TooManyRequests(Problem):
    """More than this service gives in so short a time."""

    status = 429
    headers: ClassVar[Mapping[str, str] | None] = {"Retry-After": "1"}


class Unavailable(Problem):
    """Something behind this service does not answer now; the same request may be sent again."""

    status = 503
    headers: ClassVar[Mapping[str, str] | None] = {"Retry-After": "1"}


def problem_response(
    status: int,
    detail: str,
    *,
    code: str | None = None,
    errors: Sequence[Mapping[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An `application/problem+json` answer with the request's id in it, and its `code` in the head, too."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id.get(),
    }
    if code is not None:
        body["code"] = code
        headers = {**(headers or {}), CODE_HEADER: code}
    if errors is not None:
        body["errors"] = errors
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def answer_to(error: Exception, request: Request) -> Response | None:
    """What `request` is answered when `error` ended it; None for an error that nobody has foreseen."""
    match error:
        case Problem():
            return problem_response(
                error.status, error.detail, code=error.code, errors=error.errors, headers=error.headers
            )
        case HTTPException():
            return _of_http_exception(error, request)
        case RequestValidationError():
            return _of_validation_error(error)
        case _ if isinstance(error, DATABASE_UNREACHABLE):
            return _of_database_error(error)
        case CheckViolation() | DataError():
            depends = error.diag.constraint_name in _RULES_OF_STATE
            code = "cannot_nest" if depends else None
            return problem_response(409 if depends else 422, rule_broken(error), code=code)
        case ForeignKeyViolation():
            return problem_response(401, MISSING_USER_DETAIL, headers=Unauthorized.headers)
    return None


def _of_http_exception(error: HTTPException, request: Request) -> Response:
    if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return problem_response(error.status_code, str(error.detail), headers=error.headers)
    allow = {"Allow": ", ".join(sorted(_methods(request)))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allow)
    return problem_response(error.status_code, f"{request.method} is not possible here.", headers=allow)


def _methods(request: Request) -> set[str]:
    """What can be done at the path of `request`: Starlette only tells the methods of one of its routes."""
    path = request.scope["path"]
    routes = (route for route in request.app.routes if isinstance(route, Route) and route.path_regex.match(path))
    methods = {method for route in routes for method in route.methods or ()}
    return methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


def _of_validation_error(error: RequestValidationError) -> Response:
    fields = [
        {
            "field": ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0]),
            "message": item["msg"],
        }
        for item in error.errors()
    ]
    detail = "; ".join(f"{field['field']}: {field['message']}" for field in fields)
    return problem_response(422, detail, errors=fields)


def database_condition(error: BaseException | None) -> Condition:
    """What one of `DATABASE_UNREACHABLE` means to a person."""
    match error:
        case DiskFull():
            return DISK_FULL
        case ReadOnlySqlTransaction():
            return READ_ONLY
    return UNREACHABLE


def _of_database_error(error: Exception) -> Response:
    found = database_condition(error)
    logger.error("the database cannot be used: %s", error, extra={"code": found.code})
    return problem_response(503, found.detail, code=found.code, headers=Unavailable.headers)


def rule_broken(error: DatabaseError) -> str:
    """What a constraint of the schema says, in words for the client."""
    return (_RULES | _RULES_OF_STATE).get(
        error.diag.constraint_name or "", "A value is outside what the database accepts."
    )

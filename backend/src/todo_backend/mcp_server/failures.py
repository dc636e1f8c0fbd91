"""What went wrong in a tool, as a sentence that tells a model (or a person) what to do next."""

from mcp.server.mcpserver.exceptions import ToolError
from psycopg import DataError
from psycopg.errors import CheckViolation, ForeignKeyViolation
from pydantic import ValidationError

from todo_backend.core.errors import (
    DATABASE_UNREACHABLE,
    MISSING_USER_DETAIL,
    NotFound,
    Problem,
    database_condition,
    rule_broken,
)
from todo_backend.core.mistakes import mistakes

_ONLY_DELETED = "Only tasks that were deleted in the last 30 days can be restored; list_trash shows them."
_AFTER_NOT_FOUND = {"restore_task": _ONLY_DELETED, "restore_tasks": _ONLY_DELETED}


def explain(tool: str, error: ToolError) -> str | None:
    """The sentence for `error` of `tool`; None for what only the log should know."""
    match error.__cause__:
        case NotFound() as problem:
            return f"{problem.detail} {_AFTER_NOT_FOUND.get(tool, 'Call list_tasks to see the ids.')}"
        case Problem() as problem:
            return problem.detail
        case ValidationError() as invalid:
            return "; ".join(_line(tool, item["loc"], item["msg"]) for item in mistakes(invalid))
        case CheckViolation() | DataError() as broken:
            return rule_broken(broken)
        case ForeignKeyViolation():
            return MISSING_USER_DETAIL
        case cause if isinstance(cause, DATABASE_UNREACHABLE):
            return database_condition(cause).detail
    return None


def _line(tool: str, location: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(str(part) for part in location) or tool}: {message}"

"""REST for a person's data as a file."""

import datetime as dt
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request

from todo_backend.auth.request_context import ContextDep
from todo_backend.auth.user_route import UserRoute
from todo_backend.core.openapi import query_of
from todo_backend.export.exports import Download, Exports
from todo_backend.export.schemas import Export, ExportWanted

router = APIRouter(prefix="/api/{user_id}/export", tags=["export"], route_class=UserRoute)


async def _exports(request: Request) -> Exports:  # async: a plain function would run in a thread
    exports: Exports = request.app.state.resources.exports
    return exports


ExportsDep = Annotated[Exports, Depends(_exports)]


@router.get(
    "",
    responses={
        200: {
            "model": Export,
            "description": "a file; its transfer breaks off, and its JSON is not closed, where it is not whole",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
    openapi_extra=query_of(ExportWanted),
)
async def export_data(context: ContextDep, exports: ExportsDep) -> Download:
    """Export all that is yours as a file, as it is at this moment.

    - `json` (the default) has everything: profile, tasks with the trash, the journal, conversations with all messages.
      Its tasks can be imported again.
    - `csv` has the tasks, a row for each: RFC 4180, UTF-8 with a byte order mark. An apostrophe stands before a text
      that a spreadsheet would take for a formula.

    The file is streamed. It is whole only if its transfer ends: JSON that is not closed is a part. One export of a
    person is written at a time (429, `request_under_way`), for five minutes at the most; a server writes a few
    (503, `exports_full`).
    """
    wanted = context.query(ExportWanted)
    today = dt.datetime.now(ZoneInfo(context.zone or "UTC")).date()
    return await exports.open(context.principal, wanted.format, f"todo-stack-{today}")

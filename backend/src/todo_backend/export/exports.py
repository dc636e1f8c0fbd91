"""A person's data as a stream: from one snapshot, a part at a time, and no further than its reader is.

One that breaks off is no whole file: its JSON is not closed, and its transfer is not ended, whatever the format.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from todo_backend.auth.principal import Principal
from todo_backend.chat import export_repository as chat
from todo_backend.core.errors import Conflict, TooManyRequests, Unavailable
from todo_backend.core.middleware import ASKS_FOR_HEAD
from todo_backend.db.pool import Connection, Pool
from todo_backend.db.snapshot import snapshot
from todo_backend.export import profile_repository, spreadsheet
from todo_backend.export.schemas import ExportFormat
from todo_backend.tasks import export_repository as tasks
from todo_backend.tasks.exported import FORMAT, VERSION

LONGEST = dt.timedelta(minutes=5)  # of an export, however slowly it is read: it holds a connection and a snapshot
_CONNECTIONS_FOR_ONE = 4  # of a pool: others need some meanwhile

_MEDIA_TYPES = {ExportFormat.JSON: "application/json", ExportFormat.CSV: "text/csv; charset=utf-8; header=present"}


class ExportUnderWay(TooManyRequests):
    """A person reads an export already."""

    code = Conflict.code  # who asks a second time for want of an answer waits for the first


class ExportsFull(Unavailable):
    """This process writes as many exports as it has connections for."""

    code = "exports_full"


class Download(StreamingResponse):
    """The answer that streams a file: it ends when nobody reads it any more, and breaks off when it takes too long."""

    def __init__(self, first: bytes, rest: AsyncGenerator[bytes], form: ExportFormat, name: str) -> None:
        headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "no-store"}
        super().__init__(rest, headers=headers, media_type=_MEDIA_TYPES[form])
        self._first = first
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream in the request's own task.

        Starlette would cancel another one when the client goes, again and again, and the pool lose a connection.
        """
        request = Request(scope, receive)
        async with aclosing(self._rest), asyncio.timeout(LONGEST.total_seconds()):
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if not scope.get(ASKS_FOR_HEAD):
                await send({"type": "http.response.body", "body": self._first, "more_body": True})
                async for chunk in self._rest:
                    if await request.is_disconnected():
                        return
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


class Exports:
    """The exports of this process: one of a person at a time, and few of all."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._most = max(1, pool.max_size // _CONNECTIONS_FOR_ONE)
        self._readers: set[str] = set()

    async def open(self, principal: Principal, form: ExportFormat, name: str) -> Download:
        """The file, called so, which has begun when this returns: what fails before is told as any problem.

        Raises ExportUnderWay, ExportsFull; Unauthorized for an account that is gone.
        """
        if principal.user_id in self._readers:
            raise ExportUnderWay("An export of yours is under way; ask again when it has ended.")
        if len(self._readers) >= self._most:
            raise ExportsFull("This server writes as many exports as it can; try again in a moment.")
        chunks = self._chunks(principal, form)
        return Download(await anext(chunks), chunks, form, name)

    async def _chunks(self, principal: Principal, form: ExportFormat) -> AsyncGenerator[bytes]:
        self._readers.add(principal.user_id)
        try:
            async with snapshot(self._pool, LONGEST) as connection:
                write = _json if form is ExportFormat.JSON else _csv
                async for chunk in write(connection, principal):
                    yield chunk.encode()
        finally:
            self._readers.discard(principal.user_id)


async def _json(connection: Connection, principal: Principal) -> AsyncGenerator[str]:
    """An `Export`, a line for each task, change, conversation and message."""
    profile = await profile_repository.get(connection, principal)
    written = dt.datetime.now(dt.UTC).isoformat()
    yield f'{{"format":"{FORMAT}","version":{VERSION},"exported_at":"{written}","profile":{profile}'
    for name, read in {
        "tasks": tasks.tasks,
        "changes": tasks.changes,
        "conversations": chat.conversations,
        "messages": chat.messages,
    }.items():
        yield f',\n"{name}":['
        before = "\n"
        async for part in read(connection, principal):
            yield before + ",\n".join(part)
            before = ",\n"
        yield "\n]"
    yield "}\n"


async def _csv(connection: Connection, principal: Principal) -> AsyncGenerator[str]:
    """The tasks, a row for each."""
    await profile_repository.get(connection, principal)
    yield spreadsheet.BEGINNING
    async for part in tasks.tasks(connection, principal):
        yield spreadsheet.rows(part)

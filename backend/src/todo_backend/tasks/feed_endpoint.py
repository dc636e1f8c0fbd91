"""REST for following changes: server-sent events."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, Field
from pydantic.json_schema import models_json_schema

from todo_backend.auth.request_context import ContextDep
from todo_backend.auth.user_route import UserRoute
from todo_backend.core.event_stream import BEATS_HEADER, MEDIA_TYPE, EventStream
from todo_backend.tasks.changes import ChangeKind
from todo_backend.tasks.feed import BEAT_SECONDS, Feed
from todo_backend.tasks.origin import EntryPoint

router = APIRouter(prefix="/api/{user_id}", tags=["changes"], route_class=UserRoute)


class TouchedTask(BaseModel):
    """A task that is not as it was."""

    task_id: int
    gone: bool = Field(description="whether it was deleted")


class ChangeNotice(BaseModel):
    """That there was a change; `GET /api/{user_id}/changes` tells what it was."""

    id: UUID = Field(description="the change: what undo takes; one that goes on for longer may be told again")
    at: AwareDatetime
    entry_point: EntryPoint
    source: str | None
    kind: ChangeKind
    subject: UUID | None
    count: int = Field(description="how many tasks")
    tasks: list[TouchedTask] = Field(description="the first of them")


class ChangesEvent(BaseModel):
    """The data of an event `changes`."""

    changes: list[ChangeNotice] = Field(description="in the order in which they were made")


class ReloadEvent(BaseModel):
    """The data of an event `reload`."""

    reason: Literal["too_old", "too_many"]


LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "the id of the last event that was received, as browsers send it: the stream goes on after it."
    " Without it, it begins now",
    "schema": {"type": "string"},
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "a stream of events that goes on until the token ends, within an hour, or the server leaves",
        "headers": {
            BEATS_HEADER: {
                "description": "the stream is never silent for longer than so many seconds",
                "schema": {"type": "number"},
            }
        },
        "content": {
            MEDIA_TYPE: {
                "schema": {  # of each event
                    "type": "object",
                    "required": ["event", "id", "data"],
                    "properties": {
                        "event": {"type": "string", "enum": ["open", "changes", "reload"]},
                        "id": {"type": "string"},
                        "data": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "description": "of `changes` a `ChangesEvent`, of `reload` a `ReloadEvent`",
                        },
                    },
                }
            }
        },
    }
}


def schemas() -> dict[str, Any]:
    """The components that the description of the stream names."""
    models: list[tuple[type[BaseModel], Literal["serialization"]]]
    models = [(ChangesEvent, "serialization"), (ReloadEvent, "serialization")]
    _, document = models_json_schema(models, ref_template="#/components/schemas/{model}")
    found: dict[str, Any] = document["$defs"]
    return found


async def _feed(request: Request) -> Feed:  # async: a plain function would run in a thread
    feed: Feed = request.app.state.resources.feed
    return feed


FeedDep = Annotated[Feed, Depends(_feed)]


@router.get(
    "/events",
    response_class=Response,
    responses=_STREAM,
    openapi_extra={"parameters": [LAST_EVENT_ID]},
)
async def follow_changes(context: ContextDep, feed: FeedDep) -> EventStream:
    """Follow what is changed, by whichever entry point, as it happens: server-sent events.

    - `open`: the stream begins now; fetch what you show once more.
    - `changes`: what was changed within a second or so. Of a change of many tasks the first are named.
    - `reload`: more was changed than is told one by one, or your last event is older than the journal or of another
      database. Fetch what you show once more.

    A stream that broke off goes on after `Last-Event-ID`: nothing is left out and nothing is told twice. A comment
    comes when there is nothing to tell for some seconds. The stream ends with the token, within an hour, and when the
    account is deleted; ask again then. A person has 20 streams on each server (429, `too_many_streams`); a server has
    room for a number of them (503, `streams_full`).
    """
    reader = feed.open(context.principal, context.request.headers.get("last-event-id"))
    return EventStream(reader.frames(), {BEATS_HEADER: f"{BEAT_SECONDS:g}"}, ended=lambda: feed.close(reader))

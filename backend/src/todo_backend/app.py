"""The composition root: settings in, one ASGI app out. Nothing else imports every room."""

import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import httpx2
from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.types import ASGIApp

from todo_backend import __version__
from todo_backend.assistant.assistant import Assistant
from todo_backend.assistant.models import open_models, turn_seconds
from todo_backend.auth.jwks import JwksCache
from todo_backend.auth.tokens import TokenVerifier
from todo_backend.chat import chatkit_endpoint, requests
from todo_backend.chat import endpoints as chat
from todo_backend.chat.chat import Chat
from todo_backend.core import logs, openapi
from todo_backend.core.lazily import Lazily
from todo_backend.core.memory import freeze_loaded
from todo_backend.core.middleware import RequestPolicy
from todo_backend.core.settings import Settings, load
from todo_backend.db.health import DatabaseHealth
from todo_backend.db.migrate import migrate_if_empty
from todo_backend.db.pool import Pool, create_pool
from todo_backend.export import endpoints as export
from todo_backend.export.exports import Exports
from todo_backend.export.schemas import ExportWanted
from todo_backend.mcp_server import endpoint as mcp
from todo_backend.mcp_server.transport import Transport, open_transport
from todo_backend.ops import health
from todo_backend.ops.drain import Drain
from todo_backend.ops.endpoint import open_operations, operations_route
from todo_backend.ops.recent_errors import recent_errors
from todo_backend.tasks import change_endpoints, feed_endpoint, import_endpoint, quick_add, trash_endpoints
from todo_backend.tasks import endpoints as tasks
from todo_backend.tasks.changes import ChangeFilter
from todo_backend.tasks.feed import Feed
from todo_backend.tasks.purge import purging
from todo_backend.tasks.schemas import TaskFilter
from todo_backend.tasks.service import TaskService

if TYPE_CHECKING:
    from todo_backend.mcp_server.server import ToolServer

logger = logging.getLogger(__name__)

# A server whose time is over cancels what is in flight and closes at once. Kubernetes gives it five seconds more.
_LAST_WORDS_SECONDS = 3.0

DESCRIPTION = "Tasks by REST, by chat and by MCP. Every error is an RFC 9457 problem document."


class Application(FastAPI):
    """FastAPI's routes behind our policy alone.

    FastAPI's own layers around it would answer errors, trace requests and limit bodies, which the policy does or nobody
    asks for.
    """

    policy: Callable[[ASGIApp], ASGIApp]

    def build_middleware_stack(self) -> ASGIApp:
        """What a request passes on its way to its route."""
        return self.policy(AsyncExitStackMiddleware(self.router))  # without the stack, FastAPI's routes do not run


@dataclass(frozen=True, slots=True)
class Resources:
    """What a process holds while it runs, shared by all requests; nothing in it belongs to a user."""

    pool: Pool
    database: DatabaseHealth
    tokens: TokenVerifier
    tasks: TaskService
    quick_add_rules: Lazily[None]
    feed: Feed
    exports: Exports
    mcp: Transport
    operations: Transport | None
    assistant: Assistant
    chat: Chat
    drain: Drain


@asynccontextmanager
async def open_resources(
    settings: Settings, drain: Drain, http: httpx2.AsyncBaseTransport | None = None
) -> AsyncIterator[Resources]:
    """Resources for `settings`, closed at the end. A database that is unreachable does not stop the start.

    `http` carries the requests to the frontend; tests give their own.
    """
    # The frontend is a neighbour: a proxy in the environment is for the model's address.
    has_tls = httpx2.URL(settings.auth_jwks_url).scheme != "http"  # whose certificates take 30 ms of a start
    async with httpx2.AsyncClient(transport=http, trust_env=False, verify=has_tls) as client:
        url = settings.database_secret()
        pool = create_pool(settings, url)
        database = DatabaseHealth(
            pool, url, partial(migrate_if_empty, url) if settings.migrate_empty_database else None
        )
        await pool.open(wait=False)
        try:
            keys = JwksCache(settings.auth_jwks_url, client)
            tasks = TaskService(pool)
            feed = Feed(pool)
            drain.before_closing(feed.leave)
            tools = Lazily(partial(_load_tools, tasks))
            async with (
                open_transport(tools) as mcp,
                open_operations(settings, pool, database) as operations,
                open_models(settings) as models,
                purging(pool),
            ):
                assistant = Assistant(
                    tools, models, built_in=not settings.uses_openai, turn_seconds=turn_seconds(settings)
                )
                conversations = Chat(pool, assistant, wait_seconds=settings.chat_wait_seconds)
                try:
                    yield Resources(
                        pool=pool,
                        database=database,
                        tokens=TokenVerifier(keys, issuer=settings.auth_issuer, audience=settings.auth_audience),
                        tasks=tasks,
                        quick_add_rules=Lazily(quick_add.load_rules),
                        feed=feed,
                        exports=Exports(pool),
                        mcp=mcp,
                        operations=operations,
                        assistant=assistant,
                        chat=conversations,
                        drain=drain,
                    )
                finally:
                    await feed.closed()
                    await conversations.ended(_LAST_WORDS_SECONDS)
        finally:
            await database.close()
            await pool.close()


def create_app(settings: Settings | None = None, *, http: httpx2.AsyncBaseTransport | None = None) -> FastAPI:
    """A new application; without `settings` they are read from the environment (raises SettingsError).

    `http` carries the requests to the frontend; tests give their own.
    """
    settings = settings or load(Settings)
    drain = Drain(settings.drain_seconds)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with drain.installed():
            async with open_resources(settings, drain, http) as resources:
                app.state.resources = resources
                logger.info(
                    "todo-backend %s: %d worker(s), %d database connections each, assistant %s, operations MCP %s",
                    __version__,
                    settings.workers,
                    settings.database_pool_size,
                    settings.assistant,
                    "on" if settings.ops_mcp_enabled else "off",
                )
                freeze_loaded()
                yield

    served_by = f"{settings.pod_name}-{os.getpid()}" if settings.workers > 1 else settings.pod_name
    logs.configure(settings.log_level, served_by)
    logging.getLogger().addHandler(recent_errors)
    app = documented_app()
    if settings.ops_mcp_enabled:
        app.router.routes.append(operations_route())
    app.router.lifespan_context = lifespan
    app.policy = partial(RequestPolicy, served_by=served_by, draining=drain)
    return app


def _load_tools(tasks: TaskService) -> "ToolServer":
    from todo_backend.mcp_server.server import create_tool_server

    return create_tool_server(tasks)


def documented_app() -> Application:
    """The endpoints alone: all that the OpenAPI document needs."""
    app = Application(
        title="Todo Stack",
        version=__version__,
        description=DESCRIPTION,
        redoc_url=None,
        redirect_slashes=False,  # it would name this process's own address, which nobody outside can reach
        telemetry={"tracing": False, "metrics": False, "logs": False},  # asks the environment at each request
    )
    of_tasks = (tasks, quick_add, change_endpoints, trash_endpoints, feed_endpoint, import_endpoint)
    parts = (health, *of_tasks, chat, chatkit_endpoint, export)
    # `include_router` would match the path of each request twice. One route is tried after the other: FastAPI's own,
    # for documents, come last.
    app.router.routes[:0] = [*(route for part in parts for route in part.router.routes), mcp.route]
    openapi.install(
        app,
        query_models=[TaskFilter, ChangeFilter, ExportWanted],
        more_schemas=lambda: requests.schemas() | feed_endpoint.schemas(),
    )
    return app

"""The application: settings in, one ASGI app out."""

import gc
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI

from todo_backend import __version__, errors, logs, openapi
from todo_backend.chat import endpoints as chat
from todo_backend.chat import protocol as chatkit
from todo_backend.middleware import RequestPolicy
from todo_backend.ops import health
from todo_backend.ops.drain import Drain
from todo_backend.ops.endpoint import operations_route
from todo_backend.ops.recent_errors import recent_errors
from todo_backend.resources import open_resources
from todo_backend.settings import Settings, load
from todo_backend.tasks import endpoints as tasks
from todo_backend.tasks import quick_add
from todo_backend.tasks.schemas import TaskFilter
from todo_backend.tools import endpoint as tools

logger = logging.getLogger(__name__)

DESCRIPTION = "Tasks by REST, by chat and by MCP. Every error is an RFC 9457 problem document."


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
                gc.collect()
                gc.freeze()  # what is loaded by now stays: collections need not walk it on every round
                yield

    served_by = f"{settings.pod_name}-{os.getpid()}" if settings.workers > 1 else settings.pod_name
    logs.configure(settings.log_level, served_by)
    logging.getLogger().addHandler(recent_errors)
    app = documented_app()
    if settings.ops_mcp_enabled:
        app.router.routes.append(operations_route())
    app.router.lifespan_context = lifespan
    app.add_middleware(RequestPolicy, served_by=served_by, draining=drain)
    return app


def documented_app() -> FastAPI:
    """The endpoints alone: all that the OpenAPI document needs."""
    app = FastAPI(
        title="Todo Stack",
        version=__version__,
        description=DESCRIPTION,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # asks the environment at each request
    )
    errors.install(app)
    for router in (health.router, tasks.router, quick_add.router, chat.router, chatkit.router):
        app.router.routes += router.routes  # `include_router` would match the path of each request twice
    app.router.routes.append(tools.route)
    openapi.install(app, query_models=[TaskFilter])
    return app

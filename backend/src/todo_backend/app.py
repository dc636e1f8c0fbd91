"""The application: settings in, one ASGI app out."""

import gc
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
from todo_backend.resources import open_resources
from todo_backend.settings import Settings, load
from todo_backend.tasks import endpoints as tasks
from todo_backend.tasks import quick_add
from todo_backend.tasks.schemas import TaskFilter
from todo_backend.tools import endpoint as tools

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
                gc.collect()
                gc.freeze()  # what is loaded by now stays: collections need not walk it on every round
                yield

    served_by = f"{settings.pod_name}-{os.getpid()}" if settings.workers > 1 else settings.pod_name
    logs.configure(settings.log_level, served_by)
    app = documented_app()
    app.router.lifespan_context = lifespan
    app.add_middleware(RequestPolicy, served_by=served_by, draining=drain)
    return app


def documented_app() -> FastAPI:
    """The endpoints alone: all that the OpenAPI document needs."""
    app = FastAPI(title="Todo Stack", version=__version__, description=DESCRIPTION, redoc_url=None)
    errors.install(app)
    app.include_router(health.router)
    app.include_router(tasks.router)
    app.include_router(quick_add.router)
    app.include_router(chat.router)
    app.include_router(chatkit.router)
    app.router.routes.append(tools.route)
    openapi.install(app, query_models=[TaskFilter])
    return app

"""What a process holds while it runs, made and closed in the application's lifespan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import httpx2
from fastapi import Depends, Request
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from todo_backend.assistant.agent import Assistant
from todo_backend.assistant.models import open_models, turn_seconds
from todo_backend.auth.jwks import JwksCache
from todo_backend.auth.tokens import TokenVerifier
from todo_backend.chat.service import ChatService
from todo_backend.chat.threads import Threads
from todo_backend.chat.turns import Turns
from todo_backend.db.heal import heal_empty
from todo_backend.db.pool import Pool, create_pool
from todo_backend.db.watch import DatabaseWatch
from todo_backend.ops.drain import Drain
from todo_backend.ops.tools import open_operations
from todo_backend.settings import Settings
from todo_backend.tasks.service import TaskService
from todo_backend.tools.server import create_tool_server
from todo_backend.tools.transport import open_transport


@dataclass(frozen=True, slots=True)
class Resources:
    """Shared by all requests of a process; nothing in it belongs to a user."""

    settings: Settings
    pool: Pool
    watch: DatabaseWatch
    tokens: TokenVerifier
    tasks: TaskService
    mcp: StreamableHTTPSessionManager
    operations: StreamableHTTPSessionManager | None
    assistant: Assistant
    chat: ChatService
    turns: Turns
    threads: Threads
    drain: Drain


@asynccontextmanager
async def open_resources(
    settings: Settings, drain: Drain, http: httpx2.AsyncBaseTransport | None = None
) -> AsyncIterator[Resources]:
    """Resources for `settings`, closed at the end. A database that is away does not stop the start.

    `http` carries the requests to the frontend; tests give their own.
    """
    # The frontend is a neighbour: a proxy in the environment is for the model's address.
    async with httpx2.AsyncClient(transport=http, trust_env=False) as client:
        url = settings.database_secret()
        pool = create_pool(settings, url)
        watch = DatabaseWatch(pool, url, partial(heal_empty, url) if settings.migrate_empty_database else None)
        await pool.open(wait=False)
        try:
            keys = JwksCache(settings.auth_jwks_url, client)
            tokens = TokenVerifier(keys, issuer=settings.auth_issuer, audience=settings.auth_audience)
            tasks = TaskService(pool)
            tools = create_tool_server(tasks)
            async with (
                open_transport(tools) as mcp,
                open_operations(settings, pool, watch) as operations,
                open_models(settings) as models,
            ):
                assistant = Assistant(tools, models, turn_seconds=turn_seconds(settings))
                turns = Turns(pool, assistant, wait_seconds=settings.chat_wait_seconds)
                yield Resources(
                    settings,
                    pool,
                    watch,
                    tokens,
                    tasks,
                    mcp,
                    operations,
                    assistant,
                    ChatService(pool, turns),
                    turns,
                    Threads(pool),
                    drain,
                )
        finally:
            await watch.close()
            await pool.close()


async def _of_request(request: Request) -> Resources:  # async: a plain function would run in a thread
    resources: Resources = request.app.state.resources
    return resources


HeldResources = Annotated[Resources, Depends(_of_request)]

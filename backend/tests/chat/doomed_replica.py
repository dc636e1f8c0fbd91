"""A replica in a process of its own, which a test kills or stops in the middle of a turn: `doomed_replica.py JSON`.

It says where it listens. Its model adds a task, and then answers; at one place of that the process says so, and goes on
once its standard input ends.
"""

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import uvicorn
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

from todo_backend.app import create_app
from todo_backend.chat.turn_lease import TurnLease
from todo_backend.core.settings import Settings

IN_A_TRANSACTION, BETWEEN = "in a tool's transaction", "while the model thinks"


def say(line: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def reach(here: str, place: str) -> None:
    """Wait, if this is the place."""
    if here == place:
        say(here)
        await asyncio.to_thread(sys.stdin.read)


def serve(database_url: str, jwks_url: str, jwks: dict[str, Any], place: str) -> None:
    """Serve until the end."""
    transaction = TurnLease.transaction

    @contextlib.asynccontextmanager
    async def transaction_with_a_place(self: TurnLease) -> AsyncIterator[Any]:
        async with transaction(self) as connection:
            yield connection
            await connection.flush()
            await reach(IN_A_TRANSACTION, place)

    async def answer(_: Any) -> list[Any]:
        await reach(BETWEEN, place)
        return [assistant_message("I slept")]

    TurnLease.transaction = transaction_with_a_place  # type: ignore[method-assign]
    script = ScriptedModel([[function_call("add_task", {"title": "Milk"}, call_id="c1")], ModelStep.respond(answer)])
    app = create_app(
        Settings(database_url=database_url, auth_jwks_url=jwks_url, assistant_provider="builtin", log_level="warning"),  # type: ignore[arg-type]
        http=httpx2.MockTransport(lambda _: httpx2.Response(200, json=jwks)),
    )

    @contextlib.asynccontextmanager
    async def listening(listener: socket.socket) -> AsyncIterator[None]:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
            await asyncio.sleep(0.01)
        yield
        await serving

    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            async with listening(listener):
                app.state.resources.assistant.models = lambda now: script
                say(str(listener.getsockname()[1]))

    asyncio.run(run())


if __name__ == "__main__":
    serve(**json.loads(sys.argv[1]))

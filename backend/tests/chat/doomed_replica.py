"""Replicas in processes of their own, which tests kill or stop in the middle of a turn.

Each line of standard input, in JSON, asks for one. It is forked off, so that the libraries are imported once for all.
It tells the test its process id and where it listens. Its model adds a task, and then answers; at one place of that
the replica tells so, and goes on once the test has no more to say.
"""

import asyncio
import contextlib
import gc
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import uvicorn
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

import todo_backend.assistant.agent  # (with what follows: what the first turn would import)
import todo_backend.assistant.offline.model
import todo_backend.chat.conversations
import todo_backend.mcp_server.server  # noqa: F401
from todo_backend.app import create_app
from todo_backend.chat.turn_lease import TurnLease
from todo_backend.core.settings import Settings

IN_A_TRANSACTION, BETWEEN = "in a tool's transaction", "while the model thinks"


class Test:
    """The test that asked for this replica."""

    def __init__(self, port: int) -> None:
        self._line = socket.create_connection(("127.0.0.1", port))

    def tell(self, line: str) -> None:
        """Tell it."""
        self._line.sendall(f"{line}\n".encode())

    async def reach(self, here: str, place: str) -> None:
        """Wait, if this is the place."""
        if here == place:
            self.tell(here)
            await asyncio.to_thread(self._line.recv, 1)


def serve(test_port: int, database_url: str, jwks_url: str, jwks: dict[str, Any], place: str) -> None:
    """Serve until the end."""
    test = Test(test_port)
    transaction = TurnLease.transaction

    @contextlib.asynccontextmanager
    async def transaction_with_a_place(self: TurnLease) -> AsyncIterator[Any]:
        async with transaction(self) as connection:
            yield connection
            await connection.flush()
            await test.reach(IN_A_TRANSACTION, place)

    async def answer(_: Any) -> list[Any]:
        await test.reach(BETWEEN, place)
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
                app.state.resources.assistant.turn_seconds = 600
                test.tell(f"{os.getpid()} {listener.getsockname()[1]}")

    asyncio.run(run())


if __name__ == "__main__":
    gc.freeze()  # what all share is no garbage of any
    for asked in sys.stdin:  # nobody reaps those that ended, so that no other process gets their ids
        if os.fork() == 0:
            serve(**json.loads(asked))
            os._exit(0)

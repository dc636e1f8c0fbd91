"""The server's own loop."""

import asyncio
import contextlib
import signal

import uvicorn

from todo_backend.core import server
from todo_backend.core.server import QuietServer


class _InATest(QuietServer):
    def capture_signals(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


async def test_a_signal_ends_a_server_that_sleeps_instead_of_looking(monkeypatch) -> None:
    monkeypatch.setattr(server, "DATE_SECONDS", 3600.0)
    ticks = []

    class Counting(_InATest):
        async def on_tick(self, counter: int) -> bool:
            ticks.append(counter)
            return await super().on_tick(counter)

    quiet = Counting(uvicorn.Config(lambda: None, port=0, lifespan="off", log_config=None))
    serving = asyncio.create_task(quiet.serve())
    while not ticks:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    quiet.handle_exit(signal.SIGTERM, None)
    await asyncio.wait_for(serving, 60)
    assert len(ticks) == 2, "one before it slept, one after it was woken"

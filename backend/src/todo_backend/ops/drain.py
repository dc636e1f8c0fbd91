"""Leaving: unready at once, serving on until every proxy has noticed, then finishing what is in flight."""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

logger = logging.getLogger(__name__)


class Drain:
    """Whether this process is on its way out."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.started = False
        self._endless: list[Callable[[], None]] = []

    def __call__(self) -> bool:
        """True from the first SIGTERM on."""
        return self.started

    def before_closing(self, end: Callable[[], None]) -> None:
        """Have `end` called when the server is about to wait for what is in flight: it ends what has no end."""
        self._endless.append(end)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Hold SIGTERM back from the server for `seconds`.

        Kubernetes takes a pod out of rotation and ends it at the same time: connections still arrive for a
        while. The server's own handler then closes the socket and finishes what is in flight. A second
        SIGTERM reaches it at once. To be entered on the event loop of the main thread, after the server
        has installed its handler; without one it does nothing.
        """
        close = signal.getsignal(signal.SIGTERM)
        if threading.current_thread() is not threading.main_thread() or not callable(close):
            yield
            return
        loop = asyncio.get_running_loop()

        def end_and_close(number: int) -> None:
            for end in self._endless:
                end()
            close(number, None)

        def on_sigterm(number: int, _: FrameType | None) -> None:
            if self.started:
                loop.call_soon_threadsafe(end_and_close, number)
                return
            self.started = True
            logger.info("draining: unready, closing in %g s", self.seconds)
            loop.call_soon_threadsafe(loop.call_later, self.seconds, end_and_close, number)

        signal.signal(signal.SIGTERM, on_sigterm)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, close)

"""How much of a processor the machine's other work leaves: on a busy one, a measured time says little."""

import threading
import time
from types import TracebackType
from typing import Self

BUSY = 3.0  # more than the work that is timed makes itself, on as few as two processors
_SPIN_SECONDS = 0.02
_PAUSE_SECONDS = 1.0
_NOW_SECONDS = 5.0
_STALL_SECONDS = 1.0  # a look that is later than that: the machine stood still


class Contention:
    """While it is entered, looks each second how long a little work takes, against what it would take alone."""

    def __init__(self) -> None:
        self._looks: list[float] = []
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watch.join()

    @property
    def times(self) -> float:
        """How many times as long as alone; 1 on an idle machine, and before the first look."""
        return sum(self._looks) / len(self._looks) if self._looks else 1.0

    @classmethod
    def now(cls) -> float:
        """How many times as long as alone everything takes at the moment, by a look of some seconds."""
        with cls() as contention:
            time.sleep(_NOW_SECONDS)
        return contention.times

    def _look_on(self) -> None:
        paused = time.monotonic()
        while not self._over.wait(_PAUSE_SECONDS):
            late = time.monotonic() - paused - _PAUSE_SECONDS
            began, until = time.monotonic(), time.thread_time() + _SPIN_SECONDS
            while time.thread_time() < until:
                pass
            paused = time.monotonic()
            stalled = late if late > _STALL_SECONDS else 0.0
            self._looks.append((paused - began + stalled) / _SPIN_SECONDS)

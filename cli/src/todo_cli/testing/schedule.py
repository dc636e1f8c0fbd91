"""Runs suites in the order of `suites.py`: several beside each other, and none begun that no longer fits."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from todo_cli.programs import INTERRUPTION, Interruption

MARGIN = 1.2  # a suite may take so many times as long as those before it let expect


@dataclass(frozen=True)
class Suite:
    """Tests that run together, in a thread of their own.

    `seconds`: what it takes beside the others on a quiet machine with two processors, without what it installs.
    `after`: the suites that come before it, and without which it cannot run, where they run too.
    `holds`: what no two suites may have at once.
    """

    part: str
    name: str
    seconds: float
    after: tuple[str, ...] = ()
    holds: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """As one names it."""
        return f"{self.part}: {self.name}"


def is_waited_for(suite: Suite, suites: Sequence[Suite]) -> bool:
    """Whether one of these suites cannot begin before this one has ended."""
    return any(suite.title in one.after or (one != suite and one.holds & suite.holds) for one in suites)


@dataclass(frozen=True)
class Ended:
    """How a suite ended: `ok` when those after it can run; `seconds` it took, without what it installed."""

    ok: bool
    seconds: float


class Schedule:
    """Runs suites in the order of their worth, as many beside each other as there are workers.

    `limit`: seconds from now within which all are to end. What would not, is left out; what has begun is never cut.
    """

    def __init__(self, suites: Sequence[Suite], *, workers: int, limit: float | None = None) -> None:
        titles = {suite.title for suite in suites}
        self._waiting = [replace(suite, after=tuple(titles.intersection(suite.after))) for suite in suites]
        self._workers = workers
        self._deadline = None if limit is None else time.monotonic() + limit
        self._change = threading.Condition()
        self._held: set[str] = set()
        self._ended: dict[str, bool] = {}
        self._left_out: list[tuple[Suite, str]] = []
        self._took = self._expected = 0.0
        self._stopped = False

    def run(self, begin: Callable[[Suite], Ended]) -> Iterator[tuple[Suite, str]]:
        """Run every suite by `begin`; gives those that were left out, with the reason, once all have ended.

        An error of `begin`, or one in the thread that asks, ends what is at work and is raised.
        """
        interruption = Interruption()
        with ThreadPoolExecutor(self._workers, thread_name_prefix="suite") as pool:
            workers = [pool.submit(self._work, begin, interruption) for _ in range(self._workers)]
            try:
                for worker in as_completed(workers):
                    worker.result()
            except BaseException:
                self._stop()
                interruption.happen()
                raise
        yield from self._left_out

    @property
    def pace(self) -> float:
        """How many times as long as on a quiet machine the suites took so far; at least 1."""
        return max(1.0, self._took / self._expected) if self._expected else 1.0

    def _work(self, begin: Callable[[Suite], Ended], interruption: Interruption) -> None:
        INTERRUPTION.set(interruption)
        while (suite := self._next()) is not None:
            ended = Ended(ok=False, seconds=0.0)
            try:
                ended = begin(suite)
            finally:
                self._end(suite, ended)

    def _next(self) -> Suite | None:
        """The next suite that can run, waited for; None when there is none left."""
        with self._change:
            while True:
                self._leave_out()
                if self._stopped or not self._waiting:
                    return None
                for suite in self._waiting:
                    if not suite.holds & self._held and all(name in self._ended for name in suite.after):
                        self._waiting.remove(suite)
                        self._held |= suite.holds
                        return suite
                self._change.wait()

    def _leave_out(self) -> None:
        """Take out what cannot run any more: it does not fit, or what it comes after did not come about."""
        while left_out := next(self._not_to_run(), None):
            suite, _ = left_out
            self._waiting.remove(suite)
            self._ended[suite.title] = False
            self._left_out.append(left_out)

    def _not_to_run(self) -> Iterator[tuple[Suite, str]]:
        for suite in self._waiting:
            if failed := [name for name in suite.after if self._ended.get(name) is False]:
                yield suite, f"{failed[0]} did not come about"
            elif reason := self._too_late(suite):
                yield suite, reason

    def _too_late(self, suite: Suite) -> str:
        if self._deadline is None:
            return ""
        left, needed = self._deadline - time.monotonic(), suite.seconds * self.pace * MARGIN
        if needed <= left:
            return ""
        return f"it would take about {needed:.0f} s on this machine, and {max(left, 0):.0f} s of the limit are left"

    def _end(self, suite: Suite, ended: Ended) -> None:
        with self._change:
            self._held -= suite.holds
            self._ended[suite.title] = ended.ok
            if ended.seconds:
                self._took += ended.seconds
                self._expected += suite.seconds
            self._change.notify_all()

    def _stop(self) -> None:
        with self._change:
            self._stopped = True
            self._change.notify_all()

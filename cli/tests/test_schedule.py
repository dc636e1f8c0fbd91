"""When each suite of `todo test` runs: worth, order, what is held, the limit, and interruptions."""

import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from todo_cli.programs import stream
from todo_cli.testing import schedule as module
from todo_cli.testing.schedule import Ended, Schedule, Suite, is_waited_for

PATIENCE = 120
HELD = ([], ["stack"], ["stack", "room"])


class Clock:
    """Time that passes when a suite says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def ran(schedule: Schedule, clock: Clock, slowness: float = 1.0) -> tuple[list[str], dict[str, str]]:
    """What ran, in its order, and what was left out, with the reason."""
    names: list[str] = []

    def begin(suite: Suite) -> Ended:
        names.append(suite.name)
        clock.now += suite.seconds * slowness
        return Ended(ok=suite.name != "broken", seconds=suite.seconds * slowness)

    left_out = {suite.name: reason for suite, reason in schedule.run(begin)}
    return names, left_out


def suites(*seconds: float) -> list[Suite]:
    return [Suite("part", str(number), one) for number, one in enumerate(seconds)]


def test_all_run_in_the_order_of_their_worth(clock: Clock) -> None:
    assert ran(Schedule(suites(1, 2, 3), workers=1), clock) == (["0", "1", "2"], {})


def test_what_does_not_fit_is_left_out_by_name_and_what_does_still_runs(clock: Clock) -> None:
    names, left_out = ran(Schedule(suites(50, 100, 20), workers=1, limit=100), clock)
    assert names == ["0", "2"]
    assert left_out == {"1": "it would take about 120 s on this machine, and 100 s of the limit are left"}


@pytest.mark.parametrize(("slowness", "fitting"), [(1, 5), (2, 4), (4, 2), (100, 1)])
def test_a_slow_machine_leaves_out_the_less_telling_and_keeps_the_limit(
    clock: Clock, slowness: float, fitting: int
) -> None:
    """But for the first one, before which nobody knows how slow it is."""
    began = clock.now
    names, left_out = ran(Schedule(suites(*[100] * 5), workers=1, limit=900), clock, slowness)
    assert names == ["0", "1", "2", "3", "4"][:fitting]
    assert len(left_out) == 5 - fitting
    assert clock.now - began <= 900 or fitting == 1


def test_without_a_limit_nothing_is_left_out(clock: Clock) -> None:
    assert ran(Schedule(suites(*[10_000] * 3), workers=1), clock, 4)[1] == {}


def test_what_comes_after_something_that_did_not_come_about_is_left_out(clock: Clock) -> None:
    first, second = Suite("part", "broken", 1), Suite("part", "second", 1, after=("part: broken",))
    third = Suite("part", "third", 1, after=("part: second", "another part's: suite"))
    names, left_out = ran(Schedule([third, second, first], workers=1), clock)
    assert names == ["broken"]
    assert left_out == {"second": "part: broken did not come about", "third": "part: second did not come about"}


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_suites_run_beside_each_other_but_not_those_that_hold_the_same(workers: int) -> None:
    chosen = [Suite("part", str(number), 1, holds=frozenset(HELD[number % 3])) for number in range(12)]
    chosen.append(Suite("part", "last", 1, after=tuple(one.title for one in chosen)))
    lock, at_work, most, ended = threading.Lock(), set[Suite](), 0, list[str]()

    def begin(suite: Suite) -> Ended:
        nonlocal most
        with lock:
            assert not any(one.holds & suite.holds for one in at_work)
            at_work.add(suite)
            most = max(most, len(at_work))
        time.sleep(0.01)
        with lock:
            at_work.remove(suite)
            ended.append(suite.name)
        return Ended(ok=True, seconds=1)

    assert list(Schedule(chosen, workers=workers).run(begin)) == []
    assert sorted(ended) == sorted(one.name for one in chosen)
    assert ended[-1] == "last"
    assert most <= workers


def test_a_suite_is_waited_for_by_what_comes_after_it_and_by_what_holds_the_same() -> None:
    alone, first = Suite("part", "alone", 1), Suite("part", "first", 1)
    after = Suite("part", "after", 1, after=("part: first",), holds=frozenset({"stack"}))
    holds, room = (Suite("part", name, 1, holds=frozenset({name})) for name in ("stack", "room"))
    chosen = [alone, first, after, holds, room]
    assert [one.name for one in chosen if is_waited_for(one, chosen)] == ["first", "after", "stack"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_an_error_ends_what_is_at_work_and_begins_nothing_more(tmp_path: Path, error: type[BaseException]) -> None:
    """As Ctrl-C does; a program that runs for a suite has gone when the command ends."""
    pids, begun = tmp_path / "pids", list[str]()
    program = f"import os, time; open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(600)"

    def begin(suite: Suite) -> Ended:
        begun.append(suite.name)
        if suite.name == "2":
            deadline = time.monotonic() + PATIENCE
            while not pids.exists() or len(pids.read_text().split()) < 2:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            raise error
        stream([sys.executable, "-c", program], log=tmp_path / f"log-{suite.name}", check=False)
        return Ended(ok=True, seconds=1)

    with pytest.raises(error):
        list(Schedule(suites(*[1] * 5), workers=3).run(begin))
    assert sorted(begun) == ["0", "1", "2"]
    assert not any(psutil.pid_exists(int(pid)) for pid in pids.read_text().split())

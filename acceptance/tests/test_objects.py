"""What holds only where all pods serve: when a time that it does not counts."""

from collections.abc import Callable, Iterator

import pytest
from acceptance.checks import objects
from acceptance.inspection import Inspection

Serving = set[tuple[str, str]]
BOTH: Serving = {("one", "10:00"), ("two", "10:00")}
ONE: Serving = {("one", "10:00")}
BACK: Serving = {("one", "10:00"), ("two", "10:05")}


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[bool, float]]:
    """Whether it holds, and the seconds that it took to know, by the pods that serve and what is asked, in turn."""

    def judge(holds: Callable[[int], bool], serving: Callable[[int], Serving]) -> tuple[bool, float]:
        clock, looks, tries = Clock(), iter(range(10_000)), iter(range(10_000))
        monkeypatch.setattr(objects, "time", clock)
        monkeypatch.setattr(objects, "_serving", lambda _stack, _tier: serving(next(looks)))
        found = objects.holds_undisturbed(Inspection.__new__(Inspection), "backend", lambda: holds(next(tries)))
        return found, clock.now - 1000.0

    return judge


def test_what_holds_is_known_at_once(judged: Callable[..., tuple[bool, float]]) -> None:
    assert judged(lambda _: True, lambda _: BOTH) == (True, 0)


def test_what_never_holds_is_known_once_the_pods_have_served_for_long_enough(
    judged: Callable[..., tuple[bool, float]],
) -> None:
    held, seconds = judged(lambda _: False, lambda _: BOTH)
    assert not held
    assert objects.KNOWN_SECONDS <= seconds < objects.KNOWN_SECONDS + 2


@pytest.mark.parametrize("away", [1, 5, 8])
def test_a_pod_that_is_away_for_a_while_does_not_count(judged: Callable[..., tuple[bool, float]], away: int) -> None:
    held, _ = judged(lambda tried: tried > away, lambda look: ONE if look < away else BACK)
    assert held


def test_a_pod_that_went_and_came_back_between_two_looks_does_not_count(
    judged: Callable[..., tuple[bool, float]],
) -> None:
    assert judged(lambda tried: tried > objects.KNOWN_SECONDS, lambda look: BOTH if look < 5 else BACK)[0]


def test_pods_that_never_rest_do_not_make_it_wait_for_ever(judged: Callable[..., tuple[bool, float]]) -> None:
    def restless() -> Iterator[Serving]:
        while True:
            yield from (ONE, BOTH)

    turns = restless()
    held, seconds = judged(lambda _: False, lambda _: next(turns))
    assert not held
    assert seconds >= objects.UNDISTURBED_WITHIN_SECONDS

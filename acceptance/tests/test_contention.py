"""What a busy machine makes of a measured time is told apart from what the work itself takes."""

import time

import pytest
from acceptance import contention
from acceptance.contention import Contention


class Clock:
    """Each look at it is a millisecond of work, beside others who have as much."""

    def __init__(self, others: int) -> None:
        self._worked, self._others = 0.0, others

    def thread_time(self) -> float:
        self._worked += 0.001
        return self._worked

    def monotonic(self) -> float:
        return self._worked * (1 + self._others)


@pytest.mark.parametrize("others", [0, 1, 3])
def test_it_tells_how_many_times_as_long_work_takes(monkeypatch: pytest.MonkeyPatch, others: int) -> None:
    clock = Clock(others)
    monkeypatch.setattr(contention, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr("acceptance.contention.time", clock)
    with Contention() as busy:
        while len(busy._looks) < 3:
            time.sleep(0)
    assert busy.times == pytest.approx(1 + others, rel=0.1)


def test_before_the_first_look_nothing_is_known() -> None:
    with Contention() as busy:
        assert busy.times == 1

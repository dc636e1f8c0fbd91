"""What a busy machine makes of a measured time is told apart from what the work itself takes."""

import time

import pytest
from acceptance import contention
from acceptance.contention import BUSY, Contention


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


class Stopping(Clock):
    """Stands still for three seconds once, while nobody works."""

    def __init__(self) -> None:
        super().__init__(others=0)
        self._looks = 0

    def monotonic(self) -> float:
        self._looks += 1
        return super().monotonic() + (3 if self._looks > 1 else 0)


def test_a_machine_that_stood_still_was_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr("acceptance.contention.time", Stopping())
    with Contention() as busy:
        while len(busy._looks) < 3:
            time.sleep(0.001)
    assert busy._looks[0] > BUSY
    assert busy._looks[1:3] == pytest.approx([1, 1], abs=0.2)

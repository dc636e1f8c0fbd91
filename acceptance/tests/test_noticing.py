"""A failed request fails the test of a rotation, unless the machine was too busy to say so; nothing else is excused."""

import subprocess

import pytest
from _pytest.outcomes import Failed, Skipped
from acceptance.contention import Contention
from acceptance.tests.cluster.noticing import assert_rotated

NOTICED = "295 requests meanwhile: 1 failed, 10 repeated, slowest 18.9 s\n"
UNNOTICED = "295 requests meanwhile: 0 failed, 10 repeated, slowest 18.9 s\n"
HOLDS = "  holds  signing in works: 200\n"
FAILS = "  fails  signing in works: 401\n"


@pytest.mark.parametrize(
    ("code", "said", "times", "ends"),
    [
        (0, HOLDS + UNNOTICED, 9.0, None),
        (1, HOLDS + NOTICED, 1.0, Failed),
        (1, HOLDS + NOTICED, 9.0, Skipped),
        (1, FAILS + NOTICED, 9.0, AssertionError),
        (1, HOLDS + UNNOTICED, 9.0, AssertionError),
        (1, "the pods do not become ready\n", 9.0, AssertionError),
    ],
)
def test_what_a_rotation_came_to(
    monkeypatch: pytest.MonkeyPatch, code: int, said: str, times: float, ends: type[BaseException] | None
) -> None:
    monkeypatch.setattr(Contention, "times", times)
    result = subprocess.CompletedProcess(["todo", "rotate"], code, said, "")
    if ends is None:
        assert_rotated(result, Contention())
        return
    with pytest.raises(ends):
        assert_rotated(result, Contention())

"""What clients noticed, on a machine that may be too busy to tell."""

import re
import subprocess

from acceptance.contention import Contention
from acceptance.failover import Outcome
from acceptance.inspection import beyond_limit

_MEANWHILE = re.compile(r"^.*requests meanwhile: [1-9][0-9]* failed.*$", re.MULTILINE)


def assert_rotated(result: "subprocess.CompletedProcess[str]", machine: Contention) -> None:
    """Fails unless `todo rotate` went well.

    Where nothing but requests failed, on a machine whose other work leaves too little for them, the test is skipped.
    """
    if result.returncode == 0:
        return
    noticed = _MEANWHILE.search(result.stdout)
    assert noticed, result.stdout + result.stderr
    assert " fails  " not in result.stdout, result.stdout + result.stderr
    beyond_limit(noticed[0].strip(), machine.times)


def assert_load_reported(result: "subprocess.CompletedProcess[str]", machine: Contention) -> None:
    """Fails unless `todo rotate` said that no request failed, or skips, as `assert_rotated` does."""
    if noticed := _MEANWHILE.search(result.stdout):
        beyond_limit(noticed[0].strip(), machine.times)
    assert " 0 failed" in result.stdout, result.stdout


def assert_unnoticed(outcome: Outcome) -> None:
    """Fails where a lost replica was noticed, or skips, as `assert_rotated` does."""
    if outcome.problems and all("requests failed" in problem for problem in outcome.problems):
        beyond_limit("; ".join(outcome.problems), outcome.contention)
    assert outcome.problems == [], outcome

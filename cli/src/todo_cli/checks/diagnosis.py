"""What `doctor` finds of one thing."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105 - not a password
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Diagnosis:
    """A finding; `fix` is a command or an edit."""

    name: str
    verdict: Verdict
    finding: str
    fix: str | None = None


def good(name: str, finding: str) -> Diagnosis:
    """What is as it should be."""
    return Diagnosis(name, Verdict.PASS, finding)


def doubtful(name: str, finding: str, fix: str | None) -> Diagnosis:
    """What works, or can be done without, but is likely not meant."""
    return Diagnosis(name, Verdict.WARN, finding, fix)


def bad(name: str, finding: str, fix: str | None) -> Diagnosis:
    """What would keep the stack from working."""
    return Diagnosis(name, Verdict.FAIL, finding, fix)

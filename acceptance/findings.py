"""What a run finds: a verdict on each clause with its evidence and figures, and the report of them all."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from acceptance.specification import CLAUSES, Clause

WHOLE_RUN_SECONDS = 300.0
# Colours of programs that were asked; and what no report may hold, XML's least of all.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Verdict(StrEnum):
    """What a check says of its clause."""

    PASS = "pass"  # noqa: S105 (a verdict)
    FAIL = "fail"
    NOT_APPLICABLE = "n/a"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Figure:
    """A measured value beside its limit."""

    name: str
    value: float
    unit: str
    limit: float
    at_least: bool = False

    @property
    def ok(self) -> bool:
        """Is the value within its limit?"""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def measured(self) -> str:
        """The value with its unit, to three digits."""
        return f"{self.value:{'.0f' if self.value >= 100 else '.3g'}} {self.unit}"

    def __str__(self) -> str:
        word = "at least" if self.at_least else "at most"
        return f"{self.name}: {self.measured} ({word} {self.limit:g})"


@dataclass(frozen=True)
class Check:
    """Which clauses a check is about, and what it looks at, in words."""

    numbers: tuple[str, ...]
    how: str


@dataclass(frozen=True)
class Finding:
    """What a check found of one clause."""

    clause: Clause
    verdict: Verdict
    how: str
    did: tuple[str, ...] = ()
    saw: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    seconds: float = 0.0
    picture: str = ""

    def __post_init__(self) -> None:
        for name in ("did", "saw"):
            object.__setattr__(self, name, tuple(map(_printable, getattr(self, name))))


@dataclass(frozen=True)
class Report:
    """A whole run."""

    at: datetime
    seconds: float
    system: dict[str, str]
    findings: tuple[Finding, ...]

    def count(self, verdict: Verdict) -> int:
        """How many clauses have this verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    @property
    def ok(self) -> bool:
        """Something holds, nothing failed, and nothing that was asked for was not run."""
        return self.count(Verdict.PASS) > 0 and not self.count(Verdict.FAIL) and not self.count(Verdict.NOT_RUN)

    @property
    def unknown(self) -> int:
        """How many clauses of the specification were not run, asked for or not."""
        return len(CLAUSES) - len(self.findings) + self.count(Verdict.NOT_RUN)

    @property
    def headline(self) -> str:
        """What the run says of the stack: that it meets the specification only when every clause was looked at."""
        if self.count(Verdict.FAIL):
            return "Todo Stack does not meet its specification"
        if self.ok and not self.unknown:
            return "Todo Stack meets its specification"
        return "A part of Todo Stack's specification was checked"

    @property
    def extent(self) -> str:
        """How much of the specification the run tells of."""
        counted = (
            (self.count(Verdict.FAIL), "fail"),
            (self.count(Verdict.NOT_APPLICABLE), "not applicable"),
            (self.unknown, "not run"),
        )
        holding = f"{self.count(Verdict.PASS)} of {len(CLAUSES)} clauses hold"
        return ", ".join([holding, *(f"{count} {what}" for count, what in counted if count)])

    @property
    def whole_run(self) -> Figure | None:
        """The time that all clauses took beside its limit; None where some were left out."""
        if len(self.findings) < len(CLAUSES) or self.count(Verdict.NOT_RUN):
            return None
        return Figure("the whole run", self.seconds, "s", WHOLE_RUN_SECONDS)


def not_run(check: Check, reason: str) -> list[Finding]:
    """The findings of a check that was not run."""
    return [Finding(CLAUSES[number], Verdict.NOT_RUN, check.how, saw=(reason,)) for number in check.numbers]


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("", _ESCAPES.sub("", text))
